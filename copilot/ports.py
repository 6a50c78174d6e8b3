"""What a call asks of the world around it: ears, advisors and a listener for emergencies.

The protocols stand beside their consumer, :mod:`copilot.session`; adapters in :mod:`models` and elsewhere fit them by
shape. :class:`Copilot` holds one of each; :mod:`copilot.assembly` is the only place that makes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from copilot.appeal import Situation
from copilot.call import Hypothesis, Reading
from copilot.suggestion import Citation, FollowUp, Suggestion
from copilot.urgency_detector import UrgentSign
from knowledge_base.policy import Passage


class Recognizer(Protocol):
    """Listens to one speaker of one call. Not shared, not thread-safe."""

    def accept(self, samples: NDArray[np.int16]) -> list[Hypothesis]:
        """Hear mono samples at the rate it was made for; whatever became known, in order."""
        ...

    def finish(self) -> list[Hypothesis]:
        """The channel is closed: the last final hypothesis, if any."""
        ...


@runtime_checkable
class Favouring(Protocol):
    """A recogniser that can be told which names to expect. Not every engine can."""

    def favour(self, names: Sequence[str]) -> None:
        """Expect ``names`` from now on, the most important first, and no others."""
        ...


class SpeechEngine(Protocol):
    """Shared weights from which each speaker of each call gets a recogniser of their own."""

    version: str

    def recognizer(self, sample_rate: int, offset: float = 0.0) -> Recognizer:
        """A new recogniser whose times begin at ``offset`` seconds."""
        ...


class Advisor(Protocol):
    """Looks at one appeal and proposes values for slots of the work order; nothing where it is not sure.

    Advisors are asked in turn, and a later one sees the passages that an earlier one found.
    """

    def advise(self, situation: Situation) -> Sequence[Suggestion[Any]]:
        """Suggestions, at most one for each slot but ANSWER."""
        ...


class EmergencyListener(Protocol):
    """Recognises life and limb in a sentence, however short or unfinished."""

    def signs(self, text: str) -> Sequence[UrgentSign]:
        """Each sign in ``text`` that somebody else must be told of too, the most pressing first."""
        ...


class Likeness(StrEnum):
    """Whether two stretches of talk are about one matter."""

    SAME = "same"
    OTHER = "other"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What tells two stretches apart, or does not: the departments that each would go to; empty where nobody knows."""

    likeness: Likeness
    was: str = ""
    now: str = ""


class Topics(Protocol):
    """Tells whether the talk has turned to another matter."""

    @property
    def versions(self) -> Mapping[str, str]:
        """What its answers depend on."""
        ...

    def compare(self, before: str, after: str) -> Comparison:
        """How what the citizen says now goes with what they said before."""
        ...


class TermCorrector(Protocol):
    """Knows the city's names by their sound."""

    def readings(self, text: str) -> tuple[Reading, ...]:
        """The names that a recogniser most likely missed in ``text``, in order, none overlapping another."""
        ...


class TypedNames(Protocol):
    """Knows what was meant by what somebody typed into a search. Must be safe to share between threads."""

    def slips(self, text: str) -> tuple[Reading, ...]:
        """What was typed for a name that sounds or looks like it, in order, none overlapping another."""
        ...

    def official(self, text: str) -> str:
        """``text`` with what articles call a thing in the place of what people call it."""
        ...


class Hotwords(Protocol):
    """Knows which names a call may bring up next."""

    def names(self, said: Sequence[str]) -> tuple[str, ...]:
        """Names to expect after the sentences ``said``, as they are read; the most important first."""
        ...


class Sources(Protocol):
    """Knows the library that is in force at this moment."""

    @property
    def version(self) -> str:
        """Of that library; while it stays, the same may be quoted on the same day."""
        ...

    def still_says(self, citation: Citation, day: date) -> bool:
        """Whether what is quoted may be quoted on ``day``: nobody withdrew, replaced or outlived it meanwhile."""
        ...

    def says_now(self, citation: Citation, day: date) -> Citation | None:
        """What stands in its place on ``day``; ``None`` where nothing does."""
        ...

    def asks_first(self, passage: Passage) -> FollowUp | None:
        """What to ask the citizen before ``passage`` is quoted; ``None`` where it holds for everybody."""
        ...


@dataclass(frozen=True, slots=True)
class Copilot:
    """The parts that every call of a service shares. :mod:`copilot.assembly` is the only place that makes one.

    ``while_speaking`` are asked in the middle of a sentence too, and only for answers: they must be quick.
    """

    speech: SpeechEngine
    advisors: tuple[Advisor, ...]
    emergencies: EmergencyListener
    topics: Topics | None = None
    while_speaking: tuple[Advisor, ...] = ()
    corrector: TermCorrector | None = None
    hotwords: Hotwords | None = None
    sources: Sources | None = None
    typed: TypedNames | None = None

    def readings(self, text: str) -> tuple[Reading, ...]:
        """The names that were misheard in a sentence; none where nobody listens for them."""
        return self.corrector.readings(text) if self.corrector is not None else ()
