"""Names that were misheard: a stretch of a recognised sentence that sounds like a known term is read as that term.

::

    "王湖街道那边的变名服务中心在哪"
        syllables → terms one syllable away (SoundIndex) → how much likelier the sentence becomes (WordOdds)
            minus what the difference in sound costs → sure, and no rival term: read as 望湖街道, 便民服务中心

What was heard may be a name that nobody lists, and then sound like a listed one by chance: that is one of the ways to
read the sentence as it stands (:mod:`knowledge_base.sounds_alike.unlisted_names`).

The noisy channel (Kernighan, Church and Gale, 1990). The text stays as it was heard; what it is read as stands beside
it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from knowledge_base.search.word_odds import WordOdds, best_ways, general_count
from knowledge_base.sounds_alike.look_alikes import looking_like
from knowledge_base.sounds_alike.sound_index import Resemblance, SoundIndex
from knowledge_base.sounds_alike.unlisted_names import UnlistedNames

_Way = tuple[int, int, float]
_HAN = re.compile("[\u4e00-\u9fff]+")
_HOMOPHONE = 0.3
"""No farther apart than two tones or fuzzy pinyin make it."""


@dataclass(frozen=True, slots=True)
class Sureness:
    """When to correct. All in nats (natural logarithms) by which the sentence becomes likelier.

    ``least`` must be gained, ``least_of_looks`` for one of the few characters that are written for another because they
    look alike; ``least_of_words`` where the characters to be changed make a word as they stand;
    ``per_sound`` is the price of one unit of distance; ``lead`` the distance that is kept from a rival term.
    """

    least: float = 6.0
    least_of_looks: float = 3.5
    least_of_words: float = 9.0
    per_sound: float = 8.0
    lead: float = 2.0


@dataclass(frozen=True, slots=True)
class MisheardTerm:
    """Characters ``[start, end)`` of a text are read as ``term``; ``gain`` says how much surer that reading is."""

    start: int
    end: int
    term: str
    gain: float
    distance: float = 0.0


class SoundCorrector:
    """Corrects towards ``terms`` (each with how often it is written). Immutable, so any thread may ask."""

    def __init__(
        self,
        terms: Mapping[str, float],
        sureness: Sureness | None = None,
        index: SoundIndex | None = None,
        unlisted: UnlistedNames | None = None,
    ) -> None:
        """``index`` and ``unlisted`` are those of ``terms``, where they are known."""
        self._terms = terms
        self._unlisted = UnlistedNames(terms) if unlisted is None else unlisted
        self._index = SoundIndex(terms) if index is None else index
        self._odds = WordOdds(terms)
        self._sure = sureness or Sureness()

    def changed(self, terms: Mapping[str, float], among: Set[str]) -> SoundCorrector:
        """The corrector of ``terms``, which are other terms or weigh otherwise ``among`` these and no others."""
        gone = [term for term in among if term in self._terms and term not in terms]
        new = [term for term in among if term in terms and term not in self._terms]
        return SoundCorrector(terms, self._sure, self._index.changed(gone, new), self._unlisted.changed(gone, new))

    def misheard(self, text: str) -> tuple[MisheardTerm, ...]:
        """The stretches of ``text`` that were most likely another term, in order, none overlapping another."""
        return self._read_as(text, self._index.resembling)

    def miswritten(self, text: str) -> tuple[MisheardTerm, ...]:
        """The same of what somebody typed: also names of two characters (低宝), and what looks like another (户口薄).

        Who types chooses whole words of the right sound from a list, so that most characters are right; what is typed
        into a search is short, and what it is read as is shown, so that more may be tried than of what was spoken.
        """
        return self._read_as(text, self._written_for)

    def _written_for(self, run: str) -> Iterator[Resemblance]:
        yield from self._index.resembling(run)
        yield from self._index.sounding(run)
        yield from looking_like(run, self._is_word)

    def _read_as(self, text: str, near: Callable[[str], Iterable[Resemblance]]) -> tuple[MisheardTerm, ...]:
        found: list[MisheardTerm] = []
        for run in _HAN.finditer(text):
            at = run.start()
            found += [replace(m, start=m.start + at, end=m.end + at) for m in self._in_run(run[0], near(run[0]))]
        return tuple(found)

    def read(self, text: str) -> str:
        """``text`` with every misheard term put right."""
        for m in reversed(self.misheard(text)):
            text = text[: m.start] + m.term + text[m.end :]
        return text

    def _in_run(self, run: str, resembling: Iterable[Resemblance]) -> list[MisheardTerm]:
        likely = sorted(self._likely(run, resembling), key=lambda m: -m.gain)
        kept: list[MisheardTerm] = []
        for found in likely:
            if not any(_overlap(found, k) for k in kept) and not self._has_rival(found, likely):
                kept.append(found)
        return sorted(kept, key=lambda m: m.start)

    def _has_rival(self, found: MisheardTerm, likely: Sequence[MisheardTerm]) -> bool:
        """Whether another term, not just a longer or shifted form of this one, is nearly as likely in its place."""
        near = (o for o in likely if o is not found and found.gain - o.gain < self._sure.lead and _overlap(found, o))
        return any(not _agree(found, other) for other in near)

    def _likely(self, run: str, resembling: Iterable[Resemblance]) -> Iterator[MisheardTerm]:
        near = [r for r in resembling if not self._is_meant(run[r.start : r.end], r)]
        if not near:
            return
        words = self._odds.lattice(run)
        standing = _letters_in_words(words, *best_ways(words, len(run)))
        before, after = best_ways(self._with_unlisted(words, run, near), len(run))
        for r in near:
            odds = self._odds.of_word(r.term) or 0.0
            gain = before[r.start] + odds + after[r.end] - before[-1] - self._sure.per_sound * r.distance
            touched = any(run[r.start + i] != c and r.start + i in standing for i, c in enumerate(r.term))
            least = self._sure.least_of_looks if r.by_look else self._sure.least
            if gain >= (self._sure.least_of_words if touched else least):
                yield MisheardTerm(r.start, r.end, r.term, gain, r.distance)

    def _with_unlisted(self, words: Sequence[_Way], run: str, near: Sequence[Resemblance]) -> list[_Way]:
        """``words``, and the stretches that resemble a term as words that nobody lists."""
        stretches = {(r.start, r.end) for r in near}
        return sorted([*words, *((start, end, self._unlisted.of(run[start:end])) for start, end in stretches)])

    def _is_meant(self, written: str, near: Resemblance) -> bool:
        """Whether a stretch means what is written: a term, a word of the language, a term beside some other word."""
        if self._is_word(written):
            return True
        if near.distance <= _HOMOPHONE:
            return False
        return any(
            w == t and w in self._terms for w, t in ((written[1:], near.term[1:]), (written[:-1], near.term[:-1]))
        )

    def _is_word(self, written: str) -> bool:
        return written in self._terms or general_count(written) > 0


def _letters_in_words(words: Sequence[_Way], before: Sequence[float], after: Sequence[float]) -> frozenset[int]:
    """The places of a run that the best segmentation puts into words of two characters and more."""
    best = before[-1] - 1e-6
    ways = ((s, e) for s, e, odds in words if e - s > 1 and before[s] + odds + after[e] >= best)
    return frozenset(place for start, end in ways for place in range(start, end))


def _overlap(a: MisheardTerm, b: MisheardTerm) -> bool:
    return a.start < b.end and b.start < a.end


def _agree(a: MisheardTerm, b: MisheardTerm) -> bool:
    """Whether two corrections write the same where they overlap."""
    start, end = max(a.start, b.start), min(a.end, b.end)
    return a.term[start - a.start : end - a.start] == b.term[start - b.start : end - b.start]
