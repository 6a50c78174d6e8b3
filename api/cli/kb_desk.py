"""``hotline kb desk``: versions of articles, from the server's own command line.

Making and checking are signed with an account and its password, as on the screen: the console is nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text

from api.cli.output import console
from api.cli.signing import signed, today

if TYPE_CHECKING:
    from copilot.articles.concern import WithdrawnAs
    from copilot.articles.desk import ArticleDesk
    from copilot.articles.reminders import Reminder
    from copilot.articles.shelf import Shelved, Standing
    from copilot.articles.upload import Arrived
    from copilot.store import Account, Store, Version
    from knowledge_base.articles.difference import Difference

app = typer.Typer(help="Draft, check, publish and withdraw articles; reports and reminders.", no_args_is_help=True)

ArticleId = Annotated[str, typer.Argument(metavar="ARTICLE", help="The article's id.")]
Number = Annotated[int | None, typer.Option("--version", help="The version; default the one that is worked on.", min=1)]
As = Annotated[str, typer.Option("--as", metavar="ACCOUNT", help="Who does it; the password is asked for.")]

_MARKS = {"inserted": "green underline", "deleted": "red strike"}


def _now() -> datetime:
    from api.services import utc_now

    return utc_now()


def _signed(store: Store, name: str) -> Account:
    """Who may edit articles."""
    from copilot.store import Role

    return signed(store, name, Role.EDITOR, Role.ADMINISTRATOR)


@app.command("list")
def list_(
    words: Annotated[list[str] | None, typer.Argument(help="Words of title, number, owner, area or id.")] = None,
    owner: Annotated[str, typer.Option(help="One department's articles.")] = "",
    standing: Annotated[str, typer.Option(help="draft, review, refused, in_force, upcoming, expired, withdrawn.")] = "",
) -> None:
    """Articles as they stand today."""
    from api.cli.desks import opened_article_desk
    from copilot.settings import load_settings

    wanted = _standing(standing)
    with opened_article_desk(load_settings()) as (_, desk):
        rows = [r for r in desk.shelf(today()) if r.is_found_by(words or []) and owner in ("", r.owner)]
    rows = [row for row in rows if wanted is None or row.is_in(wanted)]
    table = Table(Column("id", overflow="fold"), "title", "owner", "standing", "until", "worked on")
    for row in rows:
        table.add_row(*map(escape, _cells(row)))
    console.print(table)
    console.print(f"{len(rows)} articles")


def _standing(given: str) -> Standing | None:
    from copilot.articles.shelf import Standing
    from copilot.errors import BadInput

    try:
        return Standing(given) if given else None
    except ValueError as error:
        raise BadInput(f"'{given}' is no standing. Use one of {', '.join(Standing)}.") from error


def _cells(row: Shelved) -> tuple[str, ...]:
    worked = f"version {row.open.number}, {row.open.state.value}, {row.open.made_by}" if row.open else ""
    return row.article_id, row.title, row.owner, row.standing.value, str(row.last_day or ""), worked


@app.command()
def show(article_id: ArticleId, number: Number = None) -> None:
    """An article's versions, and the content and faults of one of them."""
    from api.cli.desks import opened_article_desk
    from copilot.settings import load_settings
    from knowledge_base.articles.content import plain_content

    with opened_article_desk(load_settings()) as (_, desk):
        row = desk.shelved(article_id, today())
        versions = desk.articles.of(article_id)
        content = None
        faults: tuple[str, ...] = ()
        if versions:
            chosen = number or (row.open or row.version or versions[0]).number
            version, content = desk.articles.with_content(article_id, chosen)
            faults = desk.faults(article_id, content, today()) if version.open else ()
        elif (article := desk.article(article_id, today())) is not None:
            content = plain_content(article)
    console.print(f"{article_id}: {row.standing.value}", markup=False)
    _show_versions(versions)
    for name, value in (content or {}).items():
        if name != "text" and value:
            console.print(f"{name}: {'、'.join(value) if isinstance(value, list) else value}", markup=False)
    console.print((content or {}).get("text", ""), markup=False)
    for fault in faults:
        console.print(f"fault: {fault}", markup=False)


def _show_versions(versions: Sequence[Version]) -> None:
    table = Table("version", "state", "from", "made by", "checked by", "note")
    for v in versions:
        said = escape(v.reason or v.note)
        table.add_row(str(v.number), v.state.value, str(v.publish_on or ""), v.made_by, v.checked_by or "", said)
    if versions:
        console.print(table)


@app.command()
def diff(
    article_id: ArticleId,
    number: Number = None,
    against: Annotated[int | None, typer.Option(help="Compare with this one; default the one it began from.")] = None,
) -> None:
    """What a version changes: insertions underlined, deletions struck through."""
    from api.cli.desks import opened_article_desk
    from copilot.settings import load_settings

    with opened_article_desk(load_settings()) as (_, desk):
        _show_difference(desk.difference(article_id, _chosen(desk, article_id, number).number, against))


