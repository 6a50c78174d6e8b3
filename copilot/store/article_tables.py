"""The tables of the knowledge editor's desk: versions of articles, who edited them, and what agents report of them.

The database itself holds what must never happen: two drafts of one article at once, a checker who is a maker, a
published version that changes, a version, an edit or an answer that disappears (triggers in the migration).
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from copilot.store.reviewed import checked_by_another, open_while_people_work, signatures
from copilot.store.tables import UtcTime, metadata

article_version = Table(
    "article_version",
    metadata,
    Column("article_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    # 1 while people work on it, else NULL: of an article there is at most one such version.
    Column("open", Integer),
    Column("origin", Text, nullable=False),
    Column("base", Integer),
    Column("revision", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("digest", Text, nullable=False),
    # Two fields of the content, for lists.
    Column("title", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("publish_on", Date),
    *signatures(),
    Column("reason", Text, nullable=False),
    Column("withdrawn_by", Text),
    Column("withdrawn_at", UtcTime),
    Column("withdrawn_on", Date),
    CheckConstraint(
        "state IN ('draft', 'review', 'published', 'refused', 'discarded', 'withdrawn')", name="state_is_known"
    ),
    CheckConstraint("origin IN ('library', 'edited', 'uploaded')", name="origin_is_known"),
    open_while_people_work("draft", "review"),
    checked_by_another(),
    CheckConstraint(
        "state NOT IN ('published', 'withdrawn') OR (publish_on IS NOT NULL AND digest <> ''"
        " AND (origin = 'library' OR (submitted_by IS NOT NULL AND checked_by IS NOT NULL)))",
        name="published_was_checked",
    ),
    CheckConstraint(
        "state <> 'withdrawn' OR (withdrawn_by IS NOT NULL AND withdrawn_on IS NOT NULL AND reason <> '')",
        name="withdrawn_says_why",
    ),
    ForeignKeyConstraint(["article_id", "base"], ["article_version.article_id", "article_version.number"]),
    UniqueConstraint("article_id", "open"),
    Index(None, "state", "publish_on"),
)

article_edit = Table(
    "article_edit",
    metadata,
    Column("article_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    # Two people who edited the same revision cannot both be recorded.
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("fields", Text, nullable=False),
    ForeignKeyConstraint(["article_id", "number"], ["article_version.article_id", "article_version.number"]),
)

# Derived from the journal: what agents report from their cards.
passage_report = Table(
    "passage_report",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("report_id", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("article_id", Text, nullable=False),
    Column("passage_id", Text, nullable=False),
    Column("article_version", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    CheckConstraint("kind IN ('outdated', 'wrong')", name="kind_is_known"),
    ForeignKeyConstraint(["call_id", "seq"], ["journal.call_id", "journal.seq"]),
    Index(None, "article_id"),
)

report_answer = Table(
    "report_answer",
    metadata,
    # A report is answered once.
    Column("call_id", Text, primary_key=True),
    Column("report_id", Text, primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    CheckConstraint("outcome IN ('corrected', 'withdrawn', 'right')", name="outcome_is_known"),
    ForeignKeyConstraint(["call_id", "report_id"], ["passage_report.call_id", "passage_report.report_id"]),
)
