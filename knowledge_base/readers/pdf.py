"""PDF: the text of its pages, without page headers, footers and numbers, its lines joined to paragraphs again.

pdfplumber (on pdfminer.six) gives each character its place, and finds ruled tables; it reads the character maps of
Chinese fonts that are not embedded. What is a paragraph is decided here, by the manner of official documents: a first
line is indented, and a line that is not full ends its paragraph (:mod:`knowledge_base.readers.page_lines`).
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from knowledge_base.errors import BadDocument
from knowledge_base.readers.document import Block, Document, Table, gathered, ink
from knowledge_base.readers.findings import Finding
from knowledge_base.readers.page_columns import Part, Placed, parts_of
from knowledge_base.readers.page_lines import Line, Page, contents_of, margins_of, paragraphs
from knowledge_base.readers.pdf_guard import check_pdf
from knowledge_base.readers.radicals import as_characters, looks, looks_found

if TYPE_CHECKING:
    from pdfplumber.page import Page as PdfPage
    from pdfplumber.pdf import PDF

_MOST_PAGES = 2000
_LISTED = 8
_TURNED = 0.2
_WIDE_GAP = 1.5
_BLANK = 0.2
_MOST_UNMAPPED = 0.3
_REPLACEMENT = "\ufffd"
_PRIVATE = ("\ue000", "\uf8ff")


@dataclass(frozen=True, slots=True)
class _Read:
    """One page: its text, its tables, what is not upright, and what was drawn as characters that look the same."""

    page: Page
    tables: tuple[Placed, ...]
    characters: int
    glyphs: int
    unmapped: int
    turned: str
    pictures: int
    changed: str


def read_pdf(raw: bytes, name: str) -> Document:
    """The blocks of a PDF. Raises BadDocument where it is damaged, protected, too long, or holds no text at all."""
    check_pdf(raw, name)
    pdf = _opened(raw, name)
    with pdf:
        if len(pdf.pages) > _MOST_PAGES:
            raise BadDocument(
                f"{name} has {len(pdf.pages)} pages, more than {_MOST_PAGES}. Split it into several files."
            )
        read = _pages(pdf, name)
    if not any(one.characters for one in read):
        scanned = any(one.pictures for one in read)
        raise BadDocument(
            f"{name} holds {'pictures' if scanned else 'drawings'} of {len(read)} page(s) and no text. "
            "Run text recognition on it, check the result, and import that."
        )
    if sum(one.unmapped for one in read) > _MOST_UNMAPPED * sum(one.glyphs for one in read):
        raise BadDocument(
            f"{name} does not say which characters its fonts draw, so its text cannot be read. "
            "Export it again with embedded Unicode fonts, or run text recognition on it."
        )
    margins = margins_of([one.page for one in read])
    contents = contents_of([one.page for one in read])
    parts = _parts(read, [*margins, *contents])
    blocks = tuple(_joined(paragraphs([part.page for part in parts], [part.tables for part in parts])))
    left = [("page-margins", line.text) for line in margins] + [("watermarks", one.turned) for one in read]
    left += [("contents", line.text) for line in contents if line not in margins]
    return Document(
        blocks,
        sum(one.characters for one in read),
        left_out=gathered(left),
        findings=(*_findings(read), *_columns(parts), *looks_found("".join(one.changed for one in read))),
    )


def _opened(raw: bytes, name: str) -> PDF:
    import pdfplumber  # noqa: PLC0415 - only PDF needs it
    from pdfminer.pdfdocument import PDFPasswordIncorrect  # noqa: PLC0415 - as above
    from pdfplumber.utils.exceptions import PdfminerException  # noqa: PLC0415 - as above

    # Its remarks about odd fonts are for its own developers.
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        pdf = pdfplumber.open(io.BytesIO(raw))
        count = len(pdf.pages)
    except PdfminerException as error:
        if any(isinstance(inner, PDFPasswordIncorrect) for inner in (*error.args, error.__cause__, error.__context__)):
            raise BadDocument(
                f"{name} is protected by a password. Open it, remove the password, save it, and import it again."
            ) from error
        raise _damaged(name) from error
    except Exception as error:
        # A hand-damaged PDF makes its parser fail in every way there is: KeyError, TypeError, RecursionError …
        raise _damaged(name) from error
    if not count:
        raise _damaged(name)
    return pdf


def _damaged(name: str) -> BadDocument:
    return BadDocument(f"{name} is damaged or cut short. Export or download it again, then import that.")


def _pages(pdf: PDF, name: str) -> list[_Read]:
    read = []
    for page in pdf.pages:
        try:
            read.append(_page(page))
        except MemoryError:
            raise
        except Exception as error:
            raise BadDocument(
                f"{name} cannot be read from page {page.page_number} on: it is damaged or cut short. "
                "Export or download it again, then import that."
            ) from error
        page.close()
    return read


def _page(page: PdfPage) -> _Read:
    whole = page.dedupe_chars()
    changed = "".join(looks(char["text"]) for char in whole.chars)
    for char in whole.chars if changed else ():
        char["text"] = as_characters(char["text"])
    turned = [c for c in whole.chars if _is_turned(c)]
    upright = whole.filter(lambda o: o["object_type"] != "char" or not _is_turned(o))
    boxes = [(found.bbox, table) for found in upright.find_tables() if (table := _table(found.extract()))]

    def outside(thing: dict[str, Any]) -> bool:
        middle, centre = (thing["top"] + thing["bottom"]) / 2, (thing["x0"] + thing["x1"]) / 2
        return not any(x0 <= centre <= x1 and top <= middle <= bottom for (x0, top, x1, bottom), _ in boxes)

    text = upright.filter(outside) if boxes else upright
    lines = [_line(line["text"], line["chars"]) for line in text.extract_text_lines() if line["text"].strip()]
    return _Read(
        page=Page(page.page_number, float(page.width), float(page.height), tuple(lines)),
        tables=tuple(boxes),
        characters=sum(ink(c["text"]) for c in whole.chars),
        glyphs=len(whole.chars),
        unmapped=sum(map(_is_unmapped, whole.chars)),
        turned="".join(c["text"] for c in turned),
        pictures=len(page.images),
        changed=changed,
    )


def _is_turned(char: dict[str, Any]) -> bool:
    along, across = char["matrix"][:2]
    return not char["upright"] or abs(across) > _TURNED * abs(along)


def _line(text: str, chars: Sequence[dict[str, Any]]) -> Line:
    # A line may be indented by blanks: it begins where its ink does.
    inked = [c for c in chars if c["text"].strip()]
    whole = _measured(text, inked)
    runs = _runs(chars, whole.size)
    if len(runs) < 2:  # noqa: PLR2004 - a line without a wide gap
        return whole
    pieces = ((_told(run), [c for c in run if c["text"].strip()]) for run in runs)
    return replace(whole, pieces=tuple(_measured(said, own) for said, own in pieces if own))


def _runs(chars: Sequence[dict[str, Any]], size: float) -> list[list[dict[str, Any]]]:
    """The characters of a line between its wide gaps; blanks print nothing."""
    runs: list[list[dict[str, Any]]] = []
    edge = float("-inf")
    for char in sorted(chars, key=lambda c: float(c["x0"])):
        if not char["text"].strip():
            if runs:
                runs[-1].append(char)
            continue
        if float(char["x0"]) > edge + _WIDE_GAP * size:
            runs.append([])
        runs[-1].append(char)
        edge = float(char["x1"])
    return runs


def _told(run: Sequence[dict[str, Any]]) -> str:
    """The text of a run: a gap between two Latin words is a blank."""
    said, edge = "", 0.0
    for char in run:
        apart = said and float(char["x0"]) > edge + _BLANK * float(char["size"]) and said[-1] != " "
        said += (" " if apart else "") + str(char["text"])
        edge = float(char["x1"])
    return said.strip()


def _measured(text: str, inked: Sequence[dict[str, Any]]) -> Line:
    return Line(
        text=text,
        x0=min(float(c["x0"]) for c in inked),
        x1=max(float(c["x1"]) for c in inked),
        top=min(float(c["top"]) for c in inked),
        bottom=max(float(c["bottom"]) for c in inked),
        size=_size(inked),
    )


def _size(chars: Sequence[dict[str, Any]]) -> float:
    sizes = sorted(float(c["size"]) for c in chars)
    return sizes[len(sizes) // 2]


def _table(rows: list[list[str | None]]) -> Table | None:
    """A ruled table; ``None`` for a frame around text, which is read as text."""
    if len(rows) < 2 or max(map(len, rows), default=0) < 2:  # noqa: PLR2004 - one row or column is a frame
        return None
    filled: list[tuple[str, ...]] = []
    for row in rows:
        above = filled[-1] if filled else ("",) * len(row)
        # pdfplumber gives None where a cell is covered by a merged one: by the left one, or else by that above.
        cells: list[str] = []
        for n, cell in enumerate(row):
            covered = cells[-1] if cells and row[n - 1] is not None and cell is None and above[n] == "" else above[n]
            cells.append(covered if cell is None else cell.replace("\n", "").strip())
        filled.append(tuple(cells))
    return Table(tuple(filled), tuple(cell.replace("\n", "").strip() for row in rows for cell in row if cell))


def _parts(read: Sequence[_Read], margins: Sequence[Line]) -> list[Part]:
    left = set(map(id, margins))
    return [part for one in read for part in parts_of(one.page.without(left), one.tables)]


def _columns(parts: Sequence[Part]) -> Iterator[Finding]:
    pages = list(dict.fromkeys(part.page.number for part in parts if part.is_column))
    if pages:
        yield Finding("columns", len(pages), _pages_named(pages))


def _joined(blocks: Iterator[Block]) -> Iterator[Block]:
    """Tables that go on over the end of a page are one again; a head that is printed anew is not repeated."""
    held: Table | None = None
    for block in blocks:
        if held and isinstance(block, Table) and len(held.rows[0]) == len(block.rows[0]):
            again = held.rows[0] == block.rows[0]
            held = Table(held.rows + block.rows[again:], held.cells + block.cells)
            continue
        if held:
            yield held
        held = block if isinstance(block, Table) else None
        if held is None:
            yield block
    if held:
        yield held


def _findings(read: Sequence[_Read]) -> Iterator[Finding]:
    with_pictures = [one for one in read if one.pictures]
    scans = [one.page.number for one in with_pictures if not one.characters]
    empty = [one.page.number for one in read if not one.characters and not one.pictures]
    pictures = [one for one in with_pictures if one.characters]
    if scans:
        yield Finding("scanned-pages", len(scans), _pages_named(scans))
    if empty:
        yield Finding("empty-pages", len(empty), _pages_named(empty))
    if pictures:
        yield Finding("images", sum(p.pictures for p in pictures), _pages_named([p.page.number for p in pictures]))
    strange = [one for one in read if one.unmapped]
    if strange:
        yield Finding("unmapped", sum(one.unmapped for one in strange), _pages_named([o.page.number for o in strange]))


def _is_unmapped(char: dict[str, Any]) -> bool:
    text = str(char["text"])
    return text.startswith("(cid:") or any(
        c == _REPLACEMENT or c < " " or _PRIVATE[0] <= c <= _PRIVATE[1] for c in text
    )


def _pages_named(numbers: Sequence[int]) -> str:
    named = "、".join(str(n) for n in numbers[:_LISTED])
    return f"第 {named}{' …' if len(numbers) > _LISTED else ''} 页"
