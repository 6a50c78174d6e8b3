"""``hotline kb``: bring policy articles in, check them, search them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.output import console

if TYPE_CHECKING:
    from copilot.settings import Settings
    from knowledge_base.catalogue import ResponsibilityCatalogue
    from knowledge_base.gazetteer import Gazetteer
    from knowledge_base.importing import Imported
    from knowledge_base.library import Library

app = typer.Typer(help="Import, check and search the policy library.", no_args_is_help=True)

_SOON = timedelta(days=60)
_LISTED = 20


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Markdown, JSONL or CSV files, or folders.")],
    into: Annotated[Path | None, typer.Option(help="The library folder; by default the one in use.")] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="A column to leave out; may be repeated.")
    ] = None,
) -> None:
    """Add articles to a library folder: all of them, or none and every fault in a sentence."""
    from copilot.settings import load_settings
    from knowledge_base.errors import BadLibrary
    from knowledge_base.importing import import_articles

    settings = load_settings()
    folder = into or settings.library or settings.data_dir / "library"
    catalogue, gazetteer = _surroundings(settings)
    try:
        done = import_articles(files, folder, catalogue, gazetteer, ignore or ())
    except BadLibrary as error:
        _show_faults(f"Nothing was imported into {folder}", error.faults)
        raise typer.Exit(2) from None
    _show_import(done, folder)
    if settings.library is None or folder.resolve() != settings.library.resolve():
        console.print(f"The copilot does not use this folder yet: set HOTLINE_LIBRARY={folder.resolve()}")
    else:
        console.print("A running service uses the articles after a restart.")


@app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="By default the library in use.")] = None,
) -> None:
    """Name every fault of a library, or say what it holds today."""
    from copilot.settings import load_settings
    from knowledge_base import sample
    from knowledge_base.article_file import read_articles
    from knowledge_base.library import check_library, make_library

    settings = load_settings()
    path = folder or settings.library or sample.articles()
    catalogue, gazetteer = _surroundings(settings)
    reading = read_articles(path)
    faults = (*reading.faults, *check_library(reading.articles, catalogue, gazetteer))
    _show_unread(reading.unread)
    if not reading.articles and not faults:
        faults = ("There are no articles. Put Markdown, JSONL or CSV files there with 'hotline kb import'.",)
    if faults:
        _show_faults(f"{path} cannot be used", faults)
        raise typer.Exit(2)
    _show_library(make_library(reading.articles), path, date.today())  # noqa: DTZ011 - validity is in local days


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="What the citizen asks.")],
    day: Annotated[str, typer.Option(help="The day on which the passages must hold, as 2026-11-22.")] = "",
    area: Annotated[str, typer.Option(help="Where the citizen is, such as 云川市/临湖区.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=20, help="At most so many cards.")] = 3,
) -> None:
    """Show the cards that an agent would be shown, or say that there is none."""
    from copilot.settings import load_settings

    settings = load_settings()
    when = _day(day)
    _, gazetteer = _surroundings(settings)
    where = _area(area, gazetteer)
    from api.cli.building import build_apart
    from copilot.assembly import assemble_retriever

    build_apart(settings)
    found = assemble_retriever(settings).search(question, day=when, area=where, limit=limit)
    for hit in found:
        console.print(_card(hit))
    if not found:
        console.print(f"Nothing is likely enough to be shown ({when}, {where}).")


def _surroundings(settings: Settings) -> tuple[ResponsibilityCatalogue, Gazetteer]:
    from knowledge_base import sample
    from knowledge_base.catalogue_file import load_catalogue, load_gazetteer

    gazetteer = load_gazetteer(settings.gazetteer or sample.areas())
    return load_catalogue(settings.catalogue or sample.departments(), gazetteer), gazetteer


def _day(given: str) -> date:
    from copilot.errors import BadInput

    if not given:
        return date.today()  # noqa: DTZ011 - validity is in local days
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise BadInput(f"'{given}' is not a day. Give --day as 2026-11-22.") from error


def _area(given: str, gazetteer: Gazetteer) -> str:
    from copilot.errors import BadInput

    known = [gazetteer.city, *(gazetteer.area(d.name) for d in gazetteer.districts)]
    wanted = given or gazetteer.city
    if wanted not in known:
        raise BadInput(f"'{wanted}' is not in the gazetteer. Give --area as one of {'、'.join(known)}.")
    return wanted


def _card(hit: Any) -> Any:
    from rich.panel import Panel
    from rich.text import Text

    p = hit.passage
    quote = Text(p.text)
    for start, end in hit.highlight:
        quote.stylize("bold yellow", start, end)
    until = f" 至 {p.effective_to}" if p.effective_to else " 起"
    source = f"{p.issuer} {p.document_number} · {p.effective_from}{until}施行 · {p.area} · {p.owner} · {p.passage_id}"
    title = Text(f"{p.heading}  {hit.probability:.0%}")
    return Panel(quote, title=title, title_align="left", subtitle=Text(source), subtitle_align="left")


def _show_faults(what: str, faults: tuple[str, ...]) -> None:
    console.print(f"{what}: {len(faults)} fault{'s' if len(faults) != 1 else ''}.", style="red")
    for number, fault in enumerate(faults, start=1):
        console.print(f"{number:>3}. {fault}", markup=False)


def _show_unread(unread: tuple[Path, ...]) -> None:
    for path in unread:
        console.print(f"Not read: {path} is not a Markdown, JSONL or CSV file.", style="yellow", markup=False)


def _show_import(done: Imported, folder: Path) -> None:
    _show_unread(done.unread)
    for name, ids in (("New", done.new), ("Changed", done.changed), ("Unchanged", done.unchanged)):
        more = f" and {len(ids) - _LISTED} more" if len(ids) > _LISTED else ""
        told = f": {', '.join(ids[:_LISTED])}{more}" if ids else ""
        console.print(f"{name}: {len(ids)}{told}", markup=False)
    library = done.library
    console.print(
        f"{folder} now holds {len(library.articles)} articles, {len(library.passages())} passages, "
        f"version {library.version}.",
        markup=False,
    )


def _show_library(library: Library, path: Path, today: date) -> None:
    from knowledge_base.policy import ArticleStatus

    published = [a for a in library.articles if a.status is ArticleStatus.PUBLISHED]
    lasts = {a.article_id: library.last_day(a) for a in published}
    ended = [a for a in published if (last := lasts[a.article_id]) is not None and last < today]
    future = [a for a in published if a.effective_from > today]
    console.print(
        f"{path} is sound: {len(library.articles)} articles, {len(library.passages())} passages, "
        f"version {library.version}.",
        markup=False,
    )
    console.print(
        f"On {today} {len(library.in_force(today))} hold, {len(ended)} have ended, {len(future)} have not begun, "
        f"{len(library.articles) - len(published)} are drafts or withdrawn."
    )
    for a in published:
        last = lasts[a.article_id]
        if last is not None and today <= last <= today + _SOON:
            heir = library.successor(a)
            after = f"; {heir.document_number} follows" if heir else "; nothing follows it"
            console.print(f"Ends on {last}: {a.article_id} ({a.title}){after}.", style="yellow", markup=False)


@app.command("index")
def index() -> None:
    """Index the configured library anew, and calibrate when a card is shown."""
    from api.cli.building import build_index
    from api.cli.weights import prepared_embedder
    from copilot.assembly import assemble_city
    from copilot.settings import load_settings

    settings = load_settings()
    build_index(settings, assemble_city(settings), prepared_embedder(settings), anew=True)
    console.print(f"The index is in {settings.index_dir}; a running service takes it at its next start.")
