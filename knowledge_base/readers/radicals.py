"""Characters that only look like those that they are read as: radicals, compatibility ideographs, vertical punctuation.

A font draws 行 and the radical ⾏ with one glyph, so that browsers and office programs write either into a PDF, and
what is copied from there into a document, a page or a sheet has them too. No search, field or heading would know them.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from knowledge_base.readers.document import Block, Document, LeftOut, Paragraph, Sheet, Table, Workbook
from knowledge_base.readers.findings import Finding

_KANGXI = range(0x2F00, 0x2FD6)
_COMPATIBLE = (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20))
# Unicode gives the radicals that have a simplified or another form of their own no character to be read as.
_SUPPLEMENT = (
    "⺟⺠⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
    "母民西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟",
)
# Unicode makes Latin punctuation of most of these; lines set upright have the full-width one.
_VERTICAL = (
    "\ufe10\ufe11\ufe12\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19\ufe31\ufe35\ufe36\ufe39\ufe3a\ufe3b\ufe3c\ufe3d\ufe3e\ufe3f\ufe40\ufe41\ufe42\ufe43\ufe44",
    "\uff0c、。\uff1a\uff1b\uff01\uff1f〖〗…—\uff08\uff09〔〕【】《》〈〉「」『』",
)
_LISTED = 5


def _table() -> dict[int, str]:
    plain = {code: unicodedata.normalize("NFKC", chr(code)) for code in (*_KANGXI, *_COMPATIBLE)}
    pairs = [*zip(*_SUPPLEMENT, strict=True), *zip(*_VERTICAL, strict=True)]
    told = plain | {ord(look): character for look, character in pairs}
    return {code: character for code, character in told.items() if character != chr(code) and len(character) == 1}


_CHARACTERS = _table()


def as_characters(text: str) -> str:
    """``text`` with the character for each radical (U+2E80 to U+2FD5), compatibility ideograph and vertical form.

    Nothing else is changed: normalising the whole text (NFKC) would also make Chinese punctuation Latin. As long as
    before.
    """
    return text.translate(_CHARACTERS)


def looks(text: str) -> str:
    """Those characters of ``text`` that :func:`as_characters` changes."""
    return "".join(character for character in text if ord(character) in _CHARACTERS)


def looks_found(changed: str) -> tuple[Finding, ...]:
    """What to know where the characters ``changed`` were read as others; nothing where there are none."""
    if not changed:
        return ()
    named = [f"{look}→{as_characters(look)}" for look, _ in Counter(changed).most_common(_LISTED)]
    return (Finding("look-alikes", len(changed), "、".join(named)),)


def document_in_characters(read: Document) -> Document:
    """``read`` with :func:`as_characters` of all its text, left out or not, and a finding that says so."""
    left = [text for one in read.left_out for text in one.texts]
    changed = "".join(map(looks, (*read.units(), *read.told.values(), *left)))
    if not changed:
        return read
    return replace(
        read,
        blocks=tuple(map(_block, read.blocks)),
        told={name: as_characters(value) for name, value in read.told.items()},
        left_out=tuple(_left(read.left_out)),
        findings=(*read.findings, *looks_found(changed)),
    )


def workbook_in_characters(read: Workbook) -> Workbook:
    """The same of a workbook."""
    left = [text for one in read.left_out for text in one.texts]
    cells = [cell for sheet in read.sheets for cell in (sheet.name, *sheet.cells)]
    changed = "".join(map(looks, (*cells, *left)))
    if not changed:
        return read
    sheets = tuple(Sheet(as_characters(sheet.name), _rows(sheet.rows), _each(sheet.cells)) for sheet in read.sheets)
    found = (*read.findings, *looks_found(changed))
    return replace(read, sheets=sheets, left_out=tuple(_left(read.left_out)), findings=found)


def _block(block: Block) -> Block:
    if isinstance(block, Paragraph):
        return replace(block, text=as_characters(block.text))
    return Table(_rows(block.rows), _each(block.cells), as_characters(block.caption), block.has_header)


def _left(left_out: Iterable[LeftOut]) -> Iterator[LeftOut]:
    return (replace(one, texts=_each(one.texts)) for one in left_out)


def _rows(rows: Iterable[Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(map(_each, rows))


def _each(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(as_characters, texts))
