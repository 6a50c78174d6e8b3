"""Articles are drafted, checked by another person, published and withdrawn; agents report what is wrong with them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from copilot.store.tables import UtcTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Four tables, and what the database refuses of them."""
    _version()
    _edit()
    _report()
    _answer()
    if op.get_bind().dialect.name == "sqlite":
        _guarded_in_sqlite()
    else:
        _guarded_in_postgres()


def _version() -> None:
    op.create_table(
        "article_version",
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("open", sa.Integer(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("publish_on", sa.Date(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=True),
        sa.Column("submitted_at", UtcTime(), nullable=True),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("checked_at", UtcTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", UtcTime(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        *_version_checks(),
        sa.ForeignKeyConstraint(
            ["article_id", "base"],
            ["article_version.article_id", "article_version.number"],
            name=op.f("fk_article_version_article_id_base"),
        ),
        sa.PrimaryKeyConstraint("article_id", "number", name=op.f("pk_article_version")),
        sa.UniqueConstraint("article_id", "open", name=op.f("uq_article_version_article_id_open")),
    )
    op.create_index(op.f("ix_article_version_state_publish_on"), "article_version", ["state", "publish_on"])


def _version_checks() -> tuple[sa.CheckConstraint, ...]:
    return (
        sa.CheckConstraint(
            "state IN ('draft', 'review', 'published', 'refused', 'discarded', 'withdrawn')",
            name=op.f("ck_article_version_state_is_known"),
        ),
        sa.CheckConstraint(
            "origin IN ('library', 'edited', 'uploaded')", name=op.f("ck_article_version_origin_is_known")
        ),
        sa.CheckConstraint(
            "(open IS NULL AND state NOT IN ('draft', 'review')) OR (open = 1 AND state IN ('draft', 'review'))",
            name=op.f("ck_article_version_open_while_people_work"),
        ),
        sa.CheckConstraint(
            "checked_by IS NULL OR (checked_by <> made_by AND checked_by <> submitted_by)",
            name=op.f("ck_article_version_checked_by_another"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('published', 'withdrawn') OR (publish_on IS NOT NULL AND digest <> ''"
            " AND (origin = 'library' OR (submitted_by IS NOT NULL AND checked_by IS NOT NULL)))",
            name=op.f("ck_article_version_published_was_checked"),
        ),
        sa.CheckConstraint(
            "state <> 'withdrawn' OR (withdrawn_by IS NOT NULL AND withdrawn_on IS NOT NULL AND reason <> '')",
            name=op.f("ck_article_version_withdrawn_says_why"),
        ),
    )


def _edit() -> None:
    op.create_table(
        "article_edit",
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id", "number"],
            ["article_version.article_id", "article_version.number"],
            name=op.f("fk_article_edit_article_id_number"),
        ),
        sa.PrimaryKeyConstraint("article_id", "number", "revision", name=op.f("pk_article_edit")),
    )


def _report() -> None:
    op.create_table(
        "passage_report",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("passage_id", sa.Text(), nullable=False),
        sa.Column("article_version", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint("kind IN ('outdated', 'wrong')", name=op.f("ck_passage_report_kind_is_known")),
        sa.ForeignKeyConstraint(
            ["call_id", "seq"], ["journal.call_id", "journal.seq"], name=op.f("fk_passage_report_call_id_seq")
        ),
        sa.PrimaryKeyConstraint("call_id", "report_id", name=op.f("pk_passage_report")),
    )
    op.create_index(op.f("ix_passage_report_article_id"), "passage_report", ["article_id"])


def _answer() -> None:
    op.create_table(
        "report_answer",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('corrected', 'withdrawn', 'right')", name=op.f("ck_report_answer_outcome_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["call_id", "report_id"],
            ["passage_report.call_id", "passage_report.report_id"],
            name=op.f("fk_report_answer_call_id_report_id"),
        ),
        sa.PrimaryKeyConstraint("call_id", "report_id", name=op.f("pk_report_answer")),
    )


_ONE_MAY_NOT = "whoever drafted or changed a version of an article may not approve it"
_SETTLED = "a version of an article that was decided stays as it is"
_SKIPPED = "a version of an article is checked before it is published"
_MAKER_CHECKS = (
    "NEW.checked_by IS NOT NULL AND EXISTS (SELECT 1 FROM article_edit AS e WHERE e.article_id = NEW.article_id "
    "AND e.number = NEW.number AND e.by = NEW.checked_by)"
)
_SIGNED_ANEW = (
    "NEW.made_by <> OLD.made_by OR NEW.origin <> OLD.origin OR "
    "(OLD.checked_by IS NOT NULL AND NEW.checked_by <> OLD.checked_by)"
)
_REFUSED = (
    (
        "is_checked_by_another",
        _MAKER_CHECKS,
        _ONE_MAY_NOT,
    ),
    ("stays_decided", "OLD.open IS NULL AND OLD.state <> 'published'", _SETTLED),
    ("stays_published", "OLD.state = 'published' AND NEW.state NOT IN ('published', 'withdrawn')", _SETTLED),
    (
        "is_not_rewritten",
        "OLD.state <> 'draft' AND (NEW.content <> OLD.content OR NEW.digest <> OLD.digest AND OLD.digest <> '')",
        _SETTLED,
    ),
    (
        "keeps_its_signatures",
        _SIGNED_ANEW,
        _SETTLED,
    ),
    ("is_reviewed_first", "NEW.state IN ('published', 'refused') AND OLD.state = 'draft'", _SKIPPED),
)
_BEGINS = "NEW.state <> 'draft' AND (NEW.origin <> 'library' OR NEW.number <> 1 OR NEW.state <> 'published')"
_KEPT = ("article_edit", "report_answer")


def _guarded_in_sqlite() -> None:
    for table in _KEPT:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    op.execute(
        "CREATE TRIGGER article_version_refuses_delete BEFORE DELETE ON article_version "
        "BEGIN SELECT RAISE(ABORT, 'versions of articles are kept'); END"
    )
    op.execute(
        f"CREATE TRIGGER article_version_begins_as_a_draft BEFORE INSERT ON article_version WHEN {_BEGINS} "
        f"BEGIN SELECT RAISE(ABORT, '{_SKIPPED}'); END"
    )
    for name, when, sentence in _REFUSED:
        op.execute(
            f"CREATE TRIGGER article_version_{name} BEFORE UPDATE ON article_version WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )


def _guarded_in_postgres() -> None:
    for table in _KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION hotline_append_only()"
        )
    op.execute(
        "CREATE TRIGGER article_version_is_kept BEFORE DELETE OR TRUNCATE ON article_version "
        "FOR EACH STATEMENT EXECUTE FUNCTION hotline_append_only()"
    )
    _postgres_trigger("article_version_begins_as_a_draft", "INSERT", ((_BEGINS, _SKIPPED),))
    _postgres_trigger("article_version_is_checked", "UPDATE", [(when, sentence) for _, when, sentence in _REFUSED])


def _postgres_trigger(name: str, verb: str, refused: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> None:
    refusals = "".join(
        f"IF {when} THEN RAISE EXCEPTION USING MESSAGE = '{sentence}', ERRCODE = 'integrity_constraint_violation'; "
        "END IF; "
        for when, sentence in refused
    )
    op.execute(
        f"CREATE FUNCTION hotline_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {refusals}RETURN NEW; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON article_version FOR EACH ROW EXECUTE FUNCTION hotline_{name}()")
