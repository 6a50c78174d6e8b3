"""Returned orders and labels: how often an order went out and came back, and what evaluators said of its label."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BEFORE = "(status = 'dispatched' AND"
_AFTER = "(status IN ('dispatched', 'returned') AND"
_DISPATCH_IS_DECIDED = (
    "(status = 'filed' AND dispatched_department IS NULL AND routing_decision_id IS NULL)"
    f" OR {_AFTER} dispatched_department IS NOT NULL AND routing_decision_id IS NOT NULL)"
)


def upgrade() -> None:
    """Let an order be returned, and give the routings that were a history."""
    if op.get_bind().dialect.name == "sqlite":
        _orders_may_be_returned_in_sqlite()
    else:
        name = op.f("ck_work_order_dispatch_is_decided")
        op.drop_constraint(name, "work_order", type_="check")
        op.create_check_constraint(name, "work_order", _DISPATCH_IS_DECIDED)
    _order_routing()
    _order_return()
    _label_review()
    _label_issue()
    op.execute(
        'INSERT INTO order_routing (call_id, decision_id, seq, number, department, reason, "by", at) '
        "SELECT o.call_id, o.routing_decision_id, d.seq, o.number, o.dispatched_department, "
        "coalesce(o.routing_reason, ''), o.dispatched_by, o.dispatched_at FROM work_order AS o "
        "JOIN decision AS d ON d.call_id = o.call_id AND d.decision_id = o.routing_decision_id"
    )


def _orders_may_be_returned_in_sqlite() -> None:
    """SQLite changes a CHECK only by making the table anew (https://www.sqlite.org/lang_altertable.html, section 7).

    Foreign keys stay switched on inside a transaction, so the one table that points to this one is made anew too.
    """
    bind = op.get_bind()

    def made(table: str) -> list[str]:
        wanted = "SELECT sql FROM sqlite_master WHERE tbl_name = :t AND sql IS NOT NULL ORDER BY type <> 'table', rowid"
        return list(bind.execute(sa.text(wanted), {"t": table}).scalars())

    orders, *around = made("work_order")
    answers, *around_answers = made("work_order_answer")
    if orders.count(_BEFORE) != 1:
        raise RuntimeError("work_order is not as revision 0001 made it")
    op.execute("CREATE TEMPORARY TABLE kept_answers AS SELECT * FROM work_order_answer")
    op.execute("DROP TABLE work_order_answer")
    bind.exec_driver_sql(orders.replace(_BEFORE, _AFTER).replace("work_order", "new_work_order", 1))
    op.execute("INSERT INTO new_work_order SELECT * FROM work_order")
    op.execute("DROP TABLE work_order")
    op.execute("ALTER TABLE new_work_order RENAME TO work_order")
    for statement in (*around, answers, *around_answers):
        bind.exec_driver_sql(statement)
    op.execute("INSERT INTO work_order_answer SELECT * FROM kept_answers")
    op.execute("DROP TABLE kept_answers")


def _order_routing() -> None:
    op.create_table(
        "order_routing",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id", "decision_id"],
            ["decision.call_id", "decision.decision_id"],
            name=op.f("fk_order_routing_call_id_decision_id"),
        ),
        sa.ForeignKeyConstraint(["number"], ["work_order.number"], name=op.f("fk_order_routing_number")),
        sa.PrimaryKeyConstraint("call_id", "decision_id", name=op.f("pk_order_routing")),
    )
    op.create_index(op.f("ix_order_routing_number_seq"), "order_routing", ["number", "seq"], unique=False)


def _order_return() -> None:
    op.create_table(
        "order_return",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("routing_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("disputes_duty", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("\"by\" <> ''", name=op.f("ck_order_return_names_a_person")),
        sa.ForeignKeyConstraint(
            ["call_id", "routing_id"],
            ["order_routing.call_id", "order_routing.decision_id"],
            name=op.f("fk_order_return_call_id_routing_id"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id", "seq"], ["journal.call_id", "journal.seq"], name=op.f("fk_order_return_call_id_seq")
        ),
        sa.PrimaryKeyConstraint("call_id", "return_id", name=op.f("pk_order_return")),
        sa.UniqueConstraint("call_id", "routing_id", name=op.f("uq_order_return_call_id_routing_id")),
    )


def _label_review() -> None:
    op.create_table(
        "label_review",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("verdict IN ('accept', 'amend', 'reject')", name=op.f("ck_label_review_verdict_is_known")),
        sa.CheckConstraint("(verdict = 'reject') = (department = '')", name=op.f("ck_label_review_names_a_department")),
        sa.CheckConstraint("\"by\" <> ''", name=op.f("ck_label_review_names_a_person")),
        sa.ForeignKeyConstraint(
            ["call_id", "seq"], ["journal.call_id", "journal.seq"], name=op.f("fk_label_review_call_id_seq")
        ),
        sa.ForeignKeyConstraint(["number"], ["work_order.number"], name=op.f("fk_label_review_number")),
        sa.PrimaryKeyConstraint("call_id", "review_id", name=op.f("pk_label_review")),
    )
    op.create_index(op.f("ix_label_review_number_seq"), "label_review", ["number", "seq"], unique=False)


def _label_issue() -> None:
    op.create_table(
        "label_issue",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("likelier", sa.Text(), nullable=False),
        sa.Column("self_confidence", sa.Float(), nullable=False),
        sa.Column("likelier_probability", sa.Float(), nullable=False),
        sa.Column("alike", sa.Text(), nullable=False),
        sa.Column("router", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["work_order.number"], name=op.f("fk_label_issue_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_label_issue")),
    )
