"""The journal in the database: see :class:`copilot.journal.Journal` for what it promises."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from copilot.codec import from_payload, to_payload, type_name
from copilot.errors import BadInput, NotFound
from copilot.events import CallStarted, Event, Recorded
from copilot.store.chain import GENESIS, chained
from copilot.store.engine import Database
from copilot.store.projections import project
from copilot.store.tables import call, journal, order_counter


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a chain that was changed after it was written. ``call_id`` is empty for the audit."""

    call_id: str
    seq: int
    message: str


class StoredJournal:
    """Appends under a lock of the call's row, so that events of one call are numbered without gap or double."""

    def __init__(self, database: Database, order_prefix: str) -> None:
        if not re.fullmatch("[A-Z]{2,4}", order_prefix):
            raise BadInput(f"Order numbers cannot begin with {order_prefix!r}. Take two to four capital letters.")
        self._database = database
        self._prefix = order_prefix

    def append(self, call_id: str, events: Sequence[Event], at: datetime) -> list[Recorded]:
        """See :class:`copilot.journal.Journal`.

        Raises NotFound for a call that was never started, Conflict (AlreadyDecided) where another process was first,
        StorageProblem where the database refused; nothing is recorded then.
        """
        if not events:
            return []
        payloads = [_as_text(event) for event in events]
        with self._database.writing() as connection:
            seq, last_hash = _head(connection, call_id, events[0], at)
            recorded = [Recorded(call_id, seq + n, at, event) for n, event in enumerate(events, start=1)]
            for record, payload in zip(recorded, payloads, strict=True):
                last_hash = _append_one(connection, record, payload, last_hash)
                project(connection, record)
            connection.execute(
                update(call).where(call.c.call_id == call_id).values(last_seq=recorded[-1].seq, last_hash=last_hash)
            )
        return recorded

    def read(self, call_id: str, after: int = 0) -> list[Recorded]:
        """See :class:`copilot.journal.Journal`."""
        wanted = select(journal).where(journal.c.call_id == call_id, journal.c.seq > after).order_by(journal.c.seq)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        return [Recorded(row.call_id, row.seq, row.at, from_payload(row.name, json.loads(row.payload))) for row in rows]

    def next_order_number(self, day: date) -> str:
        """See :class:`copilot.journal.Journal`. A number whose order is not filed after all is not given again."""
        make = sqlite.insert if self._database.is_sqlite else postgresql.insert
        counted = (
            make(order_counter)
            .values(day=day, last=1)
            .on_conflict_do_update(index_elements=["day"], set_={"last": order_counter.c.last + 1})
            .returning(order_counter.c.last)
        )
        with self._database.writing() as connection:
            number = connection.execute(counted).scalar_one()
        return f"{self._prefix}-{day:%Y%m%d}-{number:04d}"

    def verify(self) -> list[Fault]:
        """Every break of the chains: rows changed, taken out, put in, or cut off at the end. Empty when all is well."""
        with self._database.reading() as connection:
            heads = {row.call_id: row for row in connection.execute(select(call))}
            ends: dict[str, Row[tuple[object, ...]]] = {}
            faults = list(_broken_links(connection, ends))
        return faults + list(_lost_ends(heads, ends))


def _as_text(event: Event) -> str:
    try:
        return json.dumps(to_payload(event), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    except ValueError as error:
        raise BadInput("A number that is not finite cannot be recorded. Send a finite one.") from error


def _head(connection: Connection, call_id: str, first: Event, at: datetime) -> tuple[int, str]:
    """The number and hash of the call's last event; its row stays locked until the transaction ends."""
    row = connection.execute(
        select(call.c.last_seq, call.c.last_hash).where(call.c.call_id == call_id).with_for_update()
    ).one_or_none()
    if row is not None:
        return row.last_seq, row.last_hash
    if not isinstance(first, CallStarted):
        raise NotFound(f"There is no call {call_id}. Start one first.")
    started = first.call
    connection.execute(
        insert(call).values(
            call_id=call_id,
            channel=started.channel.value,
            agent=started.agent,
            day=started.day,
            area=started.area,
            recording=started.recording,
            started_at=at,
            last_seq=0,
            last_hash=GENESIS,
        )
    )
    return 0, GENESIS


def _append_one(connection: Connection, record: Recorded, payload: str, previous_hash: str) -> str:
    name = type_name(record.event)
    row_hash = chained(previous_hash, record.call_id, record.seq, record.at, name, payload)
    connection.execute(
        insert(journal).values(
            call_id=record.call_id,
            seq=record.seq,
            at=record.at,
            name=name,
            payload=payload,
            previous_hash=previous_hash,
            hash=row_hash,
        )
    )
    return row_hash


def _broken_links(connection: Connection, ends: dict[str, Row[tuple[object, ...]]]) -> Iterator[Fault]:
    """Walk all chains; ``ends`` receives the last row of each call."""
    ordered = select(journal).order_by(journal.c.call_id, journal.c.seq).execution_options(yield_per=1000)
    for row in connection.execute(ordered):
        before = ends.get(row.call_id)
        seq, previous_hash = (0, GENESIS) if before is None else (before.seq, before.hash)
        ends[row.call_id] = row
        if row.seq != seq + 1:
            yield Fault(row.call_id, row.seq, f"Event {seq + 1} is missing before event {row.seq}.")
        elif row.previous_hash != previous_hash:
            yield Fault(row.call_id, row.seq, f"Event {row.seq} does not follow from the event before it.")
        if row.hash != chained(row.previous_hash, row.call_id, row.seq, row.at, row.name, row.payload):
            yield Fault(row.call_id, row.seq, f"Event {row.seq} is not what was recorded at first.")


def _lost_ends(heads: dict[str, Row[tuple[object, ...]]], ends: dict[str, Row[tuple[object, ...]]]) -> Iterator[Fault]:
    for call_id in sorted(heads.keys() | ends.keys()):
        head, end = heads.get(call_id), ends.get(call_id)
        if head is None:
            yield Fault(call_id, 0, "The call itself was taken out; its events are there.")
        elif end is None or (end.seq, end.hash) != (head.last_seq, head.last_hash):
            found = 0 if end is None else end.seq
            yield Fault(call_id, head.last_seq, f"The call had {head.last_seq} events, the journal ends with {found}.")
