"""Who acts on the command line, and on which day: the console itself is nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from datetime import date

    from copilot.store import Account, Role, Store


def today() -> date:
    """The day in the city."""
    from api.services import utc_now
    from copilot.city_time import city_day

    return city_day(utc_now())


def signed(store: Store, name: str, *roles: Role) -> Account:
    """The account behind a name and its password. Raises NotAllowed where it has none of ``roles``."""
    from api.services import utc_now
    from copilot.errors import NotAllowed

    account = store.accounts.check(name, typer.prompt(f"Password of {name}", hide_input=True), utc_now())
    if not account.roles & {*roles}:
        raise NotAllowed(
            f"This needs the role {' or '.join(roles)}. Give it with: hotline users roles NAME --role {roles[0]}"
        )
    return account
