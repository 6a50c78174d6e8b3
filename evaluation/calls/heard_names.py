"""Names that callers said, and how many of them stand in what was heard, and in what that is read as.

A name is a term of three Han characters and more that the library, catalogue or gazetteer knows. A correction is
right where the speaker really said that name, wherever it was.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

_HAN = re.compile("[\u4e00-\u9fff]+")
_SHORTEST, _LONGEST = 3, 12


class _Found(Protocol):
    @property
    def term(self) -> str: ...


class Corrector(Protocol):
    """Knows terms by their sound; :class:`knowledge_base.sounds_alike.sound_correction.SoundCorrector` fits."""

    def misheard(self, text: str) -> Sequence[_Found]:
        """The corrections of ``text``."""
        ...

    def read(self, text: str) -> str:
        """``text`` corrected."""
        ...


@dataclass(slots=True)
class Names:
    """Names that were said, found in the text as heard and as read; corrections that were right and others."""

    said: int = 0
    heard: int = 0
    read: int = 0
    right: int = 0
    other: int = 0

    def add(self, gold: str, texts: Sequence[str], corrector: Corrector, terms: Mapping[str, float]) -> None:
        """Count one speaker's words against what they really said."""
        heard, read = "\n".join(texts), "\n".join(corrector.read(text) for text in texts)
        for term, count in Counter(terms_in(gold, terms)).items():
            self.said += count
            self.heard += min(count, heard.count(term))
            self.read += min(count, read.count(term))
        changed = [found.term for text in texts for found in corrector.misheard(text)]
        self.right += sum(term in gold for term in changed)
        self.other += sum(term not in gold for term in changed)

    def line(self) -> str:
        """The shares with what they are of."""
        return (
            f"heard {self.heard / self.said:.3f}  read {self.read / self.said:.3f}  of {self.said} names;  "
            f"corrections right {self.right}, other {self.other}"
        )


def terms_in(text: str, terms: Mapping[str, float]) -> Iterator[str]:
    """The longest terms of three characters and more, from left to right."""
    for run in _HAN.findall(text):
        at = 0
        while at < len(run):
            lengths = range(min(_LONGEST, len(run) - at), _SHORTEST - 1, -1)
            length = next((n for n in lengths if run[at : at + n] in terms), 0)
            if length:
                yield run[at : at + length]
            at += length or 1
