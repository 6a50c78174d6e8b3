"""Where people are reached, whose articles they keep, and which reminders they were sent."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Integer, Table, Text

from copilot.store.tables import UtcTime, metadata

contact = Table(
    "contact",
    metadata,
    Column("name", Text, ForeignKey("account.name"), primary_key=True),
    Column("address", Text, nullable=False),
)

contact_department = Table(
    "contact_department",
    metadata,
    Column("name", Text, ForeignKey("contact.name"), primary_key=True),
    Column("department", Text, primary_key=True),
)

# A reminder is claimed before it is sent, so that two runs at once do not both send it. What stays 'sending' was cut
# off between the two: nobody knows whether it arrived.
reminder_mail = Table(
    "reminder_mail",
    metadata,
    Column("article_id", Text, primary_key=True),
    Column("last_day", Date, primary_key=True),
    Column("stage", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, ForeignKey("account.name"), primary_key=True),
    Column("claimed_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    CheckConstraint("stage >= 0", name="stage_is_days"),
)
