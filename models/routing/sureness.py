"""How likely the first choice of a pool of heads is right.

A logistic regression (Platt, 1999) over what is known when a choice was made: the pooled probability, by how much each
head prefers the choice to its next best, and whose choice it is. The last makes one threshold mean the same for every
department: some are promised too much by a pool that knows nothing of them but their orders. The coefficients are held
back by ridge penalties in cases, so that a department without many orders keeps what the others gave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]

_EDGE = 1e-6
_SIGNAL_PENALTY = 1.0  # in cases, on a signal of deviation 1
_LABEL_PENALTY = 10.0
_ROUNDS = 50
_CLOSE = 1e-8


@dataclass(frozen=True)
class Sureness:
    """``logit p = slopes · signals + shift + by_label[first]``, signals as :func:`signals` gives them."""

    slopes: Floats
    shift: float
    by_label: Floats

    def probabilities(self, scores: Floats, raw: Floats) -> Floats:
        """That the first choice is right, shape ``(n,)``; ``scores`` (heads, n, labels), pooled ``raw`` (n, labels)."""
        logit = signals(scores, raw) @ self.slopes + self.shift + self.by_label[raw.argmax(axis=1)]
        return np.asarray(1 / (1 + np.exp(-logit)))


def signals(scores: Floats, raw: Floats) -> Floats:
    """``(n, 1 + heads)``: the logit of the pooled first probability, and each head's lead for that choice."""
    rows, first = np.arange(len(raw)), raw.argmax(axis=1)
    own = scores[:, rows, first]
    others = scores.copy()
    others[:, rows, first] = -np.inf
    return np.column_stack([logit_of(raw[rows, first]), *(own - others.max(axis=2))])


def fit_sureness(scores: Floats, raw: Floats, gold: Ints) -> Sureness:
    """Fit to out-of-fold ``scores`` (heads, n, labels) with at least two labels, and what was pooled from them."""
    found, first = signals(scores, raw), raw.argmax(axis=1)
    right = first == gold
    mean, deviation = found.mean(axis=0), np.maximum(found.std(axis=0), _EDGE)
    labels, cases = raw.shape[1], len(raw)
    rows = np.zeros((cases, found.shape[1] + 1 + labels))
    rows[:, : found.shape[1]] = (found - mean) / deviation
    rows[:, found.shape[1]] = 1
    rows[np.arange(cases), found.shape[1] + 1 + first] = 1
    ridge = np.r_[np.full(found.shape[1], _SIGNAL_PENALTY), _EDGE, np.full(labels, _LABEL_PENALTY)]
    fitted = _newton(rows, _aims(right), ridge)
    slopes = fitted[: found.shape[1]] / deviation
    return Sureness(slopes, float(fitted[found.shape[1]] - slopes @ mean), fitted[found.shape[1] + 1 :])


def logit_of(values: Floats) -> Floats:
    """Logits of probabilities of any shape, which are kept off 0 and 1."""
    inside = np.clip(values, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(inside) - np.log1p(-inside))


def _aims(right: Bools) -> Floats:
    """Platt's targets: never quite 0 or 1, so that a faultless sample does not send the slopes to infinity."""
    hits = int(right.sum())
    return np.where(right, (hits + 1) / (hits + 2), 1 / (len(right) - hits + 2))


def _newton(rows: Floats, aims: Floats, ridge: Floats) -> Floats:
    beta = np.zeros(rows.shape[1])
    for _ in range(_ROUNDS):
        p = 1 / (1 + np.exp(-np.clip(rows @ beta, -30, 30)))
        gradient = rows.T @ (aims - p) - ridge * beta
        curvature = (rows * (p * (1 - p))[:, None]).T @ rows + np.diag(ridge)
        step = np.linalg.solve(curvature, gradient)
        beta += step
        if np.abs(step).max() < _CLOSE:
            break
    return beta
