"""Some of the sample city's labelled appeals, as few as a test needs."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence

from evaluation import sample
from models.training.routing import Examples

Rows = list[dict[str, str]]


def orders(departments: int = 1000, *also: str) -> Rows:
    """Of the first ``departments`` by name and of those that are named besides."""
    with sample.appeals().open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return _of(rows, [*sorted({row["dept_label"] for row in rows})[:departments], *also])


def orders_of_the_busiest(departments: int) -> Rows:
    """Of those that have the most."""
    rows = orders()
    return _of(rows, [name for name, _ in Counter(row["dept_label"] for row in rows).most_common(departments)])


def as_examples(rows: Sequence[dict[str, str]]) -> Examples:
    """To be trained on, with their groups of near-duplicates."""
    return Examples(*([row[column] for row in rows] for column in ("text", "dept_label", "dup_group")))


def _of(rows: Rows, departments: Sequence[str]) -> Rows:
    return [row for row in rows if row["dept_label"] in departments]
