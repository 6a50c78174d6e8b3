"""Bringing a database to the tables that this version of the code expects."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, delete, false, text

from copilot.errors import StorageProblem
from copilot.store.engine import Database
from copilot.store.tables import login

# Alembic keeps its environment in a module of its own, so two upgrades in one process take turns.
_ONE_AT_A_TIME = threading.Lock()

# Any number will do that nobody else on the server uses for its advisory locks.
_POSTGRES_LOCK = 12345_2026


def upgrade(database: Database) -> None:
    """Make or change the tables. Safe when several processes start at once: the first works, the others wait.

    Raises StorageProblem where the database was made by newer code; nothing is changed then.
    """
    with _ONE_AT_A_TIME, database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRES_LOCK})
        try:
            command.upgrade(_config(connection), "head")
        except CommandError as error:
            raise StorageProblem(
                "The database was made by a newer version of this program. Install that version, or restore the backup "
                "from before."
            ) from error


def check(connection: Connection) -> None:
    """Raise StorageProblem where the tables are not those of this code, or nothing can be written."""
    found = MigrationContext.configure(connection).get_current_revision()
    wanted = ScriptDirectory.from_config(_config()).get_current_head()
    if found != wanted:
        raise StorageProblem(
            f"The database is at revision {found or 'none'}, this program needs {wanted}. Restart the service: "
            "it upgrades the database when it starts."
        )
    # Deletes nothing, but a database that is read-only refuses it.
    connection.execute(delete(login).where(false()))


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option(
        "script_location", str(Path(__file__).resolve().parents[1] / "migrations").replace("%", "%%")
    )
    config.attributes["connection"] = connection
    return config
