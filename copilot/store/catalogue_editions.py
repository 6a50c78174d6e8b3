"""Editions of the responsibility catalogue: whole documents that some make, another checks, in force from a day.

An edition is ``draft``, then ``submitted``, then ``approved`` or ``refused``; a draft may be ``discarded``, and an
approved edition ``withdrawn`` until its day comes. There is one history: one draft at a time, always begun from the
edition approved last, coming into force no earlier than that one. So nothing approved is ever undone by an older draft.
Which edition is in force follows from the day alone; the one before it is superseded.

The audit (:mod:`copilot.store.audit`) names every step with the document's digest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select

from copilot.errors import BadInput, Conflict, NotFound
from copilot.store.accounts import CONSOLE
from copilot.store.audit import note
from copilot.store.catalogue_tables import catalogue_edit, catalogue_edition
from copilot.store.engine import Database
from copilot.store.reviewed import Key, Reviewed
from knowledge_base.catalogue.edits import Document


class EditionState(StrEnum):
    """How far an edition has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REFUSED = "refused"
    DISCARDED = "discarded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition without its document. ``revision`` counts the edits; whoever acts on it says which one they saw.

    ``digest`` is the catalogue's version, empty while nobody has submitted it. ``base`` is the edition it began from,
    ``None`` for one that was imported. ``note`` is what its maker says of it, ``reason`` why it was refused.
    """

    number: int
    state: EditionState
    origin: str
    base: int | None
    revision: int
    digest: str
    note: str
    effective_from: date | None
    made_by: str
    made_at: datetime
    submitted_by: str | None
    submitted_at: datetime | None
    checked_by: str | None
    checked_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class EditLine:
    """``by`` made ``edits`` (as JSON objects), of which ``revision`` of the edition is the result."""

    number: int
    revision: int
    at: datetime
    by: str
    edits: tuple[Mapping[str, Any], ...]


_t = catalogue_edition.c
_REVIEWED = Reviewed(catalogue_edition, catalogue_edit, bulky="document")
_SUMMARY = _REVIEWED.summary


class CatalogueEditions:
    """The editions of one database. Threads and processes may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- looking ------------------------------------------------------------------------------------------------------

    def all(self, limit: int = 200) -> list[Edition]:
        """The latest editions first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(*_SUMMARY).order_by(_t.number.desc()).limit(limit)).all()
        return [_edition(row) for row in rows]

    def get(self, number: int) -> Edition:
        """Raises NotFound."""
        with self._database.reading() as connection:
            return _edition(_row(connection, number))

    def document(self, number: int) -> Document:
        """The whole document of an edition. Raises NotFound."""
        with self._database.reading() as connection:
            return _document(connection, number)

    def with_document(self, number: int) -> tuple[Edition, Document]:
        """Both, of one moment. Raises NotFound."""
        with self._database.reading() as connection:
            return _edition(_row(connection, number)), _document(connection, number)

    def edits(self, number: int) -> list[EditLine]:
        """Who edited it, in order."""
        wanted = select(catalogue_edit).where(catalogue_edit.c.number == number).order_by(catalogue_edit.c.revision)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        return [EditLine(row.number, row.revision, row.at, row.by, tuple(json.loads(row.edits))) for row in rows]

    def being_made(self) -> Edition | None:
        """The draft or submitted edition, if there is one."""
        return self._first(select(*_SUMMARY).where(_t.open == 1))

    def approved_last(self) -> Edition | None:
        """What the next draft begins from, in force already or not."""
        return self._first(_approved().order_by(_t.number.desc()))

    def in_force(self, day: date) -> Edition | None:
        """The edition in force on ``day``; ``None`` before the first."""
        return self._first(_approved().where(_t.effective_from <= day).order_by(_t.number.desc()))

    def _first(self, wanted: Select[Any]) -> Edition | None:
        with self._database.reading() as connection:
            row = connection.execute(wanted.limit(1)).one_or_none()
        return None if row is None else _edition(row)

    # -- making -------------------------------------------------------------------------------------------------------

    def adopt(self, document: Document, digest: str, source: str, at: datetime, day: date) -> Edition:
        """The configured file becomes an edition in force from ``day``, recorded as imported.

        Raises Conflict where editions of people's making exist or are being made, or another process was first.
        """
        with self._database.writing() as connection:
            last = connection.execute(_approved().order_by(_t.number.desc()).limit(1)).one_or_none()
            busy = connection.execute(select(_t.number).where(_t.open == 1)).scalar_one_or_none()
            if busy is not None or (last is not None and last.origin != "imported"):
                raise Conflict("The catalogue is edited in the database already. Import the file as a new draft.")
            number = _next(connection)
            connection.execute(
                insert(catalogue_edition).values(
                    number=number,
                    state=EditionState.APPROVED.value,
                    origin="imported",
                    revision=0,
                    document=_stored(document),
                    digest=digest,
                    note=source,
                    effective_from=day,
                    made_by=CONSOLE,
                    made_at=at,
                    reason="",
                )
            )
            note(connection, at, CONSOLE, "catalogue_imported", "", f"edition {number}, {digest}")
            return _edition(_row(connection, number))

    def begin(self, by: str, at: datetime, said: str = "", copy_of: int | None = None) -> Edition:
        """A draft that begins as the edition approved last, or as the refused or discarded one ``copy_of``.

        Raises Conflict where a draft is being made already, or ``copy_of`` is of before the edition approved last.
        """
        with self._database.writing() as connection:
            if (busy := connection.execute(select(*_SUMMARY).where(_t.open == 1)).one_or_none()) is not None:
                raise Conflict(f"Edition {busy.number} is being made already by {busy.made_by}. Work on that one.")
            base = connection.execute(_approved().order_by(_t.number.desc()).limit(1)).one_or_none()
            if base is None:
                raise Conflict("There is no edition to begin from. Start the service, which imports the first.")
            if copy_of is not None and _row(connection, copy_of).base != base.number:
                raise Conflict(f"Edition {copy_of} was made before edition {base.number}. Begin anew from that one.")
            number = _next(connection)
            connection.execute(
                insert(catalogue_edition).values(
                    number=number,
                    state=EditionState.DRAFT.value,
                    open=1,
                    origin="edited",
                    base=base.number,
                    revision=0,
                    document=_stored(_document(connection, copy_of or base.number)),
                    digest="",
                    note=said,
                    made_by=by,
                    made_at=at,
                    reason="",
                )
            )
            if copy_of is not None:
                _REVIEWED.inherit_makers(connection, _key(copy_of), _key(number), at, {"edits": "[]"})
            note(connection, at, by, "catalogue_begun", "", f"edition {number} from {copy_of or base.number}")
            return _edition(_row(connection, number))

    def change(
        self,
        number: int,
        revision: int,
        document: Document,
        edits: Iterable[Mapping[str, Any]],
        by: str,
        at: datetime,
        said: str = "",
    ) -> Edition:
        """Put ``document`` in the place of the one that was seen at ``revision``. Raises Conflict where it moved on."""
        with self._database.writing() as connection:
            _expect(connection, number, revision, EditionState.DRAFT)
            values = {"revision": revision + 1, "document": _stored(document), "digest": ""}
            _REVIEWED.set(connection, _key(number), revision, values)
            stored = json.dumps(list(edits), ensure_ascii=False, default=str)
            _REVIEWED.note_edit(connection, _key(number), revision + 1, by, at, {"edits": stored})
            note(connection, at, by, "catalogue_edited", "", f"edition {number}, revision {revision + 1}: {said}"[:400])
            return _edition(_row(connection, number))

    def submit(
        self, number: int, revision: int, digest: str, effective_from: date, by: str, at: datetime, said: str = ""
    ) -> Edition:
        """Ask another person to check it. ``digest`` is the version of the catalogue that its document makes."""
        with self._database.writing() as connection:
            row = _expect(connection, number, revision, EditionState.DRAFT)
            base = _row(connection, row.base)
            if effective_from < base.effective_from:
                raise BadInput(
                    f"Edition {base.number} comes into force on {base.effective_from}. Take that day or a later one, "
                    "or withdraw that edition first."
                )
            values: dict[str, Any] = {"submitted_by": by, "submitted_at": at, "effective_from": effective_from}
            values |= {"state": EditionState.SUBMITTED.value, "digest": digest} | ({"note": said} if said else {})
            _REVIEWED.set(connection, _key(number), revision, values)
            note(connection, at, by, "catalogue_submitted", "", f"edition {number}, {digest}, from {effective_from}")
            return _edition(_row(connection, number))

    def take_back(self, number: int, revision: int, by: str, at: datetime) -> Edition:
        """A submitted edition becomes a draft again."""
        values = {"state": EditionState.DRAFT.value, "submitted_by": None, "submitted_at": None}
        return self._step(number, revision, EditionState.SUBMITTED, "catalogue_taken_back", by, at, values)

    def discard(self, number: int, revision: int, by: str, at: datetime) -> Edition:
        """The draft is given up. It stays readable, and a new draft may begin as its copy."""
        values = {"state": EditionState.DISCARDED.value, "open": None}
        return self._step(number, revision, EditionState.DRAFT, "catalogue_discarded", by, at, values)

    def approve(self, number: int, revision: int, by: str, at: datetime, day: date) -> Edition:
        """It comes into force on its day, or on ``day`` where that has passed. Raises NotAllowed for a maker."""
        with self._database.writing() as connection:
            row = _expect(connection, number, revision, EditionState.SUBMITTED)
            _REVIEWED.refuse_maker(connection, _key(number), by)
            first = max(row.effective_from, day)
            values = {"state": EditionState.APPROVED.value, "open": None, "effective_from": first}
            _REVIEWED.set(connection, _key(number), revision, {**values, "checked_by": by, "checked_at": at})
            note(connection, at, by, "catalogue_approved", "", f"edition {number}, {row.digest}, from {first}")
            return _edition(_row(connection, number))

    def refuse(self, number: int, revision: int, by: str, at: datetime, reason: str) -> Edition:
        """It does not come into force. Raises BadInput without a reason, NotAllowed for one of its makers."""
        if not reason.strip():
            raise BadInput("Say why the edition is refused, so that its maker can correct it.")
        with self._database.writing() as connection:
            _expect(connection, number, revision, EditionState.SUBMITTED)
            _REVIEWED.refuse_maker(connection, _key(number), by)
            values = {"state": EditionState.REFUSED.value, "open": None, "reason": reason.strip()}
            _REVIEWED.set(connection, _key(number), revision, {**values, "checked_by": by, "checked_at": at})
            note(connection, at, by, "catalogue_refused", "", f"edition {number}: {reason.strip()}"[:400])
            return _edition(_row(connection, number))

    def withdraw(self, number: int, revision: int, by: str, at: datetime, day: date) -> Edition:
        """An approved edition whose day has not come does not come into force.

        Raises Conflict where it is in force, or where a later edition or a draft began from it.
        """
        with self._database.writing() as connection:
            row = _expect(connection, number, revision, EditionState.APPROVED)
            if row.effective_from <= day:
                raise Conflict(f"Edition {number} is in force or has been. Make another edition that corrects it.")
            states = ("draft", "submitted", "approved")
            followers = select(_t.number).where(_t.base == number, _t.state.in_(states)).limit(1)
            if (follower := connection.execute(followers).scalar_one_or_none()) is not None:
                raise Conflict(f"Edition {follower} began from edition {number}. Discard or withdraw that one first.")
            _REVIEWED.set(connection, _key(number), revision, {"state": EditionState.WITHDRAWN.value})
            note(connection, at, by, "catalogue_withdrawn", "", f"edition {number}, {row.digest}")
            return _edition(_row(connection, number))

    # -- rows ---------------------------------------------------------------------------------------------------------

    def _step(
        self,
        number: int,
        revision: int,
        state: EditionState,
        action: str,
        by: str,
        at: datetime,
        values: Mapping[str, Any],
    ) -> Edition:
        with self._database.writing() as connection:
            _expect(connection, number, revision, state)
            _REVIEWED.set(connection, _key(number), revision, values)
            note(connection, at, by, action, "", f"edition {number}")
            return _edition(_row(connection, number))


def _approved() -> Select[Any]:
    return select(*_SUMMARY).where(_t.state == EditionState.APPROVED.value)


def _key(number: int) -> Key:
    missing = f"There is no edition {number} of the catalogue. List the editions."
    return Key({"number": number}, f"edition {number}", missing)


def _row(connection: Connection, number: int) -> Row[Any]:
    return _REVIEWED.row(connection, _key(number))


def _expect(connection: Connection, number: int, revision: int, state: EditionState) -> Row[Any]:
    return _REVIEWED.expect(connection, _key(number), revision, state.value)


def _document(connection: Connection, number: int) -> Document:
    text = connection.execute(select(_t.document).where(_t.number == number)).scalar_one_or_none()
    if text is None:
        raise NotFound(f"There is no edition {number} of the catalogue. List the editions.")
    document: Document = json.loads(text)
    return document


def _next(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(_t.number), 0))).scalar_one()) + 1


def _stored(document: Document) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _edition(row: Row[Any]) -> Edition:
    return Edition(**{**row._asdict(), "state": EditionState(row.state)})
