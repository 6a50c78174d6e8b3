from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest

from copilot.dispatch import Routing, decide_routing
from copilot.errors import AlreadyDecided, BadInput, Conflict, HotlineError, NotFound
from copilot.events import Recorded, RoutingDecided
from copilot.journal import Journal, MemoryJournal
from copilot.state import CallState
from copilot.store import Store
from copilot.suggestion import Verdict
from copilot.work_order import OrderStatus, WorkOrder
from knowledge_base.catalogue.catalogue import Department, DepartmentKind, Duty, ResponsibilityCatalogue

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 2)
TakeCall = Callable[..., WorkOrder]


def _department(name: str, **more: Any) -> Department:
    return Department(name, (Duty("职责"),), "云川市", **more)


CATALOGUE = ResponsibilityCatalogue(
    "c1",
    (
        _department("市水务局", aliases=("水务局",)),
        _department("市住建局", aliases=("住建局",)),
        _department("市城管局", effective_to=date(2026, 6, 30)),
        _department("市数据局", effective_from=date(2027, 1, 1)),
    ),
)


def _route(journal: Journal, order: WorkOrder, routing: Routing, day: date = DAY) -> list[Recorded]:
    return decide_routing(journal, CATALOGUE, order.call_id, order.number, routing, NOON, day)


def _accept(decision_id: str = "r1", by: str = "disp.wu") -> Routing:
    return Routing(decision_id, Verdict.ACCEPT, by)


def _amend(department: str, reason: str = "小区管网归住建", decision_id: str = "r1") -> Routing:
    return Routing(decision_id, Verdict.AMEND, "disp.wu", department, reason)


def test_the_dispatcher_confirms_the_agents_department(store: Store, take_call: TakeCall) -> None:
    order = take_call(store.journal)
    (record,) = _route(store.journal, order, _accept())
    assert isinstance(record.event, RoutingDecided)
    assert (record.event.department, record.event.decision.verdict) == ("市水务局", Verdict.ACCEPT)
    (row,) = store.queries.work_orders(OrderStatus.DISPATCHED)
    assert row.dispatched is not None
    assert (row.dispatched.department, row.dispatched.by) == ("市水务局", "disp.wu")
    assert CallState.of(store.journal.read("c1")).dispatched == {order.number: "市水务局"}


def test_the_dispatcher_names_another_department_and_says_why(store: Store, take_call: TakeCall) -> None:
    order = take_call(store.journal)
    _route(store.journal, order, _amend("市住建局"))
    row = store.queries.work_order(order.number).row
    assert row.department == "市水务局"
    assert row.dispatched is not None
    assert (row.dispatched.department, row.dispatched.reason) == ("市住建局", "小区管网归住建")
    assert store.queries.suggestion_outcomes().overrode == 1


@pytest.mark.parametrize(
    ("routing", "error", "what"),
    [
        (_amend("市住建局", reason="  "), BadInput, "Say why it should be 市住建局 instead of 市水务局"),
        (_amend("市旅游局"), NotFound, "no department 市旅游局. Pick one"),
        (_amend(""), BadInput, "Name the one that should have the order"),
        (_amend("市城管局"), BadInput, "not in force in the catalogue. Name its successor"),
        (_amend("市数据局"), BadInput, "not in force in the catalogue"),
        (Routing("r1", Verdict.REJECT, "disp.wu"), BadInput, "has to go somewhere"),
    ],
)
def test_what_cannot_be_routed_is_refused_and_stays_in_the_queue(
    store: Store, take_call: TakeCall, routing: Routing, error: type[HotlineError], what: str
) -> None:
    order = take_call(store.journal)
    before = store.journal.read("c1")
    with pytest.raises(error, match=what):
        _route(store.journal, order, routing)
    assert store.journal.read("c1") == before
    assert [row.number for row in store.queries.work_orders()] == [order.number]


def test_an_agents_department_that_was_abolished_meanwhile_cannot_be_confirmed(take_call: TakeCall) -> None:
    journal = MemoryJournal()
    order = take_call(journal, department="市城管局")
    with pytest.raises(BadInput, match="Name its successor"):
        _route(journal, order, _accept())
    _route(journal, order, _accept(), day=date(2026, 6, 30))


