"""What a challenger would have suggested, beside what was suggested: the latest of each appeal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table, derived from the journal."""
    op.create_table(
        "challenger_ranking",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("appeal_id", sa.Text(), nullable=False),
        sa.Column("served", sa.Text(), nullable=False),
        sa.Column("challenger", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("ranked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id", "appeal_id"],
            ["appeal.call_id", "appeal.appeal_id"],
            name=op.f("fk_challenger_ranking_call_id_appeal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id", "seq"], ["journal.call_id", "journal.seq"], name=op.f("fk_challenger_ranking_call_id_seq")
        ),
        sa.PrimaryKeyConstraint("call_id", "appeal_id", "served", "challenger", name=op.f("pk_challenger_ranking")),
    )
    op.create_index(
        op.f("ix_challenger_ranking_served_challenger_ranked_at"),
        "challenger_ranking",
        ["served", "challenger", "ranked_at"],
        unique=False,
    )
