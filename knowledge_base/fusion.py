"""Several rankings made one: each brought to a scale that means the same for every question, then added.

Words and syllables say how much of the best possible BM25 score a passage has, 0 to 1, vectors their cosine after the
corpus's common direction was taken out. Adding such values keeps what standardising within one result list throws away:
a question whose words the corpus does not use gives all passages nearly the same share of words, and vectors decide by
themselves; one that quotes a title is decided by words (Bruch, Gai and Ingber, "An Analysis of Fusion Functions for
Hybrid Retrieval", 2023, arXiv:2210.11934).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SOON = 30
"""From so many passages on their mean says more about the embedder than about the passages."""


@dataclass(frozen=True, slots=True)
class Shares:
    """How much each ranking counts. Syllables stand in for words that a recogniser wrote with other characters.

    Chosen on one half of the questions of four public sets (``docs/decisions/0009-retrieval-quality.md``).
    """

    words: float = 1.5
    sounds: float = 0.5
    vectors: float = 1.0


def fuse(rankings: Sequence[Mapping[int, float]], shares: Sequence[float]) -> dict[int, float]:
    """Position to fused score, for every position in any of ``rankings``. Best first; of equals the earlier position.

    A passage that a ranking does not have gets its lowest score: the true one is no higher.
    """
    positions = list(dict.fromkeys(position for ranking in rankings for position in ranking))
    if not positions:
        return {}
    total = np.zeros(len(positions))
    for ranking, share in zip(rankings, shares, strict=True):
        floor = min(ranking.values(), default=0.0)
        total += share * np.array([ranking.get(p, floor) for p in positions])
    order = np.lexsort((np.array(positions), -total))
    return {positions[i]: float(total[i]) for i in order}


def centred_cosines(
    vector: NDArray[np.float32], rows: NDArray[np.float32], mean: NDArray[np.float32], passages: int
) -> NDArray[np.float32]:
    """Cosines ``[n]`` of ``vector`` with ``rows`` ``[n, dimension]`` after ``mean``, all passages' own, is taken off.

    Sentence embedders give every text of a corpus a common direction, which only hides differences (Mu and Viswanath,
    "All-but-the-Top", 2018). Of a handful of ``passages`` the mean is no such direction, and less of it is taken off.
    """
    off = mean * (passages / (passages + _SOON))
    return _unit(rows - off) @ _unit(vector - off)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)
