"""The evaluator's look at labels that training doubts, and the last word on them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from api import wire
from api.dependencies import Evaluator, ServicesDep, WorkersDep, answers
from api.order_desk import OrderDeskDep
from api.schemas import NewLabelReview
from copilot.events import Recorded
from copilot.label_review import LabelReview, review_label
from copilot.store import OpenIssue
from copilot.suggestion import Verdict

router = APIRouter(prefix="/api", tags=["around"])

_ISSUE: dict[str, Any] = {
    "number": "YC-20261122-0001",
    "given": "市公安局",
    "likelier": "市住房和城乡建设局",
    "self_confidence": 0.04,
    "likelier_probability": 0.91,
    "alike": ["YC-20261121-0007 市住房和城乡建设局"],
    "day": "2026-11-22",
    "said": "想问一下租房合同去哪里备案",
    "title": "咨询租房合同备案",
    "summary": "市民咨询租房合同备案。",
    "routings": [],
    "router": "3f2a9c",
    "found_at": "2026-12-01T02:15:00+00:00",
}
_REVIEW = {"number": "YC-20261122-0001", "verdict": "amend", "department": "市住房和城乡建设局", "reason": ""}


@router.get(
    "/label-issues",
    summary="Labels that training doubts",
    responses=answers({"raised": 12, "reviewed": 3, "issues": [_ISSUE]}, 403),
)
async def label_issues(
    _: Evaluator, services: ServicesDep, workers: WorkersDep, limit: Annotated[int, Query(ge=1, le=500)] = 50
) -> dict[str, Any]:
    """Those that the latest training from the journal raised and nobody has reviewed since, the gravest first."""

    def asked() -> dict[str, Any]:
        raised, reviewed = services.store.labels.issue_counts()
        issues = [_described(issue) for issue in services.store.labels.open_issues(limit)]
        return {"raised": raised, "reviewed": reviewed, "issues": issues}

    return await workers.quick(asked)


def _described(found: OpenIssue) -> dict[str, Any]:
    described: dict[str, Any] = wire.masked(found)
    return {**described.pop("issue"), **described}


@router.post(
    "/work-orders/{number}/label-review",
    summary="Say which department was right",
    responses=answers(_REVIEW, 403, 404, 409),
)
async def review(
    number: Annotated[str, Path(max_length=32)],
    wanted: NewLabelReview,
    evaluator: Evaluator,
    desk: OrderDeskDep,
) -> dict[str, Any]:
    """The order stays where it is; the next training learns from the review. A later review takes its place.

    ``accept``: ``department`` is right as it stood; ``amend``: it should have been it; ``reject``: nobody can tell.
    """
    given = LabelReview(wanted.review_id, Verdict(wanted.verdict), evaluator.name, wanted.department, wanted.reason)
    at = desk.services

    def record(call_id: str) -> list[Recorded]:
        return review_label(at.store.journal, at.catalogue, call_id, number, given, at.now())

    await desk.take(number, record)
    return {"number": number, "verdict": wanted.verdict, "department": wanted.department, "reason": wanted.reason}
