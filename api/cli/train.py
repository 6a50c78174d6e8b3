"""``hotline train``: learn from labelled appeals."""

from __future__ import annotations

import typer

from api.cli import train_routing

app = typer.Typer(help="Learn from labelled appeals.", no_args_is_help=True)


@app.callback()
def train() -> None:
    """Learn from labelled appeals."""


app.command("routing")(train_routing.routing)
