"""Distance between syllables, and texts written as one character a syllable so that sound can be looked up and sliced.

Speakers and recognisers confuse some sounds far more often than others. The weights follow the usual list of fuzzy
pinyin (flat and curled tongue, n and l, front and back nasals) and, at half price, aspiration and neighbouring places
of articulation (b/p, d/t, f/h, l/r, j/zh …) and finals that differ by a glide (an/uan, ie/e …).
"""

from __future__ import annotations

import re
from functools import lru_cache

_INITIALS = ("", "zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
_FINALS = tuple(
    re.split(
        "/",
        "/a/o/e/i/u/v/n/m/ai/ei/ao/ou/an/en/ang/eng/ong/er/ia/ie/iao/iu/ian/in/iang/ing/iong/io/"
        "van/vn/ua/uo/uai/ui/uan/un/uang/ue/ve/ng",
    )
)
_BASE, _WIDTH, _TONES = 0x4000, 64, 5
_ROUNDED = re.compile("^u(?=$|e|an$|n$)")
"""After j, q, x and y, pinyin writes \u00fc without its dots."""

_TONE = 0.12
_SAME_TO_MANY = 0.15
_NEAR = 0.5
_OTHER = 1.0


def _pairs(listed: str) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(pair.split("/")) for pair in listed.split())


_CONFUSED = _pairs("zh/z ch/c sh/s n/l in/ing en/eng an/ang ian/iang uan/uang un/ong")
_NEAR_INITIALS = _pairs(
    "b/p d/t g/k j/q zh/ch z/c f/h l/r n/r j/zh q/ch x/sh j/z q/c x/s y/ w/ h/ h/w m/n b/m g/d k/t zh/c z/ch"
)
_NEAR_FINALS = _pairs(
    "o/uo e/uo e/o u/v u/ou o/ou uo/ou an/ian an/uan ang/iang ang/uang en/un eng/ong e/ie a/ia a/ua ai/ei ai/uai "
    "ei/ui ou/iu ue/ie ve/ie ue/ve i/v van/ian vn/in van/vn i/ei in/en ing/eng ong/iong ian/in an/en ian/uan ao/iao "
    "ao/ou uo/u i/ie i/in e/en ang/eng"
)


@lru_cache(maxsize=16384)
def _code(sound: str) -> str:
    """One character for a syllable in pinyin with its tone as a digit behind it (none: the neutral one)."""
    tone = int(sound[-1]) if sound[-1:].isdigit() else 0
    plain = sound.rstrip("012345")
    initial = next((i for i in _INITIALS[1:4] if plain.startswith(i)), plain[:1] if plain[:1] in _INITIALS else "")
    final = _ROUNDED.sub("v", plain[len(initial) :]) if initial in {"j", "q", "x", "y"} else plain[len(initial) :]
    place = _FINALS.index(final) if final in _FINALS else _WIDTH - 1
    return chr(_BASE + (_INITIALS.index(initial) * _WIDTH + place) * _TONES + tone % _TONES)


def _pinyin(text: str) -> list[str]:
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - its dictionaries take a third of a second to load

    return lazy_pinyin(text, style=Style.TONE3)


@lru_cache(maxsize=16384)
def _of_character(character: str) -> str:
    return _code("".join(_pinyin(character)))


def as_syllables(text: str) -> str:
    """One character a syllable; ``text`` must be Han. Each is read as it is read most often."""
    return "".join(map(_of_character, text))


def readings_of(term: str) -> set[str]:
    """``term`` as it may be pronounced: character by character, and as the whole word is (银行 is hang, not xing)."""
    spoken = {as_syllables(term)}
    if _has_phrase(term):
        whole = _pinyin(term)
        if len(whole) == len(term):
            spoken.add("".join(map(_code, whole)))
    return spoken


def _has_phrase(term: str) -> bool:
    """Whether a word in ``term`` has a pronunciation of its own: looking that up is a hundred times slower."""
    from pypinyin.phrases_dict import phrases_dict  # noqa: PLC0415 - as above

    return any(term[i:j] in phrases_dict for i in range(len(term) - 1) for j in range(i + 2, min(len(term), i + 4) + 1))


def folded(syllables: str) -> str:
    """The same with what is confused most often made one: zh/z, ch/c, sh/s, n/l, -ng/-n."""
    return syllables.translate(_FOLDING)


def _folding() -> dict[int, int]:
    initials = {"zh": "z", "ch": "c", "sh": "s", "l": "n"}
    table: dict[int, int] = {}
    for i, initial in enumerate(_INITIALS):
        for f, final in enumerate(_FINALS):
            plain = final.removesuffix("g") if final.endswith("ng") and final != "ng" else final
            plain = plain if plain in _FINALS else final
            to = _INITIALS.index(initials.get(initial, initial)) * _WIDTH + _FINALS.index(plain)
            for tone in range(_TONES):
                table[_BASE + (i * _WIDTH + f) * _TONES + tone] = _BASE + to * _TONES
    return table


_FOLDING = _folding()


@lru_cache(maxsize=65536)
def syllable_distance(a: str, b: str) -> float:
    """0 the same, 0.12 another tone, 0.15 confused by many, 0.5 alike in one part, 1 one part other, 2 both."""
    if a == b:
        return 0.0
    (x, tone_x), (y, tone_y) = divmod(ord(a) - _BASE, _TONES), divmod(ord(b) - _BASE, _TONES)
    tone = _TONE if tone_x != tone_y and tone_x and tone_y else 0.0
    initials = _apart(_INITIALS[x // _WIDTH], _INITIALS[y // _WIDTH], _NEAR_INITIALS)
    return tone + initials + _apart(_final(x), _final(y), _NEAR_FINALS)


def _final(number: int) -> str:
    place = number % _WIDTH
    return _FINALS[place] if place < len(_FINALS) else "?"


def _apart(a: str, b: str, near: frozenset[frozenset[str]]) -> float:
    if a == b:
        return 0.0
    pair = frozenset((a, b))
    if pair in _CONFUSED:
        return _SAME_TO_MANY
    return _NEAR if pair in near else _OTHER


def sound_distance(heard: str, meant: str) -> float:
    """How far apart two texts of the same number of syllables sound, syllable by syllable."""
    return sum(map(syllable_distance, heard, meant))
