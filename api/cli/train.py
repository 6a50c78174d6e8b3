"""``hotline train``: a router from labelled appeals, an embedder from the city's articles."""

from __future__ import annotations

import typer

from api.cli import train_embedder, train_routing

app = typer.Typer(help="Learn from labelled appeals and from the city's articles.", no_args_is_help=True)


@app.callback()
def train() -> None:
    """Learn from labelled appeals and from the city's articles."""


app.command("routing")(train_routing.routing)
app.command("embedder")(train_embedder.embedder)
