"""The first tables: the journal, what is derived from it, accounts, and the audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, then what keeps them honest."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    _account()
    _audit()
    _call()
    _journal()
    _order_counter()
    _account_role()
    _appeal()
    _login()
    _suggestion()
    _urgency_flag()
    _decision()
    _work_order()
    _work_order_answer()
    for table, follows in (("journal", "call_id = NEW.call_id"), ("audit", "TRUE")):
        if sqlite:
            _append_only_in_sqlite(table, follows)
        else:
            _append_only_in_postgres(table)
    if sqlite:
        _confirmed_in_sqlite()
    else:
        _confirmed_in_postgres()


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_account")),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("seq > 0", name=op.f("ck_audit_seq_counts_from_one")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )


def _call() -> None:
    op.create_table(
        "call",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("recording", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("last_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_call")),
    )
    op.create_index(op.f("ix_call_started_at"), "call", ["started_at"], unique=False)


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("seq > 0", name=op.f("ck_journal_seq_counts_from_one")),
        sa.PrimaryKeyConstraint("call_id", "seq", name=op.f("pk_journal")),
    )


def _order_counter() -> None:
    op.create_table(
        "order_counter",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_order_counter")),
    )


def _account_role() -> None:
    op.create_table(
        "account_role",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "role IN ('agent', 'dispatcher', 'evaluator', 'editor', 'administrator')",
            name=op.f("ck_account_role_role_is_known"),
        ),
        sa.ForeignKeyConstraint(["name"], ["account.name"], name=op.f("fk_account_role_name")),
        sa.PrimaryKeyConstraint("name", "role", name=op.f("pk_account_role")),
    )


def _appeal() -> None:
    op.create_table(
        "appeal",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("appeal_id", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.call_id"], name=op.f("fk_appeal_call_id")),
        sa.PrimaryKeyConstraint("call_id", "appeal_id", name=op.f("pk_appeal")),
    )


def _login() -> None:
    op.create_table(
        "login",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["name"], ["account.name"], name=op.f("fk_login_name")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_login")),
    )
    op.create_index(op.f("ix_login_name"), "login", ["name"], unique=False)


def _suggestion() -> None:
    op.create_table(
        "suggestion",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("suggestion_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("abstained", sa.Boolean(), nullable=False),
        sa.Column("superseded_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id", "appeal_id"],
            ["appeal.call_id", "appeal.appeal_id"],
            name=op.f("fk_suggestion_call_id_appeal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id", "seq"], ["journal.call_id", "journal.seq"], name=op.f("fk_suggestion_call_id_seq")
        ),
        sa.PrimaryKeyConstraint("call_id", "suggestion_id", name=op.f("pk_suggestion")),
    )
    op.create_index(
        op.f("ix_suggestion_call_id_appeal_id_slot"), "suggestion", ["call_id", "appeal_id", "slot"], unique=False
    )


def _urgency_flag() -> None:
    op.create_table(
        "urgency_flag",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("appeal_id", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("transfer_to", sa.Text(), nullable=False),
        sa.Column("heard_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id", "appeal_id"],
            ["appeal.call_id", "appeal.appeal_id"],
            name=op.f("fk_urgency_flag_call_id_appeal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id", "seq"], ["journal.call_id", "journal.seq"], name=op.f("fk_urgency_flag_call_id_seq")
        ),
        sa.PrimaryKeyConstraint("call_id", "seq", name=op.f("pk_urgency_flag")),
    )


def _decision() -> None:
    op.create_table(
        "decision",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("suggestion_id", sa.Text(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('agent', 'dispatcher')", name=op.f("ck_decision_role_is_known")),
        sa.CheckConstraint("verdict IN ('accept', 'amend', 'reject')", name=op.f("ck_decision_verdict_is_known")),
        sa.CheckConstraint("\"by\" <> ''", name=op.f("ck_decision_names_a_person")),
        sa.ForeignKeyConstraint(
            ["call_id", "appeal_id"], ["appeal.call_id", "appeal.appeal_id"], name=op.f("fk_decision_call_id_appeal_id")
        ),
        sa.ForeignKeyConstraint(
            ["call_id", "seq"], ["journal.call_id", "journal.seq"], name=op.f("fk_decision_call_id_seq")
        ),
        sa.ForeignKeyConstraint(
            ["call_id", "suggestion_id"],
            ["suggestion.call_id", "suggestion.suggestion_id"],
            name=op.f("fk_decision_call_id_suggestion_id"),
        ),
        sa.PrimaryKeyConstraint("call_id", "decision_id", name=op.f("pk_decision")),
        sa.UniqueConstraint("call_id", "suggestion_id", name=op.f("uq_decision_call_id_suggestion_id")),
    )


def _work_order() -> None:
    op.create_table(
        "work_order",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("appeal_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("co_departments", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("occurred", sa.Text(), nullable=True),
        sa.Column("telephone", sa.Text(), nullable=True),
        sa.Column("urgency", sa.Text(), nullable=True),
        sa.Column("kind_decision_id", sa.Text(), nullable=False),
        sa.Column("title_decision_id", sa.Text(), nullable=False),
        sa.Column("summary_decision_id", sa.Text(), nullable=False),
        sa.Column("department_decision_id", sa.Text(), nullable=False),
        sa.Column("co_departments_decision_id", sa.Text(), nullable=True),
        sa.Column("place_decision_id", sa.Text(), nullable=True),
        sa.Column("occurred_decision_id", sa.Text(), nullable=True),
        sa.Column("telephone_decision_id", sa.Text(), nullable=True),
        sa.Column("urgency_decision_id", sa.Text(), nullable=True),
        sa.Column("filed_by", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'filed'"), nullable=False),
        sa.Column("dispatched_department", sa.Text(), nullable=True),
        sa.Column("routing_decision_id", sa.Text(), nullable=True),
        sa.Column("routing_reason", sa.Text(), nullable=True),
        sa.Column("dispatched_by", sa.Text(), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'filed' AND dispatched_department IS NULL AND routing_decision_id IS NULL)"
            " OR (status = 'dispatched' AND dispatched_department IS NOT NULL AND routing_decision_id IS NOT NULL)",
            name=op.f("ck_work_order_dispatch_is_decided"),
        ),
        sa.CheckConstraint(
            "department <> '' AND title <> '' AND summary <> ''", name=op.f("ck_work_order_nothing_is_blank")
        ),
        sa.CheckConstraint(
            "(co_departments IS NULL) = (co_departments_decision_id IS NULL)",
            name=op.f("ck_work_order_co_departments_is_confirmed"),
        ),
        sa.CheckConstraint(
            "(occurred IS NULL) = (occurred_decision_id IS NULL)", name=op.f("ck_work_order_occurred_is_confirmed")
        ),
        sa.CheckConstraint(
            "(place IS NULL) = (place_decision_id IS NULL)", name=op.f("ck_work_order_place_is_confirmed")
        ),
        sa.CheckConstraint(
            "(telephone IS NULL) = (telephone_decision_id IS NULL)", name=op.f("ck_work_order_telephone_is_confirmed")
        ),
        sa.CheckConstraint(
            "(urgency IS NULL) = (urgency_decision_id IS NULL)", name=op.f("ck_work_order_urgency_is_confirmed")
        ),
        sa.ForeignKeyConstraint(
            ["call_id", "appeal_id"],
            ["appeal.call_id", "appeal.appeal_id"],
            name=op.f("fk_work_order_call_id_appeal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id", "co_departments_decision_id"],
            ["decision.call_id", "decision.decision_id"],
            name=op.f("fk_work_order_call_id_co_departments_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id", "department_decision_id"],
            ["decision.call_id", "decision.decision_id"],
            name=op.f("fk_work_order_call_id_department_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id", "kind_decision_id"],
            ["decision.call_id", "decision.decision_id"],
            name=op.f("fk_work_order_call_id_kind_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id", "occurred_decision_id"],
            ["decision.call_id", "decision.decision_id"],
            name=op.f("fk_work_order_call_id_occurred_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id", "place_decision_id"],
            ["decision.call_id", "decision.decision_id"],
            name=op.f("fk_work_order_call_id_place_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id", "routing_decision_id"],
            ["decision.call_id", "decision.decision_id"],
            name=op.f("fk_work_order_call_id_routing_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id", "seq"], ["journal.call_id", "journal.seq"], name=op.f("fk_work_order_call_id_seq")
        ),
        sa.ForeignKeyConstraint(
            ["call_id", "summary_decision_id"],
            ["decision.call_id", "decision.decision_id"],
            name=op.f("fk_work_order_call_id_summary_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id", "telephone_decision_id"],
            ["decision.call_id", "decision.decision_id"],
            name=op.f("fk_work_order_call_id_telephone_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id", "title_decision_id"],
            ["decision.call_id", "decision.decision_id"],
            name=op.f("fk_work_order_call_id_title_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id", "urgency_decision_id"],
            ["decision.call_id", "decision.decision_id"],
            name=op.f("fk_work_order_call_id_urgency_decision_id"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_work_order")),
        sa.UniqueConstraint("call_id", "appeal_id", name=op.f("uq_work_order_call_id_appeal_id")),
        sa.UniqueConstraint("call_id", "request_id", name=op.f("uq_work_order_call_id_request_id")),
    )
    op.create_index(op.f("ix_work_order_status_filed_at"), "work_order", ["status", "filed_at"], unique=False)


def _work_order_answer() -> None:
    op.create_table(
        "work_order_answer",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("passage_id", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id", "decision_id"],
            ["decision.call_id", "decision.decision_id"],
            name=op.f("fk_work_order_answer_call_id_decision_id"),
        ),
        sa.ForeignKeyConstraint(["number"], ["work_order.number"], name=op.f("fk_work_order_answer_number")),
        sa.PrimaryKeyConstraint("number", "position", name=op.f("pk_work_order_answer")),
    )


def _append_only_in_sqlite(table: str, follows: str) -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    # INSERT OR REPLACE deletes without firing a delete trigger, so a row may only come after the last one.
    last = f"(SELECT coalesce(max(seq), 0) FROM {table} WHERE {follows})"  # noqa: S608 - of this module's own words
    op.execute(
        f"CREATE TRIGGER {table}_only_grows BEFORE INSERT ON {table} WHEN NEW.seq <> {last} + 1 "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: this row does not follow the last one'); END"
    )


def _append_only_in_postgres(table: str) -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION hotline_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only', ERRCODE = 'restrict_violation'; "
        "END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION hotline_append_only()"
    )
    # Also while replicating, where ordinary triggers rest.
    op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_append_only")


# A foreign key alone would accept a rejection, or the decision on another field.
_CONFIRMATIONS = """(SELECT count(*) FROM decision AS d
    WHERE d.call_id = NEW.call_id AND d.appeal_id = NEW.appeal_id AND d.role = 'agent' AND d.verdict <> 'reject'
    AND (d.slot, d.decision_id) IN (VALUES ('kind', NEW.kind_decision_id), ('title', NEW.title_decision_id),
        ('summary', NEW.summary_decision_id), ('department', NEW.department_decision_id)))"""
_REFUSAL = "a work order needs a decision on kind, title, summary and department"


def _confirmed_in_sqlite() -> None:
    for verb in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER work_order_{verb.lower()}_is_confirmed BEFORE {verb} ON work_order "
            f"WHEN {_CONFIRMATIONS} <> 4 BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )


def _confirmed_in_postgres() -> None:
    op.execute(
        "CREATE FUNCTION hotline_work_order_is_confirmed() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {_CONFIRMATIONS} <> 4 THEN "
        f"RAISE EXCEPTION USING MESSAGE = '{_REFUSAL}', ERRCODE = 'integrity_constraint_violation'; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER work_order_is_confirmed BEFORE INSERT OR UPDATE ON work_order "
        "FOR EACH ROW EXECUTE FUNCTION hotline_work_order_is_confirmed()"
    )
