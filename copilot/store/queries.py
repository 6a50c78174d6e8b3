"""What the dispatcher's and the evaluator's pages ask of the tables. Every answer is a frozen record."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, exists, func, select

from copilot.appeal import AppealKind, Category, Place, Urgency
from copilot.call import Channel, Utterance
from copilot.codec import from_payload, slot_value
from copilot.errors import NotFound
from copilot.events import Recorded, SuggestionMade, UrgencyFlagged, WorkOrderFiled
from copilot.state import CallState
from copilot.store.answer_outcomes import AnswerOutcomes, count_answers
from copilot.store.engine import Database
from copilot.store.journal import StoredJournal
from copilot.store.order_history import Returned, SentOut, order_histories
from copilot.store.outcomes import Outcomes, count_outcomes
from copilot.store.tables import appeal, call, journal, suggestion, urgency_flag, work_order
from copilot.suggestion import Slot, Suggestion
from copilot.work_order import WAITING, OrderStatus, WorkOrder


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call in a list. ``seconds`` is its length, once it has ended; ``orders`` are numbers of work orders."""

    call_id: str
    channel: Channel
    agent: str
    day: date
    area: str
    recording: str
    started_at: datetime
    ended_at: datetime | None
    seconds: float | None
    last_seq: int
    appeals: int
    urgent: tuple[str, ...]
    orders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What the dispatcher decided about an order."""

    department: str
    decision_id: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A work order in the queue: the agent's department, and the router's latest full ranking for the appeal.

    ``urgency`` is what a person confirmed; ``flagged`` are the emergency categories that the copilot heard in the
    appeal. ``ranking`` is ``None`` where the router never proposed a department. ``returned`` says why an order waits
    again; it is ``None`` for one that did not come back, or went out anew.
    """

    number: str
    call_id: str
    appeal_id: str
    kind: AppealKind
    title: str
    summary: str
    department: str
    co_departments: tuple[str, ...]
    place: Place | None
    occurred: str
    urgency: Urgency | None
    flagged: tuple[str, ...]
    filed_by: str
    filed_at: datetime
    status: OrderStatus
    ranking: Suggestion[str] | None
    dispatched: Dispatched | None
    returned: Returned | None = None
    category: Category | None = None


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """All of one order: the row, the order as filed with each value's decision, the appeal's transcript and flags.

    ``routings`` are all the times it went out, in order.
    """

    row: OrderRow
    order: WorkOrder
    transcript: tuple[Utterance, ...]
    flags: tuple[UrgencyFlagged, ...]
    routings: tuple[SentOut, ...] = ()


class Queries:
    """Reads only; each question sees one consistent state of the database."""

    def __init__(self, database: Database, stored: StoredJournal) -> None:
        self._database = database
        self._journal = stored

    def calls(self, limit: int = 50) -> list[CallRow]:
        """The latest calls, the last one first."""
        wanted = select(call).order_by(call.c.started_at.desc(), call.c.call_id).limit(limit)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
            ids = [row.call_id for row in rows]
            appeals = _grouped(connection, select(appeal.c.call_id, appeal.c.appeal_id), ids)
            urgent = _grouped(connection, select(urgency_flag.c.call_id, urgency_flag.c.category), ids)
            orders = _grouped(connection, select(work_order.c.call_id, work_order.c.number), ids)
        return [
            CallRow(
                call_id=row.call_id,
                channel=Channel(row.channel),
                agent=row.agent,
                day=row.day,
                area=row.area,
                recording=row.recording,
                started_at=row.started_at,
                ended_at=row.ended_at,
                seconds=row.seconds,
                last_seq=row.last_seq,
                appeals=len(appeals[row.call_id]),
                urgent=urgent[row.call_id],
                orders=orders[row.call_id],
            )
            for row in rows
        ]

    def waiting_orders(self, limit: int = 500) -> list[OrderRow]:
        """The dispatcher's queue: emergencies, then what came back, then by urgency, the oldest first in each.

        An order whose appeal was flagged as an emergency is sorted as one until a person confirms its urgency.
        """
        came_back = case((work_order.c.status == OrderStatus.RETURNED.value, 0), else_=1)
        emergency = case((_pressing() == 0, 0), else_=1)
        wanted = _orders().where(work_order.c.status.in_([status.value for status in WAITING]))
        ordered = wanted.order_by(emergency, came_back, _pressing(), work_order.c.filed_at, work_order.c.number)
        with self._database.reading() as connection:
            return _order_rows(connection, ordered.limit(limit))

    def work_orders(self, status: OrderStatus | None = OrderStatus.FILED, limit: int = 500) -> list[OrderRow]:
        """Orders of one status by urgency, then the oldest first; orders of any status for ``None``.

        An order whose appeal was flagged as an emergency is sorted as one until a person confirms its urgency.
        """
        wanted = _orders().order_by(_pressing(), work_order.c.filed_at, work_order.c.number).limit(limit)
        if status is not None:
            wanted = wanted.where(work_order.c.status == status.value)
        with self._database.reading() as connection:
            return _order_rows(connection, wanted)

    def work_order(self, number: str) -> OrderDetail:
        """One order with all that belongs to it. Raises NotFound."""
        with self._database.reading() as connection:
            rows = _order_rows(connection, _orders().where(work_order.c.number == number))
            history = order_histories(connection, [number])[number]
        if not rows:
            raise NotFound(f"There is no work order {number}. Check the number.")
        row = rows[0]
        recorded = self._journal.read(row.call_id)
        state = CallState.of(recorded)
        return OrderDetail(
            row=row,
            order=_filed(recorded, number),
            transcript=state.words_of(row.appeal_id),
            flags=tuple(flag for flag in state.flags.values() if flag.appeal_id == row.appeal_id),
            routings=history,
        )

    def suggestion_outcomes(self) -> Outcomes:
        """What became of all suggestions and all routings up to now."""
        with self._database.reading() as connection:
            return count_outcomes(connection)

    def answer_outcomes(self, today: date) -> AnswerOutcomes:
        """What became of answer cards in the last twelve weeks up to ``today``, the city's day."""
        with self._database.reading() as connection:
            return count_answers(connection, today)


