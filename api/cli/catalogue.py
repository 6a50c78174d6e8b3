"""``hotline catalogue``: the editions of the responsibility catalogue, from the server's own command line.

Making and checking are signed with an account and its password, as on the screen: the console is nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from api.cli.output import console
from api.cli.signing import signed, today

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.catalogue_desk import CatalogueDesk
    from copilot.store import Account, Edition, Store
    from knowledge_base.catalogue.difference import Change

app = typer.Typer(help="See, compare, import and approve editions of the catalogue (派单目录).", no_args_is_help=True)

Number = Annotated[int | None, typer.Argument(help="The edition; by default the one in force.", min=1)]
Given = Annotated[int, typer.Argument(help="The edition.", min=1)]
As = Annotated[str, typer.Option("--as", metavar="ACCOUNT", help="Who does it; the password is asked for.")]
From = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The day it comes into force; default at once.")
]

_SIGNS = {"added": "[green]+[/green]", "removed": "[red]-[/red]"}


@contextmanager
def _desk() -> Iterator[tuple[Store, CatalogueDesk]]:
    from api.cli.stores import opened_store
    from copilot.catalogue_desk import CatalogueDesk
    from copilot.settings import load_settings
    from knowledge_base import sample
    from knowledge_base.catalogue.file import load_gazetteer

    settings = load_settings()
    gazetteer = load_gazetteer(settings.gazetteer or sample.areas())
    with opened_store(settings) as store:
        yield store, CatalogueDesk(store.catalogue, gazetteer)


def _signed(store: Store, name: str) -> Account:
    """Who may edit the catalogue."""
    from copilot.store import Role

    return signed(store, name, Role.DISPATCHER, Role.EDITOR)


def _chosen(desk: CatalogueDesk, number: int | None) -> int:
    from copilot.errors import NotFound

    if number is not None:
        return number
    found = desk.editions.in_force(today())
    if found is None:
        raise NotFound("No edition is in force yet. Start the service once, which imports the configured catalogue.")
    return found.number


@app.command("list")
def list_() -> None:
    """All editions, the latest first."""
    with _desk() as (_, desk):
        found, served = desk.editions.all(), desk.editions.in_force(today())
    table = Table()
    for column in ("edition", "state", "from", "made by", "checked by", "version", "note"):
        table.add_column(column, no_wrap=column in ("state", "from", "version"), overflow="fold")
    for edition in found:
        table.add_row(
            str(edition.number),
            _state(edition, served),
            str(edition.effective_from or ""),
            edition.submitted_by or edition.made_by,
            edition.checked_by or "",
            edition.digest,
            edition.reason or edition.note,
        )
    console.print(
        table if found else "There is no edition yet. The service imports the configured file when it starts."
    )


def _state(edition: Edition, served: Edition | None) -> str:
    if edition.state.value != "approved":
        return edition.state.value
    if served is not None and edition.number == served.number:
        return "in force"
    coming = edition.effective_from is not None and edition.effective_from > today()
    return "coming" if coming else "superseded"


@app.command()
def show(number: Number = None) -> None:
    """What an edition holds, and the faults of a draft."""
    with _desk() as (_, desk):
        edition, document = desk.editions.with_document(_chosen(desk, number))
        served = desk.editions.in_force(today())
        faults = desk.faults(edition.number, document)
    console.print(f"Edition {edition.number}, {_state(edition, served)}, from {edition.effective_from or 'no day yet'}")
    table = Table("department", "area", "duties", "phrases", "until")
    for row in document["departments"]:
        phrases = sum(len(duty["phrases"]) for duty in row["duties"])
        table.add_row(
            row["name"], str(row.get("area", "")), str(len(row["duties"])), str(phrases), row.get("effective_to") or ""
        )
    console.print(table, soft_wrap=False)
    console.print(f"{len(document['departments'])} departments, {len(document.get('rules') or [])} rules of dispatch")
    for fault in faults:
        console.print(f"fault: {fault}", markup=False)


@app.command()
def diff(
    number: Number = None,
    against: Annotated[int | None, typer.Argument(help="Compare with this one; default the one it began from.")] = None,
) -> None:
    """What an edition changes."""
    with _desk() as (_, desk):
        chosen = _chosen(desk, number)
        _show_changes(desk.difference(chosen, against))


def _show_changes(changes: Sequence[Change]) -> None:
    from rich.markup import escape

    for change in changes:
        sign = _SIGNS.get(change.kind.rpartition("_")[2], "[yellow]~[/yellow]")
        where = " · ".join(part for part in (change.department, change.subject) if part)
        to = f"{change.before} → {change.after}" if change.before and change.after else change.before or change.after
        console.print(f"{sign} {change.kind.replace('_', ' ')}: {escape(where)}{escape('  ' + to) if to else ''}")
    console.print(f"{len(changes)} changes" if changes else "No changes.")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A catalogue as JSON.")],
    by: As,
    note: Annotated[str, typer.Option(help="What the checker should know.")] = "",
    first_day: From = None,
    submit: Annotated[bool, typer.Option("--submit", help="Ask for the check at once.")] = False,
) -> None:
    """Make a draft of a whole file, with every fault and every change listed. Another person approves it."""
    from api.services import utc_now
    from knowledge_base.catalogue.edits import ReplaceDocument

    content = _read(file)
    with _desk() as (store, desk):
        account = _signed(store, by)
        draft = desk.editions.being_made() or desk.editions.begin(account.name, utc_now(), note)
        draft = desk.edit(draft.number, draft.revision, [ReplaceDocument(content)], account.name, utc_now())
        _show_changes(desk.difference(draft.number))
        faults = desk.faults(draft.number, desk.editions.document(draft.number))
        for fault in faults:
            console.print(f"fault: {fault}", markup=False)
        if submit:
            day = None if first_day is None else first_day.date()
            draft = desk.submit(draft.number, draft.revision, day, account.name, utc_now(), today(), note)
            console.print(f"Edition {draft.number} waits for another person: hotline catalogue approve {draft.number}")
        else:
            console.print(
                f"Edition {draft.number} is a draft. Submit it on the page 派单目录, or import with --submit."
            )
    if faults:
        raise typer.Exit(2)


def _read(file: Path) -> dict[str, object]:
    import json

    from knowledge_base.catalogue.edits import as_document
    from knowledge_base.errors import BadTable
    from knowledge_base.tables import read_text

    try:
        return as_document(json.loads(read_text(file)))
    except json.JSONDecodeError as error:
        raise BadTable(f"{file}, line {error.lineno}: not JSON ({error.msg}). Correct that line.") from error


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where to write the JSON.")],
    number: Number = None,
) -> None:
    """Write an edition as a file, to train and to evaluate with (HOTLINE_CATALOGUE)."""
    from knowledge_base.catalogue.file import save_catalogue

    with _desk() as (_, desk):
        chosen = _chosen(desk, number)
        save_catalogue(desk.catalogue(chosen), file)
    console.print(f"Edition {chosen} is in {file}", markup=False)


@app.command()
def approve(
    number: Given,
    by: As,
    yes: Annotated[bool, typer.Option("--yes", help="Do not show the changes and ask.")] = False,
) -> None:
    """Put a submitted edition in force; whoever helped to make it may not. Running services take it within seconds."""
    from api.services import utc_now

    with _desk() as (store, desk):
        edition = desk.editions.get(number)
        if not yes:
            _show_changes(desk.difference(number))
            typer.confirm(f"Put edition {number} in force?", abort=True)
        account = _signed(store, by)
        done = desk.approve(number, edition.revision, account.name, utc_now(), today())
    console.print(f"Edition {number} is in force from {done.effective_from}.")


@app.command()
def refuse(
    number: Given,
    by: As,
    reason: Annotated[str, typer.Option(help="Why; its maker reads it.")],
) -> None:
    """Send a submitted edition back with a reason."""
    from api.services import utc_now

    with _desk() as (store, desk):
        edition = desk.editions.get(number)
        account = _signed(store, by)
        desk.editions.refuse(number, edition.revision, account.name, utc_now(), reason)
    console.print(f"Edition {number} is refused. Its maker may begin again from it.")
