"""Where people are reached by mail, and for which departments they keep articles."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from copilot.errors import BadInput, NotFound
from copilot.store.accounts import CONSOLE
from copilot.store.audit import note
from copilot.store.engine import Database
from copilot.store.mail_tables import contact, contact_department
from copilot.store.tables import account

# What every mail server takes: a local part of at most 64 characters, 254 in all (RFC 5321).
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,188}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Contact:
    """A person with an address; ``departments`` are those whose articles they are reminded of."""

    name: str
    display_name: str
    address: str
    departments: tuple[str, ...]


class Contacts:
    """The addresses of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(self, name: str, address: str, departments: Iterable[str], at: datetime, by: str = CONSOLE) -> None:
        """Give a person this address and these departments instead of those they had. Raises BadInput, NotFound."""
        wanted = sorted(set(departments))
        if not is_address(address.strip()):
            raise BadInput(f"'{address}' is no mail address. Give it as name@example.org.")
        if not wanted:
            raise BadInput("Name at least one department whose articles the person keeps.")
        with self._database.writing() as connection:
            if connection.execute(select(account.c.name).where(account.c.name == name)).one_or_none() is None:
                raise NotFound(f"There is no account {name}. List the accounts, or add it.")
            _forget(connection, name)
            connection.execute(insert(contact).values(name=name, address=address.strip()))
            connection.execute(insert(contact_department), [{"name": name, "department": d} for d in wanted])
            note(connection, at, by, "address_set", name, "、".join(wanted))

    def remove(self, name: str, at: datetime, by: str = CONSOLE) -> None:
        """The person gets no mail any more. Raises NotFound."""
        with self._database.writing() as connection:
            if not _forget(connection, name):
                raise NotFound(f"{name} has no address. Nothing was changed.")
            note(connection, at, by, "address_removed", name)

    def all(self) -> list[Contact]:
        """Everybody who can be reached, by name; not whose account is shut."""
        wanted = (
            select(contact.c.name, contact.c.address, account.c.display_name, contact_department.c.department)
            .join(account, account.c.name == contact.c.name)
            .join(contact_department, contact_department.c.name == contact.c.name)
            .where(account.c.disabled.is_(False))
            .order_by(contact.c.name, contact_department.c.department)
        )
        people: dict[str, Contact] = {}
        with self._database.reading() as connection:
            for row in connection.execute(wanted):
                before = people[row.name].departments if row.name in people else ()
                people[row.name] = Contact(row.name, row.display_name, row.address, (*before, row.department))
        return list(people.values())


def is_address(text: str) -> bool:
    """Whether ``text`` is a mail address, in letters that every mail server takes."""
    return _ADDRESS.fullmatch(text) is not None


def _forget(connection: Connection, name: str) -> bool:
    connection.execute(delete(contact_department).where(contact_department.c.name == name))
    return connection.execute(delete(contact).where(contact.c.name == name)).rowcount > 0