def _filed(recorded: Iterable[Recorded], number: str) -> WorkOrder:
    return next(
        r.event.order for r in recorded if isinstance(r.event, WorkOrderFiled) and r.event.order.number == number
    )


def _grouped(connection: Connection, wanted: Select[Any], call_ids: list[str]) -> Mapping[str, tuple[str, ...]]:
    """The second column of ``wanted`` by its first, which is a call id."""
    first, second = wanted.selected_columns
    found: dict[str, list[str]] = defaultdict(list)
    for call_id, value in connection.execute(wanted.where(first.in_(call_ids)).distinct().order_by(first, second)):
        found[call_id].append(value)
    return defaultdict(tuple, {call_id: tuple(values) for call_id, values in found.items()})


def _orders() -> Select[Any]:
    """Every order with the payload of the router's latest suggestion for its appeal, if there is one.

    Looked up for each order by itself: grouped, all suggestions that were ever made would be read for one order.
    """
    latest = (
        select(func.max(suggestion.c.seq))
        .where(
            suggestion.c.call_id == work_order.c.call_id,
            suggestion.c.appeal_id == work_order.c.appeal_id,
            suggestion.c.slot == Slot.DEPARTMENT.value,
        )
        .correlate(work_order)
        .scalar_subquery()
    )
    ranking = and_(journal.c.call_id == work_order.c.call_id, journal.c.seq == latest)
    with_ranking = work_order.outerjoin(journal, ranking)
    return select(work_order, journal.c.payload.label("ranking")).select_from(with_ranking)


def _pressing() -> Any:
    """0 for an emergency, 1 for urgent, 2 for the rest."""
    flagged = exists().where(
        urgency_flag.c.call_id == work_order.c.call_id, urgency_flag.c.appeal_id == work_order.c.appeal_id
    )
    urgency = work_order.c.urgency
    return case(
        (urgency == Urgency.EMERGENCY.value, 0),
        (urgency == Urgency.URGENT.value, 1),
        (and_(urgency.is_(None), flagged), 0),
        else_=2,
    )


def _order_rows(connection: Connection, wanted: Select[Any]) -> list[OrderRow]:
    rows = connection.execute(wanted).all()
    flags: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    asked = select(urgency_flag).where(urgency_flag.c.call_id.in_({row.call_id for row in rows}))
    for flag in connection.execute(asked.order_by(urgency_flag.c.seq)):
        flags[flag.call_id, flag.appeal_id][flag.category] = None
    back = order_histories(connection, [row.number for row in rows if row.status == OrderStatus.RETURNED.value])
    return [_order_row(row, tuple(flags[row.call_id, row.appeal_id]), back[row.number]) for row in rows]


def _order_row(row: Row[Any], flagged: tuple[str, ...], history: Sequence[SentOut]) -> OrderRow:
    co_departments = json.loads(row.co_departments) if row.co_departments else []
    return OrderRow(
        number=row.number,
        call_id=row.call_id,
        appeal_id=row.appeal_id,
        kind=AppealKind(row.kind),
        title=row.title,
        summary=row.summary,
        department=row.department,
        co_departments=tuple(co_departments),
        place=slot_value(Slot.PLACE, json.loads(row.place)) if row.place else None,
        occurred=row.occurred or "",
        urgency=Urgency(row.urgency) if row.urgency else None,
        flagged=flagged,
        filed_by=row.filed_by,
        filed_at=row.filed_at,
        status=OrderStatus(row.status),
        ranking=_ranking(row.ranking),
        dispatched=_dispatched(row),
        returned=history[-1].returned if history else None,
        category=slot_value(Slot.CATEGORY, json.loads(row.category)) if row.category else None,
    )


def _ranking(payload: str | None) -> Suggestion[str] | None:
    if payload is None:
        return None
    made = from_payload("suggestion_made", json.loads(payload))
    assert isinstance(made, SuggestionMade)  # noqa: S101 - the name above says so
    return made.suggestion


def _dispatched(row: Row[Any]) -> Dispatched | None:
    if row.status != OrderStatus.DISPATCHED.value:
        return None
    return Dispatched(
        department=row.dispatched_department,
        decision_id=row.routing_decision_id,
        by=row.dispatched_by,
        at=row.dispatched_at,
        reason=row.routing_reason or "",
    )
