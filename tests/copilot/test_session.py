from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from numpy.typing import NDArray

from copilot.appeal import AppealKind, Place, Situation, Urgency
from copilot.call import Call, Channel, Hypothesis, Speaker, Utterance
from copilot.errors import AlreadyDecided, BadInput, CallIsOver, Conflict, NotConfirmed, NotFound, StorageProblem
from copilot.events import AppealOpened, Event, Recorded, SuggestionMade, UrgencyFlagged, UtteranceHeard
from copilot.journal import MemoryJournal
from copilot.ports import Copilot
from copilot.session import CallSession, Interim
from copilot.state import CallState
from copilot.store import Store
from copilot.suggestion import Choice, Citation, Decision, Slot, Suggestion, Verdict
from copilot.urgency_detector import UrgentSign

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 2)
CALL = Call("c1", Channel.TELEPHONE, "agent.li", DAY, "云川市")
QUIET = np.zeros(160, np.int16)


# -- small fakes ------------------------------------------------------------------------------------------------------


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
    def detect(self, text: str) -> UrgentSign | None:
        for word, category in (("煤气味", "燃气"), ("着火", "火灾")):
            if word in text:
                return UrgentSign(word, category, "119", "请先离开")
        return None


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
    journal: MemoryJournal
    copilot: Copilot

    def hear(self, text: str, speaker: Speaker = Speaker.CITIZEN, final: bool = True) -> list[Interim | Recorded]:
        self.speech.of(speaker).pieces.append([said(text, float(len(self.session.state.utterances)), final)])
        return self.session.hear(speaker, QUIET, NOON)

    def advise(self, text: str = "我家停水了") -> list[SuggestionMade]:
        """Let the citizen say something; what the copilot makes of it."""
        (utterance,) = (r.event.utterance for r in _events(self.hear(text)) if isinstance(r.event, UtteranceHeard))
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


def _events(shown: Sequence[Interim | Recorded]) -> list[Recorded]:
    return [item for item in shown if isinstance(item, Recorded)]


def make_desk(journal: MemoryJournal | None = None) -> Desk:
    speech, advisor = ScriptedSpeech(), ScriptedAdvisor()
    copilot = Copilot(speech, (advisor,), GasListener())
    journal = journal or MemoryJournal()
    session = CallSession.begin(copilot, journal, CALL, NOON)
    session.listen(16000)
    return Desk(session, speech, advisor, journal, copilot)


@pytest.fixture
def desk() -> Desk:
    return make_desk()


# -- hearing ----------------------------------------------------------------------------------------------------------


def test_a_call_begins_with_one_appeal_and_nothing_said(desk: Desk) -> None:
    assert list(desk.session.state.appeals) == ["1"]
    assert desk.session.state.utterances == []
    assert [record.seq for record in desk.journal.read("c1")] == [1, 2]


def test_interim_text_is_shown_and_not_recorded(desk: Desk) -> None:
    assert desk.hear("我家停", final=False) == [Interim(Speaker.CITIZEN, "我家停", 0.0, 1.0)]
    assert len(desk.journal.read("c1")) == 2


def test_a_finished_sentence_is_recorded_before_it_is_shown(desk: Desk) -> None:
    shown = desk.hear("我家停水了")
    assert shown == desk.journal.read("c1", after=2)
    assert desk.session.state.utterances == [Utterance("u1", Speaker.CITIZEN, "我家停水了", 0.0, 1.0, "1")]


def test_each_speaker_is_heard_by_a_recogniser_of_their_own(desk: Desk) -> None:
    desk.hear("您好", Speaker.AGENT)
    desk.hear("我家停水了")
    assert len(desk.speech.made) == 2
    assert [u.speaker for u in desk.session.state.utterances] == [Speaker.AGENT, Speaker.CITIZEN]


