"""The orders that are out with a department, for :mod:`copilot.precedents`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from copilot.precedents import Precedent
from copilot.store.engine import Database
from copilot.store.tables import call, work_order
from copilot.work_order import OrderStatus

_OUT = work_order.c.status == OrderStatus.DISPATCHED.value


class StoredOrders:
    """Reads only. An order that its department sent back is not out any more until it is dispatched again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, most: int) -> dict[str, str]:
        """Number → department of the ``most`` orders that were dispatched last, the last one first."""
        wanted = (
            select(work_order.c.number, work_order.c.dispatched_department)
            .where(_OUT)
            .order_by(work_order.c.dispatched_at.desc(), work_order.c.number.desc())
            .limit(most)
        )
        with self._database.reading() as connection:
            return {row.number: row.dispatched_department for row in connection.execute(wanted)}

    def read(self, numbers: Sequence[str]) -> list[Precedent]:
        """Those orders in the order of ``numbers``, unmasked; one that is not out any more is left out."""
        wanted = (
            select(work_order.c.number, work_order.c.summary, work_order.c.dispatched_department, call.c.day)
            .join(call, call.c.call_id == work_order.c.call_id)
            .where(_OUT, work_order.c.number.in_(numbers))
        )
        with self._database.reading() as connection:
            found = {
                row.number: Precedent(row.number, row.summary, row.dispatched_department, row.day)
                for row in connection.execute(wanted)
            }
        return [found[number] for number in numbers if number in found]
