"""What a database's own errors mean for the person who reads them: what happened, and what to do."""

from __future__ import annotations

from sqlalchemy import exc

from copilot.errors import BadInput, Conflict, HotlineError, StorageProblem

_SAFE = "What was acknowledged before is safe; the last step was not recorded."

_FULL = f"The disk of the database is full. Free some space and repeat the last step. {_SAFE}"
_READ_ONLY = "The database cannot be written. Give the service write access to its file and folder, and try again."
_BUSY = f"The database is busy with another writer. Try again in a moment. {_SAFE}"
_DAMAGED = "The database is damaged or is no database. Stop the service, keep the file, and restore the last backup."
_UNREACHABLE = "The database cannot be opened. Check that it is running, its address, and the rights of the service."
_DISK = f"The disk of the database reported a fault. Check the disk before going on. {_SAFE}"
_NO_TABLES = "The database lacks its tables. Start the service, or call Store.upgrade(), which makes them."
_INPUT = "A text is too long or holds a character that cannot be stored. Shorten or retype it and send it again."
NUMBER = "A number is larger than any that is kept here. Check it and send it again."
_OUT_OF_RANGE = "22003"

# https://www.sqlite.org/rescode.html, primary codes
_SQLITE = {
    "FULL": _FULL,
    "READONLY": _READ_ONLY,
    "PERM": _READ_ONLY,
    "BUSY": _BUSY,
    "LOCKED": _BUSY,
    "CORRUPT": _DAMAGED,
    "NOTADB": _DAMAGED,
    "CANTOPEN": _UNREACHABLE,
    "AUTH": _UNREACHABLE,
    "IOERR": _DISK,
}

# https://www.postgresql.org/docs/current/errcodes-appendix.html, longest prefix first
_POSTGRES = (
    ("53100", _FULL),
    ("25006", _READ_ONLY),
    ("42501", _READ_ONLY),
    ("42P01", _NO_TABLES),
    ("55P03", _BUSY),
    ("57P0", _UNREACHABLE),
    ("40", _BUSY),
    ("53", _BUSY),
    ("57", _BUSY),
    ("58", _DISK),
    ("XX", _DAMAGED),
    ("08", _UNREACHABLE),
    ("28", _UNREACHABLE),
    ("3D", _UNREACHABLE),
)


def conflict(error: exc.IntegrityError) -> HotlineError:
    """A constraint refused the rows: another process was first, or the caller skipped a step."""
    constraint = _constraint(error)
    return Conflict(
        f"The database refused this{constraint}: it contradicts what is recorded already. Reload and try again."
    )


def _constraint(error: exc.IntegrityError) -> str:
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    return f" ({name})" if name else ""


def storage_problem(error: exc.DBAPIError, where: str) -> HotlineError:
    """The sentence for a driver's error; ``where`` is the database's address without its password."""
    sqlstate = getattr(error.orig, "sqlstate", None)
    name = getattr(error.orig, "sqlite_errorname", None)
    if sqlstate == _OUT_OF_RANGE:
        return BadInput(NUMBER)
    if (sqlstate or "").startswith(("22", "54")) or isinstance(error, exc.DataError) or name == "SQLITE_TOOBIG":
        return BadInput(_INPUT)
    sentence = _for_sqlite(name, str(error.orig)) if name else _for_postgres(sqlstate)
    return StorageProblem(sentence, f"database {where}, {name or sqlstate or type(error.orig).__name__}")


def _for_sqlite(name: str, text: str) -> str:
    if text.startswith("no such table"):
        return _NO_TABLES
    primary = name.removeprefix("SQLITE_").split("_")[0]
    return _SQLITE.get(primary, _UNREACHABLE)


def _for_postgres(sqlstate: str | None) -> str:
    # A connection that was never made, or broke, has no state.
    return next((text for prefix, text in _POSTGRES if (sqlstate or "08").startswith(prefix)), _UNREACHABLE)
