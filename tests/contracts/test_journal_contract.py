"""What every journal promises, asked of each one that there is."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from databases import empty_schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copilot.appeal import AppealKind, Place, Urgency
from copilot.call import Call, Channel, Speaker, Utterance
from copilot.events import (
    AppealOpened,
    CallEnded,
    CallStarted,
    Event,
    RoutingDecided,
    SuggestionDecided,
    SuggestionMade,
    UrgencyFlagged,
    UtteranceHeard,
    WorkOrderFiled,
)
from copilot.journal import Journal, MemoryJournal
from copilot.state import CallState
from copilot.store import Store
from copilot.suggestion import Choice, Citation, Decision, Reason, Slot, Suggestion, Verdict
from copilot.work_order import WorkOrder

NOON = datetime(2026, 11, 2, 4, 0, 0, 123456, tzinfo=UTC)
DAY = date(2026, 11, 2)


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    if request.param == "memory":
        yield MemoryJournal()
        return
    sqlite = nullcontext(f"sqlite:///{tmp_path / 'hotline.db'}")
    with sqlite if request.param == "sqlite" else empty_schema() as url:
        store = Store(url)
        store.upgrade()
        yield store.journal
        store.close()


def _started(call_id: str) -> list[Event]:
    return [CallStarted(Call(call_id, Channel.TELEPHONE, "agent.li", DAY, "云川市")), AppealOpened("1", "")]


def _heard(utterance_id: str, said: str) -> UtteranceHeard:
    return UtteranceHeard(Utterance(utterance_id, Speaker.CITIZEN, said, 0.1, 1.3, "1"))


CITATION = Citation(
    "p1", "a1", "供水办法", "第三条", "云政〔2025〕3号", "云川市", "市水务局", DAY, None, "原文", ((0, 1),)
)


def _whole_call(journal: Journal, call_id: str) -> list[Event]:
    """One event of every kind, with a value in every slot."""
    values = {
        Slot.DEPARTMENT: "市水务局",
        Slot.KIND: AppealKind.HELP,
        Slot.TITLE: "停水",
        Slot.SUMMARY: "家中停水。",
        Slot.CO_DEPARTMENTS: ("市住建局", "市城管局"),
        Slot.PLACE: Place("江北区", "滨河路", "3号"),
        Slot.OCCURRED: "昨天晚上",
        Slot.TELEPHONE: "13800001234",
        Slot.URGENCY: Urgency.URGENT,
    }
    suggestions = [
        SuggestionMade(
            f"s-{slot.value}",
            "1",
            Suggestion(slot, (Choice(value, 0.1 + 0.2, (Reason("duty", "供水", "条例"),)),), {"router": "1"}),
            (),
            1.3,
        )
        for slot, value in {**values, Slot.ANSWER: CITATION}.items()
    ]
    decisions = {
        slot: Decision(f"d-{slot.value}", "1", slot, Verdict.ACCEPT, f"s-{slot.value}", value, "agent.li")
        for slot, value in {**values, Slot.ANSWER: CITATION}.items()
    }
    answer = decisions.pop(Slot.ANSWER).confirmed(NOON)
    extra = SuggestionMade(
        "s-refused", "1", Suggestion(Slot.ANSWER, (Choice(CITATION, 0.2),), {}, abstained=True), (), 1.3
    )
    order = WorkOrder(
        journal.next_order_number(DAY),
        call_id,
        "1",
        filed_by="agent.li",
        filed_at=NOON,
        answers=(answer,),
        **{slot.value: decision.confirmed(NOON) for slot, decision in decisions.items()},
    )
    return [
        *_started(call_id),
        _heard("u1", "我家停水了"),
        UrgencyFlagged("1", "燃气", "煤气味", "119", "先离开", Speaker.CITIZEN, 1.0),
        *suggestions,
        extra,
        *(SuggestionDecided(decision) for decision in decisions.values()),
        SuggestionDecided(Decision("d-answer", "1", Slot.ANSWER, Verdict.ACCEPT, "s-answer", CITATION, "agent.li")),
        SuggestionDecided(Decision("d-no", "1", Slot.ANSWER, Verdict.REJECT, "s-refused", None, "agent.li", "已过期")),
        WorkOrderFiled("r1", order),
        RoutingDecided(
            Decision("d-go", "1", Slot.DEPARTMENT, Verdict.AMEND, None, "市住建局", "disp.wu", "小区管网"),
            order.number,
            "市住建局",
        ),
        CallEnded(61.5),
    ]


def test_events_of_every_kind_come_back_as_they_were(journal: Journal) -> None:
    events = _whole_call(journal, "c1")
    appended = journal.append("c1", events, NOON)
    assert [record.event for record in appended] == events
    assert journal.read("c1") == appended


def test_events_are_numbered_from_one_without_gaps(journal: Journal) -> None:
    journal.append("c1", _started("c1"), NOON)
    appended = journal.append("c1", [_heard("u1", "喂"), _heard("u2", "你好")], NOON)
    assert [record.seq for record in appended] == [3, 4]
    assert [record.seq for record in journal.read("c1")] == [1, 2, 3, 4]


def test_reading_after_an_event_gives_what_came_later(journal: Journal) -> None:
    journal.append("c1", _started("c1"), NOON)
    later = journal.append("c1", [_heard("u1", "喂")], NOON)
    assert journal.read("c1", after=2) == later
    assert journal.read("c1", after=3) == []


def test_a_call_that_never_was_has_no_events(journal: Journal) -> None:
    assert journal.read("nobody") == []


def test_appending_nothing_records_nothing(journal: Journal) -> None:
    journal.append("c1", _started("c1"), NOON)
    assert journal.append("c1", [], NOON) == []
    assert len(journal.read("c1")) == 2


def test_calls_are_numbered_apart(journal: Journal) -> None:
    journal.append("c1", _started("c1"), NOON)
    assert [record.seq for record in journal.append("c2", _started("c2"), NOON)] == [1, 2]


def test_two_calls_may_use_the_same_ids_for_their_own_things(journal: Journal) -> None:
    journal.append("c1", _whole_call(journal, "c1"), NOON)
    journal.append("c2", _whole_call(journal, "c2"), NOON)
    assert len(journal.read("c1")) == len(journal.read("c2"))


def test_a_time_is_kept_to_the_microsecond_wherever_it_was_given(journal: Journal) -> None:
    in_china = NOON.astimezone(timezone(timedelta(hours=8)))
    journal.append("c1", _started("c1"), in_china)
    at = journal.read("c1")[0].at
    assert at == NOON
    assert at.tzinfo is not None


def test_order_numbers_count_within_a_day_and_never_repeat(journal: Journal) -> None:
    numbers = [journal.next_order_number(DAY) for _ in range(3)]
    assert numbers == ["YC-20261102-0001", "YC-20261102-0002", "YC-20261102-0003"]
    assert journal.next_order_number(DAY + timedelta(days=1)) == "YC-20261103-0001"
    assert re.fullmatch(r"[A-Z]{2}-\d{8}-\d{4}", numbers[0])


def test_the_state_after_reading_is_the_state_that_was(journal: Journal) -> None:
    appended = journal.append("c1", _whole_call(journal, "c1"), NOON)
    assert CallState.of(journal.read("c1")) == CallState.of(appended)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.text(), start=st.floats(0, 1e6), cue=st.text(max_size=5))
def test_any_words_survive(journal: Journal, said: str, start: float, cue: str) -> None:
    call_id = uuid.uuid4().hex
    events = [*_started(call_id), AppealOpened("2", cue)]
    events.append(UtteranceHeard(Utterance("u1", Speaker.AGENT, said, start, start + 1, "2")))
    journal.append(call_id, events, NOON)
    assert [record.event for record in journal.read(call_id)] == events
