"""From the scores of several heads to probabilities that can be believed, and to the cut below which nothing is said.

Heads are pooled log-linearly (stacked generalisation, Wolpert 1992; the weights are found on out-of-fold scores by
their log-likelihood), and the first probability is then corrected with Platt's two parameters (Platt 1999).
These are far fewer than the cases they are fitted on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]

_BIAS_PENALTY = 10.0  # in cases: a label's prior is moved only where many orders ask for it
_EDGE = 1e-6


def log_softmax(scores: Floats) -> Floats:
    """Log-probabilities over the last axis."""
    moved = scores - scores.max(axis=-1, keepdims=True)
    return np.asarray(moved - np.log(np.exp(moved).sum(axis=-1, keepdims=True)))


@dataclass(frozen=True)
class Pool:
    """A fitted pool: ``weights`` (heads,), ``bias`` (labels,), and Platt's ``slope`` and ``shift``."""

    weights: Floats
    bias: Floats
    slope: float = 1.0
    shift: float = 0.0

    def probabilities(self, scores: Floats) -> Floats:
        """Probabilities of shape ``(n, labels)`` for ``scores`` of shape ``(heads, n, labels)``."""
        pooled = np.tensordot(self.weights, scores, axes=1) + self.bias
        return _corrected(np.exp(log_softmax(pooled)), self.slope, self.shift)


def fit_pool(scores: Floats, gold: Ints) -> Pool:
    """The pool of the greatest likelihood for out-of-fold ``scores``, shape ``(heads, n, labels)``."""
    from scipy.optimize import minimize  # noqa: PLC0415 - training only

    heads, cases, labels = scores.shape
    start = np.concatenate([np.full(heads, 0.5), np.zeros(labels)])
    bounds = [(0.0, None)] * heads + [(None, None)] * labels
    found = minimize(_loss, start, args=(scores, gold), jac=True, method="L-BFGS-B", bounds=bounds)
    weights, bias = found.x[:heads], found.x[heads:]
    raw = Pool(weights, bias).probabilities(scores)
    slope, shift = _platt(raw.max(axis=1), raw.argmax(axis=1) == gold) if cases > labels else (1.0, 0.0)
    return Pool(weights, bias, slope, shift)


def cross_fitted(scores: Floats, gold: Ints, folds: Ints) -> Floats:
    """Probabilities where no case had a part in its own pool: what unseen cases can expect."""
    result = np.zeros(scores.shape[1:])
    for fold in np.unique(folds):
        inside = folds == fold
        result[inside] = fit_pool(scores[:, ~inside], gold[~inside]).probabilities(scores[:, inside])
    return result


def abstention_threshold(confidence: Floats, correct: Bools, target: float = 0.95) -> float:
    """The lowest confidence from which on at least ``target`` were right, one further case counted as wrong.

    The one case keeps a handful of lucky hits from setting the cut: nothing is answered alone until 19 of 19 are right.
    Above 1 where no cut reaches the target.
    """
    order = np.argsort(-confidence, kind="stable")
    ranked = confidence[order]
    precision = np.cumsum(correct[order]) / (np.arange(len(order)) + 2)
    last_of_equals = np.append(ranked[:-1] != ranked[1:], [True])
    reached = np.flatnonzero((precision >= target) & last_of_equals)
    return float(ranked[reached[-1]]) if len(reached) else 1.01


def _loss(values: Floats, scores: Floats, gold: Ints) -> tuple[float, Floats]:
    heads, cases, _ = scores.shape
    weights, bias = values[:heads], values[heads:]
    logs = log_softmax(np.tensordot(weights, scores, axes=1) + bias)
    rows = np.arange(cases)
    loss = -logs[rows, gold].mean() + _BIAS_PENALTY * float(bias @ bias) / cases
    slope = np.exp(logs)
    slope[rows, gold] -= 1
    by_weight = np.tensordot(scores, slope, axes=([1, 2], [0, 1])) / cases
    by_bias = slope.mean(axis=0) + 2 * _BIAS_PENALTY * bias / cases
    return float(loss), np.concatenate([by_weight, by_bias])


def _logit(values: Floats) -> Floats:
    inside = np.clip(values, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(inside) - np.log1p(-inside))


def _platt(confidence: Floats, correct: Bools) -> tuple[float, float]:
    from scipy.optimize import minimize  # noqa: PLC0415 - training only

    logit = _logit(confidence)
    hits = int(correct.sum())
    # Platt's targets: never quite 0 or 1, so that a faultless sample does not send the slope to infinity.
    aims = np.where(correct, (hits + 1) / (hits + 2), 1 / (len(correct) - hits + 2))

    def loss(values: Floats) -> tuple[float, Floats]:
        z = values[0] * logit + values[1]
        gap = 1 / (1 + np.exp(-z)) - aims
        return float(np.mean(np.logaddexp(0, z) - aims * z)), np.array([np.mean(gap * logit), np.mean(gap)])

    found = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=[(0.2, 5.0), (-3.0, 3.0)])
    return float(found.x[0]), float(found.x[1])


def _corrected(raw: Floats, slope: float, shift: float) -> Floats:
    """Move the first probability and share out the rest in proportion, never past the first."""
    if slope == 1.0 and shift == 0.0:
        return raw
    rows, first = np.arange(len(raw)), raw.argmax(axis=1)
    others = raw.copy()
    others[rows, first] = 0.0
    shares = others / np.maximum(others.sum(axis=1, keepdims=True), _EDGE)
    moved = 1 / (1 + np.exp(-(slope * _logit(raw[rows, first]) + shift)))
    largest = shares.max(axis=1)
    moved = np.maximum(moved, largest / (1 + largest) + _EDGE)
    result = shares * (1 - moved)[:, None]
    result[rows, first] = moved
    return np.asarray(result / result.sum(axis=1, keepdims=True))
