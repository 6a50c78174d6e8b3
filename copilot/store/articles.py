"""Versions of articles: what some draft, another checks, and agents are shown from a day on.

A version is ``draft``, then in ``review``, then ``published`` or ``refused``; a draft may be ``discarded``, and a
published version ``withdrawn``. Of an article there is one draft at a time, and no version takes the place of one that
comes later. Which version counts follows from the day; that an article has expired follows from its own dates.

The audit (:mod:`copilot.store.audit`) names every step with the content's digest.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, func, not_, select, tuple_

from copilot.errors import BadInput, Conflict
from copilot.store.accounts import CONSOLE
from copilot.store.article_rows import (
    COUNTED,
    DECIDED,
    SUMMARY,
    ArticleEdit,
    DeskArticles,
    Seen,
    Unlisted,
    Version,
    VersionState,
    as_unlisted,
    as_version,
    content_of,
    counting_rows,
    expect,
    inherit_makers,
    insert_version,
    last_number,
    note_edit,
    refuse_maker,
    set_version,
    stored,
    version_row,
)
from copilot.store.article_tables import article_edit, article_version
from copilot.store.audit import note
from copilot.store.engine import Database
from knowledge_base.articles.content import Content, read_content
from knowledge_base.policy import ArticleStatus, PolicyArticle

_t = article_version.c
_AT_ONCE = 500


class ArticleVersions:
    """The versions of one database. Threads and processes may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._told: Mapping[Seen, Unlisted] = {}

    # -- looking ------------------------------------------------------------------------------------------------------

    def of(self, article_id: str) -> list[Version]:
        """All versions of an article, the latest first; none for one that was never edited here."""
        return self._all(select(*SUMMARY).where(_t.article_id == article_id).order_by(_t.number.desc()))

    def being_made(self) -> list[Version]:
        """The drafts and what waits for its check, the oldest first."""
        return self._all(select(*SUMMARY).where(_t.open == 1).order_by(_t.made_at, _t.article_id))

    def counting(self, day: date) -> dict[str, Version]:
        """For each article the published or withdrawn version that counts on ``day``."""
        return {version.article_id: version for version in self._all(counting_rows(SUMMARY, day))}

    def coming(self, day: date) -> list[Version]:
        """Published versions that do not count yet, the next first."""
        wanted = select(*SUMMARY).where(_t.state == VersionState.PUBLISHED.value, _t.publish_on > day)
        return self._all(wanted.order_by(_t.publish_on, _t.article_id))

    def given_up(self) -> list[Version]:
        """The refused, discarded and withdrawn versions after which nobody has begun another."""
        last = select(_t.article_id, func.max(_t.number).label("number")).group_by(_t.article_id).subquery("last")
        joined = and_(last.c.article_id == _t.article_id, last.c.number == _t.number)
        states = (VersionState.REFUSED.value, VersionState.DISCARDED.value, VersionState.WITHDRAWN.value)
        return self._all(select(*SUMMARY).join(last, joined).where(_t.state.in_(states)).order_by(_t.article_id))

    def unlisted(self, day: date) -> dict[str, Unlisted]:
        """The articles whose last version nobody is shown on ``day``, by id.

        Those are drafted, waiting, refused, discarded, withdrawn or of a later day: a list of what counts lacks them.
        A discarded version is an article's last only where it has no other. What was read before is remembered, by
        revision: of five thousand drafts only those are read that were edited since.
        """
        kept = func.max(case((_t.state != VersionState.DISCARDED.value, _t.number)))
        number = func.coalesce(kept, func.max(_t.number)).label("number")
        last = select(_t.article_id, number).group_by(_t.article_id).subquery("last")
        joined = and_(last.c.article_id == _t.article_id, last.c.number == _t.number)
        counts = and_(_t.state == VersionState.PUBLISHED.value, _t.publish_on <= day)
        wanted = select(_t.article_id, _t.number, _t.revision).join(last, joined).where(not_(counts))
        told = self._told
        with self._database.reading() as connection:
            seen = [Seen(*row) for row in connection.execute(wanted)]
            read = _told_anew(connection, [one for one in seen if one not in told])
        known = {one: said for one in seen if (said := read.get(one) or told.get(one)) is not None}
        self._told = known
        return {one.article_id: said for one, said in known.items()}

    def numbers_of(self, digests: Collection[str]) -> dict[tuple[str, str], int]:
        """Which published version of which article has one of ``digests``: by article and digest, the latest."""
        wanted = select(_t.article_id, _t.digest, func.max(_t.number))
        matching = wanted.where(DECIDED, _t.digest.in_(set(digests))).group_by(_t.article_id, _t.digest)
        with self._database.reading() as connection:
            return {(row[0], row[1]): row[2] for row in connection.execute(matching)}

    def get(self, article_id: str, number: int) -> Version:
        """Raises NotFound."""
        with self._database.reading() as connection:
            return as_version(version_row(connection, article_id, number))

    def with_content(self, article_id: str, number: int) -> tuple[Version, Content]:
        """A version and its content, of one moment. Raises NotFound."""
        with self._database.reading() as connection:
            return as_version(version_row(connection, article_id, number)), content_of(connection, article_id, number)

    def edits(self, article_id: str, number: int) -> list[ArticleEdit]:
        """Who edited it, in order."""
        e = article_edit.c
        wanted = select(article_edit).where(e.article_id == article_id, e.number == number).order_by(e.revision)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        return [ArticleEdit(row.revision, row.at, row.by, json.loads(row.fields)) for row in rows]

    def stamp(self, day: date) -> str:
        """Another one whenever another version counts on ``day``; one small query, for those who look often."""
        gone = case((_t.state == VersionState.WITHDRAWN.value, 1), else_=0)
        wanted = select(func.count(), func.coalesce(func.sum(gone), 0), func.max(_t.publish_on))
        with self._database.reading() as connection:
            begun, withdrawn, last = connection.execute(wanted.where(DECIDED, _t.publish_on <= day)).one()
        return f"{begun}.{withdrawn}.{last or ''}"

    def overlay(self, day: date) -> DeskArticles:
        """What people published and withdrew here, as it counts on ``day``.

        Raises BadLibrary where the content of a version cannot be read by this version of the program.
        """
        # Before the rows: where a version is published in between, the next look finds another stamp.
        stamp = self.stamp(day)
        with self._database.reading() as connection:
            rows = connection.execute(counting_rows([_t.article_id, _t.state, _t.origin, _t.content], day)).all()
        ours = tuple(_as_decided(row) for row in rows if row.origin != "library")
        published = tuple(article for article in ours if article.status is not ArticleStatus.WITHDRAWN)
        taken_back = tuple(article for article in ours if article.status is ArticleStatus.WITHDRAWN)
        withdrawn = frozenset(row.article_id for row in rows if row.state == VersionState.WITHDRAWN.value)
        return DeskArticles(stamp, published, withdrawn, taken_back)

    def _all(self, wanted: Select[Any]) -> list[Version]:
        with self._database.reading() as connection:
            return [as_version(row) for row in connection.execute(wanted).all()]

    # -- making -------------------------------------------------------------------------------------------------------

    def adopt(self, article_id: str, content: Content, digest: str, at: datetime, day: date) -> Version:
        """An article of the library's files becomes its own first version, so that later ones are compared with it.

        Raises Conflict where it has versions already.
        """
        with self._database.writing() as connection:
            if last_number(connection, article_id) is not None:
                raise Conflict(f"The article {article_id} has versions already. Load it again.")
            values = {"state": VersionState.PUBLISHED.value, "origin": "library", "digest": digest, "publish_on": day}
            first = Seen(article_id, 1, 0)
            insert_version(connection, first, content, {**values, "made_by": CONSOLE, "made_at": at})
            note(connection, at, CONSOLE, "article_imported", "", f"{article_id} version 1, {digest}")
            return as_version(version_row(connection, article_id, 1))

    def begin(
        self,
        article_id: str,
        content: Content,
        by: str,
        at: datetime,
        *,
        origin: str = "edited",
        said: str = "",
        copy_of: int | None = None,
    ) -> Version:
        """A draft of an article with ``content``, to be compared with the version decided last, if there is one.

        ``copy_of`` names a refused or discarded version whose makers made this one too. Raises Conflict where somebody
        works on the article already.
        """
        with self._database.writing() as connection:
            busy = connection.execute(select(*SUMMARY).where(_t.article_id == article_id, _t.open == 1)).one_or_none()
            if busy is not None:
                raise Conflict(
                    f"{busy.made_by} works on {article_id} already (version {busy.number}). Work on that one."
                )
            draft = Seen(article_id, (last_number(connection, article_id) or 0) + 1, 0)
            base = last_number(connection, article_id, DECIDED)
            values = {"state": VersionState.DRAFT.value, "open": 1, "origin": origin, "base": base, "note": said}
            insert_version(connection, draft, content, {**values, "made_by": by, "made_at": at})
            if copy_of is not None:
                inherit_makers(connection, copy_of, draft, at)
            note(connection, at, by, "article_begun", "", f"{article_id} version {draft.number} from {copy_of or base}")
            return as_version(version_row(connection, article_id, draft.number))

    def change(self, seen: Seen, content: Content, fields: Mapping[str, Any], by: str, at: datetime) -> Version:
        """Put ``content`` in the place of the one that was seen; ``fields`` are those that have another value.

        Raises Conflict where it moved on.
        """
        with self._database.writing() as connection:
            expect(connection, seen, VersionState.DRAFT)
            made = Seen(seen.article_id, seen.number, seen.revision + 1)
            set_version(connection, seen, {"revision": made.revision, "digest": "", **stored(content)})
            note_edit(connection, made, by, at, fields)
            said = f"{seen.article_id} version {seen.number}, revision {made.revision}: {', '.join(fields)}"
            note(connection, at, by, "article_edited", "", said[:400])
            return as_version(version_row(connection, seen.article_id, seen.number))

    def submit(self, seen: Seen, digest: str, publish_on: date, by: str, at: datetime, said: str = "") -> Version:
        """Ask another person to check it; ``digest`` is that of the article it makes.

        Raises BadInput for a day before that of the version it began from.
        """
        with self._database.writing() as connection:
            row = expect(connection, seen, VersionState.DRAFT)
            base = None if row.base is None else version_row(connection, seen.article_id, row.base)
            if base is not None and base.state == VersionState.PUBLISHED.value and publish_on < base.publish_on:
                raise BadInput(
                    f"Version {base.number} of {seen.article_id} is published on {base.publish_on}. Take that day or "
                    "a later one, or withdraw that version first."
                )
            values: dict[str, Any] = {"submitted_by": by, "submitted_at": at, "publish_on": publish_on}
            values |= {"state": VersionState.REVIEW.value, "digest": digest} | ({"note": said} if said else {})
            set_version(connection, seen, values)
            told = f"{seen.article_id} version {seen.number}, {digest}, from {publish_on}"
            note(connection, at, by, "article_submitted", "", told)
            return as_version(version_row(connection, seen.article_id, seen.number))

    def take_back(self, seen: Seen, by: str, at: datetime) -> Version:
        """A version in review becomes a draft again."""
        values = {"state": VersionState.DRAFT.value, "submitted_by": None, "submitted_at": None}
        return self._step(seen, VersionState.REVIEW, "article_taken_back", by, at, values)

    def discard(self, seen: Seen, by: str, at: datetime) -> Version:
        """The draft is given up. It stays readable, and a new draft may begin as its copy."""
        values = {"state": VersionState.DISCARDED.value, "open": None}
        return self._step(seen, VersionState.DRAFT, "article_discarded", by, at, values)

    def approve(self, seen: Seen, by: str, at: datetime, day: date) -> Version:
        """It counts from its day on, or from ``day`` where that has passed. Raises NotAllowed for one of its makers."""
        with self._database.writing() as connection:
            row = expect(connection, seen, VersionState.REVIEW)
            refuse_maker(connection, row, by)
            first = max(row.publish_on, day)
            values = {"state": VersionState.PUBLISHED.value, "open": None, "publish_on": first}
            set_version(connection, seen, {**values, "checked_by": by, "checked_at": at})
            told = f"{seen.article_id} version {seen.number}, {row.digest}, from {first}"
            note(connection, at, by, "article_published", "", told)
            return as_version(version_row(connection, seen.article_id, seen.number))

    def refuse(self, seen: Seen, by: str, at: datetime, reason: str) -> Version:
        """It is not published. Raises BadInput without a reason, NotAllowed for one of its makers."""
        if not reason.strip():
            raise BadInput("Say why the version is refused, so that its maker can correct it.")
        with self._database.writing() as connection:
            refuse_maker(connection, expect(connection, seen, VersionState.REVIEW), by)
            values = {"state": VersionState.REFUSED.value, "open": None, "reason": reason.strip()}
            set_version(connection, seen, {**values, "checked_by": by, "checked_at": at})
            told = f"{seen.article_id} version {seen.number}: {reason.strip()}"
            note(connection, at, by, "article_refused", "", told[:400])
            return as_version(version_row(connection, seen.article_id, seen.number))

    def withdraw(self, article_id: str, number: int, by: str, at: datetime, day: date, reason: str) -> Version:
        """A published version counts no more, at once and by one person: to show nothing is better than what is wrong.

        Raises BadInput without a reason, Conflict for a version whose place another has taken.
        """
        if not reason.strip():
            raise BadInput("Say why the article is withdrawn: whoever looks for it reads that.")
        with self._database.writing() as connection:
            row = version_row(connection, article_id, number, lock=True)
            if row.state != VersionState.PUBLISHED.value:
                raise Conflict(f"Version {number} of {article_id} is {row.state}, not published. Load it again.")
            heir = last_number(connection, article_id, _t.number > number, DECIDED, COUNTED, _t.publish_on <= day)
            if heir is not None:
                raise Conflict(f"Version {heir} of {article_id} has taken its place. Load the article again.")
            gone = {"withdrawn_by": by, "withdrawn_at": at, "withdrawn_on": day, "reason": reason.strip()}
            seen = Seen(article_id, number, row.revision)
            set_version(connection, seen, {"state": VersionState.WITHDRAWN.value, **gone})
            note(connection, at, by, "article_withdrawn", "", f"{article_id} version {number}: {reason.strip()}"[:400])
            return as_version(version_row(connection, article_id, number))

    def _step(
        self, seen: Seen, state: VersionState, action: str, by: str, at: datetime, values: Mapping[str, Any]
    ) -> Version:
        with self._database.writing() as connection:
            expect(connection, seen, state)
            set_version(connection, seen, values)
            note(connection, at, by, action, "", f"{seen.article_id} version {seen.number}")
            return as_version(version_row(connection, seen.article_id, seen.number))


def _told_anew(connection: Connection, wanted: Sequence[Seen]) -> dict[Seen, Unlisted]:
    """What lists show of these versions, read from their contents."""
    found: dict[Seen, Unlisted] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        keys = [(one.article_id, one.number) for one in wanted[start : start + _AT_ONCE]]
        rows = select(_t.article_id, _t.number, _t.revision, _t.content).where(
            tuple_(_t.article_id, _t.number).in_(keys)
        )
        for key, number, revision, content in connection.execute(rows):
            found[Seen(key, number, revision)] = as_unlisted(json.loads(content))
    return found


def _as_decided(row: Row[Any]) -> PolicyArticle:
    article = read_content(row.article_id, json.loads(row.content))
    return replace(article, status=ArticleStatus.WITHDRAWN) if row.state == VersionState.WITHDRAWN.value else article
