"""Several rankings made one: standardised scores added.

Scores of words and of syllables (BM25) and of vectors (cosine) have nothing in common, so each list is brought to mean
0 and deviation 1 over the passages looked at, and they are added with weights (Wu, "Data Fusion in Information
Retrieval", 2012). A passage that one list does not have gets that list's lowest score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Shares:
    """How much each ranking weighs. Syllables stand in for words that a recogniser wrote with other characters."""

    words: float = 0.3
    sounds: float = 0.2
    vectors: float = 0.5


def fuse(rankings: Sequence[Mapping[int, float]], shares: Sequence[float]) -> dict[int, float]:
    """Position to fused score, for every position in any of ``rankings``. Best first."""
    positions = list(dict.fromkeys(position for ranking in rankings for position in ranking))
    if not positions:
        return {}
    total = np.zeros(len(positions))
    for ranking, share in zip(rankings, shares, strict=True):
        floor = min(ranking.values(), default=0.0)
        total += share * standardise(np.array([ranking.get(p, floor) for p in positions]))
    order = np.lexsort((np.array(positions), -total))
    return {positions[i]: float(total[i]) for i in order}


def standardise(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores ``[n]`` with mean 0 and deviation 1; all 0 where they do not differ."""
    deviation = float(scores.std())
    if deviation < 1e-9:  # noqa: PLR2004 - rounding, not a difference
        return np.zeros_like(scores)
    centred: NDArray[np.float64] = (scores - scores.mean()) / deviation
    return centred
