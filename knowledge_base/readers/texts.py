"""Plain files: Markdown and text without a header, and tables in CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from knowledge_base.errors import BadDocument
from knowledge_base.readers.document import Block, Document, Paragraph, Sheet, Table, Workbook, ink
from knowledge_base.readers.encodings import decoded
from knowledge_base.readers.findings import Finding

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_ROW = re.compile(r"\|.*\|")
_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?")
_LISTED = 5
_MOST_CELLS = 2_000_000


def read_markdown(raw: bytes, name: str) -> Document:
    """The blocks of a text whose only marks are Markdown's headings and tables."""
    text, findings = decoded(raw)
    if "\x00" in text:
        raise BadDocument(f"{name} is not a text file. Save it as UTF-8 text, or as .docx.")
    pictures = _IMAGE.findall(text)
    if pictures:
        findings = (*findings, Finding("images", len(pictures), "、".join(filter(None, pictures[:_LISTED]))))
    blocks = tuple(_blocks(text.splitlines()))
    document = Document(blocks, 0)
    # The marks of Markdown itself are no text of the document.
    return Document(blocks, sum(map(ink, document.units())), findings=findings)


def _blocks(lines: list[str]) -> Iterator[Block]:
    rows: list[tuple[str, ...]] = []
    for line in (*map(str.strip, lines), ""):
        if _ROW.fullmatch(line):
            if not _RULE.fullmatch(line):
                rows.append(tuple(cell.strip() for cell in line.strip("|").split("|")))
            continue
        if rows:
            yield _table(rows)
            rows = []
        if not line or _RULE.fullmatch(line):
            continue
        heading = _HEADING.fullmatch(line)
        if heading:
            level = len(heading.group(1))
            yield Paragraph(heading.group(2), level, level == 1)
        else:
            yield Paragraph(line)


def _table(rows: list[tuple[str, ...]]) -> Table:
    width = max(map(len, rows))
    grid = tuple((*row, *[""] * (width - len(row))) for row in rows)
    return Table(grid, tuple(cell for row in grid for cell in row), has_header=True)


def read_table(raw: bytes, name: str) -> Workbook:
    """A CSV, or a text with tabs between its columns, as a workbook of one sheet."""
    text, findings = decoded(raw)
    first = text[:4096]
    between = "\t" if first.count("\t") > first.count(",") else ";" if first.count(";") > first.count(",") else ","
    try:
        read = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=between)]
    except csv.Error as error:
        raise BadDocument(f"{name} is not a table ({error}). Save it from Excel as 'CSV UTF-8' or as .xlsx.") from error
    width = max(map(len, read), default=0)
    if width * len(read) > _MOST_CELLS:
        raise BadDocument(
            f"{name} spans {len(read)} rows and {width} columns. "
            "Delete the empty columns behind the table, or split it."
        )
    rows = tuple((*row, *[""] * (width - len(row))) for row in read)
    cells = tuple(cell for row in rows for cell in row if cell)
    if not cells:
        raise BadDocument(f"{name} holds no cells with text. Export the table again.")
    return Workbook((Sheet("", rows, cells),), sum(map(ink, cells)), findings=findings)
