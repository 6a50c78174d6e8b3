"""A call and what was said in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from models.hearing.hypothesis import Hypothesis

__all__ = ["Call", "Channel", "Hypothesis", "Part", "Reading", "Speaker", "Utterance"]


class Speaker(StrEnum):
    """Who is heard. "Agent" (座席) always means the human; the machine is "the copilot"."""

    CITIZEN = "citizen"
    AGENT = "agent"


class Channel(StrEnum):
    """How the call reached the hotline."""

    TELEPHONE = "telephone"
    RECORDING = "recording"


@dataclass(frozen=True, slots=True)
class Call:
    """通话: what is known before anybody speaks.

    ``day`` is the local date that decides which articles are in force. ``area`` is an area path.
    """

    call_id: str
    channel: Channel
    agent: str
    day: date
    area: str
    recording: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """The characters ``[start, end)`` of what was said, and the appeal that they are about."""

    start: int
    end: int
    appeal_id: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The characters ``[start, end)`` of what was heard are read as ``term``, a name that sounds like them."""

    start: int
    end: int
    term: str


def put_right(text: str, readings: Sequence[Reading]) -> str:
    """``text`` as it is read; ``readings`` are in order, and none overlaps another."""
    for reading in reversed(readings):
        text = text[: reading.start] + reading.term + text[reading.end :]
    return text


@dataclass(frozen=True, slots=True)
class Utterance:
    """话语: what one speaker said between two silences; ``start`` and ``end`` are seconds into the call.

    Who names two matters in one breath says something about two appeals: ``parts`` then cover the text without gap, and
    ``appeal_id`` is that of the last of them. Without parts all of it is about ``appeal_id``.

    ``text`` is what was heard and stays so. ``readings``, in order, are names that were most likely misheard: whoever
    searches, routes or drafts may use ``read_as``, and a screen shows both.
    """

    utterance_id: str
    speaker: Speaker
    text: str
    start: float
    end: float
    appeal_id: str
    parts: tuple[Part, ...] = ()
    readings: tuple[Reading, ...] = ()

    @property
    def read_as(self) -> str:
        """What was heard with the misheard names put right; the text itself where there are none."""
        return put_right(self.text, self.readings)

    @property
    def allotted(self) -> tuple[Part, ...]:
        """All of the text in parts, also where it is one."""
        return self.parts or (Part(0, len(self.text), self.appeal_id),)

    @property
    def appeals(self) -> tuple[str, ...]:
        """The appeals that it is about, in the order in which they come up."""
        return tuple(dict.fromkeys(part.appeal_id for part in self.allotted))

    def about(self, appeal_id: str) -> Utterance | None:
        """What it says about one appeal, under the same id; ``None`` where it says nothing about it."""
        spans = [part for part in self.allotted if part.appeal_id == appeal_id]
        if not spans:
            return None
        if not self.parts:
            return self
        text = "".join(self.text[s.start : s.end] for s in spans)
        return replace(self, text=text, appeal_id=appeal_id, parts=(), readings=_moved(self.readings, spans))

    def allot(self, parts: Sequence[Part]) -> Utterance:
        """The same words with other ``parts``, which must cover the text; neighbours of one appeal become one."""
        joined: list[Part] = []
        for part in parts:
            if joined and joined[-1].appeal_id == part.appeal_id:
                joined[-1] = replace(joined[-1], end=part.end)
            else:
                joined.append(part)
        return replace(self, appeal_id=joined[-1].appeal_id, parts=tuple(joined) if len(joined) > 1 else ())


def _moved(readings: Sequence[Reading], spans: Sequence[Part]) -> tuple[Reading, ...]:
    """The ``readings`` that lie within one of ``spans``, where they are when only those are left, one after another."""
    moved: list[Reading] = []
    begin = 0
    for span in spans:
        within = [r for r in readings if span.start <= r.start and r.end <= span.end]
        moved += [Reading(r.start - span.start + begin, r.end - span.start + begin, r.term) for r in within]
        begin += span.end - span.start
    return tuple(moved)
