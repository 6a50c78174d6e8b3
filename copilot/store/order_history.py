"""Where an order has been: every time it went out, and why it came back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, select

from copilot.store.tables import order_return, order_routing


@dataclass(frozen=True, slots=True)
class Returned:
    """退单: ``code`` is of the list of return reasons; ``by`` is the dispatcher who recorded it."""

    return_id: str
    department: str
    code: str
    disputes_duty: bool
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SentOut:
    """派单 or 改派: ``returned`` is ``None`` while the department has not sent the order back."""

    department: str
    decision_id: str
    reason: str
    by: str
    at: datetime
    returned: Returned | None


def order_histories(connection: Connection, numbers: Collection[str]) -> Mapping[str, tuple[SentOut, ...]]:
    """For each of ``numbers`` how it went out, in order; empty for one that never did."""
    wanted = (
        select(
            order_routing,
            order_return.c.return_id,
            order_return.c.code,
            order_return.c.disputes_duty,
            order_return.c.reason.label("return_reason"),
            order_return.c.by.label("returned_by"),
            order_return.c.at.label("returned_at"),
        )
        .outerjoin(
            order_return,
            and_(
                order_return.c.call_id == order_routing.c.call_id,
                order_return.c.routing_id == order_routing.c.decision_id,
            ),
        )
        .where(order_routing.c.number.in_(numbers))
        .order_by(order_routing.c.number, order_routing.c.seq)
    )
    found: dict[str, list[SentOut]] = defaultdict(list)
    for row in connection.execute(wanted):
        returned = (
            Returned(
                row.return_id,
                row.department,
                row.code,
                row.disputes_duty,
                row.return_reason,
                row.returned_by,
                row.returned_at,
            )
            if row.return_id is not None
            else None
        )
        found[row.number].append(SentOut(row.department, row.decision_id, row.reason, row.by, row.at, returned))
    return defaultdict(tuple, {number: tuple(history) for number, history in found.items()})
