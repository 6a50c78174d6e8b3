"""Searching the library by hand in a call, and taking back what was adopted.

The words that are looked for may be the citizen's: they travel in the body, never in an address that a proxy logs.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path

from api import wire
from api.card_schemas import NewLookup, NewSearch, NewTakeBack
from api.dependencies import Agent, AnyAccount, RoomsDep, ServicesDep, WorkersDep, answers
from api.errors import Unavailable
from api.services import Services
from api.workers import Workers
from copilot.card_events import AnswerTakenBack, LibrarySearched
from copilot.hand_search import Listed, look_up

router = APIRouter(prefix="/api", tags=["calls"])

CallId = Annotated[str, Path(max_length=64)]
DecisionId = Annotated[str, Path(max_length=64)]

_FOUND = {
    "seq": 12,
    "search": {
        "search_id": "q-1",
        "appeal_id": "1",
        "query": "居主证 工本费",
        "read_as": "居住证 工本费",
        "by": "zuoxi01",
        "results": [{"probability": 0.91, "citation": {"passage_id": "permit#2", "title": "云川市居住证管理办法"}}],
    },
}


@router.post("/calls/{call_id}/searches", summary="Search the library", responses=answers(_FOUND, 403, 404, 409, 503))
async def search(
    call_id: CallId, wanted: NewSearch, agent: Agent, rooms: RoomsDep, services: ServicesDep, workers: WorkersDep
) -> dict[str, Any]:
    """What holds on the day of the call, where the caller is, for staff. The same ``search_id`` answers the same.

    To adopt a passage, send its citation with the ``search_id`` as an amendment of ``answer`` without a suggestion;
    where it asks for a case, with the label of that as ``case``.
    """
    async with rooms.call(call_id) as call:
        state = call.room.session.state
        known = state.searches.get(wanted.search_id)
        event = LibrarySearched(wanted.search_id, wanted.appeal_id, wanted.query, (), agent.name, {})
        if known is None and wanted.appeal_id in state.appeals:
            day, area = state.day_at(services.now()), state.area_of(wanted.appeal_id)
            found = await _found(services, workers, wanted.query, day, area)
            versions = services.retriever.versions if services.retriever is not None else {}
            event = replace(event, results=found.results, versions=versions, read_as=found.read_as)
        await call.room.look_up(event)
        # Of two at once, the one that was first; this one where nobody can read it back just now.
        recorded = call.room.session.state.searches.get(wanted.search_id, event)
        return {"seq": call.room.seq, "search": wire.masked(recorded)}


@router.post(
    "/knowledge/lookups",
    summary="Search the library without a call",
    responses=answers({"results": [], "read_as": ""}, 503),
)
async def look_up_alone(wanted: NewLookup, _: AnyAccount, services: ServicesDep, workers: WorkersDep) -> dict[str, Any]:
    """What holds today in the whole city, in the form of a search in a call; it is in no journal."""
    found = await _found(services, workers, wanted.query, services.today, services.gazetteer.city)
    return {"results": [wire.masked(one) for one in found.results], "read_as": wire.masked(found.read_as)}


async def _found(services: Services, workers: Workers, query: str, day: date, area: str | None) -> Listed:
    """The passages, and what else was looked up. No turn of the call is held: cards and transcript go on."""
    retriever = services.retriever
    if retriever is None:
        raise Unavailable("There is no search index. Build one with `hotline kb index`.")
    library = services.knowledge.current if services.knowledge is not None else None
    sources, names = services.copilot.sources, services.copilot.typed
    find = partial(look_up, retriever, library, query, day=day, area=area, sources=sources, names=names)
    return await workers.compute(find)


@router.post(
    "/calls/{call_id}/answers/{decision_id}/take-back",
    summary="Take an adopted answer back",
    responses=answers({"seq": 12}, 403, 404, 409, 503),
)
async def take_back(
    call_id: CallId, decision_id: DecisionId, wanted: NewTakeBack, agent: Agent, rooms: RoomsDep
) -> dict[str, Any]:
    """It leaves the work order, until that is filed; the journal keeps that it was adopted and taken back."""
    event = AnswerTakenBack(wanted.take_back_id, wanted.appeal_id, decision_id, agent.name)
    async with rooms.call(call_id) as call:
        await call.room.take_back(event, edited=wanted.edited)
        return {"seq": call.room.seq}