def test_a_recogniser_takes_up_where_its_channel_was_left(desk: Desk) -> None:
    desk.session.listen(8000, {Speaker.CITIZEN: 12.5})
    made = dict(zip(Speaker, desk.speech.made[-2:], strict=True))
    assert made[Speaker.CITIZEN][:2] == (8000, 12.5)
    assert made[Speaker.AGENT][:2] == (8000, 0.0)


def test_sound_before_its_format_is_refused() -> None:
    desk = make_desk()
    session = CallSession.resume(desk.copilot, desk.journal, "c1")
    with pytest.raises(Conflict, match="Send the audio format first"):
        session.hear(Speaker.CITIZEN, QUIET, NOON)


def test_what_was_said_last_is_kept_when_somebody_hangs_up(desk: Desk) -> None:
    desk.speech.of(Speaker.CITIZEN).last = [said("谢谢")]
    shown = _events(desk.session.hang_up(61.5, NOON))
    assert [type(record.event).__name__ for record in shown] == ["UtteranceHeard", "CallEnded"]
    assert desk.session.state.ended
    assert desk.session.hang_up(61.5, NOON) == []


def test_after_the_call_nothing_is_heard_but_deciding_and_filing_go_on(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.TITLE, "停水")]
    desk.advise()
    desk.session.hang_up(10.0, NOON)
    for attempt in (
        lambda: desk.session.hear(Speaker.CITIZEN, QUIET, NOON),
        lambda: desk.session.listen(16000),
        lambda: desk.session.open_appeal(NOON),
    ):
        with pytest.raises(CallIsOver, match="can still be decided"):
            attempt()
    desk.decide(Slot.TITLE, Verdict.ACCEPT, "s1")
    desk.fill_all()
    assert desk.session.file("1", "r1", "agent.li", NOON).number == "YC-20261102-0001"


# -- emergencies ------------------------------------------------------------------------------------------------------


def test_an_emergency_is_flagged_on_interim_text_and_once(desk: Desk) -> None:
    first, interim = desk.hear("有煤气味", final=False)
    assert isinstance(first, Recorded)
    assert isinstance(first.event, UrgencyFlagged)
    assert (first.event.category, first.event.transfer_to, first.event.heard_at) == ("燃气", "119", 1.0)
    assert isinstance(interim, Interim)
    later = desk.hear("有煤气味很浓", final=False) + desk.hear("家里有煤气味") + desk.hear("还是煤气味")
    assert not any(isinstance(record.event, UrgencyFlagged) for record in _events(later))


def test_a_second_kind_of_emergency_is_flagged_too(desk: Desk) -> None:
    desk.hear("有煤气味", final=False)
    shown = _events(desk.hear("着火了"))
    assert [type(record.event).__name__ for record in shown] == ["UrgencyFlagged", "UtteranceHeard"]
    assert desk.session.state.urgent == {"燃气", "火灾"}


def test_an_agent_who_names_an_emergency_does_not_raise_one(desk: Desk) -> None:
    shown = desk.hear("您是闻到煤气味吗", Speaker.AGENT)
    assert not any(isinstance(record.event, UrgencyFlagged) for record in _events(shown))


def test_an_emergency_in_the_sentence_that_opens_another_matter_belongs_to_that_matter(desk: Desk) -> None:
    desk.hear("我家停水了")
    shown = desk.hear("还有一件事，有煤气味", final=False)
    opened, flag = _events(shown)
    assert isinstance(opened.event, AppealOpened)
    assert isinstance(flag.event, UrgencyFlagged)
    assert flag.event.appeal_id == opened.event.appeal_id == "2"
    desk.hear("还有一件事，有煤气味很浓")
    assert list(desk.session.state.appeals) == ["1", "2"]
    assert desk.session.state.utterances[-1].appeal_id == "2"


# -- several appeals --------------------------------------------------------------------------------------------------


