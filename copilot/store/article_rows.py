"""The rows of :mod:`copilot.store.articles`: what a version is, and how it is read, written and guarded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, insert, or_, select, update

from copilot.errors import Conflict, NotAllowed, NotFound
from copilot.store.article_tables import article_edit, article_version
from knowledge_base.article_content import Content
from knowledge_base.policy import PolicyArticle


class VersionState(StrEnum):
    """How far a version has come."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    REFUSED = "refused"
    DISCARDED = "discarded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Version:
    """One version without its content. ``revision`` counts the edits; whoever acts on it says which one they saw.

    ``base`` is the version it began from. ``origin`` is ``library`` for an article of the library's files as it was
    when people began to edit it, else ``edited`` or ``uploaded``. It counts from ``publish_on`` on, until
    ``withdrawn_on``. ``note`` is what its maker says of it, ``reason`` why it was refused or withdrawn.
    """

    article_id: str
    number: int
    state: VersionState
    origin: str
    base: int | None
    revision: int
    digest: str
    title: str
    owner: str
    note: str
    publish_on: date | None
    made_by: str
    made_at: datetime
    submitted_by: str | None
    submitted_at: datetime | None
    checked_by: str | None
    checked_at: datetime | None
    reason: str
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    withdrawn_on: date | None

    @property
    def open(self) -> bool:
        """Whether people work on it."""
        return self.state in (VersionState.DRAFT, VersionState.REVIEW)


@dataclass(frozen=True, slots=True)
class ArticleEdit:
    """``by`` gave ``fields`` other values, of which ``revision`` of the version is the result."""

    revision: int
    at: datetime
    by: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DeskArticles:
    """What the desk adds to the library's files on a day; ``stamp`` changes whenever the rest does.

    ``withdrawn`` are ids; ``taken_back`` those of them that the desk made, which nobody finds any more: they stay
    articles of the library, so that their history can be read and a version of them begun.
    """

    stamp: str
    published: tuple[PolicyArticle, ...]
    withdrawn: frozenset[str]
    taken_back: tuple[PolicyArticle, ...] = ()

    @property
    def articles(self) -> tuple[PolicyArticle, ...]:
        """Published or not any more."""
        return (*self.published, *self.taken_back)


@dataclass(frozen=True, slots=True)
class Seen:
    """A version as it was on the screen of whoever acts on it."""

    article_id: str
    number: int
    revision: int


_t, _e = article_version.c, article_edit.c
SUMMARY = [column for column in article_version.c if column.name not in ("content", "open")]
DECIDED = _t.state.in_((VersionState.PUBLISHED.value, VersionState.WITHDRAWN.value))
# A version that was withdrawn before its day never counted.
COUNTED = or_(_t.withdrawn_on.is_(None), _t.withdrawn_on >= _t.publish_on)


def counting_rows(columns: Sequence[Any], day: date) -> Select[Any]:
    """Of each article the latest version that counts on ``day``."""
    latest = (
        select(_t.article_id, func.max(_t.number).label("number"))
        .where(DECIDED, COUNTED, _t.publish_on <= day)
        .group_by(_t.article_id)
        .subquery("latest")
    )
    joined = and_(latest.c.article_id == _t.article_id, latest.c.number == _t.number)
    return select(*columns).join(latest, joined).order_by(_t.article_id)


def version_row(connection: Connection, article_id: str, number: int, lock: bool = False) -> Row[Any]:
    """Raises NotFound."""
    wanted = select(*SUMMARY).where(_t.article_id == article_id, _t.number == number)
    found = connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    if found is None:
        raise NotFound(f"There is no version {number} of an article {article_id}. Load the article again.")
    return found


def as_version(row: Row[Any]) -> Version:
    """A row of SUMMARY."""
    return Version(**{**row._asdict(), "state": VersionState(row.state)})


def content_of(connection: Connection, article_id: str, number: int) -> Content:
    """The content of a version that is there."""
    wanted = select(_t.content).where(_t.article_id == article_id, _t.number == number)
    content: Content = json.loads(connection.execute(wanted).scalar_one())
    return content


