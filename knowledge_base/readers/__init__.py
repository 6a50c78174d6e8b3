"""Readers of documents: files of offices turned into articles of the library, with a report of what was understood.

::

    bytes  -> guard      is it what it says, and safe to open
           -> docx, pdf, html, xlsx, texts     blocks or sheets, and all that was left out
           -> radicals                         characters that only look like those that are meant
           -> understanding, pairs             fields, text, articles, and where every character went

What people upload or import is read by :func:`knowledge_base.readers.apart.read_apart`, in a process of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

from knowledge_base.errors import BadDocument
from knowledge_base.readers.document import Document, Workbook
from knowledge_base.readers.findings import Finding
from knowledge_base.readers.guard import READABLE, kind_of, refuse_size
from knowledge_base.readers.pairs import understand_workbook
from knowledge_base.readers.place import Surroundings
from knowledge_base.readers.radicals import document_in_characters, workbook_in_characters
from knowledge_base.readers.reading import DocumentReading, Tally, Understood
from knowledge_base.readers.understanding import understand_document

__all__ = [
    "READABLE",
    "DocumentReading",
    "Finding",
    "Surroundings",
    "Tally",
    "Understood",
    "bytes_of",
    "read_document",
]

MOST_CHARACTERS = 3_000_000
"""More are refused before anybody asks what they mean: the longest law has a hundred thousand."""

log = logging.getLogger("hotline.readers")


def read_document(
    source: Path | bytes,
    name: str = "",
    given: Mapping[str, str] | None = None,
    surroundings: Surroundings | None = None,
    ignore: Iterable[str] = (),
) -> DocumentReading:
    """Read a file, or the bytes of a file called ``name``, into articles.

    ``given`` are fields by their names in :class:`~knowledge_base.policy.PolicyArticle` (dates as text): they outrank
    what is recognised in running text, and fill what a table leaves empty. ``surroundings`` tell the city's places and
    departments. ``ignore`` names columns to be left out. Raises BadDocument where the file cannot be read at all.
    """
    known = {key: value for key, value in (given or {}).items() if value}
    called = name or (source.name if isinstance(source, Path) else "document")
    read = _read(source if isinstance(source, bytes) else bytes_of(source), called)
    around = surroundings or Surroundings()
    if read.characters > MOST_CHARACTERS:
        raise BadDocument(
            f"{called} holds {read.characters:,} characters, more than {MOST_CHARACTERS:,}. "
            "Split it into several files."
        )
    if isinstance(read, Workbook):
        return understand_workbook(workbook_in_characters(read), called, known, around, frozenset(ignore))
    return understand_document(document_in_characters(read), called, known, around)


def bytes_of(path: Path) -> bytes:
    """What a document's file holds. Raises BadDocument where it cannot be read, or is too large to be a document."""
    try:
        refuse_size(path.stat().st_size, str(path))
        return path.read_bytes()
    except FileNotFoundError as error:
        raise BadDocument(f"{path} does not exist. Give the path of an existing file.") from error
    except OSError as error:
        raise BadDocument(f"{path} cannot be read ({error.strerror}). Check that it is a file you may read.") from error


def _read(raw: bytes, name: str) -> Document | Workbook:
    kind = kind_of(raw, name)
    try:
        return _read_as(kind, raw, name)
    except (BadDocument, MemoryError):
        raise
    except Exception as error:
        # A damaged file makes the libraries fail in every way there is: KeyError, TypeError, zlib.error …
        log.warning("a %s file could not be read: %s", kind, type(error).__name__)
        raise BadDocument(
            f"{name} is damaged, or made in a way that is not understood. Open it in the program that made it, "
            "save it anew, and import that."
        ) from error


def _read_as(kind: str, raw: bytes, name: str) -> Document | Workbook:
    # Each library is loaded only for the files that need it.
    match kind:
        case "docx":
            from knowledge_base.readers.docx import read_docx  # noqa: PLC0415

            return read_docx(raw, name)
        case "pdf":
            from knowledge_base.readers.pdf import read_pdf  # noqa: PLC0415

            return read_pdf(raw, name)
        case "html":
            from knowledge_base.readers.html import read_html  # noqa: PLC0415

            return read_html(raw, name)
        case "xlsx":
            from knowledge_base.readers.xlsx import read_xlsx  # noqa: PLC0415

            return read_xlsx(raw, name)
        case "csv":
            from knowledge_base.readers.texts import read_table  # noqa: PLC0415

            return read_table(raw, name)
        case _:
            from knowledge_base.readers.texts import read_markdown  # noqa: PLC0415

            return read_markdown(raw, name)
