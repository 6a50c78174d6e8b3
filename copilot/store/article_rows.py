"""The rows of :mod:`copilot.store.articles`: what a version is, and how it is read, written and guarded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, insert, or_, select

from copilot.store.article_tables import article_edit, article_version
from copilot.store.reviewed import Key, Reviewed
from knowledge_base.articles.content import Content
from knowledge_base.articles.fields import is_pair
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

    @property
    def seen(self) -> Seen:
        """It as whoever has it before them acts on it."""
        return Seen(self.article_id, self.number, self.revision)


@dataclass(frozen=True, slots=True)
class Unlisted:
    """What lists show of the last version of an article that nobody is shown; dates are ISO texts or empty.

    ``is_pair`` says that it is one question with its answer, whose number is that of the document it is from.
    """

    document_number: str
    issuer: str
    area: str
    secrecy: str
    effective_from: str
    effective_to: str
    is_pair: bool


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


_t = article_version.c
_REVIEWED = Reviewed(article_version, article_edit, bulky="content")
SUMMARY = _REVIEWED.summary
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


def _key(article_id: str, number: int) -> Key:
    missing = f"There is no version {number} of an article {article_id}. Load the article again."
    return Key({"article_id": article_id, "number": number}, f"version {number} of {article_id}", missing)


def version_row(connection: Connection, article_id: str, number: int, lock: bool = False) -> Row[Any]:
    """Raises NotFound."""
    return _REVIEWED.row(connection, _key(article_id, number), lock=lock)


def as_version(row: Row[Any]) -> Version:
    """A row of SUMMARY."""
    return Version(**{**row._asdict(), "state": VersionState(row.state)})


def content_of(connection: Connection, article_id: str, number: int) -> Content:
    """The content of a version that is there."""
    wanted = select(_t.content).where(_t.article_id == article_id, _t.number == number)
    content: Content = json.loads(connection.execute(wanted).scalar_one())
    return content


def as_unlisted(content: Content) -> Unlisted:
    """What a content says that may lack anything."""
    names = ("document_number", "issuer", "area", "secrecy", "effective_from", "effective_to")
    said = {name: str(content.get(name) or "") for name in names}
    return Unlisted(**said, is_pair=is_pair(str(content.get("text") or "")))


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
    source, copy = _key(into.article_id, copy_of), _key(into.article_id, into.number)
    _REVIEWED.inherit_makers(connection, source, copy, at, {"fields": "{}"})


def note_edit(connection: Connection, made: Seen, by: str, at: datetime, fields: Mapping[str, Any]) -> None:
    """Record who made a revision."""
    said = json.dumps(dict(fields), ensure_ascii=False)
    _REVIEWED.note_edit(connection, _key(made.article_id, made.number), made.revision, by, at, {"fields": said})


def expect(connection: Connection, seen: Seen, state: VersionState) -> Row[Any]:
    """The row, locked. Raises Conflict where it is in another state or at another revision than was seen."""
    return _REVIEWED.expect(connection, _key(seen.article_id, seen.number), seen.revision, state.value)


def refuse_maker(connection: Connection, row: Row[Any], by: str) -> None:
    """Raise NotAllowed for whoever drafted, changed or submitted it."""
    _REVIEWED.refuse_maker(connection, _key(row.article_id, row.number), by)


def set_version(connection: Connection, seen: Seen, values: Mapping[str, Any]) -> None:
    """Change the row. Raises Conflict where it is not at the revision that was seen."""
    _REVIEWED.set(connection, _key(seen.article_id, seen.number), seen.revision, values)
