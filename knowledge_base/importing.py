"""Bring articles into a library folder: all of them, or none and a list of what is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge_base.articles.document_numbers import plain_number
from knowledge_base.articles.file import Reading, Sourced, read_articles, to_markdown
from knowledge_base.errors import BadLibrary
from knowledge_base.files import write_whole
from knowledge_base.library import Library, check_library, make_library
from knowledge_base.readers import DocumentReading, Finding, Surroundings
from knowledge_base.sources import Sources, read_sources

_NOTHING = (
    "There was no article in what was given. "
    "Name Word, PDF, HTML, Excel, CSV, JSONL or Markdown files, or folders of them."
)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, in ids, and the library that resulted. ``unread`` are files of kinds that are not read."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    unread: tuple[Path, ...]
    library: Library


@dataclass(frozen=True, slots=True)
class Prepared:
    """An import that was read and checked, and has written nothing yet.

    ``faults`` forbid it. ``documents`` are the readings of documents, ``notes`` sentences about tables.
    """

    faults: tuple[str, ...]
    documents: tuple[DocumentReading, ...]
    notes: tuple[str, ...]
    outcome: Imported
    writes: Mapping[Path, str]

    def carry_out(self) -> Imported:
        """Write what is new and changed.

        Raises BadLibrary with every fault, or BadTable where the disk refuses; the folder is then as it was.
        """
        if self.faults:
            raise BadLibrary(self.faults)
        write_whole(self.writes)
        return self.outcome


def prepare_import(
    sources: Sequence[Path],
    into: Path | None,
    surroundings: Surroundings,
    ignore: Iterable[str] = (),
    given: Mapping[str, str] | None = None,
) -> Prepared:
    """Read and check an import without writing; ``given`` as in :func:`knowledge_base.readers.read_document`.

    Without ``into``, what is read is checked as a library of its own.
    """
    read = read_sources(sources, surroundings, given, ignore)
    kept = read_articles(into) if into and into.is_dir() else Reading((), ())
    before = {s.article.article_id: s for s in kept.found}
    arriving, documents = _settled(read, before, bool((given or {}).get("status")))
    arriving_ids = {s.article.article_id for s in arriving}
    staying = tuple(s.article for s in kept.found if s.article.article_id not in arriving_ids)
    merged = staying + tuple(s.article for s in arriving)
    checked = check_library(merged, surroundings.catalogue, surroundings.gazetteer)
    faults = [*kept.faults, *read.reading.faults, *checked]
    differing = [s for s in arriving if not _same(s, before.get(s.article.article_id))]
    faults += [fault for s in differing if into and (fault := _place_fault(s, into, kept))]
    if not arriving and not faults:
        faults.append(_NOTHING)
    ids = [s.article.article_id for s in differing]
    outcome = Imported(
        new=tuple(i for i in ids if i not in before),
        changed=tuple(i for i in ids if i in before),
        unchanged=tuple(sorted(arriving_ids - set(ids))),
        unread=read.reading.unread,
        library=make_library(merged),
    )
    writes = {_target(s, into, before): to_markdown(s.article) for s in differing} if into else {}
    return Prepared(tuple(faults), documents, read.reading.notes, outcome, writes)


def _settled(
    read: Sources, before: Mapping[str, Sourced], status_given: bool
) -> tuple[tuple[Sourced, ...], tuple[DocumentReading, ...]]:
    """The arriving articles and readings, those of documents made to fit what the library has.

    A document abolishes others that no library needs to have: such numbers end nothing, and are told. An article that
    is read from a document again keeps the state that people gave it.
    """
    numbers = {s.article.document_number for s in (*before.values(), *read.reading.found)}
    recognised = {id(a): path for path, document in read.documents if _is_text(document) for a in document.articles}
    arriving: list[Sourced] = []
    absent: dict[str, list[str]] = {}
    for one in read.reading.found:
        article = one.article
        if id(article) in recognised:
            missing = [n for n in article.supersedes if n not in numbers]
            absent.setdefault(str(one.path), []).extend(missing)
            kept = before.get(article.article_id)
            article = replace(
                article,
                supersedes=tuple(n for n in article.supersedes if n in numbers),
                status=kept.article.status if kept and not status_given else article.status,
            )
        arriving.append(Sourced(article, one.path, one.where))
    return tuple(arriving), tuple(
        _with_absent(document, absent.get(str(path), [])) for path, document in read.documents
    )


def _is_text(document: DocumentReading) -> bool:
    """Whether the fields were recognised in running text, and not given column by column."""
    return len(document.fields) == 1 and "question" not in document.fields[0]


def without_absent(document: DocumentReading, numbers: Collection[str]) -> DocumentReading:
    """``document`` abolishing only what has one of ``numbers``; the others are told. Tables stay as they are."""
    if not _is_text(document):
        return document
    named = [*(n for a in document.articles for n in a.supersedes), *_named(document.fields[0])]
    absent = [n for n in dict.fromkeys(named) if n not in numbers]
    present = "、".join(n for n in dict.fromkeys(named) if n in numbers)
    fitted = replace(
        document,
        articles=tuple(
            replace(a, supersedes=tuple(n for n in a.supersedes if n in numbers)) for a in document.articles
        ),
        fields=({**document.fields[0], "supersedes": present},),
    )
    return _with_absent(fitted, absent)


def _named(fields: Mapping[str, str]) -> Iterator[str]:
    return (plain_number(part) for part in re.split("[;；、，,|\n]+", fields.get("supersedes", "")) if part.strip())


def _with_absent(document: DocumentReading, numbers: Sequence[str]) -> DocumentReading:
    if not numbers:
        return document
    told = Finding("absent-supersession", len(numbers), "、".join(numbers))
    return replace(document, not_understood=(*document.not_understood, told))


def _same(arriving: Sourced, kept: Sourced | None) -> bool:
    return kept is not None and kept.article == arriving.article


def _target(arriving: Sourced, into: Path, before: Mapping[str, Sourced]) -> Path:
    kept = before.get(arriving.article.article_id)
    return kept.path if kept is not None else into / f"{arriving.article.article_id}.md"


def _place_fault(arriving: Sourced, into: Path, kept: Reading) -> str:
    """Why an article has no file of its own to be written to, or the empty string."""
    article_id = arriving.article.article_id
    here = next((s for s in kept.found if s.article.article_id == article_id), None)
    if here is not None and here.path.suffix.lower() != ".md":
        return (
            f"{article_id} is kept in {here.path} together with others. Change it there, "
            "or import that file into a new folder first."
        )
    target = into / f"{article_id}.md"
    if here is None and any(s.path == target for s in kept.found):
        return f"{target} holds an article of another id. Rename that file, then import again."
    return ""
