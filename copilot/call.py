"""A call and what was said in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.hypothesis import Hypothesis

__all__ = ["Call", "Channel", "Hypothesis", "Speaker", "Utterance"]


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
class Utterance:
    """话语: what one speaker said between two silences; ``start`` and ``end`` are seconds into the call."""

    utterance_id: str
    speaker: Speaker
    text: str
    start: float
    end: float
    appeal_id: str
