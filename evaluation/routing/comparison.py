"""Two routers on the same orders: whether the second is better, or whether chance could have made the difference.

``first`` is the one in service (or model A), ``second`` its challenger (or model B). A difference is the second's
figure less the first's: above zero it is in the challenger's favour, but for ECE. Pure functions of who said what.

McNemar's test looks at the orders on which exactly one of the two was right (McNemar 1947; the exact binomial form is
in Agresti, "Categorical Data Analysis", 2013, 10.1; mid-p is by Fagerland, Lydersen and Laake 2013). It takes orders
for independent. The paired bootstrap (Efron and Tibshirani 1993; for two systems on one test set, Koehn 2004) resamples
orders with both answers, and whole groups of near-duplicates where there are any; so a verdict asks for both.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import bdtr

from evaluation.measures import (
    Bools,
    Floats,
    Interval,
    Ints,
    accuracy,
    coverage_at_precision,
    expected_calibration_error,
    macro_f1,
    percentile_interval,
    resampled,
    top_k_accuracy,
)

MEASURES = ("accuracy", "macro_f1", "top3", "ece", "coverage_at_95", "precision_of_recommended", "share_recommended")
TARGET = 0.95
LEVEL = 0.05
FEWEST_ORDERS = 30
"""Fewer are no comparison to promote by: with 30 an accuracy is known to within 17 points."""
_TOP = 3
_NOTHING = -1
# Quantiles of the normal distribution for a two-sided level of 5 % and a power of 80 %.
_Z_LEVEL, _Z_POWER = 1.959964, 0.841621
_ROUNDS_OF_SEARCH = 60


class Judged(Protocol):
    """What a ranker said of orders whose department is known; :class:`evaluation.routing.outcomes.Outcomes` fits."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The departments that the numbers stand for."""
        ...

    @property
    def gold(self) -> Ints:
        """The right department of each order, shape ``(n,)``."""
        ...

    @property
    def ranked(self) -> Ints:
        """The first three, shape ``(n, 3)``; -1 where nothing was said."""
        ...

    @property
    def confidence(self) -> Floats:
        """The first choice's probability, shape ``(n,)``."""
        ...

    @property
    def recommended(self) -> Bools:
        """Whether the first choice was recommended rather than asked about, shape ``(n,)``."""
        ...


@dataclass(frozen=True)
class Side:
    """What one of the two said: as in :class:`Judged`."""

    ranked: Ints
    confidence: Floats
    recommended: Bools

    @property
    def first(self) -> Ints:
        """The first choices."""
        return self.ranked[:, 0]


@dataclass(frozen=True)
class Paired:
    """Both on the same orders, departments numbered alike: ``gold`` (n,) and the sides' numbers index ``labels``."""

    labels: tuple[str, ...]
    gold: Ints
    first: Side
    second: Side

    def __len__(self) -> int:
        return len(self.gold)

    @property
    def first_correct(self) -> Bools:
        """Whether the first one's first choice is right, shape ``(n,)``."""
        return np.asarray(self.first.first == self.gold)

    @property
    def second_correct(self) -> Bools:
        """Whether the second one's first choice is right, shape ``(n,)``."""
        return np.asarray(self.second.first == self.gold)


