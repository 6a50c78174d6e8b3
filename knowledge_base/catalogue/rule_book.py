"""Recognises the matters of the rules of dispatch in what a citizen said, by their words or by how these sound.

The words of all cues are kept in one index by the sound of their beginning, and a cue is looked at only where the part
of it that the fewest cues share was heard: the time to look at a text hardly grows with the number of rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from knowledge_base.catalogue.dispatch_rules import DispatchRule
from knowledge_base.sounds import syllable

# Words of one cue belong together when they lie no further apart than a long sentence.
REACH = 48
# Three syllables are nearly always one word; two mean something only beside a word that was heard as written. What
# only sounds like the words of a cue is weaker evidence than the words themselves.
_TELLING = 3
SOUNDS_ALIKE, SHORT_SOUNDS_ALIKE = 0.95, 0.8
_WORD = 2
_PREFIX = 2


@dataclass(frozen=True, slots=True)
class Recognised:
    """A rule whose matter was heard: the words, where they begin, and how likely the rule is right, 0 to 1."""

    rule: DispatchRule
    words: tuple[str, ...]
    start: int
    weight: float


@dataclass(frozen=True, slots=True)
class _Occurrence:
    start: int
    end: int
    written: bool


@dataclass(frozen=True, slots=True)
class _Index:
    """The words of all cues by the sound of their beginning, and the cues that stand and fall with each word."""

    words: Mapping[tuple[str, ...], tuple[str, ...]]
    anchored: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class _Cue:
    """One cue of one rule: for each of its parts the alternatives, and which rule it speaks for or against."""

    rule: int
    parts: tuple[tuple[str, ...], ...]
    against: bool


class RuleBook:
    """The rules of one edition of the catalogue, ready to be asked. Immutable, so any thread may ask."""

    def __init__(self, rules: Iterable[DispatchRule]) -> None:
        self._rules = tuple(rules)
        self._cues = tuple(_cues(self._rules))

    @cached_property
    def _index(self) -> _Index:
        """Made when it is first asked: the dictionaries of sounds take a third of a second to load."""
        words: dict[tuple[str, ...], set[str]] = {}
        anchored: dict[str, list[int]] = {}
        usual = Counter(word for cue in self._cues for part in cue.parts for word in part)
        for number, cue in enumerate(self._cues):
            for word in {word for part in cue.parts for word in part}:
                words.setdefault(_sound(word)[:_PREFIX], set()).add(word)
            for word in min(cue.parts, key=lambda part: sum(usual[word] for word in part)):
                anchored.setdefault(word, []).append(number)
        return _Index(
            {prefix: tuple(sorted(found)) for prefix, found in words.items()},
            {word: tuple(numbers) for word, numbers in anchored.items()},
        )

    def recognise(self, text: str) -> list[Recognised]:
        """The rules whose matter ``text`` names, the surest first; among equals the one with more words."""
        if not self._rules:
            return []
        heard = self._heard(text)
        best: dict[int, Recognised] = {}
        excluded: set[int] = set()
        for number in {number for word in heard for number in self._index.anchored.get(word, ())}:
            cue = self._cues[number]
            found = _together(cue, heard)
            if found is None:
                continue
            if cue.against:
                excluded.add(cue.rule)
                continue
            match = _recognised(self._rules[cue.rule], text, found)
            if cue.rule not in best or _rank(match) < _rank(best[cue.rule]):
                best[cue.rule] = match
        return sorted((match for rule, match in best.items() if rule not in excluded), key=_rank)

    def _heard(self, text: str) -> Mapping[str, list[_Occurrence]]:
        """Where each word of the index occurs in ``text``, as written or by its sound."""
        sounds, index = _sound(text), self._index.words
        heard: dict[str, list[_Occurrence]] = {}
        for start in range(len(sounds)):
            beginnings = (sounds[start : start + size] for size in (1, _PREFIX) if start + size <= len(sounds))
            for word in (word for beginning in beginnings for word in index.get(beginning, ())):
                end = start + len(word)
                written = text[start:end] == word
                if written or (len(word) >= _WORD and sounds[start:end] == _sound(word)):
                    heard.setdefault(word, []).append(_Occurrence(start, end, written))
        return heard


def _cues(rules: Iterable[DispatchRule]) -> Iterator[_Cue]:
    for number, rule in enumerate(rules):
        for against, cues in ((False, rule.cues), (True, rule.unless)):
            for cue in cues:
                yield _Cue(number, tuple(tuple(part.split("/")) for part in cue.split()), against)


def _sound(text: str) -> tuple[str, ...]:
    return tuple(syllable(character) for character in text)


def _together(cue: _Cue, heard: Mapping[str, list[_Occurrence]]) -> list[_Occurrence] | None:
    """One occurrence of each part of the cue, all near the first part's; ``None`` where one is missing."""
    places = [[spot for word in part for spot in heard.get(word, ())] for part in cue.parts]
    for anchor in sorted(places[0], key=_preference):
        chosen = [anchor]
        for others in places[1:]:
            near = [spot for spot in others if abs(spot.start - anchor.start) <= REACH]
            if not near:
                break
            chosen.append(min(near, key=_preference))
        if len(chosen) == len(places) and _credible(chosen):
            return chosen
    return None


def _preference(spot: _Occurrence) -> tuple[bool, int, int]:
    """As written before by sound, longer before shorter, earlier before later."""
    return not spot.written, spot.start - spot.end, spot.start


def _credible(chosen: Iterable[_Occurrence]) -> bool:
    """Short words that were only heard by their sound need a whole word beside them that was heard as written."""
    spots = tuple(chosen)
    vouched = any(spot.written and spot.end - spot.start >= _WORD for spot in spots)
    return vouched or all(spot.written or spot.end - spot.start >= _TELLING for spot in spots)


def _recognised(rule: DispatchRule, text: str, found: Iterable[_Occurrence]) -> Recognised:
    spots = sorted(found, key=lambda spot: spot.start)
    weight = rule.weight * min(map(_fidelity, spots))
    words = tuple(dict.fromkeys(text[spot.start : spot.end] for spot in spots))
    return Recognised(rule, words, spots[0].start, weight)


def _fidelity(spot: _Occurrence) -> float:
    if spot.written:
        return 1.0
    return SOUNDS_ALIKE if spot.end - spot.start >= _TELLING else SHORT_SOUNDS_ALIKE


def _rank(match: Recognised) -> tuple[float, int, int]:
    return -match.weight, -sum(map(len, match.words)), match.start
