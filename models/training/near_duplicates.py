"""Orders that say nearly the same: they must not stand on both sides of a split, or figures flatter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from models.routing.features import WordGrams

_ALIKE = 0.8
_ROWS_AT_ONCE = 512


def near_duplicate_groups(texts: Sequence[str], alike: float = _ALIKE) -> npt.NDArray[np.int64]:
    """A group number per text, shape ``(n,)``: texts linked by TF-IDF cosine of at least ``alike`` share one."""
    rows = WordGrams.fit(texts, fewest=1).transform(texts)
    links = []
    for start in range(0, rows.shape[0], _ROWS_AT_ONCE):
        near = (rows[start : start + _ROWS_AT_ONCE] @ rows.T).tocsr()
        near.data[near.data < alike] = 0
        near.eliminate_zeros()
        links.append(near)
    _, groups = connected_components(sparse.vstack(links), directed=False)
    return np.asarray(groups, dtype=np.int64)


def repeats_of(texts: Sequence[str], known: Sequence[str], alike: float = _ALIKE) -> npt.NDArray[np.bool_]:
    """Which of ``texts`` say nearly what one of ``known`` says, shape ``(len(texts),)``."""
    grams = WordGrams.fit([*known, *texts], fewest=1)
    columns = grams.transform(known).T.tocsr()
    found = np.zeros(len(texts), np.bool_)
    for start in range(0, len(texts), _ROWS_AT_ONCE):
        near = grams.transform(texts[start : start + _ROWS_AT_ONCE]) @ columns
        found[start : start + _ROWS_AT_ONCE] = near.max(axis=1).toarray().ravel() >= alike
    return found
