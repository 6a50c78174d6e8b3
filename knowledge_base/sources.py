"""What is to be imported: articles in this project's own form, and documents that are read into articles."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.articles.fields import field_of, header_score
from knowledge_base.articles.file import Reading, Sourced, read_articles
from knowledge_base.errors import BadDocument, BadTable
from knowledge_base.readers import READABLE, DocumentReading, Surroundings, bytes_of
from knowledge_base.readers.apart import read_apart
from knowledge_base.tables import first_row, read_text

_OWN = (".jsonl",)
# Each may take as much memory as one upload.
_AT_ONCE = min(os.cpu_count() or 1, 4)


@dataclass(frozen=True, slots=True)
class Sources:
    """All that was read.

    ``reading`` has the articles of both kinds, ``documents`` what was understood of each document, with its path.
    """

    reading: Reading
    documents: tuple[tuple[Path, DocumentReading], ...]


def read_sources(
    paths: Sequence[Path],
    surroundings: Surroundings | None = None,
    given: Mapping[str, str] | None = None,
    ignore: Iterable[str] = (),
) -> Sources:
    """Read files and folders, each document in a process of its own, as an upload is.

    A file of a kind that is not read is a fault where it was named itself, and ``unread`` in a folder. ``given`` as in
    :func:`knowledge_base.readers.read_document`.
    """
    found: list[Sourced] = []
    faults: list[str] = []
    unread: list[Path] = []
    notes: list[str] = []
    documents: list[tuple[Path, DocumentReading]] = []
    columns = tuple(ignore)

    def read(path: Path) -> Reading | DocumentReading | str:
        try:
            if is_own_form(path):
                return read_articles(path, columns, given)
            return read_apart(bytes_of(path), path.name, surroundings, given, columns)
        except (BadTable, BadDocument) as error:
            return str(error)

    wanted: list[Path] = []
    for path, named in _files(paths):
        (wanted if named or _is_read(path) else unread).append(path)
    with ThreadPoolExecutor(_AT_ONCE) as several:
        for path, one in zip(wanted, several.map(read, wanted), strict=True):
            if isinstance(one, str):
                faults.append(one)
                continue
            faults += one.faults
            if isinstance(one, Reading):
                found += one.found
                notes += one.notes
            else:
                documents.append((path, one))
                found += (Sourced(article, path, str(path)) for article in one.articles)
    return Sources(Reading(tuple(found), tuple(faults), tuple(unread), tuple(notes)), tuple(documents))


def is_own_form(path: Path) -> bool:
    """Whether a file is in the form in which this project keeps articles: a header or named fields say everything."""
    suffix = path.suffix.lower()
    if suffix == ".md":
        return read_text(path).lstrip("\ufeff \r\n\t").startswith("---")
    if suffix == ".csv":
        names = first_row(path)
        return bool(header_score(names)) and not any(field_of(name) == "question" for name in names)
    return suffix in _OWN


def _files(paths: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """Every file, and whether it was named itself and not only its folder."""
    for path in dict.fromkeys(paths):
        if path.is_dir():
            yield from ((p, False) for p in sorted(path.rglob("*")) if p.is_file() and not _passed_over(p, path))
        else:
            yield path, True


def _passed_over(path: Path, root: Path) -> bool:
    return path.name.lower() == "readme.md" or any(
        part.startswith((".", "~$")) for part in path.relative_to(root).parts
    )


def _is_read(path: Path) -> bool:
    return path.suffix.lower() in READABLE or path.suffix.lower() in _OWN
