"""退单 and 改派 over the wire."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def sent_out(agent: Any, service: Any) -> tuple[Any, str, str]:
    """The dispatcher's desk, the number of an order that went out as ``x1``, and its call."""
    call, order = agent.filed()
    number = order["number"]
    dispatcher = service("paidan01")
    dispatcher.post(f"/api/work-orders/{number}/routing", {"decision_id": "x1", "verdict": "accept"})
    return dispatcher, number, call


BACK = {"return_id": "b1", "routing_id": "x1", "code": "not_our_duty", "reason": "路灯不归公安"}


def test_an_order_is_sent_back_and_goes_to_another_department(agent, sent_out):
    dispatcher, number, call = sent_out
    back = dispatcher.post(f"/api/work-orders/{number}/return", BACK)
    assert (back["status"], back["dispatched"]) == ("returned", None)
    assert back["returned"]["department"] == "市公安局"
    assert agent.get(f"/api/calls/{call}")["appeals"][0]["dispatched"] is None
    (row,) = dispatcher.get("/api/work-orders?status=filed")["orders"]
    assert (row["number"], row["returned"]["code"], row["returned"]["reason"]) == (
        number,
        "not_our_duty",
        "路灯不归公安",
    )
    assert [row["number"] for row in dispatcher.get("/api/work-orders?status=returned")["orders"]] == [number]
    wanted = {"decision_id": "x2", "verdict": "amend", "department": "市城管局"}
    dispatcher.post(f"/api/work-orders/{number}/routing", wanted, 422)
    sent = dispatcher.post(f"/api/work-orders/{number}/routing", {**wanted, "reason": "路灯归城管"})
    assert [(routing["department"], bool(routing["returned"])) for routing in sent["routings"]] == [
        ("市公安局", True),
        ("市城管局", False),
    ]
    assert dispatcher.get("/api/work-orders?status=filed")["orders"] == []


def test_a_return_sent_twice_is_recorded_once(agent, sent_out):
    dispatcher, number, call = sent_out
    assert dispatcher.post(f"/api/work-orders/{number}/return", BACK) == dispatcher.post(
        f"/api/work-orders/{number}/return", BACK
    )
    events = agent.get(f"/api/calls/{call}/events")["events"]
    assert [event["data"]["code"] for event in events if event["name"] == "order_returned"] == ["not_our_duty"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({**BACK, "code": "tired"}, 422),
        ({**BACK, "code": "other", "reason": ""}, 422),
        ({**BACK, "routing_id": "x9"}, 409),
        ({**BACK, "by": "somebody"}, 422),
    ],
)
def test_a_return_that_cannot_be_is_refused(sent_out, body, status):
    dispatcher, number, _ = sent_out
    dispatcher.post(f"/api/work-orders/{number}/return", body, status)
    assert dispatcher.get(f"/api/work-orders/{number}")["status"] == "dispatched"


def test_only_a_dispatcher_records_a_return(agent, sent_out):
    _, number, _ = sent_out
    agent.post(f"/api/work-orders/{number}/return", BACK, 403)


def test_the_list_of_return_reasons_is_there_for_the_desk(service):
    reasons = service("paidan01").get("/api/work-orders/return-reasons")["reasons"]
    assert {"code", "chinese", "english", "disputes_duty", "needs_words"} == set(reasons[0])
    assert reasons[0]["chinese"] == "不属本单位职责"