def test_a_citizen_who_turns_to_another_matter_opens_an_appeal(desk: Desk) -> None:
    desk.hear("我家停水了")
    shown = _events(desk.hear("还有一件事，路灯不亮"))
    assert [type(record.event).__name__ for record in shown] == ["AppealOpened", "UtteranceHeard"]
    assert desk.session.state.utterances[-1].appeal_id == "2"
    assert desk.session.state.current_appeal == "2"


def test_the_first_matter_of_a_call_needs_no_cue(desk: Desk) -> None:
    desk.hear("还有一件事，路灯不亮")
    assert list(desk.session.state.appeals) == ["1"]


def test_an_advisor_sees_one_appeal_only(desk: Desk) -> None:
    desk.hear("我家停水了")
    desk.hear("请讲", Speaker.AGENT)
    desk.advise("还有一件事，路灯不亮")
    situation = desk.advisor.seen[-1]
    assert situation.citizen_text == "还有一件事，路灯不亮"
    assert (situation.day, situation.area) == (DAY, "云川市")


def test_an_agent_may_open_an_appeal_by_hand(desk: Desk) -> None:
    desk.session.open_appeal(NOON)
    desk.hear("路灯不亮")
    assert desk.session.state.utterances[-1].appeal_id == "2"


# -- advising ---------------------------------------------------------------------------------------------------------


def test_a_suggestion_is_recorded_with_how_far_the_copilot_had_listened(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市水务局", "市住建局")]
    (made,) = desk.advise()
    assert (made.suggestion_id, made.appeal_id, made.heard_until) == ("s1", "1", 1.0)
    assert made.suggestion.versions == {"x": "1"}
    assert desk.open == {"s1": made.suggestion}


def test_nothing_is_advised_on_what_the_agent_says(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.TITLE, "停水")]
    desk.hear("您好", Speaker.AGENT)
    assert desk.session.advise(desk.session.state.utterances[-1], NOON) == []


