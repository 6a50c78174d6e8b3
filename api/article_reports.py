"""What agents reported from their cards as outdated or wrong: the list of each owner department."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from api.article_schemas import NewAnswer
from api.article_service import ArticleCounterDep, KnowledgeEditor
from api.dependencies import answers
from copilot.codec import to_plain

router = APIRouter(prefix="/api", tags=["articles"])

_REPORT: dict[str, Any] = {
    "call_id": "c-1",
    "report_id": "4b1c",
    "article_id": "residence-permit",
    "title": "云川市居住证办理规定",
    "passage_id": "residence-permit#3",
    "article_version": "5f0c2a9be114",
    "version": 2,
    "owner": "市公安局",
    "kind": "outdated",
    "note": "窗口说已经不收工本费",
    "by": "zuoxi01",
    "at": "2026-11-22T02:15:00+00:00",
    "answer": None,
}
_ANSWERED = {**_REPORT, "answer": {"outcome": "corrected", "note": "第 3 版已更正", "by": "bianji01", "at": "…"}}


@router.get(
    "/article-reports",
    summary="What agents reported",
    responses=answers({"reports": [_REPORT], "total": 1, "owners": {"市公安局": 1}}, 403),
)
async def reports(
    _: KnowledgeEditor,
    counter: ArticleCounterDep,
    owner: Annotated[str, Query(max_length=100, description="one department's")] = "",
    article_id: Annotated[str, Query(max_length=80)] = "",
    open_only: Annotated[bool, Query(alias="open")] = False,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> dict[str, Any]:
    """Open ones first, then the latest; ``total`` counts those on other pages too. Notes are masked.

    ``owners`` counts the open ones of each department.
    """

    def asked() -> dict[str, Any]:
        wanted = owner or None, article_id or None
        found = counter.reports.all(*wanted, open_only=open_only, limit=limit, offset=offset)
        total = counter.reports.count(*wanted, open_only=open_only)
        titles = counter.titles(report.article_id for report in found)
        described = [{**one, "title": titles[one["article_id"]]} for one in counter.reported(found)]
        return {"reports": described, "total": total, "owners": counter.reports.open_by("owner")}

    return await counter.ask(asked)


@router.post(
    "/article-reports/{call_id}/{report_id}/answer",
    summary="Say what came of a report",
    responses=answers(_ANSWERED, 403, 404, 409),
)
async def answer(
    call_id: Annotated[str, Path(max_length=64)],
    report_id: Annotated[str, Path(max_length=64)],
    wanted: NewAnswer,
    editor: KnowledgeEditor,
    counter: ArticleCounterDep,
) -> dict[str, Any]:
    """Once; ``right`` needs a note that says why."""
    answered = await counter.ask(
        lambda: counter.reports.answer(call_id, report_id, wanted.outcome, wanted.note, editor.name, counter.now)
    )
    described: dict[str, Any] = to_plain(answered)
    return described
