"""Calls: begin, look at, decide, file, end. What is heard goes over the socket of :mod:`api.live`."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from api import wire
from api.dependencies import Agent, Reader, RoomsDep, ServicesDep, WorkersDep, answers
from api.recordings import find_recording
from api.schemas import NewCall, NewDecision, NewWorkOrder
from api.services import Services
from copilot.appeal import Category
from copilot.call import Call, Speaker
from copilot.codec import slot_value
from copilot.dispatch_rules import ask_before_pushing_down
from copilot.errors import BadInput, NotFound
from copilot.masking import STAR, restore
from copilot.state import AppealState, CallState
from copilot.suggestion import Citation, Decision, Slot, Verdict

router = APIRouter(prefix="/api/calls", tags=["calls"])

CallId = Annotated[str, Path(max_length=64)]

_MASKED = STAR * 2
_CALL = {
    "call_id": "c-20261122-9f3a61",
    "channel": "telephone",
    "agent": "zuoxi01",
    "day": "2026-11-22",
    "area": "云川市",
    "recording": "",
}
_EVENT = {
    "type": "event",
    "seq": 3,
    "at": "2026-11-22T02:11:09.120000+00:00",
    "name": "utterance_heard",
    "data": {
        "utterance": {
            "utterance_id": "u1",
            "speaker": "citizen",
            "text": "办居住证都要带什么材料",
            "start": 5.9,
            "end": 11.2,
            "appeal_id": "1",
        }
    },
}
_STATE = {
    "call": _CALL,
    "seq": 7,
    "ended": False,
    "heard_until": {"citizen": 11.2, "agent": 5.3},
    "urgent": [],
    "current_appeal": "1",
    "utterances": [_EVENT["data"]],
    "appeals": [{"appeal_id": "1", "open": {}, "confirmed": {}, "answers": {}, "rejected": [], "order": None}],
}


@router.post(
    "",
    status_code=201,
    summary="Answer the telephone, or play a recording",
    responses=answers({**_CALL, "seq": 2}, 403, status=201),
)
async def begin(
    wanted: NewCall, agent: Agent, services: ServicesDep, rooms: RoomsDep, workers: WorkersDep
) -> dict[str, Any]:
    """A new call of the agent who is logged in. Its sound comes over ``WS /api/calls/{call_id}/live``."""
    if wanted.recording:
        await workers.quick(lambda: find_recording(services.recordings, wanted.recording))
    call = Call(
        call_id=f"c-{services.today:%Y%m%d}-{secrets.token_hex(6)}",
        channel=wanted.channel,
        agent=agent.name,
        day=services.today,
        area=_area(services, wanted.district),
        recording=wanted.recording,
    )
    room = await rooms.begin(call)
    return {**wire.masked(room.call), "seq": room.seq}


def _area(services: Services, district: str) -> str:
    known = [d.name for d in services.gazetteer.districts]
    if district and district not in known:
        raise BadInput(f"The city has no such district. Choose one of {'、'.join(known)}, or leave it empty.")
    return services.gazetteer.area(district or None)


@router.get("", summary="The latest calls", responses=answers({"calls": [_CALL]}, 403))
async def latest(
    _: Reader, services: ServicesDep, workers: WorkersDep, limit: Annotated[int, Query(ge=1, le=500)] = 50
) -> dict[str, Any]:
    """Latest first, with how many appeals each has, its emergencies and its orders."""
    rows = await workers.quick(lambda: services.store.queries.calls(limit))
    return {"calls": [wire.masked(row) for row in rows]}


@router.get("/{call_id}", summary="A call as it stands", responses=answers(_STATE, 403, 404))
async def state(call_id: CallId, _: Reader, services: ServicesDep, workers: WorkersDep) -> dict[str, Any]:
    """Folded from the journal, so it is true after a crash as well."""
    return await workers.quick(lambda: _described(CallState.of(services.store.journal.read(call_id)), call_id))


def _described(found: CallState, call_id: str) -> dict[str, Any]:
    if found.call is None:
        raise NotFound(f"There is no call {call_id}. Start one first.")
    return {
        "call": wire.masked(found.call),
        "seq": found.seq,
        "ended": found.ended,
        "heard_until": {speaker.value: round(found.heard_until(speaker), 3) for speaker in Speaker},
        "urgent": sorted(found.urgent),
        "current_appeal": found.current_appeal,
        "utterances": wire.transcript(found.utterances),
        "appeals": [_appeal(found, appeal) for appeal in found.appeals.values()],
        "hints": [wire.masked(hint) for hint in found.open_hints()],
    }


def _appeal(found: CallState, appeal: AppealState) -> dict[str, Any]:
    described: dict[str, Any] = wire.masked(appeal)
    order = appeal.order
    return {**described, "dispatched": found.dispatched.get(order.number) if order else None}


@router.get("/{call_id}/events", summary="What happened in a call", responses=answers({"events": [_EVENT]}, 403, 404))
async def events(
    call_id: CallId,
    _: Reader,
    services: ServicesDep,
    workers: WorkersDep,
    after: Annotated[int, Query(ge=0)] = 0,
) -> dict[str, Any]:
    """The journal after ``after``, in the form in which the socket sends it."""

    def read() -> list[dict[str, Any]]:
        recorded = services.store.journal.read(call_id, after)
        # What was said before tells which digits end a number.
        whole = services.store.journal.read(call_id) if after or not recorded else recorded
        if not whole:
            raise NotFound(f"There is no call {call_id}. Start one first.")
        return list(wire.event_frames(whole, after)) if recorded else []

    return {"events": await workers.quick(read)}


@router.post(
    "/{call_id}/appeals",
    status_code=201,
    summary="Open a further appeal",
    responses=answers({"appeal_id": "2", "seq": 9}, 403, 404, 409, status=201),
)
async def open_appeal(call_id: CallId, _: Agent, rooms: RoomsDep) -> dict[str, Any]:
    """The citizen turned to another matter: what is said from now on belongs to it."""
    async with rooms.call(call_id) as call:
        seq, appeal_id = await call.room.open_appeal()
    return {"appeal_id": appeal_id, "seq": seq}


@router.post(
    "/{call_id}/decisions",
    summary="Accept, amend or reject",
    responses=answers({"seq": 9, "decision": {"decision_id": "0d0c3b5e", "verdict": "accept"}}, 403, 404, 409, 503),
)
async def decide(
    call_id: CallId, wanted: NewDecision, agent: Agent, rooms: RoomsDep, services: ServicesDep
) -> dict[str, Any]:
    """What is answered is in the journal and survives any crash. The same ``decision_id`` again answers the same."""
    decision = Decision(
        decision_id=wanted.decision_id,
        appeal_id=wanted.appeal_id,
        slot=wanted.slot,
        verdict=wanted.verdict,
        suggestion_id=wanted.suggestion_id,
        value=_value(wanted, services),
        by=agent.name,
        reason=wanted.reason,
    )
    async with rooms.call(call_id) as call:
        decision = replace(decision, value=_behind_the_mask(decision, call.room.session.state))
        if decision.slot is Slot.DEPARTMENT and decision.verdict is Verdict.AMEND:
            async with call.room.turn:  # while another thread adds to what was said and proposed, it cannot be read
                _hold_up_a_push_down(decision, call.room.session.state, services)
        seq, recorded = await call.room.decide(decision)
    return {"seq": seq, "decision": wire.masked(recorded)}


def _value(wanted: NewDecision, services: Services) -> Any:
    """Only an amendment carries a value; a department must be one of the catalogue, a number must be whole."""
    if wanted.verdict is not Verdict.AMEND or wanted.value is None:
        return None
    value = slot_value(wanted.slot, wanted.value)
    if wanted.slot is Slot.TELEPHONE and "*" in value:
        raise BadInput("That number is masked. Accept the suggestion to keep the number behind it, or type it whole.")
    if wanted.slot is Slot.DEPARTMENT:
        return known_department(services, value)
    if wanted.slot is Slot.CATEGORY:
        return known_category(services, value.code)
    if wanted.slot is Slot.CO_DEPARTMENTS:
        return tuple(known_department(services, name) for name in value if name.strip())
    return value.strip() if isinstance(value, str) and type(value) is str else value


def _hold_up_a_push_down(decision: Decision, state: CallState, services: Services) -> None:
    """A street or town that nobody suggested needs a reason. Raises BadInput without one."""
    if decision.decision_id in state.decisions or decision.appeal_id not in state.appeals:
        return
    appeal = state.appeals[decision.appeal_id]
    offered = [choice.value for made in appeal.open_for(Slot.DEPARTMENT).values() for choice in made.choices]
    catalogue = services.catalogue
    wanted = catalogue.find(decision.value)
    if wanted is None or wanted.name in offered:
        return
    confirmed = appeal.confirmed.get(Slot.DEPARTMENT)
    present = confirmed.value if confirmed is not None else next(iter(offered), "")
    matter = state.situation(appeal.appeal_id).citizen_text
    ask_before_pushing_down(catalogue, matter, present, wanted, decision.reason, services.today)


def _behind_the_mask(decision: Decision, state: CallState) -> Any:
    """The amended value with what the wire had masked put back, and a citation with nothing changed but its quote.

    Raises BadInput where stars remain that cover nothing known, or where an answer is not one that was suggested.
    """
    value = decision.value
    made = state.suggestions.get(decision.suggestion_id or "")
    if isinstance(value, Citation):
        if made is None and value.search_id:  # found by hand: the session quotes it as the search brought it
            return value
        if made is None or not isinstance(made.suggestion.best.value, Citation):
            raise BadInput("An answer is quoted from the library. Amend one that was suggested, or reject it.")
        return replace(made.suggestion.best.value, quote=value.quote, highlight=())
    if type(value) is not str or _MASKED not in value:
        return value
    confirmed = state.appeals[decision.appeal_id].confirmed if decision.appeal_id in state.appeals else {}
    before = made.suggestion.best.value if made is not None else getattr(confirmed.get(decision.slot), "value", "")
    value = restore(value, before) if isinstance(before, str) else value
    if _MASKED in value:
        raise BadInput("The text holds masked characters (**). Type out what they stand for, or leave them away.")
    return value


def known_department(services: Services, name: str) -> str:
    """The department's own name for a name or alias. Raises BadInput where orders cannot go to it."""
    found = services.catalogue.find(name.strip())
    if name.strip() and (found is None or not found.in_force_on(services.today)):
        raise BadInput("The catalogue has no such department today. Choose one of GET /api/departments.")
    return found.name if found else ""


