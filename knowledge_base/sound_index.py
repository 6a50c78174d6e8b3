"""Terms by their sound: the known terms that a stretch of syllables resembles, all alike or one of them a little off.

A term is filed under its syllables and, as symmetric deletion does with letters (Garbe's SymSpell, 2012), under what
remains when any one of them is covered up. What was heard is looked up the same way, so that a term one syllable away
is found by a few dictionary look-ups, however many terms there are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge_base.syllables import as_syllables, folded, readings_of, sound_distance

SHORTEST, LONGEST = 3, 12
_HAN = re.compile(f"[\u4e00-\u9fff]{{{SHORTEST},{LONGEST}}}")
_FARTHEST = 0.8
"""Most of what a recogniser writes in place of a term are homophones but for tones and fuzzy pinyin."""
_COVERED = "\0"

_Filed = dict[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Resemblance:
    """Characters ``[start, end)`` of what was heard sound like ``term``; ``distance`` 0 is a homophone."""

    start: int
    end: int
    term: str
    distance: float


class SoundIndex:
    """Immutable once made, so any thread may ask. Terms of other than 3 to 12 Han characters are left out."""

    def __init__(self, terms: Iterable[str]) -> None:
        filed: dict[str, list[tuple[str, str]]] = defaultdict(list)
        begun: dict[str, set[int]] = defaultdict(set)
        kept = [term for term in dict.fromkeys(terms) if _HAN.fullmatch(term)]
        for term in kept:
            for sounds in readings_of(term):
                plain = folded(sounds)
                for place in range(len(plain)):
                    key = _covered(plain, place)
                    filed[key].append((term, sounds))
                    begun[key[:SHORTEST]].add(len(plain))
        self._filed = {key: tuple(found) for key, found in filed.items()}
        self._begun = {key: tuple(sorted(lengths)) for key, lengths in begun.items()}
        self._count = len(kept)

    def __len__(self) -> int:
        return self._count

    def resembling(self, run: str) -> Iterator[Resemblance]:
        """Every term that a stretch of ``run`` (Han characters only) sounds like but is not."""
        heard = as_syllables(run)
        plain = folded(heard)
        for start in range(len(heard) - SHORTEST + 1):
            near: dict[tuple[int, str], float] = {}
            for end, key in self._keys(plain, start):
                for term, sounds in self._filed.get(key, ()):
                    distance = sound_distance(heard[start:end], sounds)
                    if distance <= min(_FARTHEST, near.get((end, term), _FARTHEST)):
                        near[end, term] = distance
            for (end, term), distance in near.items():
                if run[start:end] != term:
                    yield Resemblance(start, end, term, distance)

    def _keys(self, plain: str, start: int) -> Iterator[tuple[int, str]]:
        """Where a term may end that begins at ``start``, and what it would be filed under."""
        first = plain[start : start + SHORTEST]
        for length in self._begun.get(first, ()):
            window = plain[start : start + length]
            if len(window) == length:
                yield from ((start + length, _covered(window, place)) for place in range(SHORTEST, length))
        for place in range(SHORTEST):
            for length in self._begun.get(_covered(first, place), ()):
                window = plain[start : start + length]
                if len(window) == length:
                    yield start + length, _covered(window, place)


def _covered(sounds: str, place: int) -> str:
    """``sounds`` with the syllable at ``place`` covered up."""
    return sounds[:place] + _COVERED + sounds[place + 1 :]
