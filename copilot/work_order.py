"""A work order (工单): made of confirmed values only, so that a value nobody answers for cannot be filed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from copilot.appeal import AppealKind, Category, Place, Urgency
from copilot.suggestion import Citation, Confirmed


class OrderStatus(StrEnum):
    """Where an order is: in the dispatcher's queue, sent to the department, or sent back by it and waiting again."""

    FILED = "filed"
    DISPATCHED = "dispatched"
    RETURNED = "returned"


WAITING = (OrderStatus.FILED, OrderStatus.RETURNED)


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """工单 as the agent files it. ``number`` is ``XX-YYYYMMDD-NNNN``."""

    number: str
    call_id: str
    appeal_id: str
    kind: Confirmed[AppealKind]
    title: Confirmed[str]
    summary: Confirmed[str]
    department: Confirmed[str]
    filed_by: str
    filed_at: datetime
    co_departments: Confirmed[tuple[str, ...]] | None = None
    place: Confirmed[Place] | None = None
    occurred: Confirmed[str] | None = None
    telephone: Confirmed[str] | None = None
    urgency: Confirmed[Urgency] | None = None
    category: Confirmed[Category] | None = None
    answers: tuple[Confirmed[Citation], ...] = ()
