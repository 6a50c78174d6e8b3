"""Fitting the history of categories: out of fold, like every other head, and a pool of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.routing.calibration import Floats, Ints, abstention_threshold, cross_fitted, fit_pool, likely_set_cut
from models.routing.category_history import CategoryHistory, CategoryPath, HistoryExpert

FEWEST_ORDERS = 100
_TWO = 2


@dataclass(frozen=True)
class FittedHistory:
    """The expert, and what it says out of fold: ``probabilities`` (m, labels) for the ``rows`` (m,) with a category."""

    expert: HistoryExpert
    rows: Ints
    probabilities: Floats


def fit_history(
    categories: Sequence[CategoryPath],
    gold: Ints,
    weights: npt.NDArray[np.float64],
    scores: Floats,
    folds: Ints,
    target: float,
    moved: Floats | None = None,
) -> FittedHistory | None:
    """Fit to orders with a category or ``()`` each; ``scores`` (heads, n, labels) are the other heads', out of fold.

    ``moved`` (labels,) is added to the biases of its pool, as to those of the pool for appeals without a category: what
    a category says is held against the table's orders, so what is wrong with their shares is wrong here too. ``None``
    is given where too few orders have a category, or all of those went to one department.
    """
    labels = scores.shape[2]
    rows = np.flatnonzero([bool(category) for category in categories])
    if len(rows) < FEWEST_ORDERS or len(np.unique(gold[rows])) < _TWO or len(np.unique(folds[rows])) < _TWO:
        return None
    told = [categories[row] for row in rows.tolist()]
    evidence = np.zeros((len(rows), labels))
    for fold in np.unique(folds[rows]):
        inside = folds[rows] == fold
        others = rows[~inside]
        known = CategoryHistory.fit([categories[row] for row in others.tolist()], gold[others], labels, weights[others])
        evidence[inside] = known.evidence([path for path, held in zip(told, inside, strict=True) if held])
    beside = np.concatenate([scores[:, rows], evidence[None]])
    seen = cross_fitted(beside, gold[rows], folds[rows], moved)
    pool = fit_pool(beside, gold[rows])
    right = seen.argmax(axis=1) == gold[rows]
    expert = HistoryExpert(
        CategoryHistory.fit(told, gold[rows], labels, weights[rows]),
        pool if moved is None else pool.moved(moved),
        abstention_threshold(seen.max(axis=1), right, target),
        likely_set_cut(seen, gold[rows]),
    )
    return FittedHistory(expert, rows, seen)
