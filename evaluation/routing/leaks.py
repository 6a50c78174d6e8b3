"""Near-duplicates that stand both in the training table and in the evaluated one: what is known by heart, not learned.

Hotlines hear the same matter many times, often in the same words. A router that has seen the twin of an order is
measured on its memory; figures are therefore given with and without such orders.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluation.measures import Bools, Floats, Interval, Ints, accuracy, macro_f1_of_own, top_k_accuracy
from evaluation.routing.outcomes import TOP, Outcomes
from evaluation.routing.uncertain_shares import share_interval
from models.routing.features import WordGrams, normalised

ALIKE = 0.8
_ROWS_AT_ONCE = 512
_MOST_IDS = 50


@dataclass(frozen=True)
class Twins:
    """For each evaluated order its closest training order: ``cosine`` (n,), ``row`` (n,), ``exact`` (n,) same words."""

    cosine: Floats
    row: Ints
    exact: Bools

    @property
    def leaked(self) -> Bools:
        """Whether the closest one is a near-duplicate, at TF-IDF cosine 0.8 as in grouping."""
        return np.asarray(self.cosine >= ALIKE)


@dataclass(frozen=True)
class Share:
    """The main figures of some of the orders; ``None`` where there are none.

    ``macro_f1`` is of the departments that have orders among them.
    """

    n: int
    accuracy: float | None
    interval: Interval | None
    top3: float | None
    macro_f1: float | None

    def as_json(self) -> dict[str, Any]:
        """Its figures by name."""
        return {
            "n": self.n,
            "accuracy": self.accuracy,
            "accuracy_interval": list(self.interval) if self.interval else None,
            "top3": self.top3,
            "macro_f1": self.macro_f1,
        }


@dataclass(frozen=True)
class LeakFigures:
    """How many orders have a twin in the training table, and the figures with, without, and of those alone.

    ``agreed`` counts twins that went to the same department: the rest bounds what any router can reach.
    """

    training: int
    leaked: int
    exact: int
    agreed: int
    every: Share
    without: Share
    only: Share
    ids: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Counts and figures by name."""
        return {
            "alike_from": ALIKE,
            "training_orders": self.training,
            "leaked": self.leaked,
            "exact": self.exact,
            "twins_of_the_same_department": self.agreed,
            "with": self.every.as_json(),
            "without": self.without.as_json(),
            "leaked_only": self.only.as_json(),
            "ids": list(self.ids),
        }


def twins(evaluated: Sequence[str], training: Sequence[str], progress: Callable[[int], None] | None = None) -> Twins:
    """The closest training text of each evaluated one by TF-IDF cosine, in blocks, so that long tables fit."""
    grams = WordGrams.fit([*training, *evaluated], fewest=1)
    known, asked = grams.transform(training).T.tocsc(), grams.transform(evaluated)
    cosine, row = np.zeros(len(evaluated)), np.zeros(len(evaluated), dtype=np.int64)
    for start in range(0, len(evaluated), _ROWS_AT_ONCE):
        near = (asked[start : start + _ROWS_AT_ONCE] @ known).tocsr()
        part = slice(start, start + near.shape[0])
        cosine[part] = near.max(axis=1).toarray()[:, 0]
        row[part] = np.asarray(near.argmax(axis=1)).ravel()
        if progress:
            progress(part.stop)
    said = {normalised(text) for text in training}
    return Twins(cosine, row, np.array([normalised(text) in said for text in evaluated]))


def leak_figures(
    outcomes: Outcomes,
    found: Twins,
    labels: Sequence[str],
    training_labels: Sequence[str],
    groups: Ints,
    ids: Sequence[str],
) -> LeakFigures:
    """Figures with and without the orders that have a twin; ``labels`` are the right departments."""
    leaked = found.leaked
    rows = np.flatnonzero(leaked).tolist()
    return LeakFigures(
        len(training_labels),
        len(rows),
        int(found.exact.sum()),
        sum(labels[i] == training_labels[int(found.row[i])] for i in rows),
        share_of(outcomes, np.ones(len(labels), dtype=np.bool_), groups),
        share_of(outcomes, ~leaked, groups),
        share_of(outcomes, leaked, groups),
        tuple(ids[i] for i in rows[:_MOST_IDS]),
    )


def share_of(outcomes: Outcomes, rows: Bools, groups: Ints) -> Share:
    """The main figures of ``rows``."""
    if not rows.any():
        return Share(0, None, None, None, None)
    some = outcomes.at(rows)
    return Share(
        int(rows.sum()),
        accuracy(some.gold, some.first),
        share_interval(some.correct, groups[rows]),
        top_k_accuracy(some.gold, some.ranked, TOP),
        macro_f1_of_own(some.gold, some.first, len(some.labels)),
    )
