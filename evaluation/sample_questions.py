"""Questions with known articles, and sentences that no article answers: what search is calibrated and judged on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from knowledge_base.retriever import Example
from knowledge_base.tables import read_jsonl


def examples(path: Path) -> Iterator[Example]:
    """The questions of ``path`` with their article, day and area. Raises BadTable with the line at fault."""
    for row in read_jsonl(path, ("question", "gold_doc_ids", "day", "area")):
        yield Example(row["question"], row["gold_doc_ids"][0], date.fromisoformat(row["day"]), row["area"])


def without_answer(path: Path) -> Iterator[str]:
    """The sentences of ``path``: greetings, fragments, and what no hotline answers."""
    for row in read_jsonl(path, ("question",)):
        yield row["question"]
