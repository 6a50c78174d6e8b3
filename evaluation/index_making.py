"""Building the index of a library and calibrating it, on questions whose article is known and on small talk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from evaluation.retrieval import parse_gold
from knowledge_base.calibration import Calibration
from knowledge_base.errors import BadTable
from knowledge_base.index import Embedder, Index
from knowledge_base.library import Library
from knowledge_base.retriever import Example, Retriever
from knowledge_base.tables import read_jsonl, read_text


@dataclass(frozen=True, slots=True)
class MadeIndex:
    """An index that was built, and what it was calibrated to (the default where no questions were given)."""

    retriever: Retriever
    passages: int
    calibration: Calibration


def make_index(
    folder: Path,
    library: Library,
    embedder: Embedder,
    report: Callable[[int, int], None],
    questions: Sequence[Path] = (),
    small_talk: Sequence[Path] = (),
) -> MadeIndex:
    """Index ``library`` in ``folder`` and, where questions and small talk are given, calibrate it to them.

    ``questions`` are JSON-lines files (``question, gold_doc_ids, day?, area?``; an empty gold means that there is no
    answer), ``small_talk`` text files with one utterance a line. ``report`` is told (embedded passages, total).
    Raises KnowledgeError where the disk refuses, BadTable where a file cannot be read.
    """
    index = Index.build(folder, library.passages(), embedder, library.version, report)
    retriever = Retriever(index, embedder)
    examples = [example for path in questions for example in read_examples(path)]
    talk = [line.strip() for path in small_talk for line in read_text(path).splitlines() if line.strip()]
    if examples and index.passages:
        retriever.calibrate(examples, talk)
    return MadeIndex(retriever, len(index.passages), retriever.calibration)


def read_examples(path: Path) -> list[Example]:
    """The questions of a JSON-lines file. Raises BadTable where a field is missing or a day is not a date."""
    return [
        Example(
            question=str(row["question"]),
            articles=parse_gold(row["gold_doc_ids"]),
            day=_day(path, row.get("day")),
            area=row.get("area") or None,
        )
        for row in read_jsonl(path, ["question", "gold_doc_ids"])
    ]


def _day(path: Path, given: str | None) -> date | None:
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise BadTable(f"{path}: {given!r} is not a day. Write days as 2026-11-22.") from error
