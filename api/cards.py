"""Answer cards beside being decided: taken in hand, narrowed to a case, reported as out of date."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from api.card_schemas import NewCase, NewReport, NewTouch
from api.dependencies import Agent, RoomsDep, answers
from copilot.card_events import CardTouched, CaseChosen
from copilot.cards_in_hand import Complaint

router = APIRouter(prefix="/api/calls", tags=["calls"])

CallId = Annotated[str, Path(max_length=64)]
CardId = Annotated[str, Path(max_length=64)]

_DONE = {"seq": 12}


@router.post(
    "/{call_id}/cards/{suggestion_id}/touch",
    summary="Take a card in hand",
    responses=answers(_DONE, 403, 404, 409, 503),
)
async def touch(
    call_id: CallId, suggestion_id: CardId, wanted: NewTouch, agent: Agent, rooms: RoomsDep
) -> dict[str, Any]:
    """From then on the copilot neither moves nor withdraws it. The same ``touch_id`` again changes nothing."""
    event = CardTouched(wanted.touch_id, wanted.appeal_id, suggestion_id, wanted.act, agent.name)
    async with rooms.call(call_id) as call:
        await call.room.touch(event)
        return {"seq": call.room.seq}


@router.post(
    "/{call_id}/cards/{suggestion_id}/case",
    summary="Say which case is the citizen's",
    responses=answers(_DONE, 403, 404, 409, 422, 503),
)
async def choose(
    call_id: CallId, suggestion_id: CardId, wanted: NewCase, agent: Agent, rooms: RoomsDep
) -> dict[str, Any]:
    """Accepting the card then takes the passage of that case. The same ``choice_id`` again changes nothing."""
    event = CaseChosen(wanted.choice_id, wanted.appeal_id, suggestion_id, wanted.case, agent.name)
    async with rooms.call(call_id) as call:
        await call.room.choose(event)
        return {"seq": call.room.seq}


@router.post(
    "/{call_id}/cards/{suggestion_id}/report",
    summary="Report a passage as out of date or wrong",
    responses=answers(_DONE, 403, 404, 409, 503),
)
async def report(
    call_id: CallId, suggestion_id: CardId, wanted: NewReport, agent: Agent, rooms: RoomsDep
) -> dict[str, Any]:
    """The card is rejected and goes; the owner's list gets the report. The same ``report_id`` changes nothing."""
    complaint = Complaint(
        wanted.report_id, wanted.appeal_id, suggestion_id, wanted.kind, by=agent.name, note=wanted.note
    )
    async with rooms.call(call_id) as call:
        await call.room.complain(complaint)
        return {"seq": call.room.seq}
