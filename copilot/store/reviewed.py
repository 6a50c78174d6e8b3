"""What one person makes and another checks: the rules that articles' versions and the catalogue's editions share.

Whoever acts says which revision they saw, and nobody acts on what has moved on since. Everybody who drafted, edited,
submitted or copied it counts as its maker and may not check it; the database refuses the plainest cases once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Row,
    Table,
    Text,
    and_,
    insert,
    select,
    update,
)

from copilot.errors import Conflict, NotAllowed, NotFound
from copilot.store.tables import UtcTime


@dataclass(frozen=True, slots=True)
class Key:
    """One row: its key columns, what people call it (edition 3), and what to say where it is not there."""

    columns: Mapping[str, Any]
    name: str
    missing: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The table of such rows and the table of their ``edits``; ``bulky`` columns are not read along."""

    table: Table
    edits: Table
    bulky: str

    @property
    def summary(self) -> list[Any]:
        """The columns that are read."""
        return [column for column in self.table.c if column.name not in (self.bulky, "open")]

    def row(self, connection: Connection, key: Key, *, lock: bool = False) -> Row[Any]:
        """Raises NotFound."""
        wanted = select(*self.summary).where(_is(self.table, key.columns))
        found = connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()
        if found is None:
            raise NotFound(key.missing)
        return found

    def expect(self, connection: Connection, key: Key, revision: int, state: str) -> Row[Any]:
        """The row, locked. Raises Conflict where it is in another state or at another revision than was seen."""
        row = self.row(connection, key, lock=True)
        if row.state != state:
            name = key.name[:1].upper() + key.name[1:]
            raise Conflict(f"{name} is {row.state}, not {state} any more. Load it again.")
        if row.revision != revision:
            last = select(self.edits.c.by).where(_is(self.edits, {**key.columns, "revision": row.revision}))
            who = connection.execute(last).scalar_one_or_none() or "Somebody"
            raise Conflict(
                f"{who} changed {key.name} meanwhile: it is at revision {row.revision}, you saw {revision}. "
                "Load it again, look at what changed, and repeat your step."
            )
        return row

    def set(self, connection: Connection, key: Key, revision: int, values: Mapping[str, Any]) -> None:
        """Change the row. Raises Conflict where it is not at the revision that was seen."""
        changing = update(self.table).where(_is(self.table, {**key.columns, "revision": revision})).values(**values)
        if connection.execute(changing).rowcount != 1:
            raise Conflict(f"Somebody changed {key.name} meanwhile. Load it again.")

    def note_edit(
        self, connection: Connection, key: Key, revision: int, by: str, at: datetime, values: Mapping[str, Any]
    ) -> None:
        """Record who made a revision."""
        connection.execute(insert(self.edits).values(**key.columns, revision=revision, at=at, by=by, **values))

    def makers(self, connection: Connection, key: Key) -> list[str]:
        """Whoever drafted, changed or submitted it, each once."""
        row = self.row(connection, key)
        named = [row.made_by, *(line["by"] for line in self._edits_of(connection, key)), row.submitted_by]
        return [name for name in dict.fromkeys(named) if name is not None]  # a draft has no sender

    def refuse_maker(self, connection: Connection, key: Key, by: str) -> None:
        """Raise NotAllowed for one of its makers."""
        if by in self.makers(connection, key):
            raise NotAllowed(f"{by} took part in making {key.name}. Another person has to check it.")

    def inherit_makers(
        self, connection: Connection, source: Key, into: Key, at: datetime, nothing: Mapping[str, Any]
    ) -> None:
        """Who made what is copied made this one too, and may not check it. ``into`` is new, at revision 0.

        Its edits are this one's first; whoever edited ``nothing`` but made or sent it has such a line.
        """
        lines = self._edits_of(connection, source)
        editors = {line["by"] for line in lines}
        others = [maker for maker in self.makers(connection, source) if maker not in editors]
        lines += [{"by": maker, "at": at, **nothing} for maker in others]
        for revision, line in enumerate(lines, start=1):
            connection.execute(insert(self.edits).values(**{**line, **into.columns, "revision": revision}))
        self.set(connection, into, 0, {"revision": len(lines)})

    def _edits_of(self, connection: Connection, key: Key) -> list[dict[str, Any]]:
        wanted = select(self.edits).where(_is(self.edits, key.columns)).order_by(self.edits.c.revision)
        return [dict(line) for line in connection.execute(wanted).mappings()]


def signatures() -> list[Column[Any]]:
    """The columns of who made, submitted and checked it, and when."""
    return [
        Column("made_by", Text, nullable=False),
        Column("made_at", UtcTime, nullable=False),
        Column("submitted_by", Text),
        Column("submitted_at", UtcTime),
        Column("checked_by", Text),
        Column("checked_at", UtcTime),
    ]


def checked_by_another() -> CheckConstraint:
    """What the database holds of it."""
    return CheckConstraint(
        "checked_by IS NULL OR (checked_by <> made_by AND checked_by <> submitted_by)", name="checked_by_another"
    )


def open_while_people_work(first: str, second: str) -> CheckConstraint:
    """``open`` is 1 in the two states in which people work on it, else NULL."""
    states = f"('{first}', '{second}')"
    return CheckConstraint(
        f"(open IS NULL AND state NOT IN {states}) OR (open = 1 AND state IN {states})", name="open_while_people_work"
    )


def _is(table: Table, columns: Mapping[str, Any]) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in columns.items()))
