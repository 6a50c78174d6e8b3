"""A time split beside a random one: whether what shuffled orders promise holds in the months that come.

A random split keeps groups of near-duplicates whole and still lets the router learn next month's topics; a time split
trains on the earlier months and is scored on the later ones, as in service. The abstention threshold is the one that
each router found for itself while training, so that its stated error rate is put to the test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluation.measures import Bools, Interval
from evaluation.routing.drift import half_of_months
from evaluation.routing.figures import PRECISION_TARGET, RoutingFigures, routing_figures
from evaluation.routing.judged_orders import JudgedOrders
from evaluation.routing.leaks import Share, share_of
from evaluation.routing.outcomes import Outcomes, Ranker, judge
from evaluation.routing.slices import Slice, slice_figures
from evaluation.routing.uncertain_shares import share_interval
from knowledge_base.errors import BadTable
from models.training.routing import Examples, Progress

Fit = Callable[[Examples, Progress], Ranker]
"""Trains a router on these orders."""


@dataclass(frozen=True)
class Promise:
    """The precision of what was recommended, its interval, and whether ``stated`` was kept.

    ``kept`` is ``yes`` where the interval lies above, ``no`` where it lies below, and ``unclear`` where it holds it.
    """

    stated: float
    recommended: int
    precision: float | None
    interval: Interval | None
    kept: str


@dataclass(frozen=True)
class SplitFigures:
    """One split: orders trained on, figures of the others, the promise, and how many have a twin in training.

    ``without`` are the figures without those twins; ``months`` is a slice of the held-out orders by month.
    """

    how: str
    trained: int
    figures: RoutingFigures
    promise: Promise
    straddling: int
    without: Share
    promise_without: Promise
    months: Slice | None

    def as_json(self) -> dict[str, Any]:
        """The figures by name."""
        return {
            "how": self.how,
            "trained_on": self.trained,
            **self.figures.as_json(),
            "promise": _plain(self.promise),
            "near_duplicates_in_training": self.straddling,
            "without_them": self.without.as_json(),
            "promise_without_them": _plain(self.promise_without),
            "months": self.months.as_json() if self.months else None,
        }


@dataclass(frozen=True)
class SplitComparison:
    """The later months from ``since`` on, and random orders of the same number."""

    since: str
    splits: tuple[SplitFigures, ...]

    def as_json(self) -> dict[str, Any]:
        """The figures by name."""
        return {"since": self.since, "splits": [split.as_json() for split in self.splits]}


def compare_splits(
    orders: JudgedOrders, fit: Fit, progress: Progress, *, since: str = "", seeds: int = 1, rounds: int = 1000
) -> SplitComparison:
    """Train on the months before ``since`` (the middle, without one) and score the rest; then ``seeds`` random splits.

    Raises BadTable where the months do not part the orders.
    """
    since = since or half_of_months(orders.months)
    later = np.array([month >= since for month in orders.months], dtype=np.bool_)
    if not since or not later.any() or later.all():
        raise BadTable(
            "The months do not part the orders in earlier and later ones. Name a column of several months with --month "
            "and, where you like, the first later one with --since."
        )
    found = []
    for number in range(seeds + 1):
        progress("splits", number, seeds + 1)
        held = later if number == 0 else random_part(orders, int(later.sum()), number)
        found.append(_scored("time" if number == 0 else f"random {number}", orders, held, fit, progress, rounds))
    progress("splits", seeds + 1, seeds + 1)
    return SplitComparison(since, tuple(found))


def random_part(orders: JudgedOrders, wanted: int, seed: int) -> Bools:
    """About ``wanted`` orders, drawn by whole groups of near-duplicates, shape ``(n,)``."""
    groups, sizes = np.unique(orders.groups, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(groups))
    chosen = groups[order[np.cumsum(sizes[order]) <= wanted]]
    return np.asarray(np.isin(orders.groups, chosen))


def promise_of(outcomes: Outcomes, rows: Bools, groups: Any, stated: float = PRECISION_TARGET) -> Promise:
    """Whether the precision stated for what is recommended was kept on ``rows``."""
    kept = outcomes.recommended & rows
    if not kept.any():
        return Promise(stated, 0, None, None, "unclear")
    right = outcomes.correct[kept]
    low, high = share_interval(right, groups[kept])
    return Promise(
        stated,
        int(kept.sum()),
        float(right.mean()),
        (low, high),
        "yes" if low >= stated else "no" if high < stated else "unclear",
    )


def examples_of(orders: JudgedOrders) -> Examples:
    """The same orders as training wants them."""
    return Examples(orders.texts, orders.labels, [str(group) for group in orders.groups.tolist()])


def _scored(how: str, orders: JudgedOrders, held: Bools, fit: Fit, progress: Progress, rounds: int) -> SplitFigures:
    training, scored = orders.at(~held), orders.at(held)
    ranker = fit(examples_of(training), progress)
    total = len(scored.texts)
    outcomes = judge(ranker, scored.texts, scored.labels, lambda done: progress("judging", done, total))
    twins = np.isin(scored.groups, training.groups)
    every = np.ones(total, dtype=np.bool_)
    months = slice_figures(outcomes, {"月份 month": scored.months}, scored.groups)
    return SplitFigures(
        how,
        len(training.texts),
        routing_figures(outcomes, groups=scored.groups, rounds=rounds),
        promise_of(outcomes, every, scored.groups),
        int(twins.sum()),
        share_of(outcomes, ~twins, scored.groups),
        promise_of(outcomes, ~twins, scored.groups),
        months[0] if months else None,
    )


def _plain(promise: Promise) -> dict[str, Any]:
    return vars(promise) | {"interval": list(promise.interval) if promise.interval else None}
