"""What a reader finds in a file, before anybody asks what it means: blocks in order, and all that was left out.

A reader never drops text silently. Every character that it saw is in a block or in a :class:`LeftOut`; what it cannot
turn into text (images, hidden sheets) is a :class:`Finding`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from knowledge_base.readers.findings import Finding


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph. ``level`` is that of a heading (1 the widest), ``None`` for running text.

    ``is_title`` says that the file itself marks it as the title of the whole. ``added`` counts characters of ``text``
    that the file computes and does not hold, such as an automatic "第一条".
    """

    text: str
    level: int | None = None
    is_title: bool = False
    added: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, all of the same length; merged cells are repeated in each place that they cover.

    ``cells`` are the texts of the cells as the file holds them, each once. ``has_header`` says whether the file marks
    the first row as the head (``None``: it does not say).
    """

    rows: tuple[tuple[str, ...], ...]
    cells: tuple[str, ...]
    caption: str = ""
    has_header: bool | None = None


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Text that was read and is in no block, by the code of the reason (see :mod:`knowledge_base.readers.findings`)."""

    code: str
    texts: tuple[str, ...]

    @property
    def characters(self) -> int:
        """Characters without white space."""
        return sum(map(ink, self.texts))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a table: ``rows`` of cells of the same length, merged ones repeated in each place."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file of tables as read; ``characters`` as in :class:`Document`."""

    sheets: tuple[Sheet, ...]
    characters: int
    left_out: tuple[LeftOut, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read. ``told`` are fields that it states apart from its text, by the names of an article's fields.

    ``characters`` counts the characters without white space that the file holds, taken from the file itself and not
    from the blocks, so that the two can be compared.
    """

    blocks: tuple[Block, ...]
    characters: int
    told: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The paragraphs, tables aside."""
        return tuple(block for block in self.blocks if isinstance(block, Paragraph))

    def units(self) -> Iterator[str]:
        """Every piece of text of the blocks: paragraphs, captions and cells."""
        for block in self.blocks:
            if isinstance(block, Paragraph):
                yield block.text
            else:
                yield block.caption
                yield from block.cells


# Control characters are no text either: no article keeps them.
_SPACE = re.compile(r"[\s\x00-\x1f\x7f\u200b\ufeff]+")


def ink(text: str) -> int:
    """The number of characters that are no white space."""
    return len(squeezed(text))


def squeezed(text: str) -> str:
    """``text`` without white space."""
    return _SPACE.sub("", text)


def gathered(left: Iterable[tuple[str, str]]) -> tuple[LeftOut, ...]:
    """``(code, text)`` pairs as one LeftOut for each code, empty texts aside."""
    texts: dict[str, list[str]] = {}
    for code, text in left:
        if text.strip():
            texts.setdefault(code, []).append(text.strip())
    return tuple(LeftOut(code, tuple(found)) for code, found in texts.items())
