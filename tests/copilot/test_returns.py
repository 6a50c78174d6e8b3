"""退单 and 改派: an order comes back, and goes out again, as often as it must."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from copilot.codec import from_payload, to_payload, type_name
from copilot.dispatch import Routing, decide_routing
from copilot.errors import AlreadyDecided, BadInput, Conflict, HotlineError, NotFound
from copilot.events import OrderReturned, Recorded
from copilot.journal import Journal, MemoryJournal
from copilot.returns import OrderReturn, record_return, return_reasons
from copilot.state import CallState
from copilot.store import Store
from copilot.suggestion import Verdict
from copilot.work_order import OrderStatus, WorkOrder
from knowledge_base.catalogue.catalogue import Department, Duty, ResponsibilityCatalogue

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 2)
TakeCall = Callable[..., WorkOrder]
CATALOGUE = ResponsibilityCatalogue(
    "c1", tuple(Department(name, (Duty("职责"),), "云川市") for name in ("市水务局", "市住建局", "市城管局"))
)


def _route(
    journal: Journal, order: WorkOrder, decision_id: str, department: str = "", reason: str = ""
) -> list[Recorded]:
    verdict = Verdict.AMEND if department else Verdict.ACCEPT
    routing = Routing(decision_id, verdict, "disp.wu", department, reason)
    return decide_routing(journal, CATALOGUE, order.call_id, order.number, routing, NOON, DAY)


def _return(
    journal: Journal,
    order: WorkOrder,
    routing_id: str,
    return_id: str = "b1",
    code: str = "not_our_duty",
    reason: str = "",
) -> list[Recorded]:
    given = OrderReturn(return_id, routing_id, code, "disp.wu", reason)
    return record_return(journal, order.call_id, order.number, given, NOON + timedelta(days=1))


def test_a_returned_order_is_in_the_queue_again_with_the_reason(store: Store, take_call: TakeCall) -> None:
    order = take_call(store.journal)
    _route(store.journal, order, "r1")
    assert store.queries.waiting_orders() == []
    (record,) = _return(store.journal, order, "r1", reason="小区内部管网")
    assert isinstance(record.event, OrderReturned)
    assert (record.event.department, record.event.disputes_duty) == ("市水务局", True)
    (row,) = store.queries.waiting_orders()
    assert (row.status, row.dispatched) == (OrderStatus.RETURNED, None)
    assert row.returned is not None
    assert (row.returned.department, row.returned.code, row.returned.reason, row.returned.by) == (
        "市水务局",
        "not_our_duty",
        "小区内部管网",
        "disp.wu",
    )
    assert CallState.of(store.journal.read("c1")).dispatched == {}


def test_an_order_goes_out_and_comes_back_any_number_of_times(store: Store, take_call: TakeCall) -> None:
    order = take_call(store.journal)
    _route(store.journal, order, "r1")
    _return(store.journal, order, "r1", "b1")
    _route(store.journal, order, "r2", "市住建局", "属住建")
    _return(store.journal, order, "r2", "b2", "incomplete")
    _route(store.journal, order, "r3", "市住建局", "已补全要素")
    detail = store.queries.work_order(order.number)
    assert [(sent.department, sent.returned.code if sent.returned else None) for sent in detail.routings] == [
        ("市水务局", "not_our_duty"),
        ("市住建局", "incomplete"),
        ("市住建局", None),
    ]
    assert (detail.row.status, detail.row.returned) == (OrderStatus.DISPATCHED, None)
    assert detail.row.dispatched is not None
    assert (detail.row.dispatched.department, detail.row.dispatched.decision_id) == ("市住建局", "r3")
    outcomes = store.queries.suggestion_outcomes()
    assert (outcomes.agreed, outcomes.overrode, outcomes.returned, outcomes.moved) == (1, 0, 1, 1)


@pytest.mark.parametrize("department", ["", "市水务局", "市住建局"])
def test_an_objection_is_settled_with_a_reason_whichever_way(take_call: TakeCall, department: str) -> None:
    journal = MemoryJournal()
    order = take_call(journal)
    _route(journal, order, "r1")
    _return(journal, order, "r1")
    with pytest.raises(BadInput, match="Say why"):
        _route(journal, order, "r2", department)
    assert len(_route(journal, order, "r2", department, "三定方案第四条")) == 1


@pytest.mark.parametrize(
    ("given", "error", "what"),
    [
        ({"code": "tired"}, BadInput, "Take one of not_our_duty"),
        ({"code": "other", "reason": "  "}, BadInput, "Write down what the department said"),
        ({"routing_id": "r9"}, AlreadyDecided, "went out anew"),
    ],
)
def test_what_cannot_be_returned_is_refused(
    take_call: TakeCall, given: dict[str, str], error: type[HotlineError], what: str
) -> None:
    journal = MemoryJournal()
    order = take_call(journal)
    _route(journal, order, "r1")
    before = journal.read("c1")
    with pytest.raises(error, match=what):
        _return(journal, order, **{"routing_id": "r1", **given})
    assert journal.read("c1") == before


def test_an_order_that_never_went_out_cannot_come_back(take_call: TakeCall) -> None:
    journal = MemoryJournal()
    order = take_call(journal)
    with pytest.raises(AlreadyDecided, match="not with any department"):
        _return(journal, order, "r1")
    with pytest.raises(NotFound):
        record_return(journal, "c1", "YC-1", OrderReturn("b1", "r1", "repeated", "disp.wu"), NOON)


def test_the_same_return_sent_twice_changes_nothing(store: Store, take_call: TakeCall) -> None:
    order = take_call(store.journal)
    _route(store.journal, order, "r1")
    _return(store.journal, order, "r1", reason=" 属住建 ")
    _route(store.journal, order, "r2", "市住建局", "属住建")
    before = store.journal.read("c1")
    assert _return(store.journal, order, "r1", reason="属住建") == []
    assert _route(store.journal, order, "r1") == []
    assert store.journal.read("c1") == before
    with pytest.raises(Conflict, match="already used for another one"):
        _return(store.journal, order, "r1", code="repeated")


def test_a_second_return_of_what_is_back_already_is_refused(store: Store, take_call: TakeCall) -> None:
    order = take_call(store.journal)
    _route(store.journal, order, "r1")
    _return(store.journal, order, "r1", "b1")
    with pytest.raises(AlreadyDecided, match="Reload the queue"):
        _return(store.journal, order, "r1", "b2")


def test_of_two_dispatchers_who_record_a_return_at_once_one_is_first(
    store: Store, take_call: TakeCall, database_url: str
) -> None:
    order = take_call(store.journal)
    _route(store.journal, order, "r1")
    other = Store(database_url)

    def record(which: tuple[Store, str]) -> bool:
        try:
            return bool(_return(which[0].journal, order, "r1", which[1]))
        except AlreadyDecided:
            return False

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(record, [(store, "b1"), (other, "b2")])) == [False, True]
    other.close()


def test_returned_orders_are_first_in_the_queue_but_for_emergencies(store: Store, take_call: TakeCall) -> None:
    take_call(store.journal, "new")
    take_call(store.journal, "emergency", flagged=True, at=NOON + timedelta(minutes=5))
    back = take_call(store.journal, "back", at=NOON + timedelta(minutes=9))
    _route(store.journal, back, "r1")
    _return(store.journal, back, "r1")
    assert [row.call_id for row in store.queries.waiting_orders()] == ["emergency", "back", "new"]


def test_a_return_survives_the_journal_s_form() -> None:
    event = OrderReturned("b1", "r1", "YC-1", "市水务局", "other", False, "说明", "disp.wu")
    assert from_payload(type_name(event), to_payload(event)) == event


def test_the_list_of_return_reasons_says_which_of_them_dispute_the_duty() -> None:
    reasons = return_reasons()
    assert reasons["not_our_duty"].disputes_duty
    assert not reasons["incomplete"].disputes_duty
    assert reasons["other"].needs_words
    assert all(reason.chinese and reason.english for reason in reasons.values())