def test_the_same_suggestion_is_not_made_again_while_it_is_open(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市水务局", "市住建局")]
    assert len(desk.advise()) == 1
    assert desk.advise() == []


def test_a_better_suggestion_takes_the_place_of_the_open_one(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市水务局", "市住建局")]
    desk.advise()
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市住建局", "市水务局")]
    (made,) = desk.advise()
    assert made.supersedes == ("s1",)
    assert list(desk.open) == ["s2"]


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_confirmed_slot_is_not_suggested_again(desk: Desk, by_hand: bool) -> None:
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市水务局")]
    desk.advise()
    if by_hand:
        desk.fill(Slot.DEPARTMENT, "市民政局")
    else:
        desk.decide(Slot.DEPARTMENT, Verdict.ACCEPT, "s1")
    assert desk.open == {}
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市城管局")]
    assert desk.advise() == []


def test_a_rejected_value_is_not_suggested_again_but_another_is(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市水务局", "市住建局")]
    desk.advise()
    desk.decide(Slot.DEPARTMENT, Verdict.REJECT, "s1", reason="不是水务")
    assert desk.advise() == []
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市住建局")]
    assert len(desk.advise()) == 1


def test_nothing_is_suggested_for_an_appeal_that_was_filed(desk: Desk) -> None:
    desk.fill_all()
    desk.session.file("1", "r1", "agent.li", NOON)
    desk.advisor.suggestions = [suggest(Slot.PLACE, Place("江北区"))]
    assert desk.advise() == []


def test_at_most_three_answer_cards_are_open_and_the_oldest_goes_first(desk: Desk) -> None:
    for n in range(1, 6):
        desk.advisor.suggestions = [answer(f"p{n}")]
        desk.advise()
    assert [card.best.value.passage_id for card in desk.open.values()] == ["p3", "p4", "p5"]


def test_even_five_answers_at_once_leave_three_cards(desk: Desk) -> None:
    desk.advisor.suggestions = [answer(f"p{n}") for n in range(1, 6)]
    desk.advise()
    assert [card.best.value.passage_id for card in desk.open.values()] == ["p3", "p4", "p5"]


def test_a_passage_is_offered_once_in_an_appeal(desk: Desk) -> None:
    desk.advisor.suggestions = [answer("p1"), answer("p1")]
    assert len(desk.advise()) == 1
    desk.decide(Slot.ANSWER, Verdict.REJECT, "s1", reason="不相关")
    assert desk.advise() == []
    desk.session.open_appeal(NOON)
    assert len(desk.advise()) == 1


# -- deciding ---------------------------------------------------------------------------------------------------------


def test_an_acceptance_confirms_the_suggested_value_whatever_the_client_sent(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市水务局", "市住建局")]
    desk.advise()
    desk.decide(Slot.DEPARTMENT, Verdict.ACCEPT, "s1", value="市旅游局", decision_id="d1")
    confirmed = desk.session.state.appeals["1"].confirmed[Slot.DEPARTMENT]
    assert (confirmed.value, confirmed.by, confirmed.at) == ("市水务局", "agent.li", NOON)
    assert (confirmed.decision_id, confirmed.suggestion_id) == ("d1", "s1")


def test_an_amendment_confirms_what_the_person_wrote(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.TITLE, "停水")]
    desk.advise()
    desk.decide(Slot.TITLE, Verdict.AMEND, "s1", value="滨河路停水两天")
    assert desk.session.state.appeals["1"].confirmed[Slot.TITLE].value == "滨河路停水两天"


def test_a_rejection_confirms_nothing_and_keeps_the_reason(desk: Desk) -> None:
    desk.advisor.suggestions = [answer("p1")]
    desk.advise()
    desk.decide(Slot.ANSWER, Verdict.REJECT, "s1", reason="已过期")
    appeal = desk.session.state.appeals["1"]
    assert (appeal.confirmed, appeal.answers, appeal.open) == ({}, {}, {})
    assert [(r.suggestion_id, r.reason) for r in appeal.rejected] == [("s1", "已过期")]


def test_the_same_decision_sent_twice_changes_nothing(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.TITLE, "停水")]
    desk.advise()
    assert len(desk.decide(Slot.TITLE, Verdict.ACCEPT, "s1", decision_id="d1")) == 1
    before = desk.journal.read("c1")
    assert desk.decide(Slot.TITLE, Verdict.ACCEPT, "s1", decision_id="d1") == []
    assert desk.journal.read("c1") == before


def test_one_decision_id_cannot_stand_for_two_decisions(desk: Desk) -> None:
    desk.decide(Slot.TITLE, Verdict.AMEND, value="停水", decision_id="d1")
    with pytest.raises(Conflict, match="already used for another one"):
        desk.decide(Slot.TITLE, Verdict.AMEND, value="停电", decision_id="d1")


def test_a_second_decision_on_one_suggestion_is_refused_and_says_what_to_do(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.TITLE, "停水")]
    desk.advise()
    desk.decide(Slot.TITLE, Verdict.ACCEPT, "s1", decision_id="d1")
    before = desk.journal.read("c1")
    with pytest.raises(AlreadyDecided, match="fill it in by hand"):
        desk.decide(Slot.TITLE, Verdict.REJECT, "s1", decision_id="d2")
    assert desk.journal.read("c1") == before


def test_a_confirmed_slot_can_be_filled_again_by_hand(desk: Desk) -> None:
    desk.fill(Slot.TITLE, "停水")
    desk.fill(Slot.TITLE, "停水两天")
    assert desk.session.state.appeals["1"].confirmed[Slot.TITLE].value == "停水两天"


@pytest.mark.parametrize("value", [None, "", "  ", "\n"])
def test_an_empty_field_is_not_a_decision(desk: Desk, value: str | None) -> None:
    with pytest.raises(BadInput, match="field title is empty"):
        desk.fill(Slot.TITLE, value)
    with pytest.raises(BadInput, match="field place is empty"):
        desk.fill(Slot.PLACE, Place())


def test_no_co_department_at_all_is_an_answer(desk: Desk) -> None:
    desk.fill(Slot.CO_DEPARTMENTS, ())
    assert desk.session.state.appeals["1"].confirmed[Slot.CO_DEPARTMENTS].value == ()


@pytest.mark.parametrize("verdict", [Verdict.ACCEPT, Verdict.REJECT])
def test_only_a_suggestion_can_be_accepted_or_rejected(desk: Desk, verdict: Verdict) -> None:
    with pytest.raises(BadInput, match="send an amendment"):
        desk.decide(Slot.TITLE, verdict, None, value="停水")


@pytest.mark.parametrize(("slot", "suggestion_id"), [(Slot.TITLE, "s9"), (Slot.SUMMARY, "s1")])
def test_a_suggestion_that_is_not_there_for_that_field_is_not_found(desk: Desk, slot: Slot, suggestion_id: str) -> None:
    desk.advisor.suggestions = [suggest(Slot.TITLE, "停水")]
    desk.advise()
    with pytest.raises(NotFound, match="Reload the call"):
        desk.decide(slot, Verdict.ACCEPT, suggestion_id)


def test_a_suggestion_of_another_appeal_is_not_found(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.TITLE, "停水")]
    desk.advise()
    desk.session.open_appeal(NOON)
    with pytest.raises(NotFound):
        desk.decide(Slot.TITLE, Verdict.ACCEPT, "s1", appeal_id="2")