@dataclass(frozen=True, slots=True)
class McNemar:
    """Orders that only one of the two had right, and how often chance alone would part them so unevenly."""

    first_only: int
    second_only: int
    p: float
    mid_p: float


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure of both; ``interval`` is the 95 % interval of ``difference``.

    ``left_out`` is the share of resamples in which one of the two had no such figure: the interval is of the others.
    """

    first: float
    second: float
    interval: Interval
    left_out: float = 0.0

    @property
    def difference(self) -> float:
        """The second's figure less the first's."""
        return self.second - self.first


@dataclass(frozen=True, slots=True)
class DepartmentScore:
    """Orders of one department: how many, how many each had right, and how many only one of them had."""

    department: str
    orders: int
    first_right: int
    second_right: int
    first_only: int
    second_only: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that a report shows. ``needed`` orders would show a difference like the one found; ``None`` without one.

    ``detectable`` is the difference in accuracy that this many orders show four times out of five.
    """

    n: int
    groups: int
    differences: Mapping[str, Difference]
    mcnemar: McNemar
    needed: int | None
    detectable: float
    departments: tuple[DepartmentScore, ...]

    @property
    def significant(self) -> bool:
        """Whether McNemar's test and the interval of the difference in accuracy agree that it is not chance."""
        low, high = self.differences["accuracy"].interval
        return self.mcnemar.p < LEVEL and (low > 0 or high < 0)

    @property
    def better(self) -> bool:
        """Whether the second is right more often, and not by chance."""
        return self.significant and self.differences["accuracy"].difference > 0

    @property
    def worse(self) -> bool:
        """Whether the second is right less often, and not by chance."""
        return self.significant and self.differences["accuracy"].difference < 0


def paired(first: Judged, second: Judged) -> Paired:
    """Both under one numbering of departments. Raises ValueError where they were not judged on the same orders."""
    names = tuple(dict.fromkeys((*first.labels, *second.labels)))
    places = {name: place for place, name in enumerate(names)}
    gold, other = _renumbered(first.gold, first.labels, places), _renumbered(second.gold, second.labels, places)
    if not np.array_equal(gold, other):
        raise ValueError("the two were not judged on the same orders")
    sides = [
        Side(_renumbered(judged.ranked, judged.labels, places), judged.confidence, judged.recommended)
        for judged in (first, second)
    ]
    return Paired(names, gold, *sides)


def mcnemar(first_correct: Bools, second_correct: Bools) -> McNemar:
    """The exact two-sided test on two answers to each order, shapes ``(n,)``; ``mid_p`` is a little less strict."""
    first_only = int(np.sum(first_correct & ~second_correct))
    second_only = int(np.sum(second_correct & ~first_correct))
    fewer, parted = min(first_only, second_only), first_only + second_only
    if first_only == second_only:
        return McNemar(first_only, second_only, 1.0, 1.0)
    tail = float(bdtr(fewer, parted, 0.5))
    just = math.exp(
        math.lgamma(parted + 1) - math.lgamma(fewer + 1) - math.lgamma(parted - fewer + 1) - parted * math.log(2)
    )
    return McNemar(first_only, second_only, min(1.0, 2 * tail), min(1.0, 2 * tail - just))


def paired_bootstrap(
    pairs: Paired, *, groups: Ints | None = None, rounds: int = 1000, seed: int = 0
) -> dict[str, Difference]:
    """Each of :data:`MEASURES` that both have, with the 95 % interval of the difference.

    A side that recommends nothing has no precision of what it recommends. ``groups`` holds a group number per order,
    shape ``(n,)``: near-duplicates are drawn together or not at all.
    """
    every = np.arange(len(pairs))
    first, second = _measures(pairs, pairs.first, every), _measures(pairs, pairs.second, every)

    def differences(rows: Ints) -> dict[str, float]:
        one, other = _measures(pairs, pairs.first, rows), _measures(pairs, pairs.second, rows)
        return {name: other[name] - one[name] for name in MEASURES}

    drawn = resampled(differences, len(pairs), groups=groups, rounds=rounds, seed=seed)
    known = {name: values[~np.isnan(values)] for name, values in drawn.items()}
    return {
        name: Difference(
            first[name], second[name], percentile_interval(known[name]), 1 - len(known[name]) / len(drawn[name])
        )
        for name in MEASURES
        if len(known[name]) and not math.isnan(second[name] - first[name])
    }


