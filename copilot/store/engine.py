"""The connection to the database: SQLite for one machine, PostgreSQL for more, and what goes wrong with either.

Everything above opens :meth:`Database.reading` or :meth:`Database.writing` and sees this project's errors only.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import ConnectionPoolEntry

from copilot.errors import BadInput, StorageProblem
from copilot.store.problems import NUMBER, conflict, storage_problem

# A writer waits this long for another one before it gives up with a sentence.
WAIT_SECONDS = 10

_WRITES = "hotline_writes"


class Database:
    """A pool of connections to one database.

    Raises BadInput for a URL of another kind, StorageProblem where the database cannot be reached.
    """

    def __init__(self, url: str) -> None:
        self._url = _understand(url)
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        self._engine = _sqlite_engine(self._url) if self.is_sqlite else _postgres_engine(self._url)
        self._writer = self._engine.execution_options(**{_WRITES: True})

    def __str__(self) -> str:
        return self._url.render_as_string(hide_password=True)

    @property
    def folder(self) -> Path | None:
        """Where SQLite writes; ``None`` where a server does, or where the address is a URI of SQLite's own."""
        name = str(self._url.database)
        return None if not self.is_sqlite or name.startswith("file:") else Path(name).resolve().parent

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for questions: one consistent view, no lock on writers (SQLite: a WAL snapshot)."""
        with self.translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: all of it is kept when the block ends, nothing of it when it raises."""
        with self.translated(), self._writer.begin() as connection:
            yield connection

    def session(self) -> Connection:
        """A connection that is one session until whoever asked closes it, each statement for itself (PostgreSQL only).

        Its errors are the driver's: whoever uses it says by :meth:`translated` which of them are the database's.
        """
        with self.translated():
            return self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def translated(self) -> Iterator[None]:
        """A block of nothing but statements: what the driver raises in it comes out in this project's words."""
        try:
            yield
        except exc.IntegrityError as error:
            # A driver's text may hold the row, and with it what a citizen said: it does not travel further.
            raise conflict(error) from None
        except exc.TimeoutError as error:
            raise StorageProblem(
                "All connections to the database are in use. Try again in a moment; if it stays so, allow it more."
            ) from error
        except exc.DBAPIError as error:
            raise storage_problem(error, str(self)) from None
        except UnicodeEncodeError:
            raise BadInput("The text holds half a character, which cannot be stored. Type it again.") from None
        except OverflowError:  # SQLite's driver; PostgreSQL says it itself
            raise BadInput(NUMBER) from None

    def close(self) -> None:
        """Close every connection. The object can be used again; it then opens new ones."""
        self._engine.dispose()


def _understand(url: str) -> URL:
    try:
        parsed = make_url(url)
    except exc.ArgumentError as error:
        raise BadInput(
            "The database URL cannot be read. Write sqlite:////path/hotline.db or postgresql://user@host/name."
        ) from error
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise BadInput("A journal in memory would be lost. Name a file, as in sqlite:////path/hotline.db.")
        return parsed
    if backend in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    raise BadInput(f"Databases of the kind {backend} are not supported. Use sqlite or postgresql.")


def _sqlite_engine(url: URL) -> Engine:
    if not str(url.database).startswith("file:"):
        _make_private_file(Path(str(url.database)))
    if "timeout" not in url.query:
        url = url.update_query_dict({"timeout": str(WAIT_SECONDS)})
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private_file(path: Path) -> None:
    """The database holds personal data: only the service's own user reads it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise StorageProblem(
            f"The database file {path} cannot be written ({error.strerror}). "
            "Give the service write access to that folder, or set HOTLINE_DATABASE_URL to another one."
        ) from error


def _prepare_sqlite(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    # Transactions are begun by _begin_sqlite alone: the driver's own rules would leave DDL outside of them.
    connection.isolation_level = None
    _switch_to_wal(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """SQLite does not wait for its lock here, so two processes that start at once have to try again."""
    for tries_left in range(200, -1, -1):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not tries_left or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(0.05)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at once: one that first reads and then writes could not wait for another.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgres_engine(url: URL) -> Engine:
    try:
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args={"connect_timeout": 5})
    except ModuleNotFoundError as error:
        raise BadInput(
            "PostgreSQL is asked for, but its driver is missing. Install it: pip install 'hotline-copilot[postgres]'."
        ) from error
    event.listen(engine, "connect", _prepare_postgres)
    return engine


def _prepare_postgres(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.execute(f"SET lock_timeout = '{WAIT_SECONDS}s'")
    connection.execute("SET idle_in_transaction_session_timeout = '60s'")
    connection.commit()
