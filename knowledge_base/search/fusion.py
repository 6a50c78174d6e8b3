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
    """How much of a passage's score comes from where.

    ``surer`` counts for words or for syllables, whichever has more of the question in that passage, ``other`` for the
    other of the two: words are surer where a text was written as it was asked, syllables where a recogniser wrote other
    characters, and the same passage should come first both times. ``vectors`` is for the cosine.

    Chosen on one half of the questions of four public sets (``docs/decisions/0009-retrieval-quality.md``).
    """

    surer: float = 2.0
    other: float = 0.5
    vectors: float = 1.0


def fuse(
    words: Mapping[int, float],
    sounds: Mapping[int, float],
    vectors: Mapping[int, float],
    shares: Shares,
    depth: int = 100,
) -> dict[int, float]:
    """Position to fused score, for every position in any ranking. Best first; of equals the earlier position.

    A passage that a ranking of ``depth`` passages does not have gets its lowest score: the true one is no higher. What
    a shorter one does not have, has nothing of the question.
    """
    positions = list(dict.fromkeys((*words, *sounds, *vectors)))
    if not positions:
        return {}
    by_words, by_sounds, by_vectors = (_scores(ranking, positions, depth) for ranking in (words, sounds, vectors))
    total = (
        shares.surer * np.maximum(by_words, by_sounds)
        + shares.other * np.minimum(by_words, by_sounds)
        + shares.vectors * by_vectors
    )
    order = np.lexsort((np.array(positions), -total))
    return {positions[i]: float(total[i]) for i in order}


def _scores(ranking: Mapping[int, float], positions: Sequence[int], depth: int) -> NDArray[np.float64]:
    floor = min(ranking.values(), default=0.0) if len(ranking) >= depth else 0.0
    return np.array([ranking.get(position, floor) for position in positions])


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
