"""A misheard question as the passages write it that sound most like it: 半居住整要什么材料 → 办居住证要什么材料.

Pseudo-relevance feedback (Rocchio, 1971; Lavrenko and Croft, "Relevance-based language models", 2001) for sounds
instead of meanings: vectors know characters only, so a question of wrong ones is far from everything; syllables find
the passages all the same, and those have the right characters. What a recogniser got right stays: characters inside a
word of the language are not touched, nor what one of these passages has as it was asked, nor a single doubtful place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from knowledge_base.sounds import parts
from knowledge_base.words import lone, normalise

PASSAGES = 10
"""So many of the passages that sound most like a question are asked how they write it."""

_SIZES = (4, 3, 2)  # characters that are read together; the longer first, they are surer
_LEAST = 2  # characters; fewer are a name that nobody has written yet rather than a recogniser's faults
_COMMONER = 8  # times as many passages have it so
_FADING = 5  # the sixth passage says half as much as the first

Having = Callable[[str], int]
"""How many passages have a pair of characters."""


@dataclass(frozen=True, slots=True)
class _Spelled:
    """A text, and its syllables as one string: ``-ban-ju-zu``. What is no Han character sounds like nothing."""

    text: str
    sounds: str

    def written(self, sounds: str, size: int) -> Iterator[str]:
        """The ``size`` characters of every stretch that sounds so."""
        at = self.sounds.find(sounds)
        while at >= 0:
            start = self.sounds.count("-", 0, at)
            yield self.text[start : start + size]
            at = self.sounds.find(sounds, at + 1)


@dataclass
class _Reading:
    """A question while it is read: which characters may be changed, and what they were changed to."""

    asked: str
    free: list[bool]
    read: list[str] = field(default_factory=list)
    changed: int = 0

    def put(self, start: int, written: str) -> None:
        """Read the characters from ``start`` on as ``written``."""
        stretch = range(start, start + len(written))
        self.changed += sum(self.asked[i] != written[i - start] for i in stretch)
        for i in stretch:
            self.read[i], self.free[i] = written[i - start], False


def as_written(asked: str, texts: Sequence[str], having: Having) -> str:
    """``asked`` as ``texts`` write it, which sound most like it, best first; as it is where nothing seems misheard."""
    question = normalise(asked)
    reading = _Reading(question, lone(question), list(question))
    if sum(reading.free) < _LEAST:
        return asked
    spelled = [_spelled(normalise(text)) for text in texts]
    sounds = [_sound(c) if _is_han(c) else "" for c in question]
    for size in _SIZES:
        for start in range(len(question) - size + 1):
            if all(sounds[start : start + size]) and any(reading.free[start : start + size]):
                _read(reading, start, "".join(sounds[start : start + size]) + "-", size, spelled, having)
    return "".join(reading.read) if reading.changed >= _LEAST else asked


def _read(reading: _Reading, start: int, sounds: str, size: int, spelled: Sequence[_Spelled], having: Having) -> None:
    """Read one stretch of the question otherwise, where the passages leave no doubt."""
    heard = reading.asked[start : start + size]
    often: defaultdict[str, float] = defaultdict(float)
    for rank, passage in enumerate(spelled):
        for written in passage.written(sounds, size):
            often[written] += _FADING / (_FADING + rank)
    if not often or heard in often:
        return
    written = max(often, key=often.__getitem__)
    touched = (start + i for i in range(size) if written[i] != heard[i])
    if all(reading.free[i] for i in touched) and _likelier(written, heard, having):
        reading.put(start, written)


def _likelier(written: str, heard: str, having: Having) -> bool:
    """Whether nobody writes it as it was heard; of two characters, these must be a word."""
    now, then = _rarest(heard, having), _rarest(written, having)
    if len(heard) == min(_SIZES):
        return now == 0 and not any(lone(written))
    return now == 0 or now * _COMMONER < then


def _rarest(text: str, having: Having) -> int:
    return min(having(text[i : i + 2]) for i in range(len(text) - 1))


def _spelled(text: str) -> _Spelled:
    return _Spelled(text, "".join(map(_sound, text)) + "-")


@lru_cache(maxsize=8192)
def _sound(character: str) -> str:
    return f"-{'.'.join(parts(character))}" if _is_han(character) else "-"


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"
