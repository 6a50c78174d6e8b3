"""What agents reported from their cards as outdated or wrong: the list of whoever keeps the article right.

Derived from the journal (:class:`copilot.events.PassageReported`), notes masked; an answer is given once and stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, insert, select

from copilot.errors import BadInput, Conflict, NotFound
from copilot.events import ReportKind
from copilot.store.article_tables import passage_report, report_answer
from copilot.store.audit import note as audit_note
from copilot.store.engine import Database


class Outcome(StrEnum):
    """What came of a report: the article was corrected or withdrawn, or it is right as it is."""

    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an editor answered."""

    outcome: Outcome
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """One report; ``answer`` is ``None`` while it is open. ``article_version`` is the digest of what the agent saw."""

    call_id: str
    report_id: str
    article_id: str
    passage_id: str
    article_version: str
    owner: str
    kind: ReportKind
    note: str
    by: str
    at: datetime
    answer: Answer | None


_r, _a = passage_report.c, report_answer.c
_OPEN = _a.outcome.is_(None)


class PassageReports:
    """The reports of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(
        self,
        owner: str | None = None,
        article_id: str | None = None,
        *,
        open_only: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Report]:
        """Open ones first, then the latest; those of one owner or one article where that is asked.

        ``limit`` of them after the first ``offset``, by default all.
        """
        wanted = _reports().where(*_chosen(owner, article_id, open_only=open_only))
        ordered = wanted.order_by(_a.outcome.is_not(None), _r.at.desc(), _r.call_id, _r.report_id)
        with self._database.reading() as connection:
            return [_report(row) for row in connection.execute(ordered.limit(limit).offset(offset))]

    def count(self, owner: str | None = None, article_id: str | None = None, *, open_only: bool = False) -> int:
        """How many :meth:`all` gives without a limit."""
        chosen = _chosen(owner, article_id, open_only=open_only)
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(_joined()).where(*chosen)).scalar_one()

    def open_by(self, column: str) -> Mapping[str, int]:
        """How many are open, by ``owner`` or ``article_id``. Raises ValueError for another ``column``."""
        if column not in ("owner", "article_id"):
            raise ValueError(f"reports are not counted by {column}")
        counted = select(_r[column], func.count()).select_from(_joined()).where(_OPEN).group_by(_r[column])
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(counted)}

    def answer(self, call_id: str, report_id: str, outcome: Outcome, said: str, by: str, at: datetime) -> Report:
        """Say what came of it. Raises NotFound, Conflict where somebody answered before.

        Whoever answers that an article is right as it is has to say why: BadInput.
        """
        if outcome is Outcome.RIGHT and not said.strip():
            raise BadInput("Say why the article is right as it is: the next one who doubts it reads that.")
        wanted = _reports().where(_r.call_id == call_id, _r.report_id == report_id)
        with self._database.writing() as connection:
            found = connection.execute(wanted).one_or_none()
            if found is None:
                raise NotFound(f"There is no report {report_id} of call {call_id}. Load the list again.")
            if found.outcome is not None:
                raise Conflict(f"{found.answered_by} answered that report before. Load the list again.")
            key = {"call_id": call_id, "report_id": report_id}
            values = {"outcome": outcome.value, "note": said.strip(), "by": by, "at": at}
            connection.execute(insert(report_answer).values(**key, **values))
            audit_note(connection, at, by, "report_answered", "", f"{found.article_id}: {outcome.value}")
            return _report(connection.execute(wanted).one())


def _chosen(owner: str | None, article_id: str | None, *, open_only: bool) -> list[ColumnElement[bool]]:
    asked = [
        _r.owner == owner if owner else None,
        _r.article_id == article_id if article_id else None,
        _OPEN if open_only else None,
    ]
    return [condition for condition in asked if condition is not None]


def _joined() -> Any:
    return passage_report.outerjoin(report_answer, and_(_a.call_id == _r.call_id, _a.report_id == _r.report_id))


def _reports() -> Select[Any]:
    answered = (_a.outcome, _a.note.label("answer"), _a.by.label("answered_by"), _a.at.label("answered_at"))
    return select(passage_report, *answered).select_from(_joined())


def _report(row: Row[Any]) -> Report:
    answer = None
    if row.outcome is not None:
        answer = Answer(Outcome(row.outcome), row.answer, row.answered_by, row.answered_at)
    return Report(
        call_id=row.call_id,
        report_id=row.report_id,
        article_id=row.article_id,
        passage_id=row.passage_id,
        article_version=row.article_version,
        owner=row.owner,
        kind=ReportKind(row.kind),
        note=row.note,
        by=row.by,
        at=row.at,
        answer=answer,
    )
