"""Names that were misheard or mistyped, as the call keeps them: beside what was heard or typed, never instead of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from copilot.call import Reading
from knowledge_base.search.everyday_terms import EverydayTerms


class Misheard(Protocol):
    """A stretch ``[start, end)`` of a text that was most likely ``term``."""

    @property
    def start(self) -> int:
        """Its first character."""
        ...

    @property
    def end(self) -> int:
        """The character behind its last one."""
        ...

    @property
    def term(self) -> str:
        """The name that it sounds like."""
        ...


class Corrector(Protocol):
    """Knows the city's names by their sound."""

    def misheard(self, text: str) -> Sequence[Misheard]:
        """The stretches that were most likely a name, in order, none overlapping another."""
        ...

    def miswritten(self, text: str) -> Sequence[Misheard]:
        """The same of what somebody typed."""
        ...

    def names(self, said: Sequence[str]) -> tuple[str, ...]:
        """The names to expect after the sentences ``said``."""
        ...


class MisheardNames:
    """Fits :class:`copilot.ports.TermCorrector` and :class:`copilot.ports.Hotwords`."""

    def __init__(self, corrector: Corrector) -> None:
        self._corrector = corrector

    def readings(self, text: str) -> tuple[Reading, ...]:
        """What was heard at which place, and as which name it is read."""
        return _readings(self._corrector.misheard(text))

    def names(self, said: Sequence[str]) -> tuple[str, ...]:
        """The names that a recogniser should expect next."""
        return self._corrector.names(said)


class MiswrittenNames:
    """Fits :class:`copilot.ports.TypedNames`; ``terms`` are what citizens call a thing and what articles call it."""

    def __init__(self, corrector: Corrector, terms: EverydayTerms | None = None) -> None:
        self._corrector = corrector
        self._terms = terms or EverydayTerms()

    def slips(self, text: str) -> tuple[Reading, ...]:
        """What was typed at which place, and as which name it is read."""
        return _readings(self._corrector.miswritten(text))

    def official(self, text: str) -> str:
        """``text`` as articles put it."""
        return self._terms.put_into(text)


def _readings(found: Sequence[Misheard]) -> tuple[Reading, ...]:
    return tuple(Reading(one.start, one.end, one.term) for one in found)
