"""事项分类: the category of an order, beside the decision that confirmed it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_CHECK = "(category IS NULL) = (category_decision_id IS NULL)"


def upgrade() -> None:
    """Two columns and what holds them to the decision."""
    foreign, check = op.f("fk_work_order_call_id_category_decision_id"), op.f("ck_work_order_category_is_confirmed")
    if op.get_bind().dialect.name == "sqlite":
        _in_sqlite(foreign, check)
        return
    op.add_column("work_order", sa.Column("category", sa.Text()))
    op.add_column("work_order", sa.Column("category_decision_id", sa.Text()))
    op.create_foreign_key(
        foreign, "work_order", "decision", ["call_id", "category_decision_id"], ["call_id", "decision_id"]
    )
    op.create_check_constraint(check, "work_order", _CHECK)


def _in_sqlite(foreign: str, check: str) -> None:
    """SQLite adds such a constraint only by making the table anew (https://www.sqlite.org/lang_altertable.html).

    Other tables point to this one, so foreign keys are checked when all is done: orders are taken out and put back
    under the same name, which settles every reference again.
    """
    bind = op.get_bind()
    wanted = "SELECT sql FROM sqlite_master WHERE tbl_name = 'work_order' AND sql IS NOT NULL ORDER BY type <> 'table'"
    orders, *around = bind.execute(sa.text(wanted)).scalars()
    columns, mark, constraints = orders.partition("CONSTRAINT ")
    if not mark:
        raise RuntimeError("work_order is not as revision 0006 left it")
    known = [row[1] for row in bind.exec_driver_sql("PRAGMA table_info(work_order)")]
    names = ", ".join(f'"{name}"' for name in known)
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TEMPORARY TABLE kept_orders AS SELECT * FROM work_order")
    op.execute("DROP TABLE work_order")
    bind.exec_driver_sql(
        f"{columns}category TEXT, category_decision_id TEXT, CONSTRAINT {foreign} FOREIGN KEY (call_id, "
        "category_decision_id) REFERENCES decision (call_id, decision_id), "
        f"CONSTRAINT {check} CHECK ({_CHECK}), {mark}{constraints}"
    )
    op.execute(f"INSERT INTO work_order ({names}) SELECT {names} FROM kept_orders")  # noqa: S608 - names of its columns
    for statement in around:
        bind.exec_driver_sql(statement)
    op.execute("DROP TABLE kept_orders")
