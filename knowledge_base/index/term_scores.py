"""BM25 by hand, with exactly the numbers that tantivy uses: for the few texts that are not in its index yet.

Scores here and there are comparable since both weigh a term by how rare it is in the large index. Lengths are rounded
as Lucene and tantivy do, which keep one byte of them (``SmallFloat.intToByte4``).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.index.passage_columns import Mask

_K1, _B = 1.2, 0.75
LARGEST_TF = _K1 + 1
"""What BM25's term frequency part tends to."""

_EXACT_LENGTHS = 24
_KEPT_BITS = 4


@dataclass(frozen=True, slots=True)
class Statistics:
    """How many texts there are, and how many of them have one term."""

    texts: int
    having: int


def rarity(term: Statistics) -> float:
    """The inverse document frequency, never negative."""
    return math.log(1 + (term.texts - term.having + 0.5) / (term.having + 0.5))


def frequency_part(times: int, length: int, average_length: float) -> float:
    """How much ``times`` occurrences in a text of ``length`` terms count, below :data:`LARGEST_TF`."""
    return times * LARGEST_TF / (times + _K1 * (1 - _B + _B * rounded(length) / average_length))


def rounded(length: int) -> int:
    """A length as one byte keeps it: exact up to 40, then four significant bits above 24."""
    above = length - _EXACT_LENGTHS
    drop = max(0, above.bit_length() - _KEPT_BITS) if above > 0 else 0
    return _EXACT_LENGTHS + (above >> drop << drop)


class RecentTerms:
    """Texts in memory that only grow. One thread adds; any others read the first ``count`` that they know of."""

    def __init__(self, average_length: float) -> None:
        self._average_length = average_length
        self._parts: dict[str, list[tuple[int, float]]] = {}

    def add(self, row: int, text: Sequence[str]) -> None:
        """Add the text of ``row``; rows come in order."""
        average = self._average_length or max(1, len(text))
        for word, times in Counter(text).items():
            self._parts.setdefault(word, []).append((row, frequency_part(times, len(text), average)))

    def having(self, word: str, count: int) -> int:
        """How many of the first ``count`` texts have ``word``."""
        return sum(row < count for row, _ in self._parts.get(word, ()))

    def search(self, weighed: dict[str, float], allowed: Mask) -> list[tuple[int, float]]:
        """Rows and scores of the allowed texts with some of the terms; ``allowed`` is as long as what the reader knows.

        ``weighed`` says how much each term counts.
        """
        scores: dict[int, float] = {}
        count = len(allowed)
        for word, weight in weighed.items():
            for row, part in self._parts.get(word, ()):
                if row >= count:
                    break
                if allowed[row]:
                    scores[row] = scores.get(row, 0.0) + weight * part
        return list(scores.items())
