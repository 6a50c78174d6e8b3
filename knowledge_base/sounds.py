"""How Chinese words sound, so that a recogniser's homophones still find what was said.

Tones are dropped, and the distinctions that southern speakers and recognisers lose most often (zh/z, ch/c, sh/s, n/l,
-ng/-n) can be folded away. Pronunciations come from pypinyin, one character at a time: the same character always
sounds the same here, which is all that a comparison needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from knowledge_base.words import normalise, without_asking

_HAN = re.compile("[\u3400-\u9fff]+")
_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
_SHORTEST, _LONGEST = 2, 3  # syllables of a term
_FOLDED = {"zh": "z", "ch": "c", "sh": "s", "l": "n"}


@lru_cache(maxsize=8192)
def syllable(character: str) -> str:
    """The toneless pinyin of one Han character; any other character stands for itself."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - its dictionaries take a third of a second to load

    return "".join(lazy_pinyin(character, style=Style.NORMAL)) if "\u3400" <= character <= "\u9fff" else character


@lru_cache(maxsize=8192)
def parts(character: str) -> tuple[str, str]:
    """Initial and final of a character, with the commonly confused ones folded together."""
    sound = syllable(character)
    initial = next((i for i in _INITIALS if sound.startswith(i)), "")
    final = sound[len(initial) :]
    return _FOLDED.get(initial, initial), final.removesuffix("g") if final.endswith("ng") else final


@lru_cache(maxsize=65536)
def likeness(heard: str, meant: str) -> float:
    """How alike two characters are: 1 the same, 0.95 homophones, 0.9 folded homophones, 0.5 rhyme or same onset."""
    if heard == meant:
        return 1.0
    if syllable(heard) == syllable(meant):
        return 0.95
    a, b = parts(heard), parts(meant)
    if a == b:
        return 0.9
    return 0.5 if a[0] == b[0] or a[1] == b[1] else 0.0


@lru_cache(maxsize=1024)
def _spelled(phrase: str, folded: bool) -> tuple[str | tuple[str, str], ...]:
    return tuple(parts(c) if folded else syllable(c) for c in phrase)


def find_sound(text: str, phrase: str, *, folded: bool = False) -> int:
    """Where ``text`` has a stretch that sounds exactly like ``phrase`` (tones apart), or -1.

    ``folded`` also takes the commonly confused initials and finals for the same.
    """
    wanted, heard = _spelled(phrase, folded), [parts(c) if folded else syllable(c) for c in text]
    width = len(wanted)
    return next((i for i in range(len(heard) - width + 1) if tuple(heard[i : i + width]) == wanted), -1)


def sound_terms(text: str) -> list[str]:
    """What a syllable index has of ``text``: every two and three neighbouring syllables, confused ones folded.

    One syllable means nothing alone (there are some four hundred), three are nearly always one word or phrase.
    """
    return [term for _, _, term in _terms(text)]


def asked_sound_terms(text: str) -> list[str]:
    """The terms of a question, those left out of which more than one syllable is of words that ask.

    驾驶证丢了怎么补 sounds like 居住证丢了怎么补 in all but what it is about. A question of nothing else keeps them.
    """
    left = without_asking(text)
    told = (
        term for start, end, term in _terms(normalise(text)) if end - start - left.count(" ", start, end) >= _SHORTEST
    )
    return list(told) or sound_terms(text)


def sounding_spans(text: str, asked: str) -> list[tuple[int, int]]:
    """``[start, end)`` spans of three characters of ``text`` that sound like three neighbouring ones of ``asked``."""
    wanted = {term for start, end, term in _terms(asked) if end - start == _LONGEST}
    return [(start, end) for start, end, term in _terms(text) if end - start == _LONGEST and term in wanted]


def _terms(text: str) -> Iterator[tuple[int, int, str]]:
    """Every term with the ``[start, end)`` of its characters; none has a character that is not Han."""
    for stretch in _HAN.finditer(text):
        syllables = ["".join(parts(character)) for character in stretch[0]]
        for size in (_SHORTEST, _LONGEST):
            for at in range(len(syllables) - size + 1):
                start = stretch.start() + at
                yield start, start + size, "-".join(syllables[at : at + size])
