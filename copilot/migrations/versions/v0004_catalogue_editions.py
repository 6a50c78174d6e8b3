"""catalogue editions: the responsibility catalogue is edited, checked by another person, and in force from a date."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from copilot.store.tables import UtcTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables, and what the database refuses of them."""
    _edition()
    _edit()
    if op.get_bind().dialect.name == "sqlite":
        _guarded_in_sqlite()
    else:
        _guarded_in_postgres()


def _edition() -> None:
    op.create_table(
        "catalogue_edition",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("open", sa.Integer(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=True),
        sa.Column("submitted_at", UtcTime(), nullable=True),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("checked_at", UtcTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'refused', 'discarded', 'withdrawn')",
            name=op.f("ck_catalogue_edition_state_is_known"),
        ),
        sa.CheckConstraint("origin IN ('imported', 'edited')", name=op.f("ck_catalogue_edition_origin_is_known")),
        sa.CheckConstraint(
            "(open IS NULL AND state NOT IN ('draft', 'submitted')) OR (open = 1 AND state IN ('draft', 'submitted'))",
            name=op.f("ck_catalogue_edition_open_while_people_work"),
        ),
        sa.CheckConstraint(
            "checked_by IS NULL OR (checked_by <> made_by AND checked_by <> submitted_by)",
            name=op.f("ck_catalogue_edition_checked_by_another"),
        ),
        sa.CheckConstraint(
            "state <> 'approved' OR (effective_from IS NOT NULL AND digest <> ''"
            " AND (origin = 'imported' OR (submitted_by IS NOT NULL AND checked_by IS NOT NULL)))",
            name=op.f("ck_catalogue_edition_approved_was_checked"),
        ),
        sa.ForeignKeyConstraint(["base"], ["catalogue_edition.number"], name=op.f("fk_catalogue_edition_base")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_catalogue_edition")),
        sa.UniqueConstraint("open", name=op.f("uq_catalogue_edition_open")),
    )


def _edit() -> None:
    op.create_table(
        "catalogue_edit",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("edits", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["catalogue_edition.number"], name=op.f("fk_catalogue_edit_number")),
        sa.PrimaryKeyConstraint("number", "revision", name=op.f("pk_catalogue_edit")),
    )


_MAKER_CHECKS = (
    "NEW.checked_by IS NOT NULL AND EXISTS (SELECT 1 FROM catalogue_edit AS e "
    "WHERE e.number = NEW.number AND e.by = NEW.checked_by)"
)
_ONE_MAY_NOT = "whoever edited an edition of the catalogue may not check it"
_CLOSED = "OLD.open IS NULL AND OLD.state <> 'approved'"
_REWRITTEN = "OLD.state <> 'draft' AND (NEW.document <> OLD.document OR NEW.digest <> OLD.digest AND OLD.digest <> '')"
_SETTLED = "an edition that was decided stays as it is"


def _guarded_in_sqlite() -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER catalogue_edit_refuses_{verb.lower()} BEFORE {verb} ON catalogue_edit "
            "BEGIN SELECT RAISE(ABORT, 'catalogue_edit is append-only'); END"
        )
    op.execute(
        "CREATE TRIGGER catalogue_edition_refuses_delete BEFORE DELETE ON catalogue_edition "
        "BEGIN SELECT RAISE(ABORT, 'editions of the catalogue are kept'); END"
    )
    for name, when, sentence in (
        ("is_checked_by_another", _MAKER_CHECKS, _ONE_MAY_NOT),
        ("stays_decided", _CLOSED, _SETTLED),
        ("is_not_rewritten", _REWRITTEN, _SETTLED),
    ):
        op.execute(
            f"CREATE TRIGGER catalogue_edition_{name} BEFORE UPDATE ON catalogue_edition WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )


def _guarded_in_postgres() -> None:
    op.execute(
        "CREATE TRIGGER catalogue_edit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON catalogue_edit "
        "FOR EACH STATEMENT EXECUTE FUNCTION hotline_append_only()"
    )
    op.execute(
        "CREATE TRIGGER catalogue_edition_is_kept BEFORE DELETE OR TRUNCATE ON catalogue_edition "
        "FOR EACH STATEMENT EXECUTE FUNCTION hotline_append_only()"
    )
    refusals = "".join(
        f"IF {when} THEN RAISE EXCEPTION USING MESSAGE = '{sentence}', ERRCODE = 'integrity_constraint_violation'; "
        "END IF; "
        for when, sentence in ((_MAKER_CHECKS, _ONE_MAY_NOT), (_CLOSED, _SETTLED), (_REWRITTEN, _SETTLED))
    )
    op.execute(
        "CREATE FUNCTION hotline_catalogue_edition_is_checked() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN {refusals}RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER catalogue_edition_is_checked BEFORE UPDATE ON catalogue_edition "
        "FOR EACH ROW EXECUTE FUNCTION hotline_catalogue_edition_is_checked()"
    )
