"""Coverage as a pane of the desk: computed aside, since nobody waits for it but whoever looks, and kept for a while."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request

from api.article_service import DeskDep, KnowledgeEditor
from api.dependencies import ServicesDep, WorkersDep, answers
from evaluation.retrieval.coverage import DAYS, coverage, first_day, nearest_by
from knowledge_base.retriever import Retriever

router = APIRouter(prefix="/api", tags=["articles"])

KEPT_FOR = timedelta(minutes=10)

_USE = {
    "article_id": "residence-permit",
    "title": "云川市居住证办理规定",
    "owner": "市公安局",
    "shown": 41,
    "adopted": 30,
    "edited": 2,
    "rejected": 1,
    "by_hand": 3,
    "missed": 2,
}
_COVERAGE: dict[str, Any] = {
    "first": "2026-08-25",
    "last": "2026-11-22",
    "calls": 5120,
    "questions": 3011,
    "answered": 2290,
    "answered_by_hand": 140,
    "clusters": [
        {
            "question": "共享单车乱停放归谁管",
            "size": 17,
            "outcomes": {"silent": 15, "unused": 2},
            "department": "市城市管理局",
            "first": "2026-09-02",
            "last": "2026-11-20",
            "examples": ["共享单车乱停放归谁管", "小区门口的共享单车找谁"],
            "nearest": {"article_id": "parking-illegal", "title": "云川市机动车停放管理规定"},
        }
    ],
    "found_by_hand": [{**_USE, "questions": ["暂住证丢了怎么补"]}],
    "used": [_USE],
    "never_adopted": [],
    "never_shown": [],
}


class KeptCoverage:
    """The last figures of each period. ``now`` tells how old they are."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[datetime, dict[str, Any]]] = {}

    def of(self, days: int, now: datetime, compute: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Figures of ``days`` days, at most ten minutes old."""
        kept = self._kept.get(days)
        if kept is None or now - kept[0] > KEPT_FOR:
            kept = now, compute()
            fresh = {period: one for period, one in self._kept.items() if now - one[0] <= KEPT_FOR}
            self._kept = {**fresh, days: kept}
        return kept[1]


@router.get("/article-coverage", summary="What the knowledge base lacks", responses=answers(_COVERAGE, 403))
async def covered(
    request: Request,
    _: KnowledgeEditor,
    services: ServicesDep,
    desk: DeskDep,
    workers: WorkersDep,
    days: Annotated[int, Query(ge=1, le=366)] = DAYS,
) -> dict[str, Any]:
    """Questions without a good answer in groups, articles never adopted or shown; masked, at most ten minutes old.

    ``found_by_hand`` are articles that agents adopted from searches; ``missed`` of them were on no card. As
    ``hotline evaluate coverage`` has it.
    """
    last, kept = services.today, request.app.state.coverage
    first = first_day(last, days)

    def compute() -> dict[str, Any]:
        library = desk.library(last)
        embed = None if services.embedder is None else services.embedder.embed_queries
        ranker = services.retriever if isinstance(services.retriever, Retriever) else None
        nearest = None if ranker is None else nearest_by(ranker, library, last)
        return coverage(services.store.asked.between(first, last), library, first, last, embed, nearest).as_json()

    found: dict[str, Any] = await workers.aside(lambda: kept.of(days, services.now(), compute))
    return found
