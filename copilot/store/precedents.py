"""The orders that are out with a department, for :mod:`copilot.precedents`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select

from copilot.precedents import Precedent
from copilot.store.engine import Database
from copilot.store.tables import call, label_review, work_order
from copilot.work_order import OrderStatus


class StoredOrders:
    """Reads only.

    An order that its department sent back is not out any more until it is dispatched again. One of which an evaluator
    found that it belongs elsewhere, or that nobody can tell, is no example for anybody.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, most: int) -> dict[str, str]:
        """Number → department of the ``most`` orders that were dispatched last, the last one first."""
        wanted = (
            _settled(work_order.c.number, work_order.c.dispatched_department)
            .order_by(work_order.c.dispatched_at.desc(), work_order.c.number.desc())
            .limit(most)
        )
        with self._database.reading() as connection:
            return {row.number: row.dispatched_department for row in connection.execute(wanted)}

    def read(self, numbers: Sequence[str]) -> list[Precedent]:
        """Those orders in the order of ``numbers``, unmasked; one that is not out any more is left out."""
        wanted = (
            _settled(
                work_order.c.number,
                work_order.c.summary,
                work_order.c.dispatched_department,
                work_order.c.category,
                call.c.day,
            )
            .join(call, call.c.call_id == work_order.c.call_id)
            .where(work_order.c.number.in_(numbers))
        )
        with self._database.reading() as connection:
            found = {
                row.number: Precedent(row.number, row.summary, row.dispatched_department, row.day, _code(row.category))
                for row in connection.execute(wanted)
            }
        return [found[number] for number in numbers if number in found]


def _code(category: str | None) -> str:
    return str(json.loads(category)["code"]) if category else ""


def _settled(*columns: ColumnElement[Any]) -> Select[Any]:
    """The last review of an order counts, and only while it says another department than the order is out with."""
    latest = (
        select(func.max(label_review.c.seq))
        .where(label_review.c.number == work_order.c.number)
        .correlate(work_order)
        .scalar_subquery()
    )
    disputed = exists().where(
        and_(
            label_review.c.number == work_order.c.number,
            label_review.c.seq == latest,
            label_review.c.department != work_order.c.dispatched_department,
        )
    )
    return select(*columns).where(work_order.c.status == OrderStatus.DISPATCHED.value, ~disputed)
