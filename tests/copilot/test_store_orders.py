from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import exc, insert, select, text, update

from copilot.appeal import Place, Urgency
from copilot.errors import Conflict, NotFound
from copilot.events import CallEnded, RoutingDecided, SuggestionDecided, SuggestionMade, WorkOrderFiled
from copilot.store import Store
from copilot.store.tables import decision, work_order
from copilot.suggestion import Choice, Decision, Slot, Suggestion, Verdict
from copilot.work_order import OrderStatus, WorkOrder

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
TakeCall = Callable[..., WorkOrder]


def _filed_row(store: Store) -> dict[str, Any]:
    with store._database.reading() as connection:
        return dict(connection.execute(select(work_order)).mappings().one())


def _insert_raw(store: Store, row: dict[str, Any]) -> None:
    with store._database._writer.begin() as connection:
        connection.execute(insert(work_order).values(**row))


def _prepare_second_appeal(store: Store) -> dict[str, Any]:
    """A row that would be right, but for an appeal whose slots nobody has confirmed."""
    with store._database._writer.begin() as connection:
        connection.execute(text("INSERT INTO appeal VALUES ('c1', '2', '2026-11-02 04:00:00')"))
    return {**_filed_row(store), "number": "YC-20261102-0009", "request_id": "r-raw", "appeal_id": "2"}


# -- the wall in the database -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("slot", ["department", "kind", "title", "summary"])
@pytest.mark.parametrize("given", [None, "d-nobody"])
def test_the_database_refuses_an_order_without_a_persons_decision(
    store: Store, take_call: TakeCall, slot: str, given: str | None
) -> None:
    take_call(store.journal)
    row = {**_filed_row(store), "number": "YC-20261102-0009", "request_id": "r-raw"}
    with store._database._writer.begin() as connection:
        connection.execute(text("DELETE FROM work_order"))
    with pytest.raises(exc.IntegrityError):
        _insert_raw(store, {**row, f"{slot}_decision_id": given})
    _insert_raw(store, row)


def test_the_database_refuses_an_order_made_of_another_appeals_decisions(store: Store, take_call: TakeCall) -> None:
    take_call(store.journal)
    with pytest.raises(exc.IntegrityError):
        _insert_raw(store, _prepare_second_appeal(store))


def test_the_database_refuses_the_decision_on_another_field(store: Store, take_call: TakeCall) -> None:
    take_call(store.journal)
    with pytest.raises(exc.IntegrityError), store._database._writer.begin() as connection:
        connection.execute(update(work_order).values(department_decision_id="d-title"))


def test_the_database_refuses_a_rejection_as_a_confirmation(store: Store, take_call: TakeCall) -> None:
    take_call(store.journal)
    row = {**_filed_row(store), "department_decision_id": "d-refused"}
    with store._database._writer.begin() as connection:
        connection.execute(text("DELETE FROM work_order"))
        refused = {**connection.execute(select(decision)).mappings().first(), "decision_id": "d-refused"}  # type: ignore[dict-item]
        refused.update(verdict="reject", slot="department", suggestion_id=None)
        connection.execute(insert(decision).values(**refused))
    with pytest.raises(exc.IntegrityError, match="needs a decision"):
        _insert_raw(store, row)


def test_the_database_refuses_an_optional_value_that_nobody_confirmed(store: Store, take_call: TakeCall) -> None:
    take_call(store.journal)
    with pytest.raises(exc.IntegrityError), store._database._writer.begin() as connection:
        connection.execute(update(work_order).values(telephone="13800001234"))


def test_the_database_refuses_to_dispatch_without_the_dispatchers_decision(store: Store, take_call: TakeCall) -> None:
    take_call(store.journal)
    with pytest.raises(exc.IntegrityError), store._database._writer.begin() as connection:
        connection.execute(update(work_order).values(status="dispatched", dispatched_department="市水务局"))


def test_two_orders_cannot_have_one_number(store: Store, take_call: TakeCall) -> None:
    order = take_call(store.journal)
    with pytest.raises(exc.IntegrityError):
        _insert_raw(store, _filed_row(store))
    with pytest.raises(Conflict, match="Reload"):
        store.journal.append("c1", [WorkOrderFiled("r-again", order)], NOON)
    assert len(store.queries.work_orders()) == 1


# -- the queue --------------------------------------------------------------------------------------------------------


def test_the_queue_is_sorted_by_urgency_and_then_by_age(store: Store, take_call: TakeCall) -> None:
    def file(call_id: str, minutes: int, **more: Any) -> None:
        take_call(store.journal, call_id, at=NOON + timedelta(minutes=minutes), **more)

    file("normal-late", 50, urgency=Urgency.NORMAL)
    file("normal-early", 10)
    file("urgent", 40, urgency=Urgency.URGENT)
    file("emergency", 60, urgency=Urgency.EMERGENCY)
    file("flagged", 70, flagged=True)
    file("flagged-but-judged-normal", 30, flagged=True, urgency=Urgency.NORMAL)
    assert [order.call_id for order in store.queries.work_orders()] == [
        "emergency",
        "flagged",
        "urgent",
        "normal-early",
        "flagged-but-judged-normal",
        "normal-late",
    ]


