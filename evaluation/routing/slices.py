"""Figures of parts of the orders: by month, district, kind, channel, length, or how common the department is.

An average hides whom the router serves badly. Many parts are looked at here, so some stand out by chance alone: a part
is marked only where its whole interval lies below the overall figure, and even then it is a place to look at.
"""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluation.measures import Interval, Ints, accuracy, macro_f1_of_own, top_k_accuracy
from evaluation.routing.outcomes import TOP, Outcomes
from evaluation.routing.uncertain_shares import share_interval

MOST_PARTS = 24
FEW = 30
_EMPTY = "（空）"
_REST = "（其余）"
_LENGTHS = (20, 50, 100, 200)
_SIZES = (10, 50, 200)

# Columns that halls have, in Chinese and English: looked at where a table has them and nobody named others.
MONTHS = ("month", "月份")
CUSTOMARY = (
    *MONTHS, "district", "区县", "行政区", "kind", "appeal_type", "诉求类型", "channel", "渠道", "来源渠道",
    "spoken", "口语", "urgency", "紧急程度",
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """The orders that share a value. ``kept`` and ``precision_kept`` are what happens at the router's threshold.

    ``macro_f1`` is of the departments that have orders here.
    """

    value: str
    n: int
    accuracy: float
    interval: Interval
    top3: float
    macro_f1: float
    kept: float
    precision_kept: float | None
    precision_interval: Interval | None
    below: bool
    few: bool

    def as_json(self) -> dict[str, Any]:
        """Its figures by name."""
        return {
            "value": self.value,
            "n": self.n,
            "accuracy": self.accuracy,
            "accuracy_interval": list(self.interval),
            "top3": self.top3,
            "macro_f1": self.macro_f1,
            "coverage_at_threshold": self.kept,
            "precision_at_threshold": self.precision_kept,
            "precision_at_threshold_interval": list(self.precision_interval) if self.precision_interval else None,
            "below_overall": self.below,
            "few": self.few,
        }


@dataclass(frozen=True)
class Slice:
    """All parts of one column, in their own order where they have one, else the largest first."""

    name: str
    parts: tuple[Part, ...]

    def as_json(self) -> dict[str, Any]:
        """Its name and parts."""
        return {"name": self.name, "parts": [part.as_json() for part in self.parts]}


def slice_figures(outcomes: Outcomes, columns: Mapping[str, Sequence[str]], groups: Ints) -> tuple[Slice, ...]:
    """A slice per column, one value an order; columns of a single value are left out."""
    found = []
    for name, values in columns.items():
        named = np.array([value.strip() or _EMPTY for value in values])
        order = in_order(named.tolist())
        if len(order) > 1:
            found.append(Slice(name, _parts(outcomes, named, order, groups)))
    return tuple(found)


def customary_columns(names: Sequence[str], asked: Sequence[str] = ()) -> list[str]:
    """The columns to slice by: those asked for, else those that halls usually have."""
    return list(dict.fromkeys(asked)) if asked else [name for name in CUSTOMARY if name in names]


def made_columns(texts: Sequence[str], labels: Sequence[str]) -> dict[str, list[str]]:
    """Slices that every table has: by length of the text, and by how many orders the right department has here."""
    counts = Counter(labels)
    return {
        "字数 characters": [band(len(text.strip()), _LENGTHS) for text in texts],
        "单位件数 orders of the department": [band(counts[label], _SIZES) for label in labels],
    }


def band(value: int, cuts: Sequence[int]) -> str:
    """The name of the band between two ``cuts`` that ``value`` lies in, such as ``21–50``."""
    place = bisect(cuts, value - 1)
    low = cuts[place - 1] + 1 if place else 1
    if place == len(cuts):
        return f"{low}+"
    return f"{low}–{cuts[place]}" if low < cuts[place] else str(low)


def in_order(values: Sequence[str]) -> list[str]:
    """The values, months and bands in their own order, anything else by size; the smallest beyond a limit left out."""
    counts = Counter(values)
    if all(value[:1].isdigit() or value == _EMPTY for value in counts):
        whole = sorted(counts, key=lambda v: (v == _EMPTY, *_numbers(v)))
        return whole if len(whole) <= MOST_PARTS else [v for v, _ in counts.most_common(MOST_PARTS)]
    return [value for value, _ in counts.most_common(MOST_PARTS)]


def _numbers(value: str) -> tuple[int, ...]:
    return tuple(int(part) for part in "".join(c if c.isdecimal() else " " for c in value).split())


def _parts(outcomes: Outcomes, named: np.ndarray[Any, Any], order: Sequence[str], groups: Ints) -> tuple[Part, ...]:
    overall = accuracy(outcomes.gold, outcomes.first)
    inside = [(value, np.flatnonzero(named == value)) for value in order]
    rest = np.flatnonzero(~np.isin(named, order))
    if len(rest):
        inside.append((_REST, rest))
    return tuple(_part(value, outcomes.at(rows), groups[rows], overall) for value, rows in inside)


def _part(value: str, outcomes: Outcomes, groups: Ints, overall: float) -> Part:
    interval = share_interval(outcomes.correct, groups)
    kept = outcomes.recommended
    right = outcomes.correct[kept]
    return Part(
        value,
        len(outcomes.gold),
        accuracy(outcomes.gold, outcomes.first),
        interval,
        top_k_accuracy(outcomes.gold, outcomes.ranked, TOP),
        macro_f1_of_own(outcomes.gold, outcomes.first, len(outcomes.labels)),
        float(kept.mean()),
        float(right.mean()) if len(right) else None,
        share_interval(outcomes.correct[kept], groups[kept]) if len(right) else None,
        interval[1] < overall,
        len(outcomes.gold) < FEW,
    )
