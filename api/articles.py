"""Articles of the knowledge base (知识): drafted by one editor, checked by another, published, withdrawn.

Knowledge editors and administrators do it; nobody checks what they helped to make.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from api.article_schemas import (
    Correction,
    NewArticle,
    NewFields,
    NewVersion,
    Refusal,
    Submission,
    Withdrawal,
)
from api.article_service import ArticleCounterDep, KnowledgeEditor, on_the_wire, tallied
from api.dependencies import answers
from api.review_schemas import Step
from copilot.articles.shelf import Shelved, Standing
from copilot.codec import to_plain
from copilot.store import Seen

router = APIRouter(prefix="/api", tags=["articles"])

ArticleId = Annotated[str, Path(min_length=1, max_length=80)]
Number = Annotated[int, Path(ge=1)]

_VERSION: dict[str, Any] = {
    "article_id": "residence-permit",
    "number": 2,
    "state": "review",
    "origin": "edited",
    "base": 1,
    "revision": 3,
    "digest": "5f0c2a9be114",
    "title": "云川市居住证办理规定",
    "owner": "市公安局",
    "note": "工本费取消",
    "publish_on": "2027-01-01",
    "made_by": "bianji01",
    "made_at": "2026-11-22T02:15:00+00:00",
    "submitted_by": "bianji01",
    "submitted_at": "2026-11-22T02:31:00+00:00",
    "checked_by": None,
    "checked_at": None,
    "reason": "",
    "withdrawn_by": None,
    "withdrawn_at": None,
    "withdrawn_on": None,
}
_ROW: dict[str, Any] = {
    "article_id": "residence-permit",
    "title": "云川市居住证办理规定",
    "document_number": "云公规(2025)3号",
    "issuer": "云川市公安局",
    "owner": "市公安局",
    "area": "云川市",
    "secrecy": "public",
    "effective_from": "2025-03-01",
    "last_day": None,
    "standing": "in_force",
    "successor": "",
    "version": None,
    "open": _VERSION,
    "coming": None,
    "refused": None,
    "reports": 1,
}
_PIECES = [{"mark": "same", "text": "办理需要"}, {"mark": "deleted", "text": "十"}, {"mark": "inserted", "text": "五"}]
_DIFFERENCE: dict[str, Any] = {
    "fields": [{"field": "effective_to", "before": "", "after": "2027-12-31"}],
    "paragraphs": [{"mark": "same", "pieces": _PIECES}],
}
_FULL: dict[str, Any] = {
    "version": _VERSION,
    "content": {"title": "云川市居住证办理规定", "keywords": ["暂住证"], "text": "第一条 ……"},
    "faults": [{"message": "residence-permit (…) has no owner. …", "chinese": "……没有责任单位。"}],
    "concern": None,
    "difference": _DIFFERENCE,
    "edits": [{"revision": 1, "at": "2026-11-22T02:16:00+00:00", "by": "bianji01", "fields": {"effective_to": "…"}}],
    "passages": [{"passage_id": "residence-permit#1", "heading": "第一条", "text": "……"}],
}
_LIST: dict[str, Any] = {
    "today": "2026-11-22",
    "total": 1,
    "articles": [_ROW],
    "tally": {"in_force": 112, "draft": 2, "review": 1},
    "owners": {"市公安局": 7},
    "open_reports": 1,
    "reminders": 3,
    "problem": None,
}
_ARTICLE: dict[str, Any] = {"article": _ROW, "content": _FULL["content"], "versions": [_VERSION], "reports": []}


@router.get("/articles", summary="All articles as they stand today", responses=answers(_LIST, 403))
async def articles(
    _: KnowledgeEditor,
    counter: ArticleCounterDep,
    q: Annotated[str, Query(max_length=200, description="words of title, number, issuer, owner, area or id")] = "",
    owner: Annotated[str, Query(max_length=100)] = "",
    standing: Annotated[Standing | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> dict[str, Any]:
    """Drafts of what there is not yet come first. ``tally`` and ``owners`` count what the other filters let pass.

    ``problem`` says what keeps agents from finding articles as they are here: ``{"message","chinese"}``, or ``null``.
    """
    return await counter.ask(lambda: _listed(counter, q.split(), (owner, standing), limit, offset))


def _listed(
    counter: ArticleCounterDep, words: list[str], chosen: tuple[str, Standing | None], limit: int, offset: int
) -> dict[str, Any]:
    owner, standing = chosen
    reported = counter.reports.open_by("article_id")
    rows, ending = counter.desk.overview(counter.today)
    found = [row for row in rows if row.is_found_by(words)]
    of_owner = [row for row in found if not owner or row.owner == owner]
    shown = [row for row in of_owner if standing is None or row.is_in(standing)]
    return {
        "today": counter.today.isoformat(),
        "total": len(shown),
        "articles": [on_the_wire(row, reported) for row in shown[offset : offset + limit]],
        "tally": tallied(of_owner),
        "owners": _by_owner(found, standing),
        "open_reports": sum(reported.values()),
        "reminders": sum(reminder.needs_work for reminder in ending),
        "problem": counter.problem,
    }


def _by_owner(rows: list[Shelved], standing: Standing | None) -> dict[str, int]:
    counted: dict[str, int] = {}
    for row in rows:
        if standing is None or row.is_in(standing):
            counted[row.owner] = counted.get(row.owner, 0) + 1
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


@router.get(
    "/article-reminders",
    summary="Articles that end soon, and what follows them",
    responses=answers({"today": "2026-11-22", "reminders": [{"article_id": "trade-in", "days_left": 6}]}, 403),
)
async def ending(_: KnowledgeEditor, counter: ArticleCounterDep) -> dict[str, Any]:
    """Within 7, 30 or 60 days, and what ended within the last 30 without anything after it."""
    found = await counter.ask(lambda: counter.desk.reminders(counter.today))
    return {"today": counter.today.isoformat(), "reminders": [to_plain(reminder) for reminder in found]}


@router.get("/articles/{article_id}", summary="One article", responses=answers(_ARTICLE, 403, 404))
async def article(article_id: ArticleId, _: KnowledgeEditor, counter: ArticleCounterDep) -> dict[str, Any]:
    """As it counts today, with all its versions and what agents reported of it."""
    return await counter.ask(lambda: counter.described(article_id))


@router.get("/articles/{article_id}/versions/{number}", summary="One version", responses=answers(_FULL, 403, 404))
async def version(
    article_id: ArticleId, number: Number, _: KnowledgeEditor, counter: ArticleCounterDep
) -> dict[str, Any]:
    """Its content, what it changes, who edited what, what would be quoted, and the faults of a draft."""
    return await counter.ask(lambda: counter.in_full(counter.desk.articles.get(article_id, number)))


@router.get(
    "/articles/{article_id}/versions/{number}/difference",
    summary="What a version changes",
    responses=answers(_DIFFERENCE, 403, 404),
)
async def difference(
    article_id: ArticleId,
    number: Number,
    _: KnowledgeEditor,
    counter: ArticleCounterDep,
    against: Annotated[int | None, Query(ge=1, description="default the version it began from")] = None,
) -> dict[str, Any]:
    """Field by field, and the text by paragraph, sentence and character."""
    found = await counter.ask(lambda: counter.desk.difference(article_id, number, against))
    described: dict[str, Any] = to_plain(found)
    return described


@router.post(
    "/article-drafts", status_code=201, summary="Begin a new article", responses=answers(_FULL, 403, 409, status=201)
)
async def begin_new(wanted: NewArticle, maker: KnowledgeEditor, counter: ArticleCounterDep) -> dict[str, Any]:
    """``409`` where there is an article of that id, or of the id that follows from its number or title."""
    return await counter.take(
        lambda: counter.desk.begin_new(
            wanted.fields,
            maker.name,
            counter.now,
            counter.today,
            article_id=wanted.article_id or "",
            said=wanted.note,
        )
    )


@router.post(
    "/articles/{article_id}/versions",
    status_code=201,
    summary="Begin a version",
    responses=answers(_FULL, 403, 404, 409, status=201),
)
async def begin(
    article_id: ArticleId, wanted: NewVersion, maker: KnowledgeEditor, counter: ArticleCounterDep
) -> dict[str, Any]:
    """One at a time for each article: ``409`` names who is making one already."""
    return await counter.take(
        lambda: counter.desk.begin(
            article_id, maker.name, counter.now, counter.today, said=wanted.note, copy_of=wanted.copy_of
        )
    )


def _address(step: str) -> str:
    return f"/articles/{{article_id}}/versions/{{number}}/{step}"


@router.post(_address("edits"), summary="Edit a draft", responses=answers(_FULL, 403, 404, 409))
async def edit(
    article_id: ArticleId, number: Number, wanted: NewFields, maker: KnowledgeEditor, counter: ArticleCounterDep
) -> dict[str, Any]:
    """All fields or none. ``409`` where somebody else edited it meanwhile: load it again and look."""
    seen = Seen(article_id, number, wanted.revision)
    return await counter.take(lambda: counter.desk.edit(seen, wanted.fields, maker.name, counter.now))


@router.post(
    _address("corrected"), summary="Answer for a draft of what was wrong", responses=answers(_FULL, 403, 404, 409)
)
async def corrected(
    article_id: ArticleId, number: Number, wanted: Correction, maker: KnowledgeEditor, counter: ArticleCounterDep
) -> dict[str, Any]:
    """A draft that rests on a version withdrawn as wrong is submitted only after this; the checker reads the note."""
    seen = Seen(article_id, number, wanted.revision)
    return await counter.take(lambda: counter.desk.confirm_corrected(seen, wanted.note, maker.name, counter.now))


@router.post(_address("submit"), summary="Ask for a check", responses=answers(_FULL, 403, 404, 409))
async def submit(
    article_id: ArticleId, number: Number, wanted: Submission, maker: KnowledgeEditor, counter: ArticleCounterDep
) -> dict[str, Any]:
    """Refused with every fault of the draft, one a line."""
    seen = Seen(article_id, number, wanted.revision)
    day: date | None = wanted.publish_on
    return await counter.take(
        lambda: counter.desk.submit(seen, day, maker.name, counter.now, counter.today, wanted.note)
    )


@router.post(_address("approve"), summary="Publish it", responses=answers({**_FULL, "searchable": True}, 403, 404, 409))
async def approve(
    article_id: ArticleId, number: Number, wanted: Step, checker: KnowledgeEditor, counter: ArticleCounterDep
) -> dict[str, Any]:
    """Searches find it when this is answered, from its day on. ``403`` for whoever helped to make it."""
    seen = Seen(article_id, number, wanted.revision)
    return await counter.publish(lambda: counter.desk.approve(seen, checker.name, counter.now, counter.today))


@router.post(_address("refuse"), summary="Refuse it", responses=answers(_FULL, 403, 404, 409))
async def refuse(
    article_id: ArticleId, number: Number, wanted: Refusal, checker: KnowledgeEditor, counter: ArticleCounterDep
) -> dict[str, Any]:
    """Its maker can begin again from it, and reads the reason."""
    seen = Seen(article_id, number, wanted.revision)
    return await counter.take(lambda: counter.desk.articles.refuse(seen, checker.name, counter.now, wanted.reason))


@router.post(_address("take-back"), summary="Edit it again", responses=answers(_FULL, 403, 404, 409))
async def take_back(
    article_id: ArticleId, number: Number, wanted: Step, maker: KnowledgeEditor, counter: ArticleCounterDep
) -> dict[str, Any]:
    """A version in review becomes a draft again."""
    seen = Seen(article_id, number, wanted.revision)
    return await counter.take(lambda: counter.desk.articles.take_back(seen, maker.name, counter.now))


@router.post(_address("discard"), summary="Give a draft up", responses=answers(_FULL, 403, 404, 409))
async def discard(
    article_id: ArticleId, number: Number, wanted: Step, maker: KnowledgeEditor, counter: ArticleCounterDep
) -> dict[str, Any]:
    """It stays readable, and a new draft may begin as its copy."""
    seen = Seen(article_id, number, wanted.revision)
    return await counter.take(lambda: counter.desk.articles.discard(seen, maker.name, counter.now))


@router.post(
    "/articles/{article_id}/withdraw",
    summary="Withdraw an article",
    responses=answers({**_FULL, "searchable": True}, 403, 404, 409),
)
async def withdraw(
    article_id: ArticleId, wanted: Withdrawal, editor: KnowledgeEditor, counter: ArticleCounterDep
) -> dict[str, Any]:
    """At once, and by one person: what is wrong must not be shown while somebody waits for a check."""
    return await counter.publish(
        lambda: counter.desk.withdraw(
            article_id,
            editor.name,
            counter.now,
            counter.today,
            wanted.reason,
            wanted.number or 0,
            wanted.because,
        )
    )
