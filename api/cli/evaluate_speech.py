"""``hotline evaluate speech``: how well and how soon the configured recogniser hears."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import track
from rich.table import Table

from api.cli.output import console, write_json


def speech(
    manifest: Annotated[Path, typer.Option(help="TSV with the columns file (relative to it) and text.")],
    json: Annotated[Path | None, typer.Option("--json", help="Where to write the figures.")] = None,
    telephone: Annotated[
        bool, typer.Option("--telephone", help="As a telephone delivers it: 300-3400 Hz, 8 kHz, G.711 A-law.")
    ] = False,
) -> None:
    """Character error rate, real-time factor and delays through the streaming path that is served."""
    from api.cli.weights import prepared_speech
    from copilot.settings import load_settings
    from evaluation.calls.speech import read_manifest, rows, score, summary

    samples = read_manifest(manifest)
    engine = prepared_speech(load_settings())
    progress = track(
        score(engine, samples, as_telephone=telephone), "Listening", total=len(samples), console=console, transient=True
    )
    scored = list(progress)
    figures = {"engine": engine.version, "telephone": telephone, **summary(scored)}
    write_json(json, {**figures, "files": rows(scored)})
    _show(figures)


def _show(figures: Mapping[str, Any]) -> None:
    table = Table(title="Speech" + (" by telephone" if figures["telephone"] else ""), show_header=False)
    interval = figures["cer_ci95"]
    between = f"95 % interval {interval[0]:.1%} to {interval[1]:.1%}" if interval else "one recording has no interval"
    table.add_row("engine", str(figures["engine"]))
    table.add_row("recordings, seconds", f"{figures['n']}, {figures['seconds']}")
    table.add_row("character error rate", f"{figures['cer']:.1%} ({between})")
    table.add_row(
        "of which wrong, missing, added",
        f"{figures['substitutions']}, {figures['deletions']}, {figures['insertions']} of {figures['characters']}",
    )
    table.add_row("real-time factor", str(figures["real_time_factor"]))
    for name in ("first_update", "final_after_stop"):
        table.add_row(f"{name}, seconds", f"p50 {figures[name]['p50']}, p95 {figures[name]['p95']}")
    console.print(table)
