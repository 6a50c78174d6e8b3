"""People have addresses and departments whose articles they keep; reminders are sent to them once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from copilot.store.tables import UtcTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three tables. What was sent is in the audit too, which nobody can change."""
    op.create_table(
        "contact",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["name"], ["account.name"], name=op.f("fk_contact_name")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_contact")),
    )
    op.create_table(
        "contact_department",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["name"], ["contact.name"], name=op.f("fk_contact_department_name")),
        sa.PrimaryKeyConstraint("name", "department", name=op.f("pk_contact_department")),
    )
    op.create_table(
        "reminder_mail",
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("stage", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("claimed_at", UtcTime(), nullable=False),
        sa.Column("sent_at", UtcTime(), nullable=True),
        sa.CheckConstraint("stage >= 0", name=op.f("ck_reminder_mail_stage_is_days")),
        sa.ForeignKeyConstraint(["name"], ["account.name"], name=op.f("fk_reminder_mail_name")),
        sa.PrimaryKeyConstraint("article_id", "last_day", "stage", "name", name=op.f("pk_reminder_mail")),
    )
