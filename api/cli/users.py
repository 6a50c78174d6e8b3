"""``hotline users``: the accounts that decisions are signed with."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from api.cli.output import console

if TYPE_CHECKING:
    from copilot.store import Accounts

app = typer.Typer(help="Add, list and shut the accounts that decisions are signed with.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="What decisions are signed with; never given to another person.")]
Roles = Annotated[
    list[str] | None, typer.Option("--role", help="agent, dispatcher, evaluator, editor or administrator; repeatable.")
]
Generate = Annotated[bool, typer.Option("--generate", help="Make a password and print it, instead of asking for one.")]


@contextmanager
def _accounts() -> Iterator[Accounts]:
    from api.cli.stores import opened_store
    from copilot.settings import load_settings

    with opened_store(load_settings()) as store:
        yield store.accounts


@app.command()
def add(
    name: Name,
    role: Roles = None,
    display_name: Annotated[str, typer.Option(help="How the person is called on screens.")] = "",
    generate: Generate = False,
) -> None:
    """Make an account."""
    from api.services import utc_now
    from copilot.errors import BadInput

    if not role:
        raise BadInput("An account needs a role. Add --role agent (or dispatcher, evaluator, editor, administrator).")
    with _accounts() as accounts:
        password = _new_password(generate)
        made = accounts.add(name, display_name, role, password, utc_now())
    console.print(f"Account {made.name} is ready: {', '.join(sorted(r.value for r in made.roles))}.", markup=False)
    _show(password, generate)


@app.command("list")
def list_() -> None:
    """Every account with its roles."""
    with _accounts() as accounts:
        found = accounts.all()
    table = Table("name", "shown as", "roles", "")
    for account in found:
        roles = ", ".join(sorted(role.value for role in account.roles))
        table.add_row(account.name, account.display_name, roles, "disabled" if account.disabled else "")
    console.print(table if found else "There is no account yet. Make one: hotline users add NAME --role agent")


@app.command()
def disable(name: Name) -> None:
    """Shut an account and end its logins. Its decisions stay signed with it."""
    from api.services import utc_now

    with _accounts() as accounts:
        accounts.disable(name, utc_now())
    console.print(f"Account {name} is shut.", markup=False)


@app.command()
def enable(name: Name) -> None:
    """Open an account again, and lift a lock."""
    from api.services import utc_now

    with _accounts() as accounts:
        accounts.enable(name, utc_now())
    console.print(f"Account {name} is open.", markup=False)


@app.command()
def roles(name: Name, role: Roles = None) -> None:
    """Give an account these roles instead of those it has."""
    from api.services import utc_now

    with _accounts() as accounts:
        changed = accounts.set_roles(name, role or [], utc_now())
    console.print(f"Account {name}: {', '.join(sorted(r.value for r in changed.roles))}.", markup=False)


@app.command()
def password(name: Name, generate: Generate = False) -> None:
    """Set a new password; the account's logins end and a lock is lifted."""
    from api.services import utc_now

    with _accounts() as accounts:
        accounts.get(name)
        chosen = _new_password(generate)
        accounts.change_password(name, chosen, utc_now())
    console.print(f"The password of {name} is changed; its logins have ended.", markup=False)
    _show(chosen, generate)


@app.command()
def address(
    name: Name,
    mail: Annotated[str, typer.Argument(metavar="[ADDRESS]", help="Where reminders of articles go.")] = "",
    department: Annotated[
        list[str] | None,
        typer.Option("--for", metavar="DEPARTMENT", help="Whose articles the person keeps; needed with an address."),
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="No mail any more.")] = False,
) -> None:
    """Say where a person is reminded by mail, and of which departments' articles; without an address, show it."""
    from api.cli.contacts import list_contacts, set_contact

    if mail or none or department:
        set_contact(name, "" if none else mail, department or [])
    list_contacts(name)


def _new_password(generate: bool) -> str:
    if generate:
        return secrets.token_urlsafe(12)
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer


def _show(chosen: str, generated: bool) -> None:
    if generated:
        console.print(f"Password: {chosen}", markup=False)
        console.print("It is shown this once. Change it with: hotline users password NAME")
