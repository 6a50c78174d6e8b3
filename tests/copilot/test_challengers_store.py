"""What both routers made of an appeal, beside what people decided: in the database, and as a comparison."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from copilot.challenge import RankedDepartment, RouterRanking
from copilot.dispatch import Routing, decide_routing
from copilot.events import ChallengerRanked, LabelReviewed
from copilot.returns import OrderReturn, record_return
from copilot.store import DecidedBy, Store
from copilot.suggestion import Verdict
from evaluation.routing.stream import compare_stream
from knowledge_base.catalogue.catalogue import Department, Duty, ResponsibilityCatalogue

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
NAMES = ("市水务局", "市住建局", "市城管局")
CATALOGUE = ResponsibilityCatalogue("c1", tuple(Department(n, (Duty(n),), "云川市") for n in NAMES))
TakeCall = Callable[..., Any]


def ranking(router: str, *departments: str, abstained: bool = False) -> RouterRanking:
    choices = tuple(RankedDepartment(name, 0.6 / place) for place, name in enumerate(departments, start=1))
    return RouterRanking(router, choices, abstained)


@pytest.fixture
def take(store: Store, take_call: TakeCall) -> TakeCall:
    """Take a call whose agent chose ``agent``, and record what both routers made of it."""

    def taken(call_id: str, agent: str, served: str, challenger: str, versions: tuple[str, str] = ("r1", "r2")) -> Any:
        order = take_call(store.journal, call_id, agent)
        event = ChallengerRanked("1", ranking(versions[0], served), ranking(versions[1], challenger), 2.0)
        store.journal.append(call_id, [event], NOON)
        return order

    return taken


def dispatch(store: Store, order: Any, department: str) -> None:
    kept = order.department.value == department
    routing = Routing(
        f"r-{order.number}", Verdict.ACCEPT if kept else Verdict.AMEND, "paidan01", department, "" if kept else "职责"
    )
    decide_routing(store.journal, CATALOGUE, order.call_id, order.number, routing, NOON, NOON.date())


def test_the_dispatchers_department_counts_before_one_dispatched_the_agents(store: Store, take: TakeCall) -> None:
    first = take("c1", "市水务局", "市水务局", "市住建局")
    second = take("c2", "市水务局", "市水务局", "市住建局")
    dispatch(store, second, "市住建局")
    found = store.challengers.pairs("r1", "r2")
    assert [(pair.number, pair.department, pair.by) for pair in found] == [
        (first.number, "市水务局", DecidedBy.AGENT),
        (second.number, "市住建局", DecidedBy.DISPATCHER),
    ]
    assert found[0].served == ranking("r1", "市水务局")
    assert found[0].challenger == ranking("r2", "市住建局")


def test_of_an_appeal_the_last_ranking_counts(store: Store, take: TakeCall) -> None:
    take("c1", "市水务局", "市城管局", "市城管局")
    later = ChallengerRanked("1", ranking("r1", "市水务局"), ranking("r2", "市住建局"), 4.0)
    store.journal.append("c1", [later], NOON)
    (pair,) = store.challengers.pairs("r1", "r2")
    assert (pair.served, pair.challenger) == (later.served, later.challenger)
    assert store.verify() == []


def test_an_order_that_came_back_has_no_department_until_it_goes_out_again(store: Store, take: TakeCall) -> None:
    order = take("c1", "市水务局", "市水务局", "市住建局")
    dispatch(store, order, "市水务局")
    record_return(
        store.journal,
        "c1",
        order.number,
        OrderReturn("b1", f"r-{order.number}", "not_our_duty", "paidan01", "不归我管"),
        NOON,
    )
    assert store.challengers.pairs("r1", "r2") == []


def test_an_evaluators_review_is_the_last_word(store: Store, take: TakeCall) -> None:
    orders = [take(f"c{n}", "市水务局", "市水务局", "市住建局") for n in (1, 2)]
    reviews = [(Verdict.AMEND, "市住建局"), (Verdict.REJECT, "")]
    for n, (order, (verdict, department)) in enumerate(zip(orders, reviews, strict=True), start=1):
        review = LabelReviewed(f"v{n}", "1", order.number, verdict, department, "复核", "pinggu01")
        store.journal.append(f"c{n}", [review], NOON)
    (pair,) = store.challengers.pairs("r1", "r2")
    assert (pair.department, pair.by) == ("市住建局", DecidedBy.EVALUATOR)


def test_each_two_versions_that_met_are_kept_apart(store: Store, take: TakeCall) -> None:
    take("c1", "市水务局", "市水务局", "市住建局")
    take("c2", "市水务局", "市水务局", "市住建局", versions=("r2", "r3"))
    assert {(duel.served, duel.challenger, duel.appeals) for duel in store.challengers.duels()} == {
        ("r1", "r2", 1),
        ("r2", "r3", 1),
    }
    assert len(store.challengers.pairs("r2", "r3")) == 1
    assert store.challengers.pairs("r1", "r3") == []


def test_calls_before_a_day_can_be_left_out(store: Store, take: TakeCall) -> None:
    take("c1", "市水务局", "市水务局", "市住建局")
    assert store.challengers.pairs("r1", "r2", since=NOON.date() + timedelta(days=1)) == []
    assert len(store.challengers.pairs("r1", "r2", since=NOON.date())) == 1


def test_whoever_changes_the_router_signs_in_the_audit(store: Store) -> None:
    store.challengers.sign(NOON, "pinggu01", "router_promoted", "r1 -> r2. better")
    (line,) = store.accounts.audit()
    assert (line.by, line.action, line.detail) == ("pinggu01", "router_promoted", "r1 -> r2. better")
    assert store.verify() == []


def test_the_stream_says_who_was_right_and_with_whom_people_went(store: Store, take: TakeCall) -> None:
    """Three went with the challenger against the screen, one with the served router, one with neither."""
    for n in range(3):
        take(f"a{n}", "市住建局", "市水务局", "市住建局")
    take("b", "市水务局", "市水务局", "市住建局")
    take("c", "市城管局", "市水务局", "市住建局")
    take("d", "市水务局", "市水务局", "市水务局")
    found = compare_stream(store.challengers.pairs("r1", "r2"), rounds=100)
    assert (found.compared.mcnemar.first_only, found.compared.mcnemar.second_only) == (1, 3)
    assert found.disputes.n == 5
    assert (found.disputes.with_served, found.disputes.with_challenger, found.disputes.with_neither) == (1, 3, 1)
    assert [(week.monday.isoformat(), week.n, week.served, week.challenger) for week in found.weeks] == [
        ("2026-11-02", 6, 2, 4)
    ]
    told = found.as_json()
    assert told["verdict"] == "undecided"
    assert told["decided_by"] == {"agent": 6}
    assert "flatters the served router" in told["caution"]


def test_a_router_that_asks_instead_of_recommending_is_not_counted_as_recommending(
    store: Store, take: TakeCall
) -> None:
    take("a", "市水务局", "市水务局", "市水务局")
    order = take("b", "市水务局", "市水务局", "市水务局")
    unsure = ChallengerRanked("1", ranking("r1", "市水务局"), ranking("r2", "市住建局", abstained=True), 3.0)
    store.journal.append(order.call_id, [unsure], NOON)
    differences = compare_stream(store.challengers.pairs("r1", "r2"), rounds=100).compared.differences
    assert (differences["share_recommended"].first, differences["share_recommended"].second) == (1.0, 0.5)
    assert differences["precision_of_recommended"].second == 1.0
    assert differences["accuracy"].second == 0.5


def test_only_two_versions_are_compared_at_a_time(store: Store, take: TakeCall) -> None:
    take("c1", "市水务局", "市水务局", "市住建局")
    take("c2", "市水务局", "市水务局", "市住建局", versions=("r2", "r3"))
    mixed = store.challengers.pairs("r1", "r2") + store.challengers.pairs("r2", "r3")
    with pytest.raises(ValueError, match="at a time"):
        compare_stream(mixed)
