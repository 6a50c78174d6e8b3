"""Who did what to which account: append-only and chained like the journal."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, text

from copilot.store.chain import GENESIS, chained
from copilot.store.engine import Database
from copilot.store.journal import Fault
from copilot.store.tables import audit


def note(connection: Connection, at: datetime, by: str, action: str, account: str, detail: str = "") -> None:
    """Append one line in the caller's transaction. ``account`` is empty where no account of that name exists."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE audit IN SHARE ROW EXCLUSIVE MODE"))
    last = connection.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).one_or_none()
    seq, previous_hash = (1, GENESIS) if last is None else (last.seq + 1, last.hash)
    connection.execute(
        insert(audit).values(
            seq=seq,
            at=at,
            by=by,
            action=action,
            account=account,
            detail=detail,
            previous_hash=previous_hash,
            hash=chained(previous_hash, seq, at, by, action, account, detail),
        )
    )


def verify_audit(database: Database) -> list[Fault]:
    """Every break of the audit's chain. Lines cut off at its end leave no trace in it."""
    faults: list[Fault] = []
    seq, previous_hash = 0, GENESIS
    with database.reading() as connection:
        for row in connection.execute(select(audit).order_by(audit.c.seq).execution_options(yield_per=1000)):
            expected = chained(row.previous_hash, row.seq, row.at, row.by, row.action, row.account, row.detail)
            if (row.seq, row.previous_hash) != (seq + 1, previous_hash):
                faults.append(Fault("", row.seq, f"Audit line {row.seq} does not follow from the line before it."))
            if row.hash != expected:
                faults.append(Fault("", row.seq, f"Audit line {row.seq} is not what was recorded at first."))
            seq, previous_hash = row.seq, row.hash
    return faults
