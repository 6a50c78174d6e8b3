"""What the served router and its challenger made of the same appeals, beside what people decided in the end."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, select

from copilot.challenge import RouterRanking
from copilot.codec import from_payload
from copilot.events import ChallengerRanked
from copilot.store.audit import note
from copilot.store.engine import Database
from copilot.store.tables import call, challenger_ranking, journal, label_review, work_order
from copilot.suggestion import Verdict
from copilot.work_order import OrderStatus

MOST = 20_000


class DecidedBy(StrEnum):
    """Who named the department last."""

    AGENT = "agent"
    DISPATCHER = "dispatcher"
    EVALUATOR = "evaluator"


@dataclass(frozen=True, slots=True)
class Duel:
    """Two versions that met, how many appeals both ranked, and the city's days of the first and the last."""

    served: str
    challenger: str
    appeals: int
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """One order: the department that people settled on, and what both had made of the appeal before that.

    ``day`` is the city's day of the call.
    """

    number: str
    call_id: str
    appeal_id: str
    day: date
    department: str
    by: DecidedBy
    served: RouterRanking
    challenger: RouterRanking


class Challengers:
    """What became of challengers, and the signature of whoever changed the router in service."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sign(self, at: datetime, by: str, action: str, detail: str) -> None:
        """Note in the audit, for ever, that ``by`` changed which router serves."""
        with self._database.writing() as connection:
            note(connection, at, by, action, by, detail)

    def duels(self) -> list[Duel]:
        """Which versions met, the latest first."""
        table = challenger_ranking.c
        last = func.max(table.ranked_at)
        wanted = (
            select(
                table.served,
                table.challenger,
                func.count().label("appeals"),
                func.min(call.c.day).label("first_day"),
                func.max(call.c.day).label("last_day"),
            )
            .join(call, call.c.call_id == table.call_id)
            .group_by(table.served, table.challenger)
            .order_by(last.desc(), table.served, table.challenger)
        )
        with self._database.reading() as connection:
            return [Duel(*row) for row in connection.execute(wanted)]

    def pairs(self, served: str, challenger: str, since: date | None = None, most: int = MOST) -> list[JudgedPair]:
        """The orders whose department people settled, in the order of filing; the latest ``most`` of them.

        The dispatcher's department counts, before one dispatched the agent's, and an evaluator's review before both. An
        order that its department sent back has none until it goes out again, and one of which an evaluator said that
        nobody can tell has none for good: both are left out.
        """
        with self._database.reading() as connection:
            rows = connection.execute(_wanted(served, challenger, since).limit(most)).all()
            reviews = _reviews(connection)
        found = [_judged(row, reviews.get(row.number)) for row in reversed(rows)]
        return [pair for pair in found if pair is not None]


def _wanted(served: str, challenger: str, since: date | None) -> Select[Any]:
    ranking = challenger_ranking.c
    wanted = (
        select(
            work_order.c.number,
            work_order.c.call_id,
            work_order.c.appeal_id,
            work_order.c.department,
            work_order.c.status,
            work_order.c.dispatched_department,
            call.c.day,
            journal.c.payload,
        )
        .join(
            challenger_ranking,
            and_(ranking.call_id == work_order.c.call_id, ranking.appeal_id == work_order.c.appeal_id),
        )
        .join(journal, and_(journal.c.call_id == ranking.call_id, journal.c.seq == ranking.seq))
        .join(call, call.c.call_id == work_order.c.call_id)
        .where(ranking.served == served, ranking.challenger == challenger)
        .order_by(work_order.c.filed_at.desc(), work_order.c.number.desc())
    )
    return wanted if since is None else wanted.where(call.c.day >= since)


def _reviews(connection: Connection) -> dict[str, str]:
    """Number → the department that an evaluator found right, empty where nobody can tell; the last review counts."""
    asked = select(label_review).order_by(label_review.c.number, label_review.c.seq)
    return {
        row.number: "" if row.verdict == Verdict.REJECT.value else row.department for row in connection.execute(asked)
    }


def _judged(row: Row[Any], reviewed: str | None) -> JudgedPair | None:
    settled = _settled(row, reviewed)
    if settled is None:
        return None
    event = from_payload("challenger_ranked", json.loads(row.payload))
    assert isinstance(event, ChallengerRanked)  # noqa: S101 - the name above says so
    return JudgedPair(row.number, row.call_id, row.appeal_id, row.day, *settled, event.served, event.challenger)


def _settled(row: Row[Any], reviewed: str | None) -> tuple[str, DecidedBy] | None:
    if reviewed is not None:
        return (reviewed, DecidedBy.EVALUATOR) if reviewed else None
    if row.status == OrderStatus.RETURNED.value:
        return None
    if row.status == OrderStatus.DISPATCHED.value:
        return row.dispatched_department, DecidedBy.DISPATCHER
    return row.department, DecidedBy.AGENT
