"""``hotline kb``: bring policy articles in, check them, search them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import kb_desk, kb_remind
from api.cli.output import console
from api.cli.signing import today

if TYPE_CHECKING:
    from rich.panel import Panel

    from copilot.settings import Settings
    from copilot.typed_search import Hit
    from knowledge_base.articles.file import Reading
    from knowledge_base.catalogue.catalogue import ResponsibilityCatalogue
    from knowledge_base.gazetteer import Gazetteer
    from knowledge_base.importing import Imported
    from knowledge_base.library import Library

app = typer.Typer(help="Import, check and search the policy library.", no_args_is_help=True)
app.add_typer(kb_desk.app, name="desk")
app.command("remind")(kb_remind.remind)

_SOON = timedelta(days=60)
_LISTED = 20


@app.command("import")
def import_(  # noqa: PLR0917 - one per option
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Word, PDF, HTML, Excel, CSV, JSONL or Markdown files, or folders."),
    ],
    into: Annotated[
        Path | None,
        typer.Option(help="The library folder; by default HOTLINE_LIBRARY, else library in the data folder."),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="A column to leave out; may be repeated.")
    ] = None,
    issuer: Annotated[str, typer.Option(help="发布机关, where a file does not say it or says it wrongly.")] = "",
    owner: Annotated[str, typer.Option(help="责任单位, as the catalogue calls it.")] = "",
    area: Annotated[str, typer.Option(help="适用区域, such as 云川市/临湖区.")] = "",
    first: Annotated[str, typer.Option("--from", help="施行日期, as 2026-01-31.")] = "",
    last: Annotated[str, typer.Option("--to", help="失效日期, as 2026-01-31, or 长期.")] = "",
    secrecy: Annotated[str, typer.Option(help="密级: 公开, 内部 or 限制.")] = "",
    status: Annotated[str, typer.Option(help="状态: 草稿, 待审核 or 已发布. A new document is 草稿.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be imported, and write nothing.")] = False,
) -> None:
    """Add articles to a library folder: all of them, or none and every fault in a sentence.

    What the options say outranks what is recognised in running text, and fills what a header or a table leaves empty.
    """
    from api.cli.kb_reports import given_fields, show_reading
    from copilot.settings import load_settings
    from knowledge_base.importing import prepare_import
    from knowledge_base.readers import Surroundings

    settings = load_settings()
    folder = into or settings.library or settings.data_dir / "library"
    given = given_fields(
        issuer=issuer,
        owner=owner,
        area=area,
        effective_from=first,
        effective_to=last,
        secrecy=secrecy,
        status=status,
    )
    prepared = prepare_import(files, folder, Surroundings(*_surroundings(settings)), ignore or (), given)
    for reading in prepared.documents:
        show_reading(reading)
    for note in prepared.notes:
        console.print(note, style="yellow", markup=False)
    if prepared.faults:
        _show_unread(prepared.outcome.unread)
        _show_faults(f"Nothing {'would be' if dry_run else 'was'} imported into {folder}", prepared.faults)
        raise typer.Exit(2)
    if dry_run:
        _show_import(prepared.outcome, folder, "would hold")
        console.print("This was a trial: nothing was written.")
        return
    _show_import(prepared.carry_out(), folder, "now holds")
    if settings.library is None or folder.resolve() != settings.library.resolve():
        console.print(f"The copilot does not use this folder yet: set HOTLINE_LIBRARY={folder.resolve()}")
    else:
        console.print("A running service searches the articles within a few seconds.")


@app.command()
def check(
    path: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR|FILE]", help="A library, or documents to import; by default the library in use."),
    ] = None,
) -> None:
    """Name every fault of a library or of documents, or say what they hold today."""
    from copilot.settings import load_settings
    from knowledge_base import sample
    from knowledge_base.library import check_library, make_library

    settings = load_settings()
    path = path or settings.library or sample.articles()
    catalogue, gazetteer = _surroundings(settings)
    reading = _read_to_check(path, catalogue, gazetteer)
    faults = (*reading.faults, *check_library(reading.articles, catalogue, gazetteer))
    _show_unread(reading.unread)
    if not reading.articles and not faults:
        faults = ("There are no articles. Put files there with 'hotline kb import'.",)
    if faults:
        _show_faults(f"{path} cannot be used", faults)
        raise typer.Exit(2)
    _show_library(make_library(reading.articles), path, today())


def _read_to_check(path: Path, catalogue: ResponsibilityCatalogue, gazetteer: Gazetteer) -> Reading:
    """A library as the service reads it, or documents as an import would, each with its report."""
    from api.cli.kb_reports import show_reading
    from knowledge_base.articles.file import Reading, Sourced, read_articles
    from knowledge_base.importing import prepare_import
    from knowledge_base.readers import Surroundings
    from knowledge_base.sources import is_own_form

    if path.is_dir() or (path.suffix.lower() in (".md", ".csv", ".jsonl") and is_own_form(path)):
        reading = read_articles(path)
        if reading.articles or not reading.unread:
            return reading
    prepared = prepare_import([path], None, Surroundings(catalogue, gazetteer))
    for document in prepared.documents:
        show_reading(document)
    found = tuple(Sourced(article, path, str(path)) for article in prepared.outcome.library.articles)
    return Reading(found, prepared.faults, prepared.outcome.unread)


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="What the citizen asks.")],
    day: Annotated[str, typer.Option(help="The day on which the passages must hold, as 2026-11-22.")] = "",
    area: Annotated[str, typer.Option(help="Where the citizen is, such as 云川市/临湖区.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=20, help="At most so many passages.")] = 3,
) -> None:
    """List what whoever types this is shown, each passage with how likely it answers; and what would be a card."""
    from copilot.settings import load_settings

    _refuse_empty(question)
    settings = load_settings()
    when = _day(day)
    _, gazetteer = _surroundings(settings)
    where = _area(area, gazetteer)
    from api.cli.building import build_apart
    from copilot.assembly import assemble_city, assemble_retriever, assemble_typed_names
    from copilot.typed_search import find

    build_apart(settings)
    city = assemble_city(settings)
    retriever, names = assemble_retriever(settings, city), assemble_typed_names(settings, city)
    found = find(retriever, city.library, question, day=when, area=where, limit=limit, names=names)
    if found.read_as:
        console.print(f"Also searched for “{found.read_as}”.", markup=False)
    for hit in found.passages:
        console.print(_card(hit), soft_wrap=False)  # else a sentence ends where the window does
    if any(hit.probability is not None for hit in found.passages):
        least = retriever.calibration.threshold
        console.print(f"In a call, what is {least:.0%} likely or more is a card.", style="dim")
    if not found.passages:
        console.print(f"Nothing is likely enough to be shown ({when}, {where}).")


def _surroundings(settings: Settings) -> tuple[ResponsibilityCatalogue, Gazetteer]:
    from knowledge_base import sample
    from knowledge_base.catalogue.file import load_catalogue, load_gazetteer

    gazetteer = load_gazetteer(settings.gazetteer or sample.areas())
    return load_catalogue(settings.catalogue or sample.departments(), gazetteer), gazetteer


def _refuse_empty(question: str) -> None:
    from copilot.errors import BadInput

    if not question.strip():
        raise BadInput("There is nothing to search for. Give what the citizen asks, in quotation marks.")


def _day(given: str) -> date:
    from copilot.errors import BadInput

    if not given:
        return today()
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


def _card(hit: Hit) -> Panel:
    from rich.console import Group
    from rich.panel import Panel
    from rich.text import Text

    p = hit.passage
    quote = Text(p.text)
    for start, end in hit.highlight:
        quote.stylize("bold yellow", start, end)
    if hit.sentence is not None:
        quote.stylize("underline", *hit.sentence)
    until = f" 至 {p.effective_to}" if p.effective_to else " 起"
    source = f"{p.issuer} {p.document_number} · {p.effective_from}{until}施行 · {p.area} · {p.owner} · {p.passage_id}"
    title = Text(f"{p.heading}  {'has these words' if hit.probability is None else f'{hit.probability:.0%}'}")
    return Panel(Group(quote, Text(source, style="dim")), title=title, title_align="left", expand=False)


def _show_faults(what: str, faults: tuple[str, ...]) -> None:
    console.print(f"{what}: {len(faults)} fault{'s' if len(faults) != 1 else ''}.", style="red")
    for number, fault in enumerate(faults, start=1):
        console.print(f"{number:>3}. {fault}", markup=False)


def _show_unread(unread: tuple[Path, ...]) -> None:
    from knowledge_base.readers import READABLE

    for path in unread:
        told = (
            f"Not in the library: {path} is a document. 'hotline kb import' makes an article of it."
            if path.suffix.lower() in READABLE
            else f"Not read: {path} is of a kind that is not read. Save it as .docx, .pdf, .html, .xlsx or .csv."
        )
        console.print(told, style="yellow", markup=False)


def _show_import(done: Imported, folder: Path, holds: str) -> None:
    from knowledge_base.policy import ArticleStatus

    _show_unread(done.unread)
    for name, ids in (("New", done.new), ("Changed", done.changed), ("Unchanged", done.unchanged)):
        more = f" and {len(ids) - _LISTED} more" if len(ids) > _LISTED else ""
        told = f": {', '.join(ids[:_LISTED])}{more}" if ids else ""
        console.print(f"{name}: {len(ids)}{told}", markup=False)
    library = done.library
    console.print(
        f"{folder} {holds} {len(library.articles)} articles, {len(library.passages())} passages, "
        f"version {library.version}.",
        markup=False,
    )
    drafts = [a.article_id for a in library.articles if a.article_id in done.new and a.status is ArticleStatus.DRAFT]
    if drafts:
        console.print(
            f"{len(drafts)} of the new are drafts (草稿) and are not searched: look them over, then publish them at "
            "the desk, or import again with --status 已发布.",
            style="yellow",
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
    """Index the configured library anew; of the sample city's, learn again when a card is worth showing."""
    from api.cli.building import build_index
    from api.cli.weights import prepared_embedder
    from copilot.assembly import assemble_city
    from copilot.settings import load_settings

    settings = load_settings()
    build_index(settings, assemble_city(settings), prepared_embedder(settings), anew=True)
    console.print(
        f"The index is in {settings.index_dir}; a running service of the same embedder takes it within seconds."
    )