def known_category(services: Services, code: str) -> Category:
    """The category of that code under the names of the taxonomy. Raises BadInput where there is none."""
    found = services.taxonomy.find(code)
    if found is None:
        raise BadInput("The taxonomy has no such category. Choose one of GET /api/taxonomy.")
    return Category(found.code, found.path)


@router.post(
    "/{call_id}/work-orders",
    status_code=201,
    summary="File the work order of an appeal",
    responses=answers(
        {"number": "YC-20261122-0001", "appeal_id": "1", "filed_by": "zuoxi01"}, 403, 404, 409, 503, status=201
    ),
)
async def file(call_id: CallId, wanted: NewWorkOrder, agent: Agent, rooms: RoomsDep) -> dict[str, Any]:
    """Made of confirmed values only: ``409 not_confirmed`` names those that nobody has confirmed yet."""
    async with rooms.call(call_id) as call:
        order = await call.room.file(wanted.appeal_id, wanted.request_id, agent.name)
    described: dict[str, Any] = wire.masked(order)
    return described


@router.post("/{call_id}/end", summary="End the call", responses=answers({"ended": True, "seq": 21}, 403, 404))
async def end(call_id: CallId, _: Agent, rooms: RoomsDep) -> dict[str, Any]:
    """After all sound that came was understood. Deciding and filing stay possible. Twice changes nothing."""
    async with rooms.call(call_id) as call:
        await call.ears.hang_up()
        return {"ended": call.room.ended, "seq": call.room.seq}
