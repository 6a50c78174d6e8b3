"""What an evaluator says of a label, and what the store tells of the decisions on where an appeal belongs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from copilot.call import Part, Speaker, Utterance
from copilot.codec import from_payload, to_payload, type_name
from copilot.dispatch import Routing, decide_routing
from copilot.errors import BadInput, Conflict, HotlineError, NotFound
from copilot.events import (
    Allotment,
    AppealOpened,
    AppealsRearranged,
    LabelReviewed,
    Rearrangement,
    UtteranceHeard,
)
from copilot.journal import Journal, MemoryJournal
from copilot.label_review import LabelReview, review_label
from copilot.store import LabelIssue, Store
from copilot.store.labels import _said
from copilot.suggestion import Verdict
from copilot.work_order import WorkOrder
from knowledge_base.catalogue.catalogue import Department, Duty, ResponsibilityCatalogue

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 2)
TakeCall = Callable[..., WorkOrder]
CATALOGUE = ResponsibilityCatalogue(
    "c1",
    (
        Department("市水务局", (Duty("供水"),), "云川市"),
        Department("市住建局", (Duty("房屋"),), "云川市", aliases=("住建局",)),
    ),
)


def _review(journal: Journal, order: WorkOrder, *given: str, verdict: Verdict = Verdict.AMEND, hours: int = 1) -> int:
    review = LabelReview(given[0], verdict, "eval.sun", *given[1:])
    return len(review_label(journal, CATALOGUE, order.call_id, order.number, review, NOON + timedelta(hours=hours)))


def test_the_latest_review_is_the_one_that_counts(store: Store, take_call: TakeCall) -> None:
    order = take_call(store.journal)
    _review(store.journal, order, "v1", "市水务局", verdict=Verdict.ACCEPT)
    _review(store.journal, order, "v2", "住建局", " 小区管网 ", hours=2)
    (appeal,) = store.labels.decided()
    assert appeal.review is not None
    assert (appeal.review.verdict, appeal.review.department, appeal.review.reason, appeal.review.by) == (
        Verdict.AMEND,
        "市住建局",
        "小区管网",
        "eval.sun",
    )


def test_the_same_review_sent_twice_is_recorded_once(store: Store, take_call: TakeCall) -> None:
    order = take_call(store.journal)
    assert [_review(store.journal, order, "v1", "市住建局") for _ in range(2)] == [1, 0]
    with pytest.raises(Conflict, match="already used for another one"):
        _review(store.journal, order, "v1", "市水务局")


@pytest.mark.parametrize(
    ("verdict", "department", "error", "what"),
    [
        (Verdict.AMEND, "", BadInput, "Name the department"),
        (Verdict.ACCEPT, " ", BadInput, "Name the department"),
        (Verdict.AMEND, "市旅游局", NotFound, "Pick one of its list"),
        (Verdict.REJECT, "市水务局", BadInput, "Leave it empty"),
    ],
)
def test_a_review_that_says_nothing_clear_is_refused(
    take_call: TakeCall, verdict: Verdict, department: str, error: type[HotlineError], what: str
) -> None:
    journal = MemoryJournal()
    order = take_call(journal)
    with pytest.raises(error, match=what):
        _review(journal, order, "v1", department, verdict=verdict)


def test_a_review_survives_the_journal_s_form() -> None:
    event = LabelReviewed("v1", "1", "YC-1", Verdict.REJECT, "", "看不出", "eval.sun")
    assert from_payload(type_name(event), to_payload(event)) == event


def test_decided_appeals_say_how_the_agent_came_to_the_department(store: Store, take_call: TakeCall) -> None:
    take_call(store.journal, "unchanged")
    take_call(store.journal, "second", department="市住建局")
    found = {appeal.call_id: appeal for appeal in store.labels.decided()}
    assert (found["unchanged"].accepted_unchanged, found["second"].accepted_unchanged) == (True, False)
    assert (found["second"].agent_department, found["second"].said) == ("市住建局", "我家停水两天了")
    assert (found["second"].title, found["second"].routings) == ("停水两天", ())


def test_a_number_that_was_said_in_two_sentences_is_masked_in_what_is_learned_from(
    store: Store, take_call: TakeCall
) -> None:
    take_call(store.journal)
    halves = [Utterance(f"h{n}", Speaker.CITIZEN, text, n, n + 1, "1") for n, text in ((8, "打13812"), (9, "345678"))]
    store.journal.append("c1", [UtteranceHeard(half) for half in halves], NOON)
    (found,) = store.labels.decided()
    assert found.said == "我家停水两天了\n打138**\n**5678"


def test_only_the_calls_of_the_days_asked_for_are_read(store: Store, take_call: TakeCall) -> None:
    take_call(store.journal)
    labels = store.labels
    assert len(list(labels.decided(since=DAY, until=DAY))) == 1
    assert list(labels.decided(since=DAY + timedelta(days=1))) == []
    assert list(labels.decided(until=DAY - timedelta(days=1))) == []


def test_many_appeals_are_read_a_few_hundred_at_a_time(
    store: Store, take_call: TakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("copilot.store.labels._AT_ONCE", 2)
    orders = [take_call(store.journal, f"c{n}") for n in range(5)]
    assert [appeal.number for appeal in store.labels.decided()] == [order.number for order in orders]


def test_words_that_a_person_moved_to_another_appeal_are_not_learned_for_this_one(
    store: Store, take_call: TakeCall
) -> None:
    order = take_call(store.journal)
    parts = (Part(0, 2, "1"), Part(2, 7, "2"))
    moved = AppealsRearranged(
        "m1", Rearrangement.SPLIT, "agent.li", "1", "2", "u1", 2, (Allotment("u1", parts),), withdrawn=()
    )
    with store._database.writing() as connection:  # before the order was filed, as a person would have done it
        connection.exec_driver_sql("DELETE FROM work_order")
    store.journal.append("c1", [AppealOpened("2", ""), moved], NOON)
    with store._database.reading() as connection:
        assert dict(_said(connection, [order.call_id])) == {("c1", "1"): "我家", ("c1", "2"): "停水两天了"}


def test_doubts_of_a_training_take_the_place_of_those_before_and_go_when_reviewed(
    store: Store, take_call: TakeCall
) -> None:
    first, second = take_call(store.journal, "c1"), take_call(store.journal, "c2")
    decide_routing(store.journal, CATALOGUE, "c1", first.number, Routing("r1", Verdict.ACCEPT, "disp.wu"), NOON, DAY)
    issues = [
        LabelIssue(order.number, "市水务局", "市住建局", 0.1, 0.8, ("YC-9 市住建局",)) for order in (first, second)
    ]
    store.labels.keep_issues(issues[:1], "old", NOON)
    store.labels.keep_issues(issues, "new", NOON)
    _review(store.journal, second, "v1", "市水务局", verdict=Verdict.ACCEPT)
    (found,) = store.labels.open_issues()
    assert (found.issue, found.router, found.said) == (issues[0], "new", "我家停水两天了")
    assert [sent.department for sent in found.routings] == ["市水务局"]
    assert store.labels.issue_counts() == (2, 1)
    store.labels.keep_issues([], "newer", NOON)
    assert store.labels.issue_counts() == (0, 0)