def test_an_appeal_that_is_not_there_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound, match=r"has no appeal 7\. Its appeals: 1"):
        desk.fill(Slot.TITLE, "停水", appeal_id="7")


def test_what_the_copilot_proposes_is_never_confirmed_by_itself(desk: Desk) -> None:
    desk.advisor.suggestions = [
        suggest(slot, value) for slot, value in ((Slot.DEPARTMENT, "市水务局"), (Slot.TITLE, "停水"))
    ]
    desk.advise()
    desk.session.hang_up(9.0, NOON)
    assert desk.session.state.appeals["1"].confirmed == {}


# -- filing -----------------------------------------------------------------------------------------------------------


def test_an_order_is_made_of_confirmed_values_and_nothing_else(desk: Desk) -> None:
    desk.advisor.suggestions = [
        suggest(Slot.DEPARTMENT, "市水务局"),
        suggest(Slot.URGENCY, Urgency.URGENT),
        answer("p1"),
    ]
    desk.advise()
    desk.decide(Slot.DEPARTMENT, Verdict.ACCEPT, "s1")
    desk.decide(Slot.ANSWER, Verdict.ACCEPT, "s3")
    desk.fill(Slot.KIND, AppealKind.HELP)
    desk.fill(Slot.TITLE, "停水")
    desk.fill(Slot.SUMMARY, "家中停水。")
    order = desk.session.file("1", "r1", "agent.li", NOON)
    assert (order.number, order.filed_by, order.filed_at) == ("YC-20261102-0001", "agent.li", NOON)
    assert (order.department.value, order.department.suggestion_id) == ("市水务局", "s1")
    assert (order.title.value, order.title.suggestion_id) == ("停水", None)
    assert [confirmed.value.passage_id for confirmed in order.answers] == ["p1"]
    assert order.urgency is None


@pytest.mark.parametrize("slot", [Slot.DEPARTMENT, Slot.KIND, Slot.TITLE, Slot.SUMMARY])
def test_an_order_without_a_department_or_the_like_is_refused_and_says_what_to_do(desk: Desk, slot: Slot) -> None:
    desk.advisor.suggestions = [suggest(slot, "建议的值")]
    desk.advise()
    desk.fill_all()
    state = desk.session.state
    del state.appeals["1"].confirmed[slot]
    before = desk.journal.read("c1")
    with pytest.raises(NotConfirmed, match=rf"confirmed {slot.value} yet\. Accept the suggestion or fill the field in"):
        desk.session.file("1", "r1", "agent.li", NOON)
    assert desk.journal.read("c1") == before


