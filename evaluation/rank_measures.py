"""Measures of a ranking: pure functions of the ranks at which right documents stand.

``gold`` is the set of right ids, ``ranked`` the ids in order, best first, each once. Binary relevance, as in Manning,
Raghavan and Schütze, "Introduction to Information Retrieval" (2008), chapter 8, and Järvelin and Kekäläinen (2002).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence


def hit_at(k: int, gold: Collection[str], ranked: Sequence[str]) -> float:
    """1 where a right id is among the first ``k``, else 0."""
    return float(any(name in gold for name in ranked[:k]))


def reciprocal_rank(k: int, gold: Collection[str], ranked: Sequence[str]) -> float:
    """1 / rank of the first right id among the first ``k`` (from 1), else 0."""
    return next((1.0 / rank for rank, name in enumerate(ranked[:k], start=1) if name in gold), 0.0)


def ndcg_at(k: int, gold: Collection[str], ranked: Sequence[str]) -> float:
    """Normalised discounted cumulative gain over the first ``k``, 0 to 1; 0 where ``gold`` is empty."""
    if not gold:
        return 0.0
    gain = sum(1.0 / math.log2(rank + 1) for rank, name in enumerate(ranked[:k], start=1) if name in gold)
    ideal = sum(1.0 / math.log2(rank + 1) for rank in range(1, min(k, len(set(gold))) + 1))
    return gain / ideal


def mean(values: Sequence[float]) -> float:
    """The mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` (0 to 1) of ``values`` lie, by nearest rank; 0 of nothing."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