def last_number(connection: Connection, article_id: str, *conditions: ColumnElement[bool]) -> int | None:
    """The number of an article's last version of which ``conditions`` are true."""
    wanted = select(func.max(_t.number)).where(_t.article_id == article_id, *conditions)
    return connection.execute(wanted).scalar_one_or_none()


def stored(content: Content) -> dict[str, str]:
    """The columns that hold a content."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return {"content": text, "title": str(content.get("title", "")), "owner": str(content.get("owner", ""))}


def insert_version(connection: Connection, seen: Seen, content: Content, values: Mapping[str, Any]) -> None:
    """A new row; ``values`` say at least who made it, when, and in which state it begins."""
    key = {"article_id": seen.article_id, "number": seen.number, "revision": seen.revision}
    row = {"digest": "", "note": "", "reason": "", **stored(content), **values}
    connection.execute(insert(article_version).values(**key, **row))


def inherit_makers(connection: Connection, copy_of: int, into: Seen, at: datetime) -> None:
    """Who made the version that is copied made this one too, and may not check it."""
    source = version_row(connection, into.article_id, copy_of)
    helped = [source.made_by, *_editors(connection, into.article_id, copy_of), source.submitted_by]
    makers = [maker for maker in dict.fromkeys(helped) if maker is not None]  # a draft that was given up has no sender
    for revision, maker in enumerate(makers, start=1):
        note_edit(connection, Seen(into.article_id, into.number, revision), maker, at, {})
    set_version(connection, into, {"revision": len(makers)})


def note_edit(connection: Connection, made: Seen, by: str, at: datetime, fields: Mapping[str, Any]) -> None:
    """Record who made a revision."""
    said = json.dumps(dict(fields), ensure_ascii=False)
    key = {"article_id": made.article_id, "number": made.number, "revision": made.revision}
    connection.execute(insert(article_edit).values(**key, at=at, by=by, fields=said))


def expect(connection: Connection, seen: Seen, state: VersionState) -> Row[Any]:
    """The row, locked. Raises Conflict where it is in another state or at another revision than was seen."""
    row = version_row(connection, seen.article_id, seen.number, lock=True)
    name = f"ersion {seen.number} of {seen.article_id}"
    if row.state != state.value:
        raise Conflict(f"V{name} is {row.state}, not {state.value} any more. Load it again.")
    if row.revision != seen.revision:
        last = select(_e.by).where(
            _e.article_id == seen.article_id, _e.number == seen.number, _e.revision == row.revision
        )
        who = connection.execute(last).scalar_one_or_none() or "Somebody"
        raise Conflict(
            f"{who} changed v{name} meanwhile: it is at revision {row.revision}, you saw {seen.revision}. "
            "Load it again, look at what changed, and repeat your step."
        )
    return row


def refuse_maker(connection: Connection, row: Row[Any], by: str) -> None:
    """Raise NotAllowed for whoever drafted, changed or submitted it."""
    if by in {row.made_by, row.submitted_by, *_editors(connection, row.article_id, row.number)}:
        raise NotAllowed(
            f"{by} took part in making version {row.number} of {row.article_id}. Another person has to check it."
        )


def _editors(connection: Connection, article_id: str, number: int) -> list[str]:
    edited = select(_e.by).where(_e.article_id == article_id, _e.number == number).order_by(_e.revision)
    return list(connection.execute(edited).scalars())


def set_version(connection: Connection, seen: Seen, values: Mapping[str, Any]) -> None:
    """Change the row. Raises Conflict where it is not at the revision that was seen."""
    still = and_(_t.article_id == seen.article_id, _t.number == seen.number, _t.revision == seen.revision)
    if connection.execute(update(article_version).where(still).values(**values)).rowcount != 1:
        raise Conflict(f"Somebody changed version {seen.number} of {seen.article_id} meanwhile. Load it again.")