def test_everything_that_is_missing_is_named_at_once(desk: Desk) -> None:
    with pytest.raises(NotConfirmed, match="department, kind, title, summary"):
        desk.session.file("1", "r1", "agent.li", NOON)


def test_the_same_request_files_one_order(desk: Desk) -> None:
    desk.fill_all()
    order = desk.session.file("1", "r1", "agent.li", NOON)
    before = desk.journal.read("c1")
    assert desk.session.file("1", "r1", "agent.li", NOON + timedelta(minutes=1)) == order
    assert desk.journal.read("c1") == before


def test_an_appeal_is_filed_once(desk: Desk) -> None:
    desk.fill_all()
    desk.session.file("1", "r1", "agent.li", NOON)
    with pytest.raises(Conflict, match=r"was filed as YC-20261102-0001\. Open that order"):
        desk.session.file("1", "r2", "agent.li", NOON)
    with pytest.raises(Conflict, match="Ask the dispatcher"):
        desk.fill(Slot.TITLE, "停电")


def test_each_appeal_has_an_order_of_its_own(desk: Desk) -> None:
    desk.session.open_appeal(NOON)
    desk.fill_all("1")
    desk.fill_all("2")
    first = desk.session.file("1", "r1", "agent.li", NOON)
    with pytest.raises(Conflict, match="Send a new request id"):
        desk.session.file("2", "r1", "agent.li", NOON)
    second = desk.session.file("2", "r2", "agent.li", NOON)
    assert (first.appeal_id, second.appeal_id) == ("1", "2")
    assert first.number != second.number


# -- when something fails ---------------------------------------------------------------------------------------------


def test_what_the_journal_refused_is_neither_shown_nor_true() -> None:
    journal = FullDisk()
    desk = make_desk(journal)
    desk.fill_all()
    journal.full = True
    before = replace(desk.session.state)
    for attempt in (
        lambda: desk.hear("我家停水了"),
        lambda: desk.fill(Slot.PLACE, Place("江北区")),
        lambda: desk.session.file("1", "r1", "agent.li", NOON),
    ):
        with pytest.raises(StorageProblem):
            attempt()
    assert desk.session.state == before == CallState.of(journal.read("c1"))
    journal.full = False
    assert desk.session.file("1", "r1", "agent.li", NOON).title.value == "停水"


def test_a_sentence_that_the_journal_refused_is_recorded_with_the_next_one() -> None:
    journal = FullDisk()
    desk = make_desk(journal)
    journal.full = True
    with pytest.raises(StorageProblem):
        desk.hear("我家停水了")
    journal.full = False
    shown = _events(desk.hear("两天了", final=False))
    assert [type(record.event).__name__ for record in shown] == ["UtteranceHeard"]
    assert [u.text for u in desk.session.state.utterances] == ["我家停水了"]
    assert desk.session.record_kept(NOON) == []


def test_refused_words_are_not_recorded_twice_where_their_sound_comes_again() -> None:
    journal = FullDisk()
    desk = make_desk(journal)
    journal.full = True
    with pytest.raises(StorageProblem):
        desk.hear("我家停水了")
    journal.full = False
    desk.session.listen(16000, {Speaker.CITIZEN: 0.0, Speaker.AGENT: 0.0})
    desk.hear("我家停水了")
    assert [u.text for u in desk.session.state.utterances] == ["我家停水了"]


def test_a_call_that_never_was_cannot_be_resumed(desk: Desk) -> None:
    with pytest.raises(NotFound, match="no call c9"):
        CallSession.resume(desk.copilot, desk.journal, "c9")


