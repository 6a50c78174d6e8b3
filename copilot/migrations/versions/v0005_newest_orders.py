"""The orders that went out last are found without looking at all that ever did."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One index."""
    name = op.f("ix_work_order_status_dispatched_at_number")
    op.create_index(name, "work_order", ["status", "dispatched_at", "number"], unique=False)
