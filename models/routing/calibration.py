"""From the scores of several heads to probabilities that can be believed, and to the cut below which nothing is said.

Heads are pooled log-linearly (stacked generalisation, Wolpert 1992; the weights are found on out-of-fold scores by
their log-likelihood), and the first probability is then corrected (:mod:`models.routing.sureness`). These parameters
are far fewer than the cases they are fitted on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from models.routing.sureness import Sureness, fit_sureness, logit_of

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
    """A fitted pool: ``weights`` (heads,), ``bias`` (labels,), and how sure it may be of its first choice.

    Without ``sureness`` the logit of the first probability is multiplied by ``slope``.
    """

    weights: Floats
    bias: Floats
    sureness: Sureness | None = None
    slope: float = 1.0

    def probabilities(self, scores: Floats) -> Floats:
        """Probabilities of shape ``(n, labels)`` for ``scores`` of shape ``(heads, n, labels)``."""
        pooled = np.tensordot(self.weights, scores, axes=1) + self.bias
        raw = np.exp(log_softmax(pooled))
        if self.sureness is not None:
            return _corrected(raw, self.sureness.probabilities(scores, raw))
        return raw if self.slope == 1.0 else _corrected(raw, 1 / (1 + np.exp(-self.slope * logit_of(raw.max(axis=1)))))

    def moved(self, by: Floats) -> Pool:
        """The same with ``by`` (labels,) added to each department's bias before it is asked how sure it may be."""
        return replace(self, bias=self.bias + by)


def fit_pool(scores: Floats, gold: Ints) -> Pool:
    """The pool of the greatest likelihood for out-of-fold ``scores``, shape ``(heads, n, labels)``."""
    from scipy.optimize import minimize  # noqa: PLC0415 - training only

    heads, cases, labels = scores.shape
    start = np.concatenate([np.full(heads, 0.5), np.zeros(labels)])
    bounds = [(0.0, None)] * heads + [(None, None)] * labels
    found = minimize(_loss, start, args=(scores, gold), jac=True, method="L-BFGS-B", bounds=bounds)
    weights, bias = found.x[:heads], found.x[heads:]
    raw = Pool(weights, bias).probabilities(scores)
    return Pool(weights, bias, fit_sureness(scores, raw, gold) if cases > labels > 1 else None)


def cross_fitted(scores: Floats, gold: Ints, folds: Ints, moved: Floats | None = None) -> Floats:
    """Probabilities where no case had a part in its own pool: what unseen cases can expect.

    ``moved`` (labels,) is added to the biases of each pool.
    """
    by = np.zeros(scores.shape[2]) if moved is None else moved
    result = np.zeros(scores.shape[1:])
    for fold in np.unique(folds):
        inside = folds == fold
        result[inside] = fit_pool(scores[:, ~inside], gold[~inside]).moved(by).probabilities(scores[:, inside])
    return result


def abstention_threshold(confidence: Floats, correct: Bools, target: float = 0.95) -> float:
    """The lowest of ``confidence`` (n,) from which on ``target`` of ``correct`` (n,) are, one further case being wrong.

    The one case keeps a handful of lucky hits from setting the cut: nothing is answered alone until 19 of 19 are right.
    The target is kept on average over tables, not with a confidence for each (measured in docs/decisions/0005).
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


def _corrected(raw: Floats, moved: Floats) -> Floats:
    """Give the first of each row the probability ``moved`` and share out the rest in proportion, never past it."""
    rows, first = np.arange(len(raw)), raw.argmax(axis=1)
    others = raw.copy()
    others[rows, first] = 0.0
    shares = others / np.maximum(others.sum(axis=1, keepdims=True), _EDGE)
    largest = shares.max(axis=1)
    moved = np.maximum(moved, largest / (1 + largest) + _EDGE)
    result = shares * (1 - moved)[:, None]
    result[rows, first] = moved
    return np.asarray(result / result.sum(axis=1, keepdims=True))


def likely_set_cut(probabilities: Floats, gold: Ints, target: float = 0.95) -> float:
    """The probability from which on departments are held likely, so that ``target`` of the sets have the right one.

    Least ambiguous sets (Sadinle, Lei and Wasserman, 2019) with the finite-sample step of split conformal prediction:
    the promise holds on average for orders like those that ``probabilities`` (n, labels) were made for, unseen. 0
    where there are too few to promise anything.
    """
    worst = np.sort(probabilities[np.arange(len(gold)), gold])
    passed_over = int(np.floor((len(gold) + 1) * (1 - target)))
    return float(worst[passed_over - 1]) if passed_over else 0.0
