"""Word documents (.docx): paragraphs with their automatic numbers, headings, tables, and a name for all else.

ECMA-376 Part 1. The package is opened by python-docx; the body is walked element by element, since what a notice says
may stand in content controls, text boxes, footnotes or tracked changes, which no ready-made list of paragraphs has.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from knowledge_base.errors import BadDocument
from knowledge_base.readers.document import Block, Document, Paragraph, Table, gathered, ink
from knowledge_base.readers.numbering import Numbering, W
from knowledge_base.readers.word_runs import Runs, Seen
from knowledge_base.readers.word_styles import Styles

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from lxml import etree

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_WRAPPERS = {f"{W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml")}
_NOTES = {"footnotes": "footnote", "endnotes": "endnote"}


def read_docx(raw: bytes, name: str) -> Document:
    """The blocks of a Word document. Raises BadDocument where it cannot be opened."""
    package = _opened(raw, name)
    body = package.element.body
    seen = Seen()
    reader = _Body(package, seen)
    blocks = tuple(reader.blocks(body))
    margins = [("page-margins", text) for text in _margins(package)]
    characters = _written(body) + sum(ink(text) for _, text in margins) + reader.note_characters
    left = (*margins, *seen.left, *(("comments", text) for text in reader.parts.texts_of("comments", "comment")))
    characters += sum(ink(text) for code, text in left if code == "comments")
    # The "title" of a Word file is mostly that of the template it began as: nothing in its properties is trusted.
    return Document(blocks, characters, left_out=gathered(left), findings=tuple(seen.findings()))


def _opened(raw: bytes, name: str) -> WordDocument:
    import docx  # noqa: PLC0415 - only documents in Word's form need it
    from lxml import etree  # noqa: PLC0415 - as above

    try:
        package = docx.Document(io.BytesIO(raw))
    except (KeyError, ValueError, OSError, etree.LxmlError, AttributeError) as error:
        raise BadDocument(
            f"{name} is damaged and cannot be read as Word. Open it in Word or WPS, save it anew, and import that."
        ) from error
    if package.element.body is None:
        raise BadDocument(f"{name} holds no text. Open it in Word or WPS, save it anew, and import that.")
    return package


def _margins(package: WordDocument) -> list[str]:
    """The texts of page headers and footers, each once."""
    texts: dict[str, None] = {}
    for section in package.sections:
        for part in (section.header, section.footer, section.first_page_header, section.first_page_footer):
            if not part.is_linked_to_previous:
                texts |= dict.fromkeys(p.text.strip() for p in part.paragraphs)
    return [text for text in texts if text]


def _written(body: etree._Element) -> int:
    """Characters of all text that the body holds: shown, hidden, inserted and deleted; alternatives once."""
    wanted = {f"{W}t", f"{W}delText"}
    count = 0
    for element in body.iter(*wanted, "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"):
        if not any(up.tag == f"{_MC}Fallback" for up in element.iterancestors()):
            count += ink(element.text or "")
    return count


class _Parts:
    """Parts of the package beside the body, by the end of their relationship's name."""

    def __init__(self, package: WordDocument) -> None:
        self._parts = {rel.reltype.rpartition("/")[2]: rel for rel in package.part.rels.values() if not rel.is_external}

    def root(self, name: str) -> etree._Element | None:
        from lxml import etree  # noqa: PLC0415 - only documents in Word's form need it

        relation = self._parts.get(name)
        if relation is None:
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        try:
            return etree.fromstring(relation.target_part.blob, parser)
        except etree.LxmlError:
            return None

    def elements_of(self, name: str, child: str) -> dict[str, etree._Element]:
        root = self.root(name)
        found = () if root is None else root.iterchildren(f"{W}{child}")
        return {str(e.get(f"{W}id")): e for e in found if e.get(f"{W}type") in (None, "normal")}

    def texts_of(self, name: str, child: str) -> list[str]:
        return ["".join(e.itertext()) for e in self.elements_of(name, child).values()]


