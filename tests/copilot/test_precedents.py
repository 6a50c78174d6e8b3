from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from copilot.dispatch import Routing, decide_routing
from copilot.events import LabelReviewed
from copilot.precedents import Precedent, Precedents
from copilot.returns import OrderReturn, record_return
from copilot.store import Store
from copilot.suggestion import Slot, Verdict
from copilot.work_order import WorkOrder
from knowledge_base.catalogue.catalogue import Department, Duty, ResponsibilityCatalogue
from knowledge_base.precedents import PastOrders
from models.baselines import HashingEmbedder

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 2)
CATALOGUE = ResponsibilityCatalogue(
    "c1", tuple(Department(name, (Duty("职责"),), "云川市") for name in ("市水务局", "市住建局"))
)
NO_WATER = "来电人家中停水两天。"
TakeCall = Callable[..., WorkOrder]


@pytest.fixture
def precedents() -> Precedents:
    return Precedents(PastOrders(HashingEmbedder(), 0.2), most=100)


@pytest.fixture
def dispatched(store: Store, take_call: TakeCall) -> Callable[..., WorkOrder]:
    """A call from hello to the order that is out with a department."""
    made: list[WorkOrder] = []

    def dispatch(department: str = "市水务局", summary: str = NO_WATER, **more: Any) -> WorkOrder:
        call_id = f"c{len(made)}"
        order = take_call(store.journal, call_id, more={Slot.SUMMARY: summary}, **more)
        routing = Routing("r1", Verdict.AMEND, "disp.wu", department, "该单位职责")
        at = NOON + timedelta(minutes=len(made))
        decide_routing(store.journal, CATALOGUE, call_id, order.number, routing, at, DAY)
        made.append(order)
        return order

    return dispatch


def found(precedents: Precedents, department: str, text: str = "家里停水两天了") -> list[str]:
    return [precedent.number for precedent in precedents.similar(text, department)]


def test_an_order_is_a_precedent_once_a_dispatcher_has_settled_its_department(
    store: Store, precedents: Precedents, take_call: TakeCall
) -> None:
    order = take_call(store.journal)
    precedents.catch_up(store.settled)
    assert found(precedents, "市水务局") == []
    routing = Routing("r1", Verdict.AMEND, "disp.wu", "市住建局", "小区管网归住建")
    decide_routing(store.journal, CATALOGUE, order.call_id, order.number, routing, NOON, DAY)
    precedents.catch_up(store.settled)
    assert found(precedents, "市水务局") == []
    assert precedents.similar("家里停水两天了", "市住建局") == [Precedent(order.number, NO_WATER, "市住建局", DAY)]


def test_what_a_citizen_said_of_themselves_is_masked_before_it_is_kept(
    store: Store, precedents: Precedents, dispatched: Callable[..., WorkOrder]
) -> None:
    dispatched(summary="来电人陈国强先生住柳荫路18号楼，家中停水两天，电话13812341234。")
    precedents.catch_up(store.settled)
    (shown,) = precedents.similar("家里停水两天了，我电话13900001111", "市水务局")
    assert shown.text == "来电人陈**先生住柳荫路**号楼，家中停水两天，电话138****1234。"


def test_a_long_text_is_cut_where_it_is_shown(
    store: Store, precedents: Precedents, dispatched: Callable[..., WorkOrder]
) -> None:
    dispatched(summary=NO_WATER * 30)
    precedents.catch_up(store.settled)
    (shown,) = precedents.similar(NO_WATER, "市水务局")
    assert len(shown.text) == 120
    assert shown.text.endswith("…")


def test_catching_up_twice_changes_nothing(
    store: Store, precedents: Precedents, dispatched: Callable[..., WorkOrder]
) -> None:
    dispatched()
    assert precedents.catch_up(store.settled)
    assert precedents.catch_up(store.settled)
    assert len(precedents) == 1


def test_only_the_newest_orders_are_kept(store: Store, dispatched: Callable[..., WorkOrder]) -> None:
    few = Precedents(PastOrders(HashingEmbedder(), 0.2), most=2)
    made = [dispatched(summary=f"来电人家中停水，{place}要求恢复供水") for place in ("望湖", "翠堤", "滨江")]
    few.catch_up(store.settled)
    assert set(store.settled.newest(2)) == {order.number for order in made[1:]}
    assert len(few) == 2


def test_the_newest_orders_are_found_without_sorting_all_that_ever_went_out(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    store.upgrade()
    asked = "SELECT number FROM work_order WHERE status = 'dispatched' ORDER BY dispatched_at DESC, number DESC LIMIT 9"
    with store._database.reading() as connection:
        steps = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")]
    store.close()
    assert len(steps) == 1
    assert "ix_work_order_status_dispatched_at_number" in steps[0]


def test_filling_stops_when_asked_to_and_goes_on_later(
    store: Store, precedents: Precedents, dispatched: Callable[..., WorkOrder]
) -> None:
    dispatched()
    assert not precedents.catch_up(store.settled, lambda: False)
    assert len(precedents) == 0
    assert precedents.catch_up(store.settled)
    assert len(precedents) == 1


def test_an_order_that_came_back_is_a_precedent_of_nobody_until_it_goes_out_again(
    store: Store, precedents: Precedents, dispatched: Callable[..., WorkOrder]
) -> None:
    order = dispatched()
    precedents.catch_up(store.settled)
    assert found(precedents, "市水务局") == [order.number]
    record_return(store.journal, order.call_id, order.number, OrderReturn("b1", "r1", "not_our_duty", "disp.wu"), NOON)
    precedents.catch_up(store.settled)
    assert found(precedents, "市水务局") == []
    again = Routing("r2", Verdict.AMEND, "disp.wu", "市住建局", "小区管网归住建")
    decide_routing(store.journal, CATALOGUE, order.call_id, order.number, again, NOON, DAY)
    precedents.catch_up(store.settled)
    assert found(precedents, "市水务局") == []
    assert found(precedents, "市住建局") == [order.number]


@pytest.mark.parametrize(
    ("verdict", "department", "expected"),
    [(Verdict.ACCEPT, "市水务局", True), (Verdict.AMEND, "市住建局", False), (Verdict.REJECT, "", False)],
)
def test_an_order_of_which_an_evaluator_says_that_it_went_wrong_is_no_example(
    store: Store,
    precedents: Precedents,
    dispatched: Callable[..., WorkOrder],
    verdict: Verdict,
    department: str,
    expected: bool,
) -> None:
    order = dispatched()
    precedents.catch_up(store.settled)
    review = LabelReviewed("v1", "1", order.number, verdict, department, "核对过", "eval.zhao")
    store.journal.append(order.call_id, [review], NOON)
    precedents.catch_up(store.settled)
    assert (found(precedents, "市水务局") == [order.number]) is expected
    assert found(precedents, "市住建局") == []
