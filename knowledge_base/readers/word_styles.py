"""What a paragraph of a Word document inherits from its style: heading level, title, list, table of contents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge_base.readers.numbering import W

if TYPE_CHECKING:
    from lxml import etree

_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_TITLE = re.compile(r"(?:title|标题|大标题|文件标题|公文标题|主标题)", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|目录)\s*\d.*", re.IGNORECASE)
_BODY_LEVEL = 9
_NO_LIST = "0"


@dataclass(frozen=True, slots=True)
class Shape:
    """``heading`` is the level of a heading, or ``None``."""

    heading: int | None
    is_title: bool
    is_contents: bool


class Styles:
    """The styles of one document."""

    def __init__(self, root: etree._Element | None) -> None:
        found = () if root is None else root.iterchildren(f"{W}style")
        self._by_id = {str(style.get(f"{W}styleId")): style for style in found}

    def of(self, paragraph: etree._Element) -> Shape:
        """How a ``w:p`` is meant."""
        names = [_val(style.find(f"{W}name")) for _, style in self._chain(paragraph)]
        own = _val(paragraph.find(f"{W}pPr/{W}outlineLvl"))
        inherited = next((lvl for _, s in self._chain(paragraph) if (lvl := _val(s.find(f"{W}pPr/{W}outlineLvl")))), "")
        named = next((int(match.group(1)) for name in names if (match := _HEADING.fullmatch(name))), None)
        outline = own or inherited
        level = named or (int(outline) + 1 if outline.isdigit() and int(outline) < _BODY_LEVEL else None)
        return Shape(
            heading=min(level, 6) if level else None,
            is_title=any(_TITLE.fullmatch(name) for name in names[:1]),
            is_contents=any(_CONTENTS.fullmatch(name) for name in names),
        )

    def numbered(self, paragraph: etree._Element) -> tuple[str, int | None, str] | None:
        """``(numId, level or None, style that says so)`` of a paragraph in a list."""
        direct = paragraph.find(f"{W}pPr/{W}numPr")
        if direct is not None and (number_id := _val(direct.find(f"{W}numId"))):
            level = _val(direct.find(f"{W}ilvl"))
            return None if number_id == _NO_LIST else (number_id, int(level) if level else 0, "")
        for key, style in self._chain(paragraph):
            inside = style.find(f"{W}pPr/{W}numPr")
            if inside is None:
                continue
            number_id, level = _val(inside.find(f"{W}numId")), _val(inside.find(f"{W}ilvl"))
            if number_id:
                return None if number_id == _NO_LIST else (number_id, int(level) if level else None, key)
        return None

    def _chain(self, paragraph: etree._Element) -> Iterator[tuple[str, etree._Element]]:
        """The style of a paragraph and those that it is based on; a ring of styles ends."""
        key, passed = _val(paragraph.find(f"{W}pPr/{W}pStyle")), set[str]()
        while key in self._by_id and key not in passed:
            passed.add(key)
            style = self._by_id[key]
            yield key, style
            key = _val(style.find(f"{W}basedOn"))


def _val(element: etree._Element | None) -> str:
    return "" if element is None else str(element.get(f"{W}val", ""))
