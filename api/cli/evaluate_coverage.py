"""``hotline evaluate coverage``: what citizens asked that had no good answer, and which articles nobody uses."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.output import console, write_json

if TYPE_CHECKING:
    from datetime import date

    from copilot.settings import Settings
    from evaluation.retrieval.coverage import Coverage, Nearest
    from evaluation.retrieval.question_clusters import Embed
    from knowledge_base.library import Library

_SHOWN = 10


def coverage(
    *,
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day; default the first of 90 with the last."),
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day; default today.")
    ] = None,
    by_words: Annotated[
        bool, typer.Option("--by-words", help="Compare questions by their words alone, without the embedder.")
    ] = False,
    json_path: Annotated[Path | None, typer.Option("--json", help="Where the figures go.")] = None,
    report: Annotated[Path | None, typer.Option(help="Where the HTML report goes.")] = None,
) -> None:
    """Group the questions of the journal that no adopted card answered; count how often each article was of use."""
    from api.cli.desks import opened_article_desk
    from copilot.settings import load_settings
    from evaluation.retrieval.coverage import coverage as covered

    settings = load_settings()
    begins, ends = _period(first, last)
    with opened_article_desk(settings) as (store, desk):
        library = desk.library(ends)
        embed, nearest = (None, None) if by_words else _by_meaning(settings, library, ends)
        found = covered(store.asked.between(begins, ends), library, begins, ends, embed, nearest)
    _say(found)
    write_json(json_path, found.as_json())
    if report:
        _write(report, found, by_words=by_words)


def _period(first: datetime | None, last: datetime | None) -> tuple[date, date]:
    from api.services import utc_now
    from copilot.city_time import city_day
    from copilot.errors import BadInput
    from evaluation.retrieval.coverage import first_day

    ends = last.date() if last else city_day(utc_now())
    begins = first.date() if first else first_day(ends)
    if begins > ends:
        raise BadInput(f"The period ends on {ends}, before it begins on {begins}. Correct --from or --to.")
    return begins, ends


def _by_meaning(settings: Settings, library: Library, day: date) -> tuple[Embed, Nearest | None]:
    """The configured embedder, and the nearest article where there is an index."""
    from copilot.assembly import assemble_embedder, assemble_retriever
    from evaluation.retrieval.coverage import nearest_by
    from knowledge_base.errors import IndexMismatch

    embedder = assemble_embedder(settings)
    try:
        retriever = assemble_retriever(settings, embedder=embedder)
    except IndexMismatch as error:
        console.print(f"Without the nearest article of each group: {error}", markup=False)
        return embedder.embed_queries, None
    return embedder.embed_queries, nearest_by(retriever, library, day)


def _say(found: Coverage) -> None:
    share = f" ({found.answered / found.questions:.1%})" if found.questions else ""
    console.print(f"{found.first} to {found.last}: {found.calls} calls, {found.questions} questions of citizens.")
    console.print(
        f"With an answer that an agent adopted: {found.answered}{share}; {found.answered_by_hand} of these were found "
        "by hand and answered by no card."
    )
    for one in found.found_by_hand[:_SHOWN]:
        use = one.use.use
        console.print(
            f"{use.by_hand:>5}  adopted from a search, {use.missed} of them not on a card: {one.use.title}",
            markup=False,
        )
    largest = ", of which the largest:" if found.gaps else "."
    console.print(f"Questions without a good answer, in groups: {len(found.gaps)}{largest}")
    for gap in found.gaps[:_SHOWN]:
        outcomes = ", ".join(f"{name} {count}" for name, count in gap.outcomes.items())
        console.print(f"{gap.size:>5}  {gap.question}  ({outcomes})", markup=False)
    console.print(
        f"Articles: {len(found.used)} used, {len(found.never_adopted)} shown and never adopted, "
        f"{len(found.never_shown)} never shown."
    )


def _write(path: Path, found: Coverage, *, by_words: bool) -> None:
    from copilot.errors import BadInput
    from evaluation.reports.coverage_report import coverage_report

    facts = {"问题归类 grouped by": "词语 words" if by_words else "语义 meaning"}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(coverage_report(found, facts), encoding="utf-8")
    except OSError as error:
        raise BadInput(
            f"{path} cannot be written ({error.strerror}). Give a path in a folder you may write to."
        ) from error
    console.print(f"The report is in {path}. Questions are masked; treat it as personal data all the same.")