def test_a_department_may_be_named_by_its_alias(take_call: TakeCall) -> None:
    journal = MemoryJournal()
    (record,) = _route(journal, take_call(journal), _amend("住建局"))
    assert isinstance(record.event, RoutingDecided)
    assert (record.event.department, record.event.decision.value) == ("市住建局", "市住建局")


@pytest.mark.parametrize("named", ["市水务局", "水务局"])
def test_naming_the_agents_department_is_agreeing_and_needs_no_reason(take_call: TakeCall, named: str) -> None:
    journal = MemoryJournal()
    (record,) = _route(journal, take_call(journal), _amend(named, reason=""))
    assert isinstance(record.event, RoutingDecided)
    assert record.event.decision.verdict is Verdict.ACCEPT


def test_the_same_decision_sent_twice_changes_nothing(store: Store, take_call: TakeCall) -> None:
    order = take_call(store.journal)
    assert len(_route(store.journal, order, _amend("市住建局"))) == 1
    before = store.journal.read("c1")
    assert _route(store.journal, order, _amend("市住建局")) == []
    assert _route(store.journal, order, _amend("市住建局"), day=date(2030, 1, 1)) == []
    assert store.journal.read("c1") == before


def test_a_second_decision_is_refused(store: Store, take_call: TakeCall) -> None:
    order = take_call(store.journal)
    _route(store.journal, order, _accept("r1"))
    with pytest.raises(AlreadyDecided, match=r"went to 市水务局 already\. Reload the queue"):
        _route(store.journal, order, _amend("市住建局", decision_id="r2"))


def test_one_decision_id_is_one_decision(store: Store, take_call: TakeCall) -> None:
    order = take_call(store.journal)
    with pytest.raises(Conflict, match=r"already used for another one\. Send a new id"):
        _route(store.journal, order, _accept("d-title"))
    _route(store.journal, order, _accept("r1"))
    for other in (_accept("r1", by="disp.zhao"), _amend("市住建局", decision_id="r1")):
        with pytest.raises(Conflict, match="already used for another one"):
            _route(store.journal, order, other)


def test_an_order_of_another_call_is_not_found(store: Store, take_call: TakeCall) -> None:
    take_call(store.journal, "c1")
    other = take_call(store.journal, "c2")
    with pytest.raises(NotFound, match=other.number):
        decide_routing(store.journal, CATALOGUE, "c1", other.number, _accept(), NOON, DAY)


def test_of_two_dispatchers_at_once_one_is_first(store: Store, take_call: TakeCall, database_url: str) -> None:
    order = take_call(store.journal)
    other = Store(database_url)

    def route(which: tuple[Store, Routing]) -> bool:
        try:
            return bool(_route(which[0].journal, order, which[1]))
        except AlreadyDecided:
            return False

    with ThreadPoolExecutor(2) as pool:
        asked = [(store, _accept("r1")), (other, _amend("市住建局", decision_id="r2"))]
        assert sorted(pool.map(route, asked)) == [False, True]
    other.close()


def test_one_decision_sent_at_once_by_two_connections_is_recorded_once(
    store: Store, take_call: TakeCall, database_url: str
) -> None:
    order = take_call(store.journal)
    other = Store(database_url)
    with ThreadPoolExecutor(4) as pool:
        recorded = list(pool.map(lambda s: _route(s.journal, order, _accept()), [store, other, store, other]))
    assert sorted(map(len, recorded)) == [0, 0, 0, 1]
    other.close()


def test_a_functional_matter_goes_to_a_street_only_with_the_document_that_delegates_it(
    store: Store, take_call: TakeCall
) -> None:
    order = take_call(store.journal)
    street = Department("望湖街道办事处", (), "云川市/临湖区/望湖街道", kind=DepartmentKind.STREET)
    catalogue = ResponsibilityCatalogue("c2", (*CATALOGUE.departments, street))

    def push_down(reason: str) -> list[Recorded]:
        return decide_routing(
            store.journal, catalogue, order.call_id, order.number, _amend(street.name, reason), NOON, DAY
        )

    with pytest.raises(BadInput, match="a matter of 市水务局 and must not be pushed down to 望湖街道办事处"):
        push_down("他们离得近")
    assert len(push_down("依据《望湖街道赋权事项清单》第三项")) == 1
