"""Locks among all processes that use one database, kept for as long as a command runs and let go by the death of one.

SQLite: ``flock`` on a file beside the database (never the database itself, whose own locks a second descriptor would
lift). PostgreSQL: advisory locks of a session (documentation, 13.3.5), in a space of their own for each schema.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, TextClause, exc, text

from copilot.errors import StorageProblem
from copilot.store.engine import Database


@contextmanager
def held(database: Database, name: str, *, alone: bool) -> Iterator[bool]:
    """Hold the lock ``name`` for the block, ``alone`` or beside others that are not; whether it could be had at once.

    ``name`` is part of a file name. Raises StorageProblem where disk or server refuse the lock; what the block raises
    comes out as it is.
    """
    with (_held_file if database.is_sqlite else _held_key)(database, name, alone=alone) as had:
        yield had


@contextmanager
def _held_file(database: Database, name: str, *, alone: bool) -> Iterator[bool]:
    with database.reading() as connection:
        files = {row.name: row.file for row in connection.exec_driver_sql("PRAGMA database_list")}
    path = f"{files['main']}.{name}.lock"
    try:
        opened = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StorageProblem(
            f"The lock file {path} cannot be written ({error.strerror}). Give the service write access to that folder."
        ) from error
    try:
        yield _taken(opened, path, alone=alone)
    finally:
        os.close(opened)


def _taken(opened: int, path: str, *, alone: bool) -> bool:
    try:
        fcntl.flock(opened, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise StorageProblem(
            f"The file {path} cannot be locked ({error.strerror}). Keep the database on a disk of this machine."
        ) from error
    return True


@contextmanager
def _held_key(database: Database, name: str, *, alone: bool) -> Iterator[bool]:
    take = text(
        f"SELECT pg_try_advisory_lock{'' if alone else '_shared'}(hashtext(current_schema()), hashtext(:name)) AS had"
    )
    let_go = text(f"SELECT pg_advisory_unlock{'' if alone else '_shared'}(hashtext(current_schema()), hashtext(:name))")
    # No transaction stands open meanwhile: the server would end one that idles.
    with database.session() as connection:
        with database.translated():
            had = bool(connection.execute(take, {"name": name}).scalar_one())
        try:
            yield had
        finally:
            if had:
                _let_go(connection, let_go, name)


def _let_go(connection: Connection, statement: TextClause, name: str) -> None:
    """Whatever became of the work of the block stands: a lock that cannot be given back goes with its session."""
    try:
        connection.execute(statement, {"name": name})
    except exc.DBAPIError:
        connection.invalidate()
