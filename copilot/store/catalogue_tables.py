"""The tables of the responsibility catalogue's editions.

The database itself holds what must never happen: two drafts at once, a checker who is a maker, an approved edition that
changes, an edition or an edit that disappears (triggers in the migration).
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Integer, Table, Text, UniqueConstraint

from copilot.store.reviewed import checked_by_another, open_while_people_work, signatures
from copilot.store.tables import UtcTime, metadata

catalogue_edition = Table(
    "catalogue_edition",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    # 1 while people work on it, else NULL: of such editions there is at most one.
    Column("open", Integer),
    Column("origin", Text, nullable=False),
    Column("base", Integer, ForeignKey("catalogue_edition.number")),
    Column("revision", Integer, nullable=False),
    Column("document", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("effective_from", Date),
    *signatures(),
    Column("reason", Text, nullable=False),
    CheckConstraint(
        "state IN ('draft', 'submitted', 'approved', 'refused', 'discarded', 'withdrawn')", name="state_is_known"
    ),
    CheckConstraint("origin IN ('imported', 'edited')", name="origin_is_known"),
    open_while_people_work("draft", "submitted"),
    checked_by_another(),
    CheckConstraint(
        "state <> 'approved' OR (effective_from IS NOT NULL AND digest <> ''"
        " AND (origin = 'imported' OR (submitted_by IS NOT NULL AND checked_by IS NOT NULL)))",
        name="approved_was_checked",
    ),
    UniqueConstraint("open"),
)

catalogue_edit = Table(
    "catalogue_edit",
    metadata,
    Column("number", Integer, ForeignKey("catalogue_edition.number"), primary_key=True, autoincrement=False),
    # Two people who edited the same revision cannot both be recorded.
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("edits", Text, nullable=False),
)
