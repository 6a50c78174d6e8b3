"""Measures of ranking with probabilities: pure functions on arrays of shape ``(n,)`` unless said otherwise.

``gold`` and ``predicted`` hold label numbers, ``confidence`` the probability given to the first choice, ``correct``
whether that choice was right.
"""

from __future__ import annotations

from collections.abc import Callable
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
    """Counts of shape ``(labels, labels)``: rows are the right labels, columns the ones that were given."""
    matrix = np.bincount(gold * labels + predicted, minlength=labels * labels)
    return matrix.reshape(labels, labels).astype(np.int64)


def per_class(matrix: Ints) -> list[ClassFigures]:
    """The figures of every label from a confusion matrix; a quotient without cases is 0."""
    right = np.diag(matrix).astype(np.float64)
    support, given = matrix.sum(axis=1), matrix.sum(axis=0)
    precision, recall = right / np.maximum(given, 1), right / np.maximum(support, 1)
    f1 = 2 * right / np.maximum(support + given, 1)
    return [
        ClassFigures(int(s), int(g), float(p), float(r), float(f))
        for s, g, p, r, f in zip(support, given, precision, recall, f1, strict=True)
    ]


def macro_f1(gold: Ints, predicted: Ints, labels: int) -> float:
    """The mean F1 over labels that occur in ``gold`` or in ``predicted`` (as scikit-learn counts it)."""
    matrix = confusion(gold, predicted, labels)
    seen = matrix.sum(axis=0) + matrix.sum(axis=1)
    f1 = 2 * np.diag(matrix) / np.maximum(seen, 1)
    return float(f1[seen > 0].mean())


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
    order = np.argsort(-confidence, kind="stable")
    sorted_confidence = confidence[order]
    precision = np.cumsum(correct[order]) / np.arange(1, len(order) + 1)
    last_of_equals = np.append(sorted_confidence[:-1] != sorted_confidence[1:], [True])
    return [
        Coverage(float((i + 1) / len(order)), float(precision[i]), float(sorted_confidence[i]))
        for i in np.flatnonzero(last_of_equals)
    ]


def coverage_at_precision(confidence: Floats, correct: Bools, target: float = 0.95) -> Coverage:
    """The largest coverage whose precision reaches ``target``; nothing is covered where no cut does."""
    reached = [point for point in coverage_curve(confidence, correct) if point.precision >= target]
    return reached[-1] if reached else Coverage(0.0, 1.0, 1.0)


def coverage_at_threshold(confidence: Floats, correct: Bools, threshold: float) -> Coverage:
    """What is kept, and how often it is right, when every case of at least ``threshold`` is answered alone."""
    kept = confidence >= threshold
    return Coverage(float(kept.mean()), float(correct[kept].mean()) if kept.any() else 1.0, threshold)


def bootstrap_intervals(
    measure: Callable[[Ints], dict[str, float]],
    cases: int,
    *,
    groups: Ints | None = None,
    rounds: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> dict[str, Interval]:
    """Percentile intervals (Efron and Tibshirani 1993) of what ``measure`` finds on resampled case numbers.

    ``groups`` holds a group number per case: whole groups are drawn then, since near-duplicates are not independent.
    """
    generator = np.random.default_rng(seed)
    members = _members(np.arange(cases) if groups is None else groups)
    drawn: dict[str, list[float]] = {}
    for _ in range(rounds):
        pick = generator.integers(0, len(members), len(members))
        for name, value in measure(np.concatenate([members[i] for i in pick])).items():
            drawn.setdefault(name, []).append(value)
    tails = [(1 - level) / 2, 1 - (1 - level) / 2]
    return {name: _quantiles(values, tails) for name, values in drawn.items()}


def _members(groups: Ints) -> list[Ints]:
    order = np.argsort(groups, kind="stable")
    cuts = np.flatnonzero(np.diff(groups[order])) + 1
    return list(np.split(order, cuts))


def _quantiles(values: list[float], tails: list[float]) -> Interval:
    low, high = np.quantile(values, tails)
    return float(low), float(high)
