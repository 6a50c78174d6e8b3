"""How many labelled orders does a city need? Figures by the number of orders that each department contributes.

Orders are held back fold by fold, groups of near-duplicates whole; of the others at most ``k`` of each department are
drawn and learned from. No order at all means duties alone. Held-out orders of all folds are counted together, and
intervals resample their groups: the luck of the draw is in them as far as the folds drew differently.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluation.measures import Interval, Ints
from evaluation.routing.figures import figure_intervals, main_figures
from evaluation.routing.judged_orders import JudgedOrders
from evaluation.routing.outcomes import Outcomes, Ranker, joined, judge
from evaluation.routing.splits import Fit, examples_of
from models.training.examples import group_folds
from models.training.routing import Progress

SIZES: tuple[int | None, ...] = (0, 8, 16, 64, None)
"""Orders per department; 0 is duties alone, ``None`` all there are."""

FOLDS = 5
MEASURES = ("accuracy", "top3", "macro_f1", "ece", "coverage_at_95")


@dataclass(frozen=True)
class CurvePoint:
    """Figures with ``per_department`` orders each (``None``: all); ``orders`` is how many that were, on average."""

    per_department: int | None
    orders: float
    figures: Mapping[str, float]
    intervals: Mapping[str, Interval]

    def as_json(self) -> dict[str, Any]:
        """The figures by name, each interval beside its figure."""
        return {
            "per_department": "all" if self.per_department is None else self.per_department,
            "orders": self.orders,
            **self.figures,
            "intervals": {name: list(interval) for name, interval in self.intervals.items()},
        }


@dataclass(frozen=True)
class LearningCurve:
    """The points, and how many orders each was counted on."""

    points: tuple[CurvePoint, ...]
    held_out: int
    folds: int

    def as_json(self) -> dict[str, Any]:
        """The points under ``points``."""
        return {"held_out": self.held_out, "folds": self.folds, "points": [point.as_json() for point in self.points]}


def learning_curve(
    orders: JudgedOrders,
    fit: Fit,
    cold: Callable[[], Ranker] | None,
    progress: Progress,
    *,
    sizes: Sequence[int | None] = SIZES,
    folds: int = FOLDS,
    rounds: int = 500,
) -> LearningCurve:
    """The curve over the first ``folds`` of five folds; ``cold`` makes the router of duties alone (size 0)."""
    gold = np.unique(orders.labels, return_inverse=True)[1].astype(np.int64)
    parts = group_folds(gold, orders.groups, FOLDS)
    held = [np.flatnonzero(parts == fold) for fold in range(folds)]
    asked = [size for size in sizes if size != 0 or cold is not None]
    points = []
    for number, size in enumerate(asked):
        outcomes, learned = [], []
        for fold, inside in enumerate(held):
            progress("curve", number * folds + fold, len(asked) * folds)
            rows = drawn(gold, np.flatnonzero(parts != fold), size, seed=fold)
            ranker = cold() if size == 0 and cold is not None else fit(examples_of(orders.at(rows)), progress)
            outcomes.append(_judged(ranker, orders.at(inside), progress))
            learned.append(len(rows))
        groups = orders.groups[np.concatenate(held)]
        points.append(_point(size, float(np.mean(learned)), joined(outcomes), groups, rounds))
    progress("curve", len(asked) * folds, len(asked) * folds)
    return LearningCurve(tuple(points), sum(len(inside) for inside in held), folds)


def drawn(gold: Ints, rows: Ints, size: int | None, seed: int) -> Ints:
    """At most ``size`` of ``rows`` for each label, in order; all of them for ``None``."""
    if size is None:
        return rows
    shuffled = np.random.default_rng(seed).permutation(rows)
    chosen = [shuffled[gold[shuffled] == label][:size] for label in np.unique(gold[rows])]
    return np.sort(np.concatenate(chosen)).astype(np.int64)


def _judged(ranker: Ranker, orders: JudgedOrders, progress: Progress) -> Outcomes:
    total = len(orders.texts)
    return judge(ranker, orders.texts, orders.labels, lambda done: progress("judging", done, total))


def _point(size: int | None, orders: float, outcomes: Outcomes, groups: Ints, rounds: int) -> CurvePoint:
    figures = main_figures(outcomes)
    intervals = figure_intervals(outcomes, groups, rounds)
    return CurvePoint(
        size,
        orders,
        {name: figures[name] for name in MEASURES},
        {name: intervals[name] for name in MEASURES if name in intervals},
    )