def test_a_resumed_call_goes_on_where_it_was(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.TITLE, "停水")]
    desk.advise()
    resumed = CallSession.resume(desk.copilot, desk.journal, "c1")
    assert resumed.state == desk.session.state
    resumed.listen(16000)
    desk.speech.of(Speaker.CITIZEN).pieces.append([said("两天了", 5.0)])
    (record,) = _events(resumed.hear(Speaker.CITIZEN, QUIET, NOON))
    assert isinstance(record.event, UtteranceHeard)
    assert record.event.utterance.utterance_id == "u2"
    assert resumed.state.heard_until(Speaker.CITIZEN) == 6.0
    assert resumed.state.heard_until(Speaker.AGENT) == 0.0


def test_a_whole_call_on_a_real_database_gives_the_same_as_in_memory(store: Store) -> None:
    desk = make_desk()
    real = CallSession.begin(desk.copilot, store.journal, CALL, NOON)
    for session in (desk.session, real):
        _whole_call(desk, session)
    assert store.journal.read("c1") == desk.journal.read("c1")
    assert CallSession.resume(desk.copilot, store.journal, "c1").state == real.state == desk.session.state
    assert [row.title for row in store.queries.work_orders()] == ["停水"]


def _whole_call(desk: Desk, session: CallSession) -> None:
    session.listen(16000)
    desk.advisor.suggestions = [
        suggest(Slot.DEPARTMENT, "市水务局", "市住建局"),
        suggest(Slot.TITLE, "停水"),
        suggest(Slot.PLACE, Place("江北区", "滨河路", "3号")),
        answer("p1"),
        answer("p2"),
    ]
    desk.speech.of(Speaker.CITIZEN).pieces.append([said("有煤气味", final=False), said("我家停水了")])
    session.hear(Speaker.CITIZEN, QUIET, NOON)
    session.advise(session.state.utterances[-1], NOON)
    for n, (slot, verdict, suggestion_id, value) in enumerate(
        [
            (Slot.DEPARTMENT, Verdict.ACCEPT, "s1", None),
            (Slot.TITLE, Verdict.ACCEPT, "s2", None),
            (Slot.PLACE, Verdict.AMEND, "s3", Place("江北区", "滨河路", "5号")),
            (Slot.ANSWER, Verdict.ACCEPT, "s4", None),
            (Slot.ANSWER, Verdict.REJECT, "s5", None),
            (Slot.KIND, Verdict.AMEND, None, AppealKind.HELP),
            (Slot.SUMMARY, Verdict.AMEND, None, "家中停水。"),
        ]
    ):
        session.decide(Decision(f"d{n}", "1", slot, verdict, suggestion_id, value, "agent.li"), NOON)
    session.file("1", "r1", "agent.li", NOON)
    session.hang_up(30.0, NOON)


# -- whatever people do, in whatever order ----------------------------------------------------------------------------

_SLOTS = st.sampled_from(list(Slot))
_VALUES: dict[Slot, Callable[[int], Any]] = {
    Slot.ANSWER: lambda n: answer(f"p{n}").best.value,
    Slot.KIND: lambda n: list(AppealKind)[n % 6],
    Slot.URGENCY: lambda n: list(Urgency)[n % 3],
    Slot.PLACE: lambda n: Place("江北区", detail=f"{n}号"),
    Slot.CO_DEPARTMENTS: lambda n: tuple(f"部门{k}" for k in range(n % 3)),
}


def _value(slot: Slot, n: int) -> Any:
    return _VALUES.get(slot, lambda k: f"{slot.value}-{k}")(n)


