"""Names that the recogniser missed, as the call keeps them: beside the words that were heard, never instead of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from copilot.call import Reading


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

    def names(self, said: Sequence[str]) -> tuple[str, ...]:
        """The names to expect after the sentences ``said``."""
        ...


class MisheardNames:
    """Fits :class:`copilot.ports.TermCorrector` and :class:`copilot.ports.Hotwords`."""

    def __init__(self, corrector: Corrector) -> None:
        self._corrector = corrector

    def readings(self, text: str) -> tuple[Reading, ...]:
        """What was heard at which place, and as which name it is read."""
        return tuple(Reading(found.start, found.end, found.term) for found in self._corrector.misheard(text))

    def names(self, said: Sequence[str]) -> tuple[str, ...]:
        """The names that a recogniser should expect next."""
        return self._corrector.names(said)
