"""Bring articles into a library folder: all of them, or none and a list of what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.article_file import Reading, Sourced, read_articles, to_markdown
from knowledge_base.catalogue import ResponsibilityCatalogue
from knowledge_base.errors import BadLibrary, BadTable
from knowledge_base.files import write_whole
from knowledge_base.gazetteer import Gazetteer
from knowledge_base.library import Library, check_library, make_library


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, in ids, and the library that resulted. ``unread`` are files of kinds that are not read."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    unread: tuple[Path, ...]
    library: Library


def import_articles(
    sources: Sequence[Path],
    into: Path,
    catalogue: ResponsibilityCatalogue | None = None,
    gazetteer: Gazetteer | None = None,
    ignore: Iterable[str] = (),
) -> Imported:
    """Add the articles of files and folders to the library folder ``into``, replacing those of the same id.

    The library is checked as it would be afterwards. Raises BadLibrary with every fault, or BadTable where the disk
    refuses; the folder is then as it was.
    """
    arriving = _read_all(sources, tuple(ignore))
    kept = read_articles(into) if into.is_dir() else Reading((), ())
    arriving_ids = {s.article.article_id for s in arriving.found}
    before = {s.article.article_id: s for s in kept.found}
    staying = tuple(s.article for s in kept.found if s.article.article_id not in arriving_ids)
    merged = staying + arriving.articles
    faults = [*kept.faults, *arriving.faults, *check_library(merged, catalogue, gazetteer)]
    differing = [s for s in arriving.found if not _same(s, before.get(s.article.article_id))]
    faults += [fault for s in differing if (fault := _place_fault(s, into, kept))]
    if not arriving.found and not faults:
        faults.append("There was no article in what was given. Name Markdown, JSONL or CSV files, or folders of them.")
    if faults:
        raise BadLibrary(faults)
    write_whole({_target(s, into, before): to_markdown(s.article) for s in differing})
    ids = [s.article.article_id for s in differing]
    return Imported(
        new=tuple(i for i in ids if i not in before),
        changed=tuple(i for i in ids if i in before),
        unchanged=tuple(sorted(arriving_ids - set(ids))),
        unread=arriving.unread,
        library=make_library(merged),
    )


def _read_all(sources: Sequence[Path], ignore: tuple[str, ...]) -> Reading:
    found: list[Sourced] = []
    faults: list[str] = []
    unread: list[Path] = []
    for source in dict.fromkeys(sources):
        try:
            reading = read_articles(source, ignore)
        except BadTable as error:
            faults.append(str(error))
            continue
        found += reading.found
        faults += reading.faults
        unread += reading.unread
    return Reading(tuple(found), tuple(faults), tuple(unread))


def _same(arriving: Sourced, kept: Sourced | None) -> bool:
    return kept is not None and kept.article == arriving.article


def _target(arriving: Sourced, into: Path, before: dict[str, Sourced]) -> Path:
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