class AnyCall(RuleBasedStateMachine):
    """Citizens, agents and the copilot in any order; refusals are part of it."""

    @initialize()
    def begin(self) -> None:
        self.desk = make_desk()
        self.session = self.desk.session

    def _try(self, act: Callable[[], object]) -> None:
        before = self.desk.journal.read("c1")
        try:
            act()
        except (BadInput, Conflict, NotFound):
            assert self.desk.journal.read("c1") == before

    @precondition(lambda self: not self.session.state.ended)
    @rule(
        text=st.sampled_from(["我家停水了", "还有一件事，路灯不亮", "有煤气味", "着火了"]),
        slots=st.lists(st.tuples(_SLOTS, st.integers(0, 9)), max_size=6),
        final=st.booleans(),
    )
    def speak(self, text: str, slots: list[tuple[Slot, int]], final: bool) -> None:
        self.desk.advisor.suggestions = [suggest(slot, _value(slot, n)) for slot, n in slots]
        self.desk.hear(text, final=final)
        if final:
            self.session.advise(self.session.state.utterances[-1], NOON)

    @rule(slot=_SLOTS, n=st.integers(0, 9), appeal=st.integers(1, 3), name=st.integers(0, 30))
    def fill(self, slot: Slot, n: int, appeal: int, name: int) -> None:
        decision = Decision(f"d{name}", str(appeal), slot, Verdict.AMEND, None, _value(slot, n), "agent.li")
        self._try(lambda: self.session.decide(decision, NOON))

    @rule(pick=st.integers(0, 30), verdict=st.sampled_from(Verdict), name=st.integers(0, 30))
    def judge(self, pick: int, verdict: Verdict, name: int) -> None:
        made = list(self.session.state.suggestions.values())
        if not made:
            return
        chosen = made[pick % len(made)]
        slot = chosen.suggestion.slot
        decision = Decision(
            f"d{name}", chosen.appeal_id, slot, verdict, chosen.suggestion_id, _value(slot, pick), "agent.li"
        )
        self._try(lambda: self.session.decide(decision, NOON))

    @rule(appeal=st.integers(1, 3), request=st.integers(0, 3))
    def file(self, appeal: int, request: int) -> None:
        self._try(lambda: self.session.file(str(appeal), f"r{request}", "agent.li", NOON))

    @rule(appeal=st.integers(1, 2))
    def fill_everything(self, appeal: int) -> None:
        for slot in (Slot.DEPARTMENT, Slot.KIND, Slot.TITLE, Slot.SUMMARY):
            self.fill(slot, 1, appeal, 100 + 10 * appeal + list(Slot).index(slot))

    @rule()
    def hang_up(self) -> None:
        self.session.hang_up(60.0, NOON)

    @rule()
    def crash(self) -> None:
        self.session = self.desk.session = CallSession.resume(self.desk.copilot, self.desk.journal, "c1")
        if not self.session.state.ended:
            self.session.listen(16000)

    @invariant()
    def resuming_gives_an_equal_state(self) -> None:
        assert CallState.of(self.desk.journal.read("c1")) == self.session.state

    @invariant()
    def at_most_three_answer_cards_are_open(self) -> None:
        for appeal in self.session.state.appeals.values():
            assert len(appeal.open_for(Slot.ANSWER)) <= 3

    @invariant()
    def a_settled_slot_is_not_open(self) -> None:
        for appeal in self.session.state.appeals.values():
            assert not {suggestion.slot for suggestion in appeal.open.values()} & appeal.confirmed.keys()

    @invariant()
    def an_emergency_is_flagged_once(self) -> None:
        events = [record.event for record in self.desk.journal.read("c1")]
        flags = [event.category for event in events if isinstance(event, UrgencyFlagged)]
        assert len(flags) == len(set(flags))

    @invariant()
    def every_filed_value_has_its_decision(self) -> None:
        for filed in self.session.state.orders.values():
            for slot in ("department", "kind", "title", "summary"):
                confirmed = getattr(filed.order, slot)
                assert self.session.state.decisions[confirmed.decision_id].value == confirmed.value


def test_whatever_people_do_the_call_stays_in_order() -> None:
    run_state_machine_as_test(
        AnyCall,
        settings=settings(
            max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        ),
    )
