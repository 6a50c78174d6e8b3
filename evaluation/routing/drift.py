"""Has the world moved? Two periods compared: who is responsible, what is said, how sure and how right the router is.

Every distance is set beside what chance alone makes of it: periods are shuffled over the groups of near-duplicates
(a permutation test, Good 2005), and the value that one shuffle in twenty exceeds is shown with it. The population
stability index is read by its customary bands (below 0.1 stable, above 0.25 moved), which are a habit of credit
scoring, not a test: in small tables chance alone exceeds them (Yurdakul, "Statistical properties of population
stability index", 2018).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from scipy import sparse

from evaluation.measures import Bools, Floats, Interval, Ints
from evaluation.routing.judged_orders import JudgedOrders
from evaluation.routing.outcomes import Outcomes
from models.routing.features import normalised, words

STABLE, MOVED = 0.1, 0.25
_BINS = 10
_MOST_WORDS = 2000
_MOST_SHIFTS = 12
_LEVEL = 0.95


@dataclass(frozen=True)
class Distance:
    """How far apart two periods are in one thing, and what chance exceeds once in twenty; ``band`` for PSI only."""

    name: str
    value: float
    by_chance: float
    band: str = ""

    @property
    def beyond_chance(self) -> bool:
        """Whether chance alone hardly makes it."""
        return self.value > self.by_chance


@dataclass(frozen=True)
class ShareShift:
    """One department's share of the orders in both periods."""

    department: str
    before: float
    after: float


@dataclass(frozen=True)
class Period:
    """One of the two: its name, how many orders, and how the router did (``None`` where it ranked none of them)."""

    name: str
    n: int
    accuracy: float | None = None
    confidence: float | None = None
    recommended: float | None = None
    precision: float | None = None


@dataclass(frozen=True)
class Drift:
    """Both periods, their distances, the shares that moved most; ``change`` is the later accuracy less the earlier."""

    before: Period
    after: Period
    distances: tuple[Distance, ...]
    shifts: tuple[ShareShift, ...]
    change: float | None = None
    change_interval: Interval | None = None

    def as_json(self) -> dict[str, Any]:
        """The figures by name."""
        return {
            "before": vars(self.before),
            "after": vars(self.after),
            "distances": [vars(d) | {"beyond_chance": d.beyond_chance} for d in self.distances],
            "shares": [vars(shift) for shift in self.shifts],
            "accuracy_change": self.change,
            "accuracy_change_interval": list(self.change_interval) if self.change_interval else None,
        }


def half_of_months(months: Sequence[str]) -> str:
    """The month that begins the later half of the orders; empty where all are of one month."""
    counts = sorted(Counter(months).items())
    before = [0, *accumulate(count for _, count in counts)][:-1]
    gaps = [(abs(done - len(months) / 2), month) for done, (month, _) in zip(before, counts, strict=True) if done]
    return min(gaps)[1] if gaps else ""


def drift(
    orders: JudgedOrders,
    later: Bools,
    names: tuple[str, str],
    outcomes: Outcomes | None = None,
    *,
    rounds: int = 200,
    progress: Callable[[int], None] | None = None,
) -> Drift:
    """Compare the orders that are ``later`` (n,) with the others; with ``outcomes`` of these rows, the router too."""
    measures = {
        "department_mix_psi": _share_distance(np.unique(orders.labels, return_inverse=True)[1], _psi),
        "vocabulary_js": _word_distance(orders.texts),
    }
    if outcomes is not None:
        measures["confidence_psi"] = _share_distance(_deciles(outcomes.confidence, ~later), _psi)
    chance = _by_chance(measures, later, orders.groups, rounds, progress)
    distances = tuple(_named(name, measure(later), chance[name]) for name, measure in measures.items())
    change = _change(outcomes, later, orders.groups) if outcomes is not None else (None, None)
    periods = [_period(name, rows, outcomes) for name, rows in zip(names, (~later, later), strict=True)]
    return Drift(periods[0], periods[1], distances, _shifts(orders.labels, later), *change)


def population_stability(before: Floats, after: Floats) -> float:
    """PSI of two tables of counts, shape ``(bins,)``; half a case is added to each, so that empty bins stay finite."""
    p, q = (before + 0.5) / (before + 0.5).sum(), (after + 0.5) / (after + 0.5).sum()
    return float(((q - p) * np.log(q / p)).sum())


def jensen_shannon(before: Floats, after: Floats) -> float:
    """The divergence of two tables of counts, 0 to 1 bit (Lin, "Divergence measures based on the …", 1991)."""
    p, q = before / max(before.sum(), 1), after / max(after.sum(), 1)
    middle = (p + q) / 2
    return float((_entropy_against(p, middle) + _entropy_against(q, middle)) / 2)


