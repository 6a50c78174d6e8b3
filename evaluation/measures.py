"""Measures of ranking with probabilities: pure functions on arrays of shape ``(n,)`` unless said otherwise.

``gold`` and ``predicted`` hold label numbers (a prediction of -1 is none), ``confidence`` the probability given to the
first choice, ``correct`` whether that choice was right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Interval: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much can be answered alone: share of cases kept, how often those are right, and where the cut lies."""

    coverage: float
    precision: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Kept:
    """What a given cut keeps, as in :class:`Coverage`; ``precision`` is ``None`` where that is nothing."""

    coverage: float
    precision: float | None
    threshold: float


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """One label: how many cases have it, how many were given it, and the three usual figures."""

    support: int
    predicted: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Cases whose confidence lies in ``[low, high)``: how many, what was promised on average, what came true."""

    low: float
    high: float
    count: int
    promised: float
    observed: float


def accuracy(gold: Ints, predicted: Ints) -> float:
    """The share of cases whose first choice is right."""
    return float(np.mean(gold == predicted))


def top_k_accuracy(gold: Ints, ranked: Ints, k: int) -> float:
    """The share of cases whose right label is among the first ``k`` columns of ``ranked``, shape ``(n, columns)``."""
    return float(np.mean((ranked[:, :k] == gold[:, None]).any(axis=1)))


def confusion(gold: Ints, predicted: Ints, labels: int) -> Ints:
    """Counts of shape ``(labels, labels)``: rows are the right labels, columns the ones given; -1 has none."""
    said = predicted >= 0
    counts = np.bincount(gold[said] * labels + predicted[said], minlength=labels * labels)
    return counts.reshape(labels, labels).astype(np.int64)


def per_class(gold: Ints, predicted: Ints, labels: int) -> list[ClassFigures]:
    """The figures of every label; a quotient without cases is 0."""
    right, support, given = _counts(gold, predicted, labels)
    precision, recall = right / np.maximum(given, 1), right / np.maximum(support, 1)
    f1 = 2 * right / np.maximum(support + given, 1)
    return [
        ClassFigures(int(s), int(g), float(p), float(r), float(f))
        for s, g, p, r, f in zip(support, given, precision, recall, f1, strict=True)
    ]


def macro_f1(gold: Ints, predicted: Ints, labels: int) -> float:
    """The mean F1 over labels that occur in ``gold`` or in ``predicted`` (as scikit-learn counts it)."""
    right, support, given = _counts(gold, predicted, labels)
    seen = support + given
    return float((2 * right / np.maximum(seen, 1))[seen > 0].mean())


def macro_f1_of_own(gold: Ints, predicted: Ints, labels: int) -> float:
    """The mean F1 over labels that occur in ``gold``: for a part of the cases, to which other labels do not belong.

    The orders of one department, 96 % of them right, would have a macro F1 of 0.2 were every department that one of
    them was wrongly given to counted as a label with an F1 of 0.
    """
    right, support, given = _counts(gold, predicted, labels)
    return float((2 * right / np.maximum(support + given, 1))[support > 0].mean())


def reliability(confidence: Floats, correct: Bools, bins: int = 15) -> list[ReliabilityBin]:
    """The cases sorted into ``bins`` equal parts of [0, 1]; empty parts are left out."""
    edges = np.linspace(0.0, 1.0, bins + 1)
    place = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    found = []
    for number in range(bins):
        inside = place == number
        if inside.any():
            low, high = float(edges[number]), float(edges[number + 1])
            promised, observed = float(confidence[inside].mean()), float(correct[inside].mean())
            found.append(ReliabilityBin(low, high, int(inside.sum()), promised, observed))
    return found


def expected_calibration_error(confidence: Floats, correct: Bools, bins: int = 15) -> float:
    """ECE with equal-width bins (Guo et al., On Calibration of Modern Neural Networks, ICML 2017)."""
    found = reliability(confidence, correct, bins)
    return float(sum(b.count * abs(b.promised - b.observed) for b in found) / len(confidence))


def coverage_curve(confidence: Floats, correct: Bools) -> list[Coverage]:
    """Coverage and precision at every possible cut, from the surest case to all; equal confidences are never parted."""
    kept, precision, cuts = _cuts(confidence, correct)
    shares = kept / len(confidence)
    return [Coverage(float(s), float(p), float(c)) for s, p, c in zip(shares, precision, cuts, strict=True)]


def coverage_at_precision(confidence: Floats, correct: Bools, target: float = 0.95) -> Coverage:
    """The largest coverage whose precision reaches ``target``; nothing, without a mistake, where no cut reaches it."""
    kept, precision, cuts = _cuts(confidence, correct)
    reached = np.flatnonzero(precision >= target)
    if not len(reached):
        return Coverage(0.0, 1.0, 1.0)
    last = reached[-1]
    return Coverage(float(kept[last] / len(confidence)), float(precision[last]), float(cuts[last]))


def coverage_at_threshold(confidence: Floats, correct: Bools, threshold: float) -> Kept:
    """What is kept, and how often it is right, when every case of at least ``threshold`` is answered alone."""
    kept = confidence >= threshold
    return Kept(float(kept.mean()), float(correct[kept].mean()) if kept.any() else None, threshold)


def resampled(
    measure: Callable[[Ints], dict[str, float]],
    cases: int,
    *,
    groups: Ints | None = None,
    rounds: int = 1000,
    seed: int = 0,
) -> dict[str, Floats]:
    """What ``measure`` finds on resampled case numbers (Efron and Tibshirani 1993), shape ``(rounds,)`` a name.

    ``groups`` holds a group number per case: whole groups are drawn then, since near-duplicates are not independent.
    A measure that is not defined on some draw gives NaN there.
    """
    generator = np.random.default_rng(seed)
    members = _members(np.arange(cases) if groups is None else groups)
    drawn: dict[str, list[float]] = {}
    for _ in range(rounds):
        pick = generator.integers(0, len(members), len(members))
        for name, value in measure(np.concatenate([members[i] for i in pick])).items():
            drawn.setdefault(name, []).append(value)
    return {name: np.array(values) for name, values in drawn.items()}


def percentile_interval(drawn: Floats, level: float = 0.95) -> Interval:
    """The middle ``level`` of what was drawn, shape ``(rounds,)``. It suits means; NaN is not allowed."""
    low, high = np.quantile(drawn, [(1 - level) / 2, 1 - (1 - level) / 2])
    return float(low), float(high)


def reflected_interval(figure: float, drawn: Floats, level: float = 0.95) -> Interval:
    """The basic bootstrap interval (Davison and Hinkley 1997, 5.2.1) of a ``figure`` from 0 to 1.

    For a figure that resamples pull to one side, such as macro F1: a department with few orders is right in fewer of
    them, or in none, in a resample, and cannot make up for it elsewhere. The sample stands to its city as the resample
    to the sample, so that the same pull is taken off instead of counted twice.
    """
    low, high = percentile_interval(drawn, level)
    return max(0.0, 2 * figure - high), min(1.0, 2 * figure - low)


def bootstrap_intervals(
    measure: Callable[[Ints], dict[str, float]],
    cases: int,
    *,
    groups: Ints | None = None,
    rounds: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> dict[str, Interval]:
    """Percentile intervals of what ``measure`` finds on resampled cases, as in :func:`resampled`."""
    drawn = resampled(measure, cases, groups=groups, rounds=rounds, seed=seed)
    return {name: percentile_interval(values, level) for name, values in drawn.items()}


def mean_intervals(
    values: Mapping[str, Floats], *, groups: Ints | None = None, rounds: int = 1000, seed: int = 0
) -> dict[str, Interval]:
    """Bootstrap intervals, as above, of the means of ``values``: of each name one number a case, shape ``(n,)``."""
    cases = len(next(iter(values.values())))
    return bootstrap_intervals(
        lambda rows: {name: float(row[rows].mean()) for name, row in values.items()},
        cases,
        groups=groups,
        rounds=rounds,
        seed=seed,
    )


def share_intervals(values: Mapping[str, Floats], *, rounds: int = 1000) -> dict[str, Interval]:
    """The same of values from 0 to 1. Where all of a name's are 0, or all 1, Wilson's: resampling knows no other."""
    found = mean_intervals(values, rounds=rounds)
    alike = {name: row for name, row in values.items() if row[0] in (0.0, 1.0) and (row == row[0]).all()}
    return found | {name: wilson_interval(float(row.sum()), len(row)) for name, row in alike.items()}


def wilson_interval(hits: float, cases: float, z: float = 1.96) -> Interval:
    """The 95 % interval of a share (Wilson 1927), which stays sensible for few cases; (0, 1) for none."""
    if cases == 0:
        return 0.0, 1.0
    share, spread = hits / cases, z * z / cases
    middle = (share + spread / 2) / (1 + spread)
    half = z * float(np.sqrt(share * (1 - share) / cases + spread / (4 * cases))) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def _counts(gold: Ints, predicted: Ints, labels: int) -> tuple[Ints, Ints, Ints]:
    """Per label: right first choices, cases that have it, cases that were given it."""
    right = np.bincount(gold[gold == predicted], minlength=labels)
    return right, np.bincount(gold, minlength=labels), np.bincount(predicted[predicted >= 0], minlength=labels)


def _cuts(confidence: Floats, correct: Bools) -> tuple[Ints, Floats, Floats]:
    """At each distinct confidence: cases of at least that much, the share of them that is right, the confidence."""
    order = np.argsort(-confidence, kind="stable")
    ranked = confidence[order]
    last_of_equals = np.flatnonzero(np.append(ranked[:-1] != ranked[1:], [True]))
    kept = last_of_equals + 1
    return kept, np.cumsum(correct[order])[last_of_equals] / kept, ranked[last_of_equals]


def _members(groups: Ints) -> list[Ints]:
    order = np.argsort(groups, kind="stable")
    cuts = np.flatnonzero(np.diff(groups[order])) + 1
    return list(np.split(order, cuts))
