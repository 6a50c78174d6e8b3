"""Small fakes for a call session: scripted ears, a scripted advisor, and a desk that holds them in reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copilot.appeal import AppealKind, Situation
from copilot.call import Call, Channel, Hypothesis, Speaker
from copilot.errors import StorageProblem
from copilot.events import Event, Recorded, SuggestionMade, UtteranceHeard
from copilot.journal import Journal, MemoryJournal
from copilot.overhearing import Interim
from copilot.ports import Copilot, Sources
from copilot.session import CallSession
from copilot.suggestion import Choice, Citation, Decision, Slot, Suggestion, Verdict
from copilot.urgency_detector import UrgentSign

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 2)
CALL = Call("c1", Channel.TELEPHONE, "agent.li", DAY, "云川市")
QUIET = np.zeros(160, np.int16)


@dataclass
class Script:
    """A recogniser that hears what it was told to: one list of hypotheses for each piece of sound."""

    pieces: list[list[Hypothesis]] = field(default_factory=list)
    last: list[Hypothesis] = field(default_factory=list)

    def accept(self, samples: NDArray[np.int16]) -> list[Hypothesis]:
        return self.pieces.pop(0) if self.pieces else []

    def finish(self) -> list[Hypothesis]:
        return self.last


class ScriptedSpeech:
    """Gives each speaker of each call a script of their own, and remembers how it was asked."""

    version = "script"

    def __init__(self) -> None:
        self.made: list[tuple[int, float, Script]] = []

    def recognizer(self, sample_rate: int, offset: float = 0.0) -> Script:
        script = Script()
        self.made.append((sample_rate, offset, script))
        return script

    def of(self, speaker: Speaker) -> Script:
        return self.made[-2 + list(Speaker).index(speaker)][2]


class ScriptedAdvisor:
    """Proposes what is in its list now, whatever was said; remembers the situations it was shown."""

    def __init__(self, *suggestions: Suggestion[Any]) -> None:
        self.suggestions = list(suggestions)
        self.seen: list[Situation] = []

    def advise(self, situation: Situation) -> Sequence[Suggestion[Any]]:
        self.seen.append(situation)
        return list(self.suggestions)


class GasListener:
    def signs(self, text: str) -> list[UrgentSign]:
        known = (("煤气味", "燃气", "119"), ("着火", "火灾", "119"), ("昏迷", "伤病", "120"))
        return [UrgentSign(word, category, number, "请先离开") for word, category, number in known if word in text]


class FullDisk(MemoryJournal):
    full = False

    def append(self, call_id: str, events: Sequence[Event], at: datetime) -> list[Recorded]:
        if self.full:
            raise StorageProblem("The disk is full. Free some space.")
        return super().append(call_id, events, at)


def suggest(slot: Slot, *values: Any) -> Suggestion[Any]:
    return Suggestion(slot, tuple(Choice(value, 0.9 / rank) for rank, value in enumerate(values, start=1)), {"x": "1"})


def answer(passage_id: str) -> Suggestion[Citation]:
    return suggest(
        Slot.ANSWER, Citation(passage_id, "a1", "办法", "第一条", "云政1号", "云川市", "市水务局", DAY, None, "原文")
    )


def said(text: str, start: float = 0.0, final: bool = True) -> Hypothesis:
    return Hypothesis(text, start, start + 1.0, final)


@dataclass
class Desk:
    """A session with its parts in reach."""

    session: CallSession
    speech: ScriptedSpeech
    advisor: ScriptedAdvisor
    journal: Journal
    copilot: Copilot

    def hear(self, text: str, speaker: Speaker = Speaker.CITIZEN, final: bool = True) -> list[Interim | Recorded]:
        self.speech.of(speaker).pieces.append([said(text, float(len(self.session.state.utterances)), final)])
        return self.session.hear(speaker, QUIET, NOON)

    def advise(self, text: str = "我家停水了") -> list[SuggestionMade]:
        """Let the citizen say something; what the copilot makes of it."""
        (utterance,) = (r.event.utterance for r in events(self.hear(text)) if isinstance(r.event, UtteranceHeard))
        made = self.session.advise(utterance, NOON)
        return [record.event for record in made if isinstance(record.event, SuggestionMade)]

    def decide(
        self,
        slot: Slot,
        verdict: Verdict,
        suggestion_id: str | None = None,
        value: Any = None,
        decision_id: str = "",
        appeal_id: str = "1",
        reason: str = "",
    ) -> list[Recorded]:
        decision_id = decision_id or f"d{len(self.session.state.decisions) + 1}"
        decision = Decision(decision_id, appeal_id, slot, verdict, suggestion_id, value, "agent.li", reason)
        return self.session.decide(decision, NOON)

    def fill(self, slot: Slot, value: Any, appeal_id: str = "1") -> None:
        self.decide(slot, Verdict.AMEND, None, value, appeal_id=appeal_id)

    def fill_all(self, appeal_id: str = "1") -> None:
        for slot, value in {
            Slot.DEPARTMENT: "市水务局",
            Slot.KIND: AppealKind.HELP,
            Slot.TITLE: "停水",
            Slot.SUMMARY: "家中停水。",
        }.items():
            self.fill(slot, value, appeal_id)

    @property
    def open(self) -> dict[str, Suggestion[Any]]:
        return self.session.state.appeals["1"].open


def events(shown: Sequence[Interim | Recorded]) -> list[Recorded]:
    return [item for item in shown if isinstance(item, Recorded)]


def make_desk(journal: Journal | None = None, sources: Sources | None = None) -> Desk:
    speech, advisor = ScriptedSpeech(), ScriptedAdvisor()
    copilot = Copilot(speech, (advisor,), GasListener(), sources=sources)
    journal = journal or MemoryJournal()
    session = CallSession.begin(copilot, journal, CALL, NOON)
    session.listen(16000)
    return Desk(session, speech, advisor, journal, copilot)