def test_an_order_in_the_queue_shows_the_routers_latest_full_ranking(store: Store, take_call: TakeCall) -> None:
    take_call(store.journal, "c1", department="市住建局")
    newer = Suggestion(
        Slot.DEPARTMENT, (Choice("市城管局", 0.8), Choice("市水务局", 0.1)), {"router": "r2"}, abstained=True
    )
    take_call(store.journal, "c2")
    store.journal.append("c2", [SuggestionMade("s2", "1", newer, ("s1",), 9.0)], NOON)
    first, second = store.queries.work_orders()
    assert first.ranking is not None
    assert [choice.value for choice in first.ranking.choices] == ["市水务局", "市住建局", "市城管局"]
    assert first.ranking.choices[0].reasons[0].text == "市水务局的职责"
    assert first.department == "市住建局"
    assert second.ranking == newer


def test_an_order_without_any_ranking_is_in_the_queue_all_the_same(store: Store, take_call: TakeCall) -> None:
    take_call(store.journal)
    with store._database._writer.begin() as connection:
        connection.execute(text("UPDATE suggestion SET slot = 'title'"))
    assert [order.ranking for order in store.queries.work_orders()] == [None]


def test_an_order_is_shown_whole(store: Store, take_call: TakeCall) -> None:
    place = Place("江北区", "滨河路", "3号")
    filed = take_call(
        store.journal,
        flagged=True,
        more={
            Slot.PLACE: place,
            Slot.CO_DEPARTMENTS: ("市城管局",),
            Slot.OCCURRED: "昨晚",
            Slot.TELEPHONE: "13800001234",
        },
    )
    detail = store.queries.work_order(filed.number)
    assert detail.order == filed
    assert (detail.row.place, detail.row.co_departments, detail.row.occurred) == (place, ("市城管局",), "昨晚")
    assert [said.text for said in detail.transcript] == ["我家停水两天了"]
    assert [flag.category for flag in detail.flags] == ["燃气"]
    assert detail.row.flagged == ("燃气",)
    assert detail.row.dispatched is None


def test_an_unknown_number_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="Check the number"):
        store.queries.work_order("YC-20261102-0404")


def test_a_dispatched_order_keeps_both_departments(store: Store, take_call: TakeCall) -> None:
    filed = take_call(store.journal)
    override = Decision("d-go", "1", Slot.DEPARTMENT, Verdict.AMEND, None, "市住建局", "disp.wu", "小区管网")
    later = NOON + timedelta(hours=1)
    store.journal.append("c1", [RoutingDecided(override, filed.number, "市住建局")], later)
    assert store.queries.work_orders() == []
    (order,) = store.queries.work_orders(OrderStatus.DISPATCHED)
    assert order.department == "市水务局"
    assert order.dispatched is not None
    assert (order.dispatched.department, order.dispatched.by, order.dispatched.at, order.dispatched.reason) == (
        "市住建局",
        "disp.wu",
        later,
        "小区管网",
    )
    assert store.queries.work_orders(None) == [order]


# -- lists and counts -------------------------------------------------------------------------------------------------


def test_calls_are_listed_latest_first_with_what_came_of_them(store: Store, take_call: TakeCall) -> None:
    order = take_call(store.journal, "c1", flagged=True)
    store.journal.append("c1", [CallEnded(61.5)], NOON + timedelta(minutes=2))
    take_call(store.journal, "c2", at=NOON + timedelta(minutes=5))
    second, first = store.queries.calls()
    assert (second.call_id, second.ended_at, second.urgent) == ("c2", None, ())
    assert (first.orders, first.urgent, first.appeals) == ((order.number,), ("燃气",), 1)
    assert (first.seconds, first.started_at) == (61.5, NOON)
    assert first.last_seq == len(store.journal.read("c1"))
    assert [call.call_id for call in store.queries.calls(limit=1)] == ["c2"]


def test_outcomes_of_an_empty_journal_are_all_nought(store: Store) -> None:
    outcomes = store.queries.suggestion_outcomes()
    assert set(outcomes.by_slot) == set(Slot)
    assert all(outcome.made == 0 for outcome in outcomes.by_slot.values())
    assert (outcomes.agreed, outcomes.overrode) == (0, 0)


def test_outcomes_count_what_people_made_of_the_suggestions(store: Store, take_call: TakeCall) -> None:
    take_call(store.journal, "first")
    take_call(store.journal, "second", department="市住建局")
    take_call(store.journal, "third", department="市城管局")
    order = take_call(store.journal, "other", department="市民政局")
    title = Suggestion(Slot.TITLE, (Choice("停水", 0.9),))
    store.journal.append(
        "first",
        [
            SuggestionMade("s2", "1", title, (), 3.0),
            SuggestionMade("s3", "1", title, ("s2",), 4.0),
            SuggestionMade("s4", "1", title, (), 5.0),
            SuggestionDecided(Decision("d-no", "1", Slot.TITLE, Verdict.REJECT, "s4", None, "agent.li", "不对")),
        ],
        NOON,
    )
    agreed = Decision("d-go", "1", Slot.DEPARTMENT, Verdict.ACCEPT, None, "市民政局", "disp.wu")
    store.journal.append("other", [RoutingDecided(agreed, order.number, "市民政局")], NOON)
    outcomes = store.queries.suggestion_outcomes()
    department, titles = outcomes.by_slot[Slot.DEPARTMENT], outcomes.by_slot[Slot.TITLE]
    assert (department.made, department.accepted, department.amended, department.undecided) == (4, 1, 3, 0)
    assert (titles.made, titles.rejected, titles.superseded, titles.undecided) == (3, 1, 1, 1)
    ranks = outcomes.department_ranks
    assert (ranks.first, ranks.second, ranks.third, ranks.other) == (1, 1, 1, 1)
    assert (outcomes.agreed, outcomes.overrode) == (1, 0)
