"""The dispatcher's queue: orders by urgency and age, each with the router's ranking, and their routing."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query

from api import wire
from api.dependencies import Dispatcher, OrderReader, RoomsDep, ServicesDep, WorkersDep, answers
from api.schemas import NewRouting
from copilot.dispatch import Routing, decide_routing
from copilot.store import OrderDetail, OrderRow
from copilot.suggestion import Verdict
from copilot.work_order import OrderStatus

router = APIRouter(prefix="/api/work-orders", tags=["work orders"])

Number = Annotated[str, Path(max_length=32)]

_ORDER: dict[str, Any] = {
    "number": "YC-20261122-0001",
    "call_id": "c-20261122-9f3a61",
    "appeal_id": "1",
    "kind": "咨询",
    "title": "咨询居住证办理材料",
    "summary": "市民租住临湖区望湖街道，咨询办理居住证所需材料。",
    "department": "市公安局",
    "co_departments": [],
    "place": {"district": "临湖区", "street": "望湖街道", "detail": ""},
    "occurred": "",
    "urgency": "一般",
    "flagged": [],
    "filed_by": "zuoxi01",
    "filed_at": "2026-11-22T02:15:00+00:00",
    "status": "filed",
    "ranking": {
        "slot": "department",
        "choices": [
            {"value": "市公安局", "probability": 0.83, "reasons": [{"kind": "duty", "text": "居住证", "source": ""}]}
        ],
        "versions": {"router": "3f2a9c"},
        "abstained": False,
    },
    "dispatched": None,
}


def _described(row: OrderRow) -> dict[str, Any]:
    described: dict[str, Any] = wire.masked(row)
    return described


def _in_full(detail: OrderDetail) -> dict[str, Any]:
    return {
        **_described(detail.row),
        "order": wire.masked(detail.order),
        "transcript": [wire.masked(utterance) for utterance in detail.transcript],
        "flags": [wire.masked(flag) for flag in detail.flags],
    }


@router.get("", summary="The queue", responses=answers({"orders": [_ORDER]}, 403))
async def queue(
    _: OrderReader,
    services: ServicesDep,
    workers: WorkersDep,
    status: Annotated[Literal["filed", "dispatched", "all"], Query()] = "filed",
    limit: Annotated[int, Query(ge=1, le=2000)] = 500,
) -> dict[str, Any]:
    """Most urgent first, then the oldest. An appeal flagged as an emergency counts as one until a person says."""
    wanted = None if status == "all" else OrderStatus(status)
    return {
        "orders": await workers.quick(
            lambda: [_described(row) for row in services.store.queries.work_orders(wanted, limit)]
        )
    }


@router.get("/{number}", summary="One order in full", responses=answers(_ORDER, 403, 404))
async def work_order(number: Number, _: OrderReader, services: ServicesDep, workers: WorkersDep) -> dict[str, Any]:
    """The row of the queue, ``order`` with each value's decision, ``transcript`` and ``flags`` of its appeal."""
    return await workers.quick(lambda: _in_full(services.store.queries.work_order(number)))


@router.post("/{number}/routing", summary="Confirm or change the department", responses=answers(_ORDER, 403, 404, 409))
async def route(
    number: Number,
    wanted: NewRouting,
    dispatcher: Dispatcher,
    services: ServicesDep,
    rooms: RoomsDep,
    workers: WorkersDep,
) -> dict[str, Any]:
    """``accept`` keeps the agent's department; ``amend`` names another and says why. The order goes out with it."""
    routing = Routing(wanted.decision_id, Verdict(wanted.verdict), dispatcher.name, wanted.department, wanted.reason)
    detail = await workers.quick(lambda: services.store.queries.work_order(number))
    async with rooms.call(detail.row.call_id) as call:
        await call.room.at_desk(
            lambda: decide_routing(
                services.store.journal,
                services.catalogue,
                detail.row.call_id,
                number,
                routing,
                services.now(),
                services.today,
            ),
            from_outside=True,
        )
    return await workers.quick(lambda: _in_full(services.store.queries.work_order(number)))
