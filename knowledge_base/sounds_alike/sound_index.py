"""Terms by their sound: the known terms that a stretch of syllables resembles, all alike or one of them a little off.

A term is filed under its syllables and, as symmetric deletion does with letters (Garbe's SymSpell, 2012), under what
remains when any one of them is covered up. What was heard is looked up the same way, so that a term one syllable away
is found by a few dictionary look-ups, however many terms there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from knowledge_base.sounds_alike.groups import regrouped
from knowledge_base.sounds_alike.syllables import as_syllables, folded, readings_of, sound_distance

SHORTEST, LONGEST = 3, 12
_HAN = re.compile(f"[\u4e00-\u9fff]{{{SHORTEST},{LONGEST}}}")
_SHORT = re.compile("[\u4e00-\u9fff]{2}")
_FARTHEST = 0.8
"""Most of what a recogniser writes in place of a term are homophones but for tones and fuzzy pinyin."""
_COVERED = "\0"
_Filed = Mapping[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Resemblance:
    """Characters ``[start, end)`` of what was heard sound like ``term``; ``distance`` 0 is a homophone.

    ``by_look`` where it is how they are written that makes them alike.
    """

    start: int
    end: int
    term: str
    distance: float
    by_look: bool = False


@dataclass(frozen=True, slots=True)
class _Tables:
    """What each term is filed under, how long those are that begin with three syllables; those of two characters."""

    filed: _Filed = field(default_factory=dict)
    begun: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    count: int = 0
    short: _Filed = field(default_factory=dict)

    def changed(self, gone: Iterable[str], new: Iterable[str]) -> _Tables:
        gone, new = tuple(gone), tuple(new)
        short = self._short_changed(gone, new)
        leaving, coming = ([*dict.fromkeys(filter(_HAN.fullmatch, terms))] for terms in (gone, new))
        if not leaving and not coming:
            return self if short is self.short else replace(self, short=short)
        added = [entry for term in coming for entry in _entries(term)]
        filed = regrouped(self.filed, (entry for term in leaving for entry in _entries(term)), added)
        # Where terms began that are gone now is looked up in vain, which costs next to nothing.
        beginnings = sorted({(key[:SHORTEST], len(key)) for key, _ in added})
        begun = regrouped(self.begun, (), (b for b in beginnings if b[1] not in self.begun.get(b[0], ())))
        return _Tables(filed, begun, self.count + len(coming) - len(leaving), short)

    def _short_changed(self, gone: Iterable[str], new: Iterable[str]) -> _Filed:
        leaving, coming = ([e for t in terms if _SHORT.fullmatch(t) for e in _as_heard(t)] for terms in (gone, new))
        return regrouped(self.short, leaving, coming) if leaving or coming else self.short


class SoundIndex:
    """Immutable once made, so any thread may ask. Terms of other than 2 to 12 Han characters are left out.

    Those of two are found by :meth:`sounding` only: in what is spoken too much sounds like them.
    """

    def __init__(self, terms: Iterable[str], tables: _Tables | None = None) -> None:
        self._tables = (tables or _Tables()).changed((), terms)

    def __len__(self) -> int:
        return self._tables.count

    def changed(self, gone: Iterable[str], new: Iterable[str]) -> SoundIndex:
        """The same without the terms ``gone``, which it has, and with those that are ``new``, which it has not."""
        return SoundIndex((), self._tables.changed(gone, new))

    def resembling(self, run: str) -> Iterator[Resemblance]:
        """Every term that a stretch of ``run`` (Han characters only) sounds like but is not."""
        heard = as_syllables(run)
        plain = folded(heard)
        for start in range(len(heard) - SHORTEST + 1):
            near: dict[tuple[int, str], float] = {}
            for end, key in self._keys(plain, start):
                for term, sounds in self._tables.filed.get(key, ()):
                    distance = sound_distance(heard[start:end], sounds)
                    if distance <= min(_FARTHEST, near.get((end, term), _FARTHEST)):
                        near[end, term] = distance
            for (end, term), distance in near.items():
                if run[start:end] != term:
                    yield Resemblance(start, end, term, distance)

    def sounding(self, run: str) -> Iterator[Resemblance]:
        """Every term of two characters of which a stretch of ``run`` has one, and another in the other's sound."""
        heard = as_syllables(run)
        plain = folded(heard)
        for start in range(len(run) - 1):
            for term, sounds in self._tables.short.get(plain[start : start + 2], ()):
                if (run[start] == term[0]) != (run[start + 1] == term[1]):
                    yield Resemblance(start, start + 2, term, sound_distance(heard[start : start + 2], sounds))

    def _keys(self, plain: str, start: int) -> Iterator[tuple[int, str]]:
        """Where a term may end that begins at ``start``, and what it would be filed under."""
        first = plain[start : start + SHORTEST]
        for length in self._tables.begun.get(first, ()):
            window = plain[start : start + length]
            if len(window) == length:
                yield from ((start + length, _covered(window, place)) for place in range(SHORTEST, length))
        for place in range(SHORTEST):
            for length in self._tables.begun.get(_covered(first, place), ()):
                window = plain[start : start + length]
                if len(window) == length:
                    yield start + length, _covered(window, place)


def _entries(term: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """What ``term`` is filed under, and as what."""
    for sounds in readings_of(term):
        plain = folded(sounds)
        for place in range(len(plain)):
            yield _covered(plain, place), (term, sounds)


def _as_heard(term: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """The same of a term of two characters, which is filed under all that is heard."""
    for sounds in readings_of(term):
        yield folded(sounds), (term, sounds)


def _covered(sounds: str, place: int) -> str:
    """``sounds`` with the syllable at ``place`` covered up."""
    return sounds[:place] + _COVERED + sounds[place + 1 :]
