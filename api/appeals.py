"""The appeals of a call, arranged by hand: split, merge, move; and the answer to "is this another matter?"."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from api.dependencies import Agent, RoomsDep, answers
from api.schemas import NewRearrangement, StillTheSame
from copilot.events import AnotherMatterDeclined
from copilot.rearranging import Wish

router = APIRouter(prefix="/api/calls", tags=["calls"])

CallId = Annotated[str, Path(max_length=64)]


@router.post(
    "/{call_id}/rearrangements",
    status_code=201,
    summary="Split an appeal, merge two, or move words",
    responses=answers({"seq": 12, "appeal_id": "1", "into": "2"}, 403, 404, 409, 503, status=201),
)
async def rearrange(call_id: CallId, wanted: NewRearrangement, agent: Agent, rooms: RoomsDep) -> dict[str, Any]:
    """Undecided suggestions of both appeals are withdrawn and made again. The same ``change_id`` answers the same."""
    wish = Wish(by=agent.name, **wanted.model_dump())
    async with rooms.call(call_id) as call:
        seq, change = await call.room.rearrange(wish)
    return {"seq": seq, "appeal_id": change.appeal_id, "into": change.into}


@router.post(
    "/{call_id}/hints/{hint_id}/decline",
    summary="It is still the same matter",
    responses=answers({"seq": 12}, 403, 404, 409, 503),
)
async def decline(
    call_id: CallId,
    hint_id: Annotated[str, Path(max_length=64)],
    wanted: StillTheSame,
    agent: Agent,
    rooms: RoomsDep,
) -> dict[str, Any]:
    """The copilot does not ask about that department again in this appeal. To follow a hint, split with its id."""
    answer = AnotherMatterDeclined(wanted.decision_id, hint_id, agent.name)
    async with rooms.call(call_id) as call:
        await call.room.decline(answer)
        return {"seq": call.room.seq}
