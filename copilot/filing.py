"""建单: what an appeal needs before it is filed, and the work order that is made of what a person confirmed."""

from __future__ import annotations

from datetime import datetime

from copilot.acts import known_appeal
from copilot.errors import Conflict, NotConfirmed
from copilot.state import AppealState, CallState
from copilot.suggestion import Slot
from copilot.work_order import WorkOrder

REQUIRED = (Slot.DEPARTMENT, Slot.KIND, Slot.TITLE, Slot.SUMMARY)
OPTIONAL = (Slot.CO_DEPARTMENTS, Slot.PLACE, Slot.OCCURRED, Slot.TELEPHONE, Slot.URGENCY, Slot.CATEGORY)


def filed_before(request_id: str, appeal_id: str, state: CallState) -> WorkOrder | None:
    """The order that this request has filed; ``None`` for a new one. Raises Conflict where it filed another appeal."""
    before = state.orders.get(request_id)
    if before is None:
        return None
    if before.order.appeal_id != appeal_id:
        raise Conflict(f"Request {request_id} filed appeal {before.order.appeal_id}. Send a new request id.")
    return before.order


def ready_to_file(appeal_id: str, state: CallState) -> AppealState:
    """The appeal. Raises NotFound, Conflict where it is filed or merged, NotConfirmed with the fields that it lacks."""
    appeal = known_appeal(appeal_id, state)
    if appeal.order is not None:
        raise Conflict(f"This appeal was filed as {appeal.order.number}. Open that order instead.")
    missing = [slot.value for slot in REQUIRED if slot not in appeal.confirmed]
    if missing:
        raise NotConfirmed(
            f"Nobody has confirmed {', '.join(missing)} yet. Accept the suggestion or fill the field in, then file."
        )
    return appeal


def composed(appeal: AppealState, call_id: str, number: str, by: str, at: datetime) -> WorkOrder:
    """The order ``number`` of an appeal that is ready to file."""
    values = {slot.value: appeal.confirmed[slot] for slot in (*REQUIRED, *OPTIONAL) if slot in appeal.confirmed}
    return WorkOrder(
        number=number,
        call_id=call_id,
        appeal_id=appeal.appeal_id,
        filed_by=by,
        filed_at=at,
        answers=tuple(appeal.answers.values()),
        **values,
    )
