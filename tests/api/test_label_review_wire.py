"""Label issues and reviews over the wire."""

from __future__ import annotations

from typing import Any

import pytest

from copilot.store import LabelIssue


@pytest.fixture
def doubted(agent: Any, services: Any) -> tuple[str, str]:
    """A call and the number of its order, whose label training doubts."""
    call, order = agent.filed()
    number = order["number"]
    services.store.labels.keep_issues([LabelIssue(number, "市公安局", "市城管局", 0.1, 0.8)], "r2", services.now())
    return call, number


def test_a_doubtful_label_is_shown_masked_and_goes_when_it_is_reviewed(agent, service, doubted):
    call, number = doubted
    evaluator = service("pinggu01")
    shown = evaluator.get("/api/label-issues")
    assert (shown["raised"], shown["reviewed"]) == (1, 0)
    (issue,) = shown["issues"]
    assert (issue["number"], issue["given"], issue["likelier"]) == (number, "市公安局", "市城管局")
    assert "138****5678" in issue["said"]
    review = {"review_id": "v1", "verdict": "amend", "department": "市城管局", "reason": "路灯"}
    first = evaluator.post(f"/api/work-orders/{number}/label-review", review)
    assert evaluator.post(f"/api/work-orders/{number}/label-review", review) == first
    assert evaluator.get("/api/label-issues") == {"raised": 1, "reviewed": 1, "issues": []}
    events = agent.get(f"/api/calls/{call}/events")["events"]
    assert [e["data"]["department"] for e in events if e["name"] == "label_reviewed"] == ["市城管局"]
    assert agent.get(f"/api/calls/{call}")["appeals"][0]["dispatched"] is None


@pytest.mark.parametrize(
    ("review", "status"),
    [
        ({"verdict": "amend", "department": "没有的局"}, 404),
        ({"verdict": "amend"}, 422),
        ({"verdict": "reject", "department": "市城管局"}, 422),
        ({"verdict": "perhaps"}, 422),
        ({"verdict": "accept", "department": "旧城建局"}, 200),
        ({"verdict": "reject"}, 200),
    ],
)
def test_a_review_names_a_department_or_says_that_nobody_can_tell(service, doubted, review, status):
    service("pinggu01").post(f"/api/work-orders/{doubted[1]}/label-review", {"review_id": "v1", **review}, status)


def test_one_review_id_is_one_review(service, doubted):
    path = f"/api/work-orders/{doubted[1]}/label-review"
    service("pinggu01").post(path, {"review_id": "v1", "verdict": "reject"})
    service("pinggu01").post(path, {"review_id": "v1", "verdict": "accept", "department": "市公安局"}, 409)
    service("pinggu01").post(path, {"review_id": "v2", "verdict": "accept", "department": "市公安局"})


def test_only_an_evaluator_reviews_labels(agent, service, doubted):
    for desk in (agent, service("paidan01")):
        desk.get("/api/label-issues", 403)
        desk.post(f"/api/work-orders/{doubted[1]}/label-review", {"review_id": "v1", "verdict": "reject"}, 403)
