from __future__ import annotations

from datetime import timedelta

import pytest
from session_parts import NOON, Desk, answer, suggest

from copilot.appeal import AppealKind, Urgency
from copilot.errors import Conflict, NotConfirmed
from copilot.suggestion import Slot, Verdict


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
