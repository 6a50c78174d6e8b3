"""Questions with known articles, and sentences that no article answers: what search is calibrated on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from knowledge_base.retriever import Example
from knowledge_base.tables import read_jsonl


def examples(path: Path) -> Iterator[Example]:
    """The questions of ``path`` with the articles that answer them (none: nothing does), their day and area.

    Raises BadTable with the line at fault.
    """
    for row in read_jsonl(path, ("question", "gold_doc_ids", "day", "area")):
        yield Example(row["question"], frozenset(row["gold_doc_ids"]), date.fromisoformat(row["day"]), row["area"])
