"""The tables as the code sees them. :mod:`copilot.migrations` makes them; a test holds the two to each other.

``journal`` and ``audit`` are append-only: the database refuses UPDATE, DELETE and TRUNCATE. ``account``,
``account_role``, ``login``, ``order_counter`` and ``label_issue`` are what they say. Everything else is derived from
the journal in the transaction that appends to it. Transcripts are in the journal alone; the derived tables point to it
by ``(call_id, seq)``.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC to the microsecond; SQLite keeps it without saying so."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database. Raises ValueError for a time that does not say where."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone cannot be stored")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Slots that an order must have, and those it may have; each value stands beside the decision that confirmed it.
REQUIRED_SLOTS = ("kind", "title", "summary", "department")
# How ``suggestion.superseded_by`` begins where a person took back what they had adopted.
UNDONE = "taken-back-"
OPTIONAL_SLOTS = ("co_departments", "place", "occurred", "telephone", "urgency", "category")

journal = Table(
    "journal",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("name", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    CheckConstraint("seq > 0", name="seq_counts_from_one"),
)

call = Table(
    "call",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("area", Text, nullable=False),
    Column("recording", Text, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("seconds", Float),
    Column("last_seq", Integer, nullable=False),
    Column("last_hash", Text, nullable=False),
    Index(None, "started_at"),
)


def _of_journal() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["call_id", "seq"], ["journal.call_id", "journal.seq"])


def _of_appeal() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["call_id", "appeal_id"], ["appeal.call_id", "appeal.appeal_id"])


def _of_decision(column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["call_id", column], ["decision.call_id", "decision.decision_id"])


appeal = Table(
    "appeal",
    metadata,
    Column("call_id", Text, ForeignKey("call.call_id"), primary_key=True),
    Column("appeal_id", Text, primary_key=True),
    Column("opened_at", UtcTime, nullable=False),
)

urgency_flag = Table(
    "urgency_flag",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("appeal_id", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("transfer_to", Text, nullable=False),
    Column("heard_at", Float, nullable=False),
    _of_journal(),
    _of_appeal(),
)

suggestion = Table(
    "suggestion",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("suggestion_id", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("appeal_id", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("abstained", Boolean, nullable=False),
    Column("superseded_by", Text),
    _of_journal(),
    _of_appeal(),
    Index(None, "call_id", "appeal_id", "slot"),
)

decision = Table(
    "decision",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("decision_id", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("appeal_id", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("suggestion_id", Text),
    # Which of the suggested choices the person took, counted from 1; NULL where it was none of them.
    Column("rank", Integer),
    Column("by", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    _of_journal(),
    _of_appeal(),
    ForeignKeyConstraint(["call_id", "suggestion_id"], ["suggestion.call_id", "suggestion.suggestion_id"]),
    CheckConstraint("verdict IN ('accept', 'amend', 'reject')", name="verdict_is_known"),
    CheckConstraint("role IN ('agent', 'dispatcher')", name="role_is_known"),
    CheckConstraint("\"by\" <> ''", name="names_a_person"),
    # Two processes cannot both decide on one suggestion.
    UniqueConstraint("call_id", "suggestion_id"),
)

work_order = Table(
    "work_order",
    metadata,
    Column("number", Text, primary_key=True),
    Column("call_id", Text, nullable=False),
    Column("appeal_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("request_id", Text, nullable=False),
    *(Column(slot, Text, nullable=False) for slot in REQUIRED_SLOTS),
    *(Column(slot, Text) for slot in OPTIONAL_SLOTS),
    *(Column(f"{slot}_decision_id", Text, nullable=False) for slot in REQUIRED_SLOTS),
    *(Column(f"{slot}_decision_id", Text) for slot in OPTIONAL_SLOTS),
    Column("filed_by", Text, nullable=False),
    Column("filed_at", UtcTime, nullable=False),
    Column("status", Text, nullable=False, server_default=text("'filed'")),
    Column("dispatched_department", Text),
    Column("routing_decision_id", Text),
    Column("routing_reason", Text),
    Column("dispatched_by", Text),
    Column("dispatched_at", UtcTime),
    _of_journal(),
    _of_appeal(),
    *(_of_decision(f"{slot}_decision_id") for slot in (*REQUIRED_SLOTS, *OPTIONAL_SLOTS, "routing")),
    *(
        CheckConstraint(f"({slot} IS NULL) = ({slot}_decision_id IS NULL)", name=f"{slot}_is_confirmed")
        for slot in OPTIONAL_SLOTS
    ),
    CheckConstraint("department <> '' AND title <> '' AND summary <> ''", name="nothing_is_blank"),
    CheckConstraint(
        "(status = 'filed' AND dispatched_department IS NULL AND routing_decision_id IS NULL)"
        " OR (status IN ('dispatched', 'returned')"
        " AND dispatched_department IS NOT NULL AND routing_decision_id IS NOT NULL)",
        name="dispatch_is_decided",
    ),
    UniqueConstraint("call_id", "appeal_id"),
    UniqueConstraint("call_id", "request_id"),
    Index(None, "status", "filed_at"),
    # The newest orders that are out are asked for after each dispatch, among all that ever were.
    Index(None, "status", "dispatched_at", "number"),
)

work_order_answer = Table(
    "work_order_answer",
    metadata,
    Column("number", Text, ForeignKey("work_order.number"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("call_id", Text, nullable=False),
    Column("decision_id", Text, nullable=False),
    Column("passage_id", Text, nullable=False),
    Column("article_id", Text, nullable=False),
    _of_decision("decision_id"),
)

# Every time that an order went out; the latest one is in ``work_order`` too.
order_routing = Table(
    "order_routing",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("decision_id", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("number", Text, ForeignKey("work_order.number"), nullable=False),
    Column("department", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    _of_decision("decision_id"),
    Index(None, "number", "seq"),
)

order_return = Table(
    "order_return",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("return_id", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("routing_id", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("disputes_duty", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    _of_journal(),
    ForeignKeyConstraint(["call_id", "routing_id"], ["order_routing.call_id", "order_routing.decision_id"]),
    CheckConstraint("\"by\" <> ''", name="names_a_person"),
    # What went out once comes back at most once.
    UniqueConstraint("call_id", "routing_id"),
)

label_review = Table(
    "label_review",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("review_id", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("number", Text, ForeignKey("work_order.number"), nullable=False),
    Column("verdict", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    _of_journal(),
    CheckConstraint("verdict IN ('accept', 'amend', 'reject')", name="verdict_is_known"),
    CheckConstraint("(verdict = 'reject') = (department = '')", name="names_a_department"),
    CheckConstraint("\"by\" <> ''", name="names_a_person"),
    Index(None, "number", "seq"),
)

# Doubts that training has about labels of the journal, for an evaluator to look at: replaced by each training.
label_issue = Table(
    "label_issue",
    metadata,
    Column("number", Text, ForeignKey("work_order.number"), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("given", Text, nullable=False),
    Column("likelier", Text, nullable=False),
    Column("self_confidence", Float, nullable=False),
    Column("likelier_probability", Float, nullable=False),
    Column("alike", Text, nullable=False),
    Column("router", Text, nullable=False),
    Column("found_at", UtcTime, nullable=False),
)

# What a challenger made of an appeal beside the router in service: the latest of each pair of versions.
challenger_ranking = Table(
    "challenger_ranking",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("appeal_id", Text, primary_key=True),
    Column("served", Text, primary_key=True),
    Column("challenger", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("ranked_at", UtcTime, nullable=False),
    _of_journal(),
    _of_appeal(),
    Index(None, "served", "challenger", "ranked_at"),
)

order_counter = Table(
    "order_counter",
    metadata,
    Column("day", Date, primary_key=True),
    Column("last", Integer, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("name", Text, primary_key=True),
    Column("display_name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("password_changed_at", UtcTime, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", UtcTime),
)

account_role = Table(
    "account_role",
    metadata,
    Column("name", Text, ForeignKey("account.name"), primary_key=True),
    Column("role", Text, primary_key=True),
    CheckConstraint("role IN ('agent', 'dispatcher', 'evaluator', 'editor', 'administrator')", name="role_is_known"),
)

login = Table(
    "login",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("name", Text, ForeignKey("account.name"), nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Index(None, "name"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    CheckConstraint("seq > 0", name="seq_counts_from_one"),
)
