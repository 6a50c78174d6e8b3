"""Questions that mean the same, put together: average-linkage clustering of how near they are.

Nearness is the cosine of their embeddings with the mean of all taken off, since sentence embeddings share a large
common part (Mu and Viswanath, "All-but-the-top", ICLR 2018); without an embedder, that of their words weighted by
rarity (tf-idf). Two clusters are joined while their members are nearer on average than a bound (Sokal and Michener,
"A statistical method for evaluating systematic relationships", 1958).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge_base.words import words

Vectors = npt.NDArray[np.float32]
Embed = Callable[[list[str]], Vectors]

# Chosen on the sample questions, two of which belong together where one article answers both.
NEAR_BY_MEANING = 0.40
NEAR_BY_WORDS = 0.26
MOST = 3000


@dataclass(frozen=True, slots=True)
class Cluster:
    """Positions of questions that belong together; the first is the most typical one."""

    members: tuple[int, ...]


def clusters(texts: Sequence[str], embed: Embed | None = None) -> list[Cluster]:
    """The clusters, the largest first; a question that nobody else asked is a cluster of its own.

    Of more than 3,000 texts the last ones are taken: every pair is compared.
    """
    if not texts:
        return []
    skipped = max(0, len(texts) - MOST)
    near = similarities(list(texts[skipped:]), embed)
    bound = NEAR_BY_MEANING if embed is not None else NEAR_BY_WORDS
    groups: dict[int, list[int]] = {}
    for position, label in enumerate(_labels(near, bound)):
        groups.setdefault(label, []).append(position)
    found = [Cluster(tuple(skipped + p for p in _typical_first(members, near))) for members in groups.values()]
    return sorted(found, key=lambda cluster: (-len(cluster.members), cluster.members))


def similarities(texts: list[str], embed: Embed | None = None) -> Vectors:
    """Cosines of all pairs, float32 [n, n]."""
    vectors = _by_words(texts) if embed is None else _centred(np.asarray(embed(texts), dtype=np.float32))
    near: Vectors = vectors @ vectors.T
    return near


def _centred(vectors: Vectors) -> Vectors:
    # Of a few texts the mean is mostly themselves.
    return _unit(vectors - vectors.mean(axis=0)) if len(vectors) > 2 else _unit(vectors)  # noqa: PLR2004


def _by_words(texts: list[str]) -> Vectors:
    bags = [Counter(words(text)) for text in texts]
    places = {word: place for place, word in enumerate(sorted({word for bag in bags for word in bag}))}
    table = np.zeros((len(texts), max(1, len(places))), dtype=np.float32)
    for row, bag in enumerate(bags):
        for word, count in bag.items():
            table[row, places[word]] = 1 + math.log(count)
    rarity = np.log((1 + len(texts)) / (1 + (table > 0).sum(axis=0))) + 1
    return _unit(table * rarity.astype(np.float32))


def _unit(vectors: Vectors) -> Vectors:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(length == 0, 1, length), dtype=np.float32)


def _labels(near: Vectors, bound: float) -> list[int]:
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415 - slow to import
    from scipy.spatial.distance import squareform  # noqa: PLC0415 - as above

    if len(near) == 1:
        return [1]
    apart = np.clip(1 - near.astype(np.float64), 0, 2)
    apart = (apart + apart.T) / 2
    np.fill_diagonal(apart, 0)
    joined = linkage(squareform(apart, checks=False), "average")
    return [int(label) for label in fcluster(joined, 1 - bound, "distance")]


def _typical_first(members: list[int], near: Vectors) -> list[int]:
    inside = near[np.ix_(members, members)].sum(axis=1)
    typical = members[int(np.argmax(inside))]
    return [typical, *(member for member in members if member != typical)]
