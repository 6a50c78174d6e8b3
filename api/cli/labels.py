"""``hotline labels``: the journal's labels as a table for people; and what training on them needs from the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from api.cli.output import console
from api.cli.stores import opened_store

if TYPE_CHECKING:
    from copilot.settings import Settings
    from copilot.store import Store
    from evaluation.labels.sources import JournalLabels
    from knowledge_base.catalogue.catalogue import ResponsibilityCatalogue

app = typer.Typer(help="What people decided about where appeals belong, as labels.", no_args_is_help=True)

Since = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of the calls, YYYY-MM-DD.")]
Until = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of the calls, YYYY-MM-DD.")]


@app.callback()
def labels() -> None:
    """What people decided about where appeals belong, as labels."""


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="CSV to write, UTF-8 with BOM, texts masked.")],
    since: Since = None,
    until: Until = None,
) -> None:
    """Write the label of every filed appeal, who stands behind it and what it is worth."""
    from copilot.settings import load_settings
    from evaluation.labels.tables import write_labels

    with store_and_catalogue(load_settings()) as (store, catalogue):
        found = read_labels(store, catalogue, since, until)
    count = write_labels(out, found.labelled)
    console.print(sources_table(found))
    console.print(f"{count} labels are in {out}. Texts are masked; treat the table as personal data all the same.")


@contextmanager
def store_and_catalogue(settings: Settings) -> Iterator[tuple[Store, ResponsibilityCatalogue]]:
    """The database of the service, and the catalogue that is in force in it today."""
    from api.services import utc_now
    from copilot.assembly import assemble_city
    from copilot.catalogue_desk import CatalogueDesk
    from copilot.city_time import city_day

    city = assemble_city(settings)
    with opened_store(settings) as store:
        edition = store.catalogue.in_force(city_day(utc_now()))
        desk = CatalogueDesk(store.catalogue, city.gazetteer)
        yield store, city.catalogue if edition is None else desk.catalogue(edition.number)


def read_labels(
    store: Store, catalogue: ResponsibilityCatalogue, since: datetime | None, until: datetime | None
) -> JournalLabels:
    """The labels of the journal under the names that the catalogue has today."""
    from evaluation.labels.sources import journal_labels

    def official(name: str) -> str | None:
        department = catalogue.find(name)
        return None if department is None else department.name

    return journal_labels(store.labels.decided(_day(since), _day(until)), official)


def _day(at: datetime | None) -> date | None:
    return None if at is None else at.date()


def sources_table(found: JournalLabels) -> Table:
    """How many labels each source gave and what one of it is worth."""
    from evaluation.labels.sources import reliability

    table = Table("labels from", "orders", "weight", title="Labels of the journal", title_justify="left")
    for source, count in found.by_source.items():
        table.add_row(source.value, str(count), f"{reliability()[source].weight:.2f}")
    for why, count in sorted(found.unlabelled.items()):
        table.add_row(f"no label: {why.value}", str(count), "")
    return table
