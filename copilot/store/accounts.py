"""Accounts, roles and logins: every decision names a person, so every person has an account of their own.

Held to GB/T 22239-2019 level 3, "identity authentication" and "security audit": unique names, passwords of some
strength, lock-out after failures, logins that end, and an audit that cannot be changed.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Connection, Row, delete, insert, select, update

from copilot.errors import BadInput, Conflict, NotAllowed, NotFound
from copilot.store.audit import note
from copilot.store.engine import Database
from copilot.store.passwords import Passwords
from copilot.store.tables import account, account_role, audit, login

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)

# Who acts when nobody is logged in: the command line on the server itself.
CONSOLE = "console"

_WRONG = "The name or the password is wrong. Check both; after five failures the account is locked for 15 minutes."


class Role(StrEnum):
    """What an account may do."""

    AGENT = "agent"
    DISPATCHER = "dispatcher"
    EVALUATOR = "evaluator"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Account:
    """A person. ``name`` is what decisions are signed with and is never given to another person."""

    name: str
    display_name: str
    roles: frozenset[Role]
    disabled: bool = False

    def require(self, role: Role) -> None:
        """Raise NotAllowed where the account lacks ``role``."""
        if role not in self.roles:
            raise NotAllowed(
                f"This needs the role {role.value}. Ask an administrator for it, or log in as one who has it."
            )


@dataclass(frozen=True, slots=True)
class AuditLine:
    """``by`` did ``action`` to ``account``. ``account`` is empty where nobody has the name that was tried."""

    seq: int
    at: datetime
    by: str
    action: str
    account: str
    detail: str


class Accounts:
    """The accounts of one database. ``hasher`` is for tests."""

    def __init__(self, database: Database, hasher: PasswordHasher | None = None) -> None:
        self._database = database
        self._passwords = Passwords(hasher)

    # -- people -------------------------------------------------------------------------------------------------------

    def add(
        self,
        name: str,
        display_name: str,
        roles: Iterable[Role | str],
        password: str,
        at: datetime,
        by: str = CONSOLE,
    ) -> Account:
        """A new account. Raises BadInput for a name, role or password that will not do, Conflict for a name in use."""
        name = _name(name)
        found = Account(name, " ".join(display_name.split()) or name, _roles(roles))
        hashed = self._passwords.hash(name, password)
        with self._database.writing() as connection:
            if _row(connection, name) is not None:
                raise Conflict(f"There is an account {name} already. Choose another name; names are never given twice.")
            connection.execute(
                insert(account).values(
                    name=name,
                    display_name=found.display_name,
                    password_hash=hashed,
                    created_at=at,
                    password_changed_at=at,
                    disabled=False,
                    failures=0,
                )
            )
            connection.execute(insert(account_role), [{"name": name, "role": r.value} for r in sorted(found.roles)])
            note(connection, at, by, "account_added", name, ",".join(sorted(found.roles)))
        return found

    def change_password(self, name: str, password: str, at: datetime, by: str = CONSOLE) -> None:
        """Set a new password; the account's logins end and a lock is lifted."""
        name = _name(name)
        hashed = self._passwords.hash(name, password)
        with self._database.writing() as connection:
            self._change(connection, name, password_hash=hashed, password_changed_at=at, failures=0, locked_until=None)
            connection.execute(delete(login).where(login.c.name == name))
            note(connection, at, by, "password_changed", name)

    def set_roles(self, name: str, roles: Iterable[Role | str], at: datetime, by: str = CONSOLE) -> Account:
        """Give the account these roles instead of those it has."""
        name, wanted = _name(name), _roles(roles)
        with self._database.writing() as connection:
            self._refuse_to_lose_the_last_administrator(connection, name, Role.ADMINISTRATOR in wanted)
            self._change(connection, name, display_name=account.c.display_name)
            connection.execute(delete(account_role).where(account_role.c.name == name))
            connection.execute(insert(account_role), [{"name": name, "role": role.value} for role in sorted(wanted)])
            note(connection, at, by, "roles_set", name, ",".join(sorted(wanted)))
        return self.get(name)

    def disable(self, name: str, at: datetime, by: str = CONSOLE) -> None:
        """Shut the account and end its logins. It stays, since decisions are signed with it."""
        name = _name(name)
        with self._database.writing() as connection:
            self._refuse_to_lose_the_last_administrator(connection, name, stays=False)
            self._change(connection, name, disabled=True)
            connection.execute(delete(login).where(login.c.name == name))
            note(connection, at, by, "account_disabled", name)

    def enable(self, name: str, at: datetime, by: str = CONSOLE) -> None:
        """Open the account again, and lift a lock."""
        name = _name(name)
        with self._database.writing() as connection:
            self._change(connection, name, disabled=False, failures=0, locked_until=None)
            note(connection, at, by, "account_enabled", name)

    def get(self, name: str) -> Account:
        """The account of that name. Raises NotFound."""
        name = _name(name)
        with self._database.reading() as connection:
            row = _row(connection, name)
            if row is None:
                raise NotFound(f"There is no account {name}. List the accounts, or add it.")
            return _account(connection, row)

    def all(self) -> list[Account]:
        """Every account by name, disabled ones too."""
        with self._database.reading() as connection:
            rows = connection.execute(select(account).order_by(account.c.name)).all()
            return [_account(connection, row) for row in rows]

    # -- logging in ---------------------------------------------------------------------------------------------------

    def check(self, name: str, password: str, now: datetime) -> Account:
        """The account, where the password is right. Raises NotAllowed with what to do.

        A name that nobody has takes as long as a wrong password, so that names cannot be found by the clock.
        """
        try:
            name = _name(name)
        except BadInput:
            name = ""
        with self._database.reading() as connection:
            row = _row(connection, name)
        # Hashing takes its time on purpose, so it is done while no lock is held.
        right = self._passwords.verify(None if row is None else row.password_hash, password)
        if row is None:
            with self._database.writing() as connection:
                note(connection, now, "", "login_failed", "", "no such account")
            raise NotAllowed(_WRONG)
        with self._database.writing() as connection:
            refusal = self._judge(connection, name, row.password_hash, right, now)
            found = _account(connection, row)
        # Only now: the failure has to be kept, and a block that raises keeps nothing.
        if refusal:
            raise NotAllowed(refusal)
        self._keep_hash_current(row, password)
        return found

    def _judge(self, connection: Connection, name: str, hash_seen: str, right: bool, now: datetime) -> str:
        """Count and note the attempt; why it is refused, or nothing. The account is read again under its lock."""
        row = _row(connection, name, lock=True)
        if row is None:
            return _WRONG
        if row.locked_until is not None and now < row.locked_until:
            note(connection, now, name, "login_refused", name, "locked")
            minutes = -(-(row.locked_until - now).total_seconds() // 60)
            wait = f"Try again in {minutes:.0f} min, or ask an administrator."
            return f"This account is locked after {MOST_FAILURES} failures. {wait}"
        if not right or row.disabled or row.password_hash != hash_seen:
            return self._fail(connection, row, now)
        self._change(connection, name, failures=0, locked_until=None)
        note(connection, now, name, "login", name)
        return ""

    def _fail(self, connection: Connection, row: Row[Any], now: datetime) -> str:
        failures = row.failures + 1
        locks = failures >= MOST_FAILURES
        self._change(
            connection, row.name, failures=0 if locks else failures, locked_until=now + LOCKED_FOR if locks else None
        )
        note(connection, now, row.name, "login_failed", row.name, "disabled" if row.disabled else "")
        if locks:
            note(connection, now, row.name, "account_locked", row.name)
        return _WRONG

    def open_session(self, found: Account, now: datetime, hours: float) -> str:
        """A token for ``hours``: 256 random bits, of which the database keeps only the SHA-256."""
        token = secrets.token_urlsafe(32)
        with self._database.writing() as connection:
            connection.execute(delete(login).where(login.c.expires_at <= now))
            connection.execute(
                insert(login).values(
                    token_hash=_digest(token),
                    name=found.name,
                    opened_at=now,
                    expires_at=now + timedelta(hours=hours),
                )
            )
        return token

    def session(self, token: str, now: datetime) -> Account | None:
        """Whose token it is; ``None`` for an unknown, expired or closed one."""
        wanted = (
            select(account)
            .join(login, login.c.name == account.c.name)
            .where(login.c.token_hash == _digest(token), login.c.expires_at > now, account.c.disabled.is_(False))
        )
        with self._database.reading() as connection:
            row = connection.execute(wanted).one_or_none()
            return None if row is None else _account(connection, row)

    def close_session(self, token: str, at: datetime) -> None:
        """Log out. An unknown token is out already."""
        with self._database.writing() as connection:
            closed = connection.execute(
                delete(login).where(login.c.token_hash == _digest(token)).returning(login.c.name)
            ).scalar_one_or_none()
            if closed is not None:
                note(connection, at, closed, "logout", closed)

    def audit(self, after: int = 0, limit: int = 1000) -> list[AuditLine]:
        """The audit's lines after ``after``, in order."""
        wanted = select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(limit)
        with self._database.reading() as connection:
            return [
                AuditLine(row.seq, row.at, row.by, row.action, row.account, row.detail)
                for row in connection.execute(wanted)
            ]

    def _keep_hash_current(self, row: Row[Any], password: str) -> None:
        if not self._passwords.is_outdated(row.password_hash):
            return
        hashed = self._passwords.renew(password)
        with self._database.writing() as connection:
            connection.execute(
                update(account)
                .where(account.c.name == row.name, account.c.password_hash == row.password_hash)
                .values(password_hash=hashed)
            )

    # -- rows ---------------------------------------------------------------------------------------------------------

    def _change(self, connection: Connection, name: str, **values: object) -> None:
        if connection.execute(update(account).where(account.c.name == name).values(**values)).rowcount != 1:
            raise NotFound(f"There is no account {name}. List the accounts, or add it.")

    def _refuse_to_lose_the_last_administrator(self, connection: Connection, name: str, stays: bool) -> None:
        administrators = connection.execute(
            select(account.c.name)
            .join(account_role, account_role.c.name == account.c.name)
            .where(account_role.c.role == Role.ADMINISTRATOR.value, account.c.disabled.is_(False))
            .with_for_update(of=account)
        ).scalars()
        if list(administrators) == [name] and not stays:
            raise Conflict(f"{name} is the last administrator. Make another account one first.")


def _row(connection: Connection, name: str, lock: bool = False) -> Row[Any] | None:
    wanted = select(account).where(account.c.name == name)
    return connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()


def _account(connection: Connection, row: Row[Any]) -> Account:
    roles = connection.execute(select(account_role.c.role).where(account_role.c.name == row.name)).scalars()
    return Account(row.name, row.display_name, frozenset(Role(role) for role in roles), row.disabled)


def _name(name: str) -> str:
    """The one spelling of a name: full-width letters and capitals are the same as the plain ones."""
    plain = unicodedata.normalize("NFKC", name).casefold().strip()
    if not re.fullmatch(r"[\w.@-]{2,64}", plain):
        raise BadInput("An account's name has 2 to 64 letters, digits or . _ - @. Choose one of that form.")
    return plain


def _roles(roles: Iterable[Role | str]) -> frozenset[Role]:
    try:
        wanted = frozenset(Role(role) for role in roles)
    except ValueError as error:
        raise BadInput(f"There is no such role. Take some of {', '.join(Role)}.") from error
    if not wanted:
        raise BadInput(f"An account without a role can do nothing. Take some of {', '.join(Role)}.")
    return wanted


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
