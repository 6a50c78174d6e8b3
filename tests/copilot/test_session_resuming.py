from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from session_parts import CALL, NOON, QUIET, Desk, FullDisk, answer, events, make_desk, said, suggest

from copilot.appeal import AppealKind, Place
from copilot.call import Speaker
from copilot.errors import Conflict, NotFound, StorageProblem
from copilot.events import Event, Recorded, SuggestionMade, UtteranceHeard
from copilot.journal import MemoryJournal
from copilot.session import CallSession
from copilot.state import CallState
from copilot.store import Store
from copilot.suggestion import Decision, Slot, Verdict


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


class AlwaysSecond(MemoryJournal):
    """Another process is first, as often as it is told."""

    first = 0

    def append(self, call_id: str, events: Sequence[Event], at: datetime) -> list[Recorded]:
        if self.first:
            self.first -= 1
            raise Conflict("Somebody else was first. Reload the call.")
        return super().append(call_id, events, at)


def desk_with_a_refused_sentence() -> Desk:
    """A desk whose journal refused a sentence and would take it now."""
    journal = FullDisk()
    desk = make_desk(journal)
    journal.full = True
    with pytest.raises(StorageProblem):
        desk.hear("我家停水了")
    journal.full = False
    return desk


def test_a_sentence_that_the_journal_refused_is_recorded_with_the_next_one() -> None:
    desk = desk_with_a_refused_sentence()
    shown = events(desk.hear("两天了", final=False))
    assert [type(record.event).__name__ for record in shown] == ["UtteranceHeard"]
    assert [u.text for u in desk.session.state.utterances] == ["我家停水了"]
    assert desk.session.record_kept(NOON) == []


def test_refused_words_are_not_recorded_twice_where_their_sound_comes_again() -> None:
    desk = desk_with_a_refused_sentence()
    desk.session.listen(16000, {Speaker.CITIZEN: 0.0, Speaker.AGENT: 0.0})
    desk.hear("我家停水了")
    assert [u.text for u in desk.session.state.utterances] == ["我家停水了"]


def test_a_session_knows_what_another_process_recorded_in_its_call_once_it_records_something_itself(
    desk: Desk,
) -> None:
    other = CallSession.resume(desk.copilot, desk.journal, "c1")
    other.decide(Decision("b1", "1", Slot.TITLE, Verdict.AMEND, None, "停水", "agent.wang"), NOON)
    desk.fill(Slot.SUMMARY, "家中停水。")
    assert desk.session.state.appeals["1"].confirmed.keys() == {Slot.TITLE, Slot.SUMMARY}
    assert desk.session.state == CallState.of(desk.journal.read("c1"))


def test_no_word_is_lost_where_another_process_was_first(store: Store) -> None:
    desk = make_desk(store.journal)
    desk.hear("我家停水了")
    CallSession.resume(desk.copilot, store.journal, "c1").open_appeal(NOON)
    desk.hear("还有一个事情，路灯不亮")
    assert [u.text for u in desk.session.state.utterances] == ["我家停水了", "还有一个事情，路灯不亮"]
    assert desk.session.state == CallState.of(store.journal.read("c1"))


def test_words_stay_where_other_processes_are_first_again_and_again() -> None:
    journal = AlwaysSecond()
    desk = make_desk(journal)
    journal.first = 2
    with pytest.raises(Conflict):
        desk.hear("我家停水了")
    assert desk.session.keeps_words
    desk.session.record_kept(NOON)
    assert [u.text for u in desk.session.state.utterances] == ["我家停水了"]


def test_advice_on_a_sentence_is_given_though_another_process_was_first() -> None:
    journal = AlwaysSecond()
    desk = make_desk(journal)
    desk.advisor.suggestions = [suggest(Slot.TITLE, "停水")]
    desk.hear("我家停水了")
    journal.first = 1
    (made,) = events(desk.session.advise(desk.session.state.utterances[-1], NOON))
    assert isinstance(made.event, SuggestionMade)


def test_a_message_that_was_written_is_recorded_though_another_process_was_first(store: Store) -> None:
    desk = make_desk(store.journal)
    desk.hear("我家停水了")
    CallSession.resume(desk.copilot, store.journal, "c1").open_appeal(NOON)
    desk.session.read("还有一个事情，路灯不亮，有煤气味", NOON)
    assert desk.session.state.urgent == {"燃气"}
    assert desk.session.state == CallState.of(store.journal.read("c1"))


def test_what_another_process_decided_first_is_known_after_the_refusal(store: Store) -> None:
    desk = make_desk(store.journal)
    desk.advisor.suggestions = [suggest(Slot.TITLE, "停水")]
    (made,) = desk.advise()
    other = CallSession.resume(desk.copilot, store.journal, "c1")
    other.decide(Decision("b1", "1", Slot.TITLE, Verdict.ACCEPT, made.suggestion_id, None, "agent.wang"), NOON)
    with pytest.raises(Conflict):
        desk.decide(Slot.TITLE, Verdict.REJECT, made.suggestion_id)
    assert desk.session.state.appeals["1"].confirmed[Slot.TITLE].by == "agent.wang"
    assert desk.session.state == CallState.of(store.journal.read("c1"))


class Unreadable(MemoryJournal):
    """Takes everything and cannot be read, as long as it is told."""

    unreadable = False

    def read(self, call_id: str, after: int = 0) -> list[Recorded]:
        if self.unreadable:
            raise StorageProblem("The disk reported a fault.")
        return super().read(call_id, after)


def test_what_could_not_be_read_right_after_a_write_is_known_before_the_next_step() -> None:
    journal = Unreadable()
    here, there = make_desk(journal), CallSession.resume(QUIET, journal, CALL.call_id)
    there.open_appeal(NOON)
    journal.unreadable = True
    assert [r.event.utterance.text for r in events(here.hear("我家停水了"))] == [
        "我家停水了"
    ]  # that it was recorded stands
    with pytest.raises(StorageProblem):
        here.hear("还要修路灯")
    journal.unreadable = False
    here.hear("还要打车")
    whole = CallState.of(journal.read(CALL.call_id))
    assert here.session.state == whole
    assert [(u.utterance_id, u.text) for u in whole.utterances] == [
        ("u1", "我家停水了"),
        ("u2", "还要修路灯"),
        ("u3", "还要打车"),
    ]


def test_a_step_that_was_made_up_without_knowing_all_is_not_recorded() -> None:
    journal = Unreadable()
    here, there = make_desk(journal), CallSession.resume(QUIET, journal, CALL.call_id)
    there.open_appeal(NOON)
    journal.unreadable = True
    here.hear("我家停水了")
    journal.unreadable = False
    with pytest.raises(Conflict, match="repeat the last step"):
        here.session.open_appeal(NOON)
    (opened,) = here.session.open_appeal(NOON)
    assert opened.event.appeal_id == "3"


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
    (record,) = events(resumed.hear(Speaker.CITIZEN, QUIET, NOON))
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