def _show_difference(found: Difference) -> None:
    for change in found.fields:
        console.print(f"{change.field}: {change.before or '—'} → {change.after or '—'}", markup=False)
    for paragraph in found.paragraphs:
        if paragraph.changed:
            line = Text()
            for piece in paragraph.pieces:
                sign = {"inserted": "{+%s+}", "deleted": "[-%s-]"}.get(piece.mark.value, "%s")
                line.append(sign % piece.text, style=_MARKS.get(piece.mark.value, ""))
            console.print(line)
    console.print(f"{found.changes} changes" if found.changes else "No changes.")


def _chosen(desk: ArticleDesk, article_id: str, number: int | None) -> Version:
    from copilot.errors import NotFound

    versions = desk.articles.of(article_id)
    if number is not None:
        return desk.articles.get(article_id, number)
    if not versions:
        raise NotFound(f"{article_id} has no versions. It is as its file has it, or there is no such article.")
    return next((version for version in versions if version.open), versions[0])


@app.command()
def draft(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Word, PDF, HTML, Excel, CSV or Markdown.")],
    by: As,
    put_back: Annotated[bool, typer.Option("--put-back", help="Also articles that were withdrawn.")] = False,
) -> None:
    """Make drafts of the articles in files: new ones, and versions of those that there are."""
    from api.cli.desks import opened_article_desk
    from copilot.articles.upload import arrivals, read_upload
    from copilot.settings import load_settings

    with opened_article_desk(load_settings()) as (store, desk):
        account = _signed(store, by)
        for file in files:
            reading = read_upload(_bytes_of(file), file.name, desk, today())
            for finding in (*reading.not_understood, *reading.warnings, *reading.lost):
                console.print(f"{reading.name}: {finding}", markup=False)
            for arrived in arrivals(desk, reading, account.name, _now(), today(), apply=True, put_back=put_back):
                console.print(f"{arrived.article_id} ({arrived.title}): {_arrived(arrived)}", markup=False)
                for fault in arrived.faults:
                    console.print(f"  fault: {fault}", markup=False)


def _arrived(arrived: Arrived) -> str:
    made = f" version {arrived.number}" if arrived.number else ""
    if arrived.standing != "withdrawn":
        return f"{arrived.standing}{made}"
    told = f"withdrawn ({arrived.reason})"
    return f"{told}, put back as{made}" if made else f"{told}. Put it back as a draft with --put-back."


def _bytes_of(file: Path) -> bytes:
    from copilot.errors import BadInput

    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read ({error.strerror}). Give the path of a file you may read.") from error


@app.command()
def edit(article_id: ArticleId, fields: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE...")], by: As) -> None:
    """Begin a draft if there is none, and give fields other values; text=@FILE reads the text from a file."""
    from api.cli.desks import opened_article_desk
    from copilot.settings import load_settings

    wanted = dict(_field(given) for given in fields)
    with opened_article_desk(load_settings()) as (store, desk):
        account = _signed(store, by)
        version = next((v for v in desk.articles.of(article_id) if v.open), None)
        version = version or desk.begin(article_id, account.name, _now(), today())
        version = desk.edit(version.seen, wanted, account.name, _now())
        _, content = desk.articles.with_content(article_id, version.number)
        faults = desk.faults(article_id, content, today())
        concern = desk.concern(article_id, version.number)
    console.print(f"Version {version.number} of {article_id} is a draft, revision {version.revision}.", markup=False)
    if concern is not None and concern.confirmed is None:
        console.print(f"warning: version {concern.number} was withdrawn as wrong: {concern.reason}", markup=False)
        console.print(f"  Correct it, then: hotline kb desk corrected {article_id} --note WHAT", markup=False)
    for fault in faults:
        console.print(f"fault: {fault}", markup=False)


def _field(given: str) -> tuple[str, str | list[str]]:
    from copilot.errors import BadInput
    from knowledge_base.tables import read_text

    name, equals, value = given.partition("=")
    if not equals:
        raise BadInput(f"'{given}' is not FIELD=VALUE. Give for example effective_to=2027-12-31.")
    if value.startswith("@"):
        value = read_text(Path(value[1:]))
    return name, [part for part in value.split("、") if part] if name in ("supersedes", "keywords") else value


@app.command()
def submit(
    article_id: ArticleId,
    by: As,
    first_day: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day on which it is shown.")
    ] = None,
    note: Annotated[str, typer.Option(help="What the checker should know.")] = "",
) -> None:
    """Ask another person to check the draft."""
    from api.cli.desks import opened_article_desk
    from copilot.settings import load_settings

    with opened_article_desk(load_settings()) as (store, desk):
        account = _signed(store, by)
        version = _chosen(desk, article_id, None)
        day = None if first_day is None else first_day.date()
        done = desk.submit(version.seen, day, account.name, _now(), today(), note)
    console.print(f"Version {done.number} waits for another person: hotline kb desk approve {article_id}", markup=False)


