"""Elements of a web page as paragraphs and tables, in the order in which they are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from knowledge_base.readers.document import Block, Paragraph, Table, ink

if TYPE_CHECKING:
    from lxml import etree

_BLOCKS = frozenset(
    (
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "center",
            "dd",
            "details",
            "div",
            "dl",
            "dt",
            "fieldset",
        ),
        *("figcaption", "figure", "footer", "header", "hgroup", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "html", "li"),
        *("main", "ol", "p", "pre", "section", "summary", "tbody", "ul"),
    )
)
_HEADING = re.compile(r"h([1-6])")
_SPACES = re.compile(r"[ \t\r\n\f\v\xa0\u2002\u2003]+")
_LONG_CELL = 200
_MOST_SPAN = 200


def text_of(element: etree._Element) -> str:
    """All text inside an element."""
    return "".join(element.itertext())


class Flow:
    """Turns one element into blocks; text between block elements is gathered to paragraphs."""

    def blocks(self, element: etree._Element) -> Iterator[Block]:
        """The blocks inside ``element``."""
        self._held: list[str] = []
        yield from self._walk(element)
        yield from self._paragraph(None)

    def _walk(self, element: etree._Element) -> Iterator[Block]:
        self._held.append(_flat(element.text))
        for number, child in enumerate(element):
            if isinstance(child.tag, str):
                yield from self._child(child, number)
            self._held.append(_flat(child.tail))

    def _child(self, child: etree._Element, number: int) -> Iterator[Block]:
        if child.tag == "br":
            yield from self._paragraph(None)
        elif child.tag == "table":
            yield from self._paragraph(None)
            yield from self._table(child)
        elif child.tag in _BLOCKS or child.tag in ("tr", "td", "th"):
            yield from self._paragraph(None)
            yield from self._block(child, number)
        else:
            yield from self._walk(child)

    def _block(self, child: etree._Element, number: int) -> Iterator[Block]:
        heading = _HEADING.fullmatch(child.tag)
        label = _item_label(child, number)
        added = ink(label)
        self._held.append(label)
        for block in self._walk(child):
            yield replace(block, added=block.added + added) if isinstance(block, Paragraph) else block
            added = 0
        yield from self._paragraph(int(heading.group(1)) if heading else None, added)

    def _paragraph(self, level: int | None, added: int = 0) -> Iterator[Paragraph]:
        text = _SPACES.sub(" ", "".join(self._held)).strip(" ")
        self._held.clear()
        if ink(text) > added:
            yield Paragraph(text, level, level == 1, added)

    def _table(self, table: etree._Element) -> Iterator[Block]:
        rows = list(_rows(table))
        caption = table.find("caption")
        if _is_layout(table, rows):
            for row in rows:
                yield from Flow().blocks(row)
            return
        grid, cells, header = _grid(rows)
        title = "" if caption is None else _SPACES.sub(" ", text_of(caption)).strip()
        if len(grid) == 1 and len(set(grid[0])) == 1:
            yield Paragraph(grid[0][0])
        elif grid:
            yield Table(grid, cells, title, header or None)


def _flat(text: str | None) -> str:
    return _SPACES.sub(" ", text or "")


def _item_label(element: etree._Element, place: int) -> str:
    """The number that a browser shows before an item of a numbered list."""
    parent = element.getparent()
    if element.tag != "li" or parent is None or parent.tag != "ol" or "list-style" in str(parent.get("style", "")):
        return ""
    start = str(parent.get("start", "1"))
    before = sum(1 for sibling in parent[:place] if sibling.tag == "li")
    return f"{(int(start) if start.isdigit() else 1) + before}. "


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from _rows(child)


def _is_layout(table: etree._Element, rows: list[etree._Element]) -> bool:
    """Whether a table only puts text into its place on the screen."""
    cells = [cell for row in rows for cell in row if cell.tag in ("td", "th")]
    if not cells or max(sum(1 for c in row if c.tag in ("td", "th")) for row in rows) == 1:
        return True
    if any(cell.tag == "th" for cell in cells):
        return False
    return (
        next(table.iter("table"), None) is not table
        or any(
            len(cell.findall(".//p")) > 3 and ink(text_of(cell)) > _LONG_CELL  # noqa: PLR2004 - a cell with a text of its own
            for cell in cells
            if sum(1 for _ in cell.itersiblings()) == 0
        )
        or any(next(cell.iter("table"), None) is not None for cell in cells)
    )


def _grid(rows: list[etree._Element]) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...], bool]:
    """The cells with merged ones repeated, each cell once, and whether the first row is a head."""
    covered: dict[tuple[int, int], str] = {}
    lines: list[list[str]] = []
    texts: list[str] = []
    for y, row in enumerate(rows):
        line: list[str] = []
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while (y, len(line)) in covered:
                line.append(covered[y, len(line)])
            text = _cell_text(cell)
            texts.append(text)
            wide, high = _span(cell, "colspan"), min(_span(cell, "rowspan"), len(rows) - y)
            for below in range(1, high):
                covered |= {(y + below, len(line) + n): text for n in range(wide)}
            line += [text] * wide
        while (y, len(line)) in covered:
            line.append(covered[y, len(line)])
        lines.append(line)
    width = max(map(len, lines), default=0)
    grid = tuple((*line, *[""] * (width - len(line))) for line in lines)
    header = bool(rows) and all(cell.tag == "th" for cell in rows[0] if cell.tag in ("td", "th"))
    kept = [(row, n) for n, row in enumerate(grid) if any(row)]
    return tuple(row for row, _ in kept), tuple(texts), header and bool(kept) and kept[0][1] == 0


def _cell_text(cell: etree._Element) -> str:
    return "\n".join(b.text for b in Flow().blocks(cell) if isinstance(b, Paragraph))


def _span(cell: etree._Element, name: str) -> int:
    value = str(cell.get(name, "1")).strip()
    return min(max(int(value), 1), _MOST_SPAN) if value.isdigit() else 1