class _Body:
    """Walks the body once, from top to bottom."""

    def __init__(self, package: WordDocument, seen: Seen) -> None:
        self.parts = _Parts(package)
        self._seen = seen
        self._styles = Styles(self.parts.root("styles"))
        self._numbers = Numbering(self.parts.root("numbering"))
        self._notes = {
            (child, key): element
            for part, child in _NOTES.items()
            for key, element in self.parts.elements_of(part, child).items()
        }
        self._told_notes = 0
        self.note_characters = sum(
            ink(t.text or "") for element in self._notes.values() for t in element.iter(f"{W}t", f"{W}delText")
        )

    def blocks(self, parent: etree._Element) -> Iterator[Block]:
        for child in parent:
            if child.tag == f"{W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{W}tbl":
                yield from self._table(child)
            elif child.tag in _WRAPPERS:
                yield from self.blocks(child)
            elif child.tag == f"{_MC}AlternateContent":
                yield from self.blocks(child[0])

    def _paragraph(self, element: etree._Element) -> Iterator[Block]:
        runs = Runs(self._seen)
        text = runs.text(element).strip("\n")
        style = self._styles.of(element)
        if style.is_contents:
            self._seen.left.append(("contents", text))
            return
        label = self._label(element) if text.strip() or runs.boxes else ""
        if text.strip():
            level = style.heading if len(text) <= 80 else None  # noqa: PLR2004 - a heading that long is a paragraph
            yield Paragraph((label + text).strip(), level, style.is_title, ink(label))
        for box in runs.boxes:
            self._seen.count("text-boxes", _beginning(text))
            yield from self.blocks(box)
        for kind, key in runs.notes:
            yield from self._note(kind, key)

    def _note(self, kind: str, key: str) -> Iterator[Block]:
        element = self._notes.pop((kind, key), None)
        if element is None:
            return
        self._told_notes += 1
        inside = [b for b in self.blocks(element) if isinstance(b, Paragraph)]
        label = f"注{self._told_notes}："
        self._seen.count("notes", label.rstrip("："))
        yield Paragraph(label + " ".join(b.text for b in inside), added=ink(label))

    def _label(self, element: etree._Element) -> str:
        placed = self._styles.numbered(element)
        if placed is None:
            return ""
        number_id, level, style = placed
        if level is None:
            level = self._numbers.style_level(number_id, style)
        return self._numbers.label(number_id, level or 0)

    def _table(self, element: etree._Element) -> Iterator[Block]:
        read = [self._row(row) for row in _rows_of(element)]
        rows = _rectangle([[(text, above) for text, above, _ in row] for row in read])
        if not rows:
            return
        if len(rows[0]) == 1:
            # A table of one column is a frame around text.
            yield from (Paragraph(line) for (cell,) in rows for line in cell.splitlines() if line.strip())
            return
        first = next(iter(_rows_of(element)))
        marked = first.find(f"{W}trPr/{W}tblHeader") is not None
        cells = tuple(text for row in read for text, above, own in row if own and not above)
        yield Table(rows, cells, has_header=True if marked else None)

    def _row(self, row: etree._Element) -> list[tuple[str, bool, bool]]:
        """``(text, continues the cell above, first place of its cell)`` for each place of the grid."""
        cells: list[tuple[str, bool, bool]] = []
        for cell in _cells_of(row):
            properties = cell.find(f"{W}tcPr")
            span, above = 1, False
            if properties is not None:
                wide, merge = properties.find(f"{W}gridSpan"), properties.find(f"{W}vMerge")
                span = min(int(wide.get(f"{W}val", "1")), 64) if wide is not None else 1
                above = merge is not None and merge.get(f"{W}val") != "restart"
            text = self._cell(cell)
            cells += [(text, above, n == 0) for n in range(span)]
        return cells

    def _cell(self, cell: etree._Element) -> str:
        lines: list[str] = []
        for block in self.blocks(cell):
            if isinstance(block, Paragraph):
                lines.append(block.text)
            else:
                self._seen.count("nested-tables", _beginning(block.rows[0][0]))
                lines += [" ".join(filter(None, dict.fromkeys(row))) for row in block.rows]
        return "\n".join(lines)


def _rows_of(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if child.tag == f"{W}tr":
            yield child
        elif child.tag in _WRAPPERS:
            yield from _rows_of(child)


def _cells_of(row: etree._Element) -> Iterator[etree._Element]:
    for child in row:
        if child.tag == f"{W}tc":
            yield child
        elif child.tag in _WRAPPERS:
            yield from _cells_of(child)


def _rectangle(rows: list[list[tuple[str, bool]]]) -> tuple[tuple[str, ...], ...]:
    width = max(map(len, rows), default=0)
    result: list[tuple[str, ...]] = []
    for row in rows:
        padded = [*row, *[("", False)] * (width - len(row))]
        above = result[-1] if result else ("",) * width
        result.append(tuple(above[n] if merged else text for n, (text, merged) in enumerate(padded)))
    return tuple(row for row in result if any(cell.strip() for cell in row))


def _beginning(text: str) -> str:
    return text.strip()[:12]
