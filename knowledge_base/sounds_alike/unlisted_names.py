"""How likely a stretch is a word or a place that stands in no list: then it sounds like a listed one by chance.

The more names a list has, the more of what it lacks sounds like one of them: among 36,000 streets, every third syllable
that happens to be 镇 or 乡. So a listed name has to be likelier than an unlisted one that is written as it was heard.
A place that no list has is made of the characters that places are made of (坪, 垭); what a recogniser puts in a name's
place seldom is.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

_WORD = -5.5
"""Log-probability that a word of some text is one that no dictionary has, of a given number of characters."""
_CHARACTER = 6.7
"""Nats that one character of such a word says: the entropy of written Chinese by single characters, 9.7 bits."""
_PLACE = -10.0
"""Log-probability that a word of some text is the name of a place that is in no list."""
_KINDS = ("街道", "社区", "镇", "乡", "村", "区")
_UNSEEN, _CHARACTERS = 0.5, 4000
"""Any of the usual characters may be in a name, as if half a name had it."""


class UnlistedNames:
    """Learns from the listed ``names`` what places are called. Immutable."""

    def __init__(self, names: Iterable[str], counts: Mapping[str, int] | None = None) -> None:
        self._counts = Counter(counts or {})
        self._counts.update(character for name in names for character in _stem(name))
        self._total = sum(self._counts.values()) + _UNSEEN * 2 * _CHARACTERS

    def changed(self, gone: Iterable[str], new: Iterable[str]) -> UnlistedNames:
        """The same without the names ``gone`` and with those that are ``new``."""
        left = Counter(self._counts)
        left.subtract(character for name in gone for character in _stem(name))
        return UnlistedNames(new, left)

    def of(self, written: str) -> float:
        """Natural log-probability that ``written`` is a word or place that nobody lists."""
        return max(_WORD - _CHARACTER * len(written), self._place(written))

    def _place(self, written: str) -> float:
        stem = _stem(written)
        if len(stem) < 2:  # noqa: PLR2004 - 本区, 全镇: no name
            return -math.inf
        return _PLACE + sum(math.log((self._counts[c] + _UNSEEN) / self._total) for c in stem)


def _stem(name: str) -> str:
    """A place's name without its kind; nothing of what is no place."""
    kind = next((kind for kind in _KINDS if name.endswith(kind)), "")
    return name[: -len(kind)] if kind else ""
