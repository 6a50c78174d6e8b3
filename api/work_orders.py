"""The dispatcher's queue: orders by urgency and age, each with the router's ranking, their routing and their return."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query

from api import wire
from api.dependencies import (
    AnyAccount,
    Dispatcher,
    OrderReader,
    PrecedentsDep,
    ServicesDep,
    WorkersDep,
    answers,
)
from api.order_desk import OrderDeskDep
from api.schemas import NewReturn, NewRouting
from copilot.codec import to_plain
from copilot.dispatch import Routing, decide_routing
from copilot.events import Recorded
from copilot.returns import OrderReturn, record_return, return_reasons
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
    "returned": None,
}
_REASON = {
    "code": "not_our_duty",
    "chinese": "不属本单位职责",
    "english": "Not our duty",
    "disputes_duty": True,
    "needs_words": False,
}


def _described(row: OrderRow) -> dict[str, Any]:
    described: dict[str, Any] = wire.masked(row)
    return described


def _in_full(detail: OrderDetail) -> dict[str, Any]:
    return {
        **_described(detail.row),
        "order": wire.masked(detail.order),
        "transcript": wire.transcript(detail.transcript),
        "flags": [wire.masked(flag) for flag in detail.flags],
        "routings": [wire.masked(sent) for sent in detail.routings],
    }


@router.get("", summary="The queue", responses=answers({"orders": [_ORDER]}, 403))
async def queue(
    _: OrderReader,
    services: ServicesDep,
    workers: WorkersDep,
    status: Annotated[Literal["filed", "dispatched", "returned", "all"], Query()] = "filed",
    limit: Annotated[int, Query(ge=1, le=2000)] = 500,
) -> dict[str, Any]:
    """Most urgent first, then the oldest. An appeal flagged as an emergency counts as one until a person says.

    ``filed`` are all orders that wait, and among them first (but for emergencies) those that a department sent back.
    """

    def asked() -> list[OrderRow]:
        if status == "filed":
            return services.store.queries.waiting_orders(limit)
        return services.store.queries.work_orders(None if status == "all" else OrderStatus(status), limit)

    return {"orders": await workers.quick(lambda: [_described(row) for row in asked()])}


@router.get("/return-reasons", summary="Why an order can come back", responses=answers({"reasons": [_REASON]}, 403))
async def reasons(_: AnyAccount) -> dict[str, Any]:
    """``disputes_duty``: the matter is not that department's. ``needs_words``: the return needs a reason in words."""
    return {"reasons": [to_plain(reason) for reason in return_reasons().values()]}


@router.get("/{number}", summary="One order in full", responses=answers(_ORDER, 403, 404))
async def work_order(number: Number, _: OrderReader, desk: OrderDeskDep) -> dict[str, Any]:
    """The row of the queue, ``order`` with each value's decision, ``transcript``, ``flags`` and all ``routings``."""
    return await desk.look(number, _in_full)


@router.post("/{number}/routing", summary="Confirm or change the department", responses=answers(_ORDER, 403, 404, 409))
async def route(
    number: Number, wanted: NewRouting, dispatcher: Dispatcher, desk: OrderDeskDep, precedents: PrecedentsDep
) -> dict[str, Any]:
    """``accept`` keeps the agent's department; ``amend`` names another and says why. The order goes out with it.

    An order that came back goes out again in the same way, and always with a reason.
    """
    routing = Routing(wanted.decision_id, Verdict(wanted.verdict), dispatcher.name, wanted.department, wanted.reason)
    at = desk.services

    def send(call_id: str) -> list[Recorded]:
        return decide_routing(at.store.journal, at.catalogue, call_id, number, routing, at.now(), at.today)

    await desk.take(number, send)
    precedents.wake()
    return await desk.look(number, _in_full)


@router.post("/{number}/return", summary="A department sent the order back", responses=answers(_ORDER, 403, 404, 409))
async def send_back(
    number: Number, wanted: NewReturn, dispatcher: Dispatcher, desk: OrderDeskDep, precedents: PrecedentsDep
) -> dict[str, Any]:
    """The order waits in the queue again, with the reason, until it is routed anew."""
    given = OrderReturn(wanted.return_id, wanted.routing_id, wanted.code, dispatcher.name, wanted.reason)
    at = desk.services
    await desk.take(number, lambda call_id: record_return(at.store.journal, call_id, number, given, at.now()))
    precedents.wake()
    return await desk.look(number, _in_full)
