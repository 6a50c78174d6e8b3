"""Orders that say nearly the same: they must not stand on both sides of a split, or figures flatter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from models.routing_features import WordGrams

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