@app.command()
def approve(
    article_id: ArticleId,
    by: As,
    yes: Annotated[bool, typer.Option("--yes", help="Do not show the changes and ask.")] = False,
) -> None:
    """Publish a version in review; whoever helped to make it may not. Running services search it within seconds."""
    from api.cli.desks import opened_article_desk
    from copilot.settings import load_settings

    with opened_article_desk(load_settings()) as (store, desk):
        version = _chosen(desk, article_id, None)
        if not yes:
            _show_difference(desk.difference(article_id, version.number))
            typer.confirm(f"Publish version {version.number} of {article_id}?", abort=True)
        account = _signed(store, by)
        done = desk.approve(version.seen, account.name, _now(), today())
    console.print(f"Version {done.number} of {article_id} is published from {done.publish_on}.", markup=False)


@app.command()
def refuse(
    article_id: ArticleId, by: As, reason: Annotated[str, typer.Option(help="Why; its maker reads it.")]
) -> None:
    """Send a version in review back with a reason."""
    from api.cli.desks import opened_article_desk
    from copilot.settings import load_settings

    with opened_article_desk(load_settings()) as (store, desk):
        version = _chosen(desk, article_id, None)
        account = _signed(store, by)
        desk.articles.refuse(version.seen, account.name, _now(), reason)
    console.print(f"Version {version.number} of {article_id} is refused. Its maker may begin again.", markup=False)


@app.command()
def withdraw(
    article_id: ArticleId,
    by: As,
    reason: Annotated[str, typer.Option(help="Why; editors read it.")],
    because: Annotated[str, typer.Option(help="wrong, outdated or other.")] = "other",
) -> None:
    """Nobody is shown the article any more, from now on."""
    from api.cli.desks import opened_article_desk
    from copilot.settings import load_settings

    with opened_article_desk(load_settings()) as (store, desk):
        account = _signed(store, by)
        done = desk.withdraw(article_id, account.name, _now(), today(), reason, because=_because(because))
    console.print(f"{article_id} is withdrawn (version {done.number}).", markup=False)


def _because(given: str) -> WithdrawnAs:
    from copilot.articles.concern import WithdrawnAs
    from copilot.errors import BadInput

    try:
        return WithdrawnAs(given)
    except ValueError as error:
        raise BadInput(f"'{given}' is no such reason. Use one of {', '.join(WithdrawnAs)}.") from error


@app.command()
def corrected(
    article_id: ArticleId, by: As, note: Annotated[str, typer.Option(help="What was changed; the checker reads it.")]
) -> None:
    """Say what was changed in a draft of what had been withdrawn as wrong."""
    from api.cli.desks import opened_article_desk
    from copilot.settings import load_settings

    with opened_article_desk(load_settings()) as (store, desk):
        account = _signed(store, by)
        version = _chosen(desk, article_id, None)
        desk.confirm_corrected(version.seen, note, account.name, _now())
    console.print(f"Version {version.number} of {article_id} can be submitted.", markup=False)


@app.command()
def reports(
    owner: Annotated[str, typer.Option(help="One department's.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Answered ones too.")] = False,
    page: Annotated[int, typer.Option(min=1, help="Which page of them.")] = 1,
    size: Annotated[int, typer.Option("--page-size", min=1, help="Reports on a page.")] = 200,
) -> None:
    """What agents reported as outdated or wrong; open ones unless told otherwise. Notes are masked."""
    from api.cli.stores import opened_store
    from copilot.settings import load_settings

    with opened_store(load_settings()) as store:
        before = (page - 1) * size
        found = store.reports.all(owner or None, open_only=not everything, limit=size, offset=before)
        total = store.reports.count(owner or None, open_only=not everything)
    table = Table("at", "owner", "passage", "kind", "note", "by", "answer")
    for r in found:
        said = f"{r.answer.outcome.value}, {r.answer.by}: {r.answer.note}" if r.answer else ""
        table.add_row(f"{r.at:%Y-%m-%d %H:%M}", r.owner, r.passage_id, r.kind.value, escape(r.note), r.by, escape(said))
    console.print(table)
    if len(found) == total:
        console.print(f"{total} reports")
        return
    shown = f"{before + 1} to {before + len(found)} of {total} reports" if found else f"None of {total} reports"
    pages = -(-total // size)
    more = f"--page {page + 1}" if page < pages else "--page 1" if page > pages else ""
    console.print(f"{shown}, page {page} of {pages}." + (f" Show others with {more}." if more else ""))


def _follows(r: Reminder) -> str:
    if r.successor:
        return f"{r.successor_title} {r.successor_number} from {r.follows_on}"
    if r.coming:
        return f"version {r.coming.number} from {r.follows_on}"
    return f"draft of {r.draft.made_by}" if r.draft else "nothing"


@app.command()
def reminders(owner: Annotated[str, typer.Option(help="One department's.")] = "") -> None:
    """Articles that end within 60 days, and what follows them."""
    from api.cli.desks import opened_article_desk
    from copilot.settings import load_settings

    with opened_article_desk(load_settings()) as (_, desk):
        found = desk.reminders(today())
    table = Table("days", "last day", "article", "owner", "what follows")
    for r in (r for r in found if owner in ("", r.owner)):
        article = f"{r.title} {r.document_number} ({r.article_id})"
        table.add_row(str(r.days_left), str(r.last_day), escape(article), r.owner, escape(_follows(r)))
    console.print(table)
