"""Which reminders were sent to whom: each once, whoever sends them at the same time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.sql.elements import ColumnElement

from copilot.store.accounts import CONSOLE
from copilot.store.audit import note
from copilot.store.engine import Database
from copilot.store.locks import held
from copilot.store.mail_tables import reminder_mail


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder: of an article that ends on ``last_day``, ``stage`` days before, for the person ``name``.

    An article whose last day is moved is due anew.
    """

    article_id: str
    last_day: date
    stage: int
    name: str


class ReminderMails:
    """The reminders of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self, *, alone: bool) -> AbstractContextManager[bool]:
        """A run that claims and sends; whether it may. Runs share the mails, but one that sends anew must be ``alone``.

        What another run has claimed and is just sending looks like what a run that was cut off has left.
        """
        return held(self._database, "remind", alone=alone)

    def known(self) -> Mapping[Due, datetime | None]:
        """Every reminder that was claimed, with when it was sent; ``None`` where nobody knows whether it was."""
        with self._database.reading() as connection:
            return {
                Due(row.article_id, row.last_day, row.stage, row.name): row.sent_at
                for row in connection.execute(select(reminder_mail))
            }

    def claim(self, dues: Iterable[Due], at: datetime) -> tuple[Due, ...]:
        """Those of ``dues`` that nobody else has claimed: whoever has them sends them."""
        claimed: list[Due] = []
        with self._database.writing() as connection:
            if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
                connection.execute(text("LOCK TABLE reminder_mail IN SHARE ROW EXCLUSIVE MODE"))
            for due in dues:
                taken = connection.execute(select(reminder_mail.c.name).where(_is(due))).one_or_none()
                if taken is None:
                    connection.execute(insert(reminder_mail).values(**_values(due), claimed_at=at))
                    claimed.append(due)
        return tuple(claimed)

    def sent(self, dues: Iterable[Due], at: datetime, by: str = CONSOLE) -> None:
        """The mail server took them; the audit says so."""
        with self._database.writing() as connection:
            for due in dues:
                connection.execute(update(reminder_mail).where(_is(due)).values(sent_at=at))
                note(connection, at, by, "reminder_sent", due.name, _told(due))

    def release(self, dues: Iterable[Due], at: datetime, by: str = CONSOLE, why: str = "reminder_failed") -> None:
        """They were not sent: the next run tries again. What was sent stays so."""
        with self._database.writing() as connection:
            for due in dues:
                unsent = reminder_mail.c.sent_at.is_(None)
                if connection.execute(delete(reminder_mail).where(_is(due), unsent)).rowcount:
                    note(connection, at, by, why, due.name, _told(due))


def _is(due: Due) -> ColumnElement[bool]:
    columns = reminder_mail.c
    return (
        (columns.article_id == due.article_id)
        & (columns.last_day == due.last_day)
        & (columns.stage == due.stage)
        & (columns.name == due.name)
    )


def _values(due: Due) -> dict[str, object]:
    return {"article_id": due.article_id, "last_day": due.last_day, "stage": due.stage, "name": due.name}


def _told(due: Due) -> str:
    return f"{due.article_id} ends {due.last_day}, {due.stage} days before"
