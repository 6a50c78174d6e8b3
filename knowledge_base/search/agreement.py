"""How clearly one article was found: how far another one is behind, and whether words, sounds and meanings agree.

A question of which the recogniser lost the noun still has some nearest passage, and its cosine says little against it.
But then each channel finds another article, and several stand close together (agreement between rankings as a predictor
of how good they are: Aslam and Pavlu, "Query hardness estimation using Jensen-Shannon divergence among multiple scoring
functions", ECIR 2007).
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_LOOKED_AT = 20
"""Passages of the order: another article that comes later is far behind anyway."""

_RANKS = 10
"""Passages of each channel; what comes later counts as the tenth."""

_FIRST = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """``ahead``: an article's best fused score above that of the best other article; negative where that is better.

    ``apart``: 0 where each channel has a passage of the article first, more the later they have one (log of 1 + place,
    added up).
    """

    ahead: float
    apart: float


class Agreement:
    """Made of one search: ``fused`` best first, each channel's scores, and which article a position is of."""

    def __init__(
        self,
        fused: Mapping[int, float],
        channels: Sequence[Mapping[int, float]],
        article_of: Callable[[int], str],
    ) -> None:
        looked_at = [(article_of(position), fused[position]) for position in list(fused)[:_LOOKED_AT]]
        self._last = looked_at[-1][1] if looked_at else 0.0
        self._best: dict[str, float] = {}
        for article, score in looked_at:
            self._best.setdefault(article, score)
        self._places = [_places(channel, article_of) for channel in channels]
        first = [article for article, _ in looked_at[:_FIRST]]
        self.alike = sum(article == first[0] for article in first) / _FIRST if first else 0.0
        """Which part of the first five passages is of the same article as the first."""

    def of(self, article: str) -> Standing:
        """How clearly ``article`` was found."""
        others = [score for other, score in self._best.items() if other != article]
        ahead = self._best.get(article, self._last) - max(others, default=self._last)
        return Standing(ahead, sum(math.log1p(places.get(article, _RANKS)) for places in self._places))


def _places(channel: Mapping[int, float], article_of: Callable[[int], str]) -> dict[str, int]:
    """Article to the place, from 0, of its first passage in a channel."""
    best = heapq.nlargest(_RANKS, channel, key=channel.__getitem__)
    places: dict[str, int] = {}
    for place, position in enumerate(best):
        places.setdefault(article_of(position), place)
    return places