def orders_needed(test: McNemar, orders: int) -> int | None:
    """How many orders would show a difference like the one found four times out of five, at a level of 5 %.

    By Connor (1987), "Sample size for testing differences in proportions for the paired-sample design". ``None`` where
    both were right equally often, which no number of orders can show to be a difference.
    """
    parted, apart = test.first_only + test.second_only, abs(test.second_only - test.first_only)
    if apart == 0:
        return None
    share, effect = parted / orders, apart / orders
    return math.ceil(((_Z_LEVEL * math.sqrt(share) + _Z_POWER * math.sqrt(share - effect**2)) / effect) ** 2)


def detectable_difference(test: McNemar, orders: int) -> float:
    """The smallest difference in accuracy that so many orders show four times out of five; 1 where there is none.

    The share of orders on which the two part is taken as it was found, or as one order more where there was none.
    """
    share = max(test.first_only + test.second_only, 1) / orders
    low, high = 0.0, share
    for _ in range(_ROUNDS_OF_SEARCH):
        middle = (low + high) / 2
        spread = _Z_LEVEL * math.sqrt(share) + _Z_POWER * math.sqrt(max(0.0, share - middle**2))
        low, high = (low, middle) if middle * math.sqrt(orders) >= spread else (middle, high)
    return high if high < share * (1 - 1e-9) else 1.0


def by_department(pairs: Paired) -> tuple[DepartmentScore, ...]:
    """The score of each department that has orders, the commonest first."""
    first, second, count = pairs.first_correct, pairs.second_correct, len(pairs.labels)

    def counted(rows: Bools) -> Ints:
        return np.bincount(pairs.gold[rows], minlength=count)

    orders = np.bincount(pairs.gold, minlength=count)
    table = zip(
        pairs.labels,
        orders,
        counted(first),
        counted(second),
        counted(first & ~second),
        counted(second & ~first),
        strict=True,
    )
    scores = [DepartmentScore(name, *(int(number) for number in numbers)) for name, *numbers in table if numbers[0]]
    return tuple(sorted(scores, key=lambda score: (-score.orders, score.department)))


def disagreements(pairs: Paired) -> Ints:
    """The rows on which the two named different departments first, in order."""
    return np.flatnonzero(pairs.first.first != pairs.second.first)


def compare(pairs: Paired, *, groups: Ints | None = None, rounds: int = 1000) -> Comparison:
    """Everything about the two. Raises ValueError where there is no order to compare them on."""
    if not len(pairs):
        raise ValueError("there is no order to compare the two on")
    test = mcnemar(pairs.first_correct, pairs.second_correct)
    return Comparison(
        n=len(pairs),
        groups=len(pairs) if groups is None else len(np.unique(groups)),
        differences=paired_bootstrap(pairs, groups=groups, rounds=rounds),
        mcnemar=test,
        needed=orders_needed(test, len(pairs)),
        detectable=detectable_difference(test, len(pairs)),
        departments=by_department(pairs),
    )


def _measures(pairs: Paired, side: Side, rows: Ints) -> dict[str, float]:
    """:data:`MEASURES` of one side on the orders ``rows``; NaN where it has none."""
    gold, first, confidence = pairs.gold[rows], side.first[rows], side.confidence[rows]
    correct, recommended = first == gold, side.recommended[rows]
    return {
        "accuracy": accuracy(gold, first),
        "macro_f1": macro_f1(gold, first, len(pairs.labels)),
        "top3": top_k_accuracy(gold, side.ranked[rows], _TOP),
        "ece": expected_calibration_error(confidence, correct),
        "coverage_at_95": coverage_at_precision(confidence, correct, TARGET).coverage,
        "precision_of_recommended": float(correct[recommended].mean()) if recommended.any() else math.nan,
        "share_recommended": float(recommended.mean()),
    }


def _renumbered(numbers: Ints, labels: Sequence[str], places: Mapping[str, int]) -> Ints:
    """Department numbers under another numbering; -1 stays -1."""
    # The last place is what -1 reaches, which is just what is wanted.
    table = np.array([*(places[label] for label in labels), _NOTHING], dtype=np.int64)
    return table[numbers]