def _entropy_against(p: Floats, middle: Floats) -> float:
    seen = p > 0
    return float((p[seen] * np.log2(p[seen] / middle[seen])).sum())


_psi = population_stability
_Measure = Callable[[Bools], float]


def _share_distance(numbers: Ints, distance: Callable[[Floats, Floats], float]) -> _Measure:
    size = int(numbers.max()) + 1

    def measure(later: Bools) -> float:
        counts = [np.bincount(numbers[rows], minlength=size).astype(np.float64) for rows in (~later, later)]
        return distance(counts[0], counts[1])

    return measure


def _word_distance(texts: Sequence[str]) -> _Measure:
    """Divergence over the commonest words, counted once an order."""
    places: dict[str, int] = {}
    rows, columns = [], []
    for row, text in enumerate(texts):
        for word in set(words(normalised(text))):
            rows.append(row)
            columns.append(places.setdefault(word, len(places)))
    table = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(texts), max(len(places), 1)))
    total = np.asarray(table.sum(axis=0)).ravel()
    table = table[:, np.argsort(-total, kind="stable")[:_MOST_WORDS]]
    total = np.asarray(table.sum(axis=0)).ravel()

    def measure(later: Bools) -> float:
        after = np.asarray(table.T @ later.astype(np.float64))
        return jensen_shannon(total - after, after)

    return measure


def _deciles(confidence: Floats, reference: Bools) -> Ints:
    edges = np.unique(np.quantile(confidence[reference], np.linspace(0, 1, _BINS + 1)[1:-1]))
    return np.asarray(np.searchsorted(edges, confidence, side="right"), dtype=np.int64)


def _by_chance(
    measures: dict[str, _Measure],
    later: Bools,
    groups: Ints,
    rounds: int,
    progress: Callable[[int], None] | None,
) -> dict[str, float]:
    """The value that one shuffle in twenty exceeds; a group changes sides as a whole where it lay on one side."""
    generator = np.random.default_rng(0)
    _, place = np.unique(np.stack([groups, later.astype(np.int64)]), axis=1, return_inverse=True)
    place = place.ravel()
    sides = np.zeros(int(place.max()) + 1, dtype=np.bool_)
    sides[place] = later
    found: dict[str, list[float]] = {name: [] for name in measures}
    for done in range(rounds):
        shuffled = generator.permutation(sides)[place]
        for name, measure in measures.items():
            found[name].append(measure(shuffled))
        if progress:
            progress(done + 1)
    return {name: float(np.quantile(values, _LEVEL)) for name, values in found.items()}


def _named(name: str, value: float, by_chance: float) -> Distance:
    if not name.endswith("psi"):
        return Distance(name, value, by_chance)
    band = "stable" if value < STABLE else "moved" if value > MOVED else "watch"
    return Distance(name, value, by_chance, band)


def _period(name: str, rows: Bools, outcomes: Outcomes | None) -> Period:
    if outcomes is None or not rows.any():
        return Period(name, int(rows.sum()))
    some = outcomes.at(rows)
    kept = some.recommended
    return Period(
        name,
        int(rows.sum()),
        float(some.correct.mean()),
        float(some.confidence.mean()),
        float(kept.mean()),
        float(some.correct[kept].mean()) if kept.any() else None,
    )


def _change(outcomes: Outcomes, later: Bools, groups: Ints, rounds: int = 1000) -> tuple[float, Interval]:
    """The later accuracy minus the earlier, with its 95 % bootstrap interval by groups within each period."""
    generator = np.random.default_rng(0)
    draws, means = [], []
    for rows in (later, ~later):
        right = outcomes.correct[rows].astype(np.float64)
        _, place = np.unique(groups[rows], return_inverse=True)
        sizes, sums = np.bincount(place), np.bincount(place, weights=right)
        picks = (generator.integers(0, len(sizes), len(sizes)) for _ in range(rounds))
        draws.append(np.array([sums[pick].sum() / sizes[pick].sum() for pick in picks]))
        means.append(float(right.mean()))
    low, high = np.quantile(draws[0] - draws[1], [0.025, 0.975])
    return means[0] - means[1], (float(low), float(high))


def _shifts(labels: Sequence[str], later: Bools) -> tuple[ShareShift, ...]:
    names, numbers = np.unique(labels, return_inverse=True)
    shares = [np.bincount(numbers[rows], minlength=len(names)) / max(int(rows.sum()), 1) for rows in (~later, later)]
    order = np.argsort(-np.abs(shares[1] - shares[0]), kind="stable")[:_MOST_SHIFTS]
    return tuple(ShareShift(str(names[i]), float(shares[0][i]), float(shares[1][i])) for i in order)
