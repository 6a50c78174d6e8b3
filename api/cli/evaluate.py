"""``hotline evaluate``: how good it is, measured offline."""

from __future__ import annotations

import typer

app = typer.Typer(help="Measure routing, retrieval, speech, or whole calls.", no_args_is_help=True)


@app.callback()
def evaluate() -> None:
    """Measure routing, retrieval, speech, or whole calls."""
