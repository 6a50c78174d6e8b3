"""A journal is never rewritten, so every form in which an event was ever recorded must be read for good.

``first_journal.jsonl`` is one call with each event in the form of its first version, without any field that was added
since. A new event gets a line there once; no line is ever changed.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from copilot.appeal import AppealKind, Place
from copilot.codec import NAMES, from_payload, to_payload, type_name
from copilot.events import Event, Recorded
from copilot.state import CallState
from copilot.store import Store
from copilot.store.questions import AnswerOutcome
from copilot.store.talk import READ, Talk

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
LINES = Path(__file__).with_name("first_journal.jsonl").read_text(encoding="utf-8").splitlines()
ROWS: list[tuple[str, dict[str, Any]]] = [(row["name"], row["payload"]) for row in map(json.loads, LINES)]


def journal() -> list[Event]:
    return [from_payload(name, payload) for name, payload in ROWS]


def folded(events: list[Event]) -> CallState:
    return CallState.of(Recorded("c1", seq, NOON, event) for seq, event in enumerate(events, start=1))


def test_every_event_stands_in_the_first_journal() -> None:
    assert {name for name, _ in ROWS} == NAMES.keys()


def test_what_the_first_version_recorded_is_read_and_says_the_same_in_todays_form() -> None:
    for name, payload in ROWS:
        event = from_payload(name, payload)
        assert type_name(event) == name
        assert from_payload(name, to_payload(event)) == event
        assert _holds(to_payload(event), payload)


def _holds(now: Any, first: Any) -> bool:
    """Whether everything that was recorded at first is still said."""
    if isinstance(first, dict):
        return all(key in now and _holds(now[key], value) for key, value in first.items())
    if isinstance(first, list):
        return len(now) == len(first) and all(map(_holds, now, first))
    return bool(now == first)


def test_the_call_is_what_it_was() -> None:
    state = folded(journal())
    order = state.order("YC-20261102-0001")
    assert order is not None
    assert (order.department.value, order.kind.value, order.place and order.place.value) == (
        "市公安局",
        AppealKind.ENQUIRY,
        Place("临湖区"),
    )
    assert [answer.value.quote for answer in order.answers] == ["居住满半年的，可以申领。"]
    assert [part.text for part in state.words_of("2")] == ["还有路灯不亮，煤气味很大"]
    assert state.last_return("YC-20261102-0001") is not None
    assert state.ended


def test_its_questions_and_answers_are_counted() -> None:
    talk = Talk(date(2026, 11, 2))
    for place, (name, payload) in enumerate(ROWS, start=1):
        if name in READ:
            talk.take(place, name, payload)
    assert [(asked.outcome, asked.department) for asked in talk.questions()] == [(AnswerOutcome.UNUSED, "市公安局")]
    assert talk.shown == {"permit": {"1", "2"}}


def test_its_tables_can_be_derived(store: Store) -> None:
    for event in journal():
        store.journal.append("c1", [event], NOON)
    assert folded([record.event for record in store.journal.read("c1")]) == folded(journal())
    assert store.verify() == []
    (order,) = store.queries.waiting_orders()
    assert order.returned is not None


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_line_has_only_what_its_event_knows(row: tuple[str, dict[str, Any]]) -> None:
    name, payload = row
    assert payload.keys() <= to_payload(from_payload(name, payload)).keys()
