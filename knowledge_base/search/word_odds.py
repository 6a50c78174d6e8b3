"""How likely a stretch of Chinese is as written: words as unigrams in the best segmentation (Viterbi 1967, as jieba).

The language is a mixture of general Chinese (jieba's dictionary with its frequencies, from rjieba) and of the words
that the knowledge base uses. It tells a name that was misheard (three characters that make no word) from other words
that happen to sound like one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import rjieba

_TOTAL = 60_101_967
"""The sum of the frequencies in jieba's dictionary."""
_SHARE = 0.3
_LEAST_OWN = 200_000.0
"""A small knowledge base does not make each of its words a frequent one."""
_LONGEST = 7
_UNKNOWN = 0.5
_SAYS_NOTHING = -12.0
_HAN = re.compile("[\u4e00-\u9fff]+")


class WordOdds:
    """Log-probabilities; ``own`` are the words of the knowledge base with how often each occurs there. Immutable."""

    def __init__(self, own: Mapping[str, float], share: float = _SHARE) -> None:
        self._own = own
        self._scale = share / max(_LEAST_OWN, sum(own.values()))
        self._general = (1.0 - share) / _TOTAL

    def of_word(self, word: str) -> float | None:
        """Natural log-probability of one word; None where nobody knows it as a word."""
        mass = self._general * general_count(word) + self._scale * self._own.get(word, 0.0)
        if mass > 0.0:
            return math.log(mass)
        return math.log(self._general * _UNKNOWN) if len(word) == 1 else None

    def lattice(self, run: str) -> list[tuple[int, int, float]]:
        """``(start, end, log-probability)`` of every word that may stand in ``run``."""
        return [
            (start, end, odds)
            for start in range(len(run))
            for end in range(start + 1, min(len(run), start + _LONGEST) + 1)
            if (odds := self.of_word(run[start:end])) is not None
        ]


def best_ways(words: Sequence[tuple[int, int, float]], length: int) -> tuple[list[float], list[float]]:
    """Log-probability of the best segmentation up to, and from, each of the ``length + 1`` places of a run."""
    before = [0.0] + [-math.inf] * length
    after = [-math.inf] * length + [0.0]
    for start, end, odds in words:
        before[end] = max(before[end], before[start] + odds)
    for start, end, odds in reversed(words):
        after[start] = max(after[start], after[end] + odds)
    return before, after


def fluency(text: str) -> float:
    """Natural log-probability of ``text`` per Han character as general Chinese, in its best segmentation.

    About -6 for what people ask, -7 and less for what was badly misheard; -12 without any Han character.
    """
    runs = _HAN.findall(text)
    if not runs:
        return _SAYS_NOTHING
    return sum(best_ways(_GENERAL.lattice(run), len(run))[0][-1] for run in runs) / sum(map(len, runs))


def general_count(word: str) -> int:
    """How often jieba's dictionary has seen ``word``; 0 where it is none of its words.

    Nothing is remembered: a cache would keep what citizens said for longer than their calls.
    """
    dictionary = _dictionary()
    return int(dictionary.suggest_freq(word)) if dictionary.has_word(word) else 0


_GENERAL = WordOdds({})


@lru_cache(maxsize=1)
def _dictionary() -> rjieba.Jieba:
    import rjieba  # noqa: PLC0415 - its dictionary takes a moment to load

    return rjieba.Jieba()
