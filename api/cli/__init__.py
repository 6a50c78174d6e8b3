"""The command line: ``hotline``. One module per command; each is imported only when it runs, so that help is quick."""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from api.cli import (
    building,
    catalogue,
    demo,
    evaluate,
    kb,
    kb_calibrate,
    labels,
    models,
    serve,
    train,
    transcribe,
    users,
)

app = typer.Typer(
    name="hotline",
    help="Agent copilot for 12345 hotlines: the machine proposes, a person disposes.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("build")(building.build)
app.add_typer(users.app, name="users")
app.add_typer(models.app, name="models")
app.add_typer(train.app, name="train")
app.add_typer(evaluate.app, name="evaluate")
kb.app.command("calibrate")(kb_calibrate.calibrate)
app.add_typer(kb.app, name="kb")
app.add_typer(catalogue.app, name="catalogue")
app.add_typer(labels.app, name="labels")
app.command("transcribe")(transcribe.transcribe)


def main() -> None:
    """Run a command; an error that was foreseen is one clear sentence on stderr and exit status 2."""
    from copilot.errors import EXPECTED

    try:
        app()
    except EXPECTED as error:
        Console(stderr=True, soft_wrap=True).print(f"hotline: {error}", style="red", markup=False, highlight=False)
        sys.exit(2)
