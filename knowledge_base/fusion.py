"""Two rankings made one: standardised scores added.

Scores of words (BM25) and of vectors (cosine) have nothing in common, so each list is brought to mean 0 and deviation 1
over the passages looked at, and the two are added with a weight (Wu, "Data Fusion in Information Retrieval", 2012).
A passage that one list does not have gets that list's lowest score.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

WORDS_SHARE = 0.35


def fuse(
    words: Mapping[int, float], vectors: Mapping[int, float], words_share: float = WORDS_SHARE
) -> dict[int, float]:
    """Position to fused score, for every position in ``vectors`` (which has all of ``words``'s). Best first."""
    if not vectors:
        return {}
    positions = list(vectors)
    floor = min(words.values(), default=0.0)
    word_scores = standardise(np.array([words.get(p, floor) for p in positions]))
    cosines = standardise(np.array([vectors[p] for p in positions]))
    total = words_share * word_scores + (1 - words_share) * cosines
    order = np.lexsort((np.array(positions), -total))
    return {positions[i]: float(total[i]) for i in order}


def standardise(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores ``[n]`` with mean 0 and deviation 1; all 0 where they do not differ."""
    deviation = float(scores.std())
    if deviation < 1e-9:  # noqa: PLR2004 - rounding, not a difference
        return np.zeros_like(scores)
    centred: NDArray[np.float64] = (scores - scores.mean()) / deviation
    return centred
