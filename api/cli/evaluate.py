"""``hotline evaluate``: how good it is, measured offline."""

from __future__ import annotations

import typer

from api.cli import (
    evaluate_appeals,
    evaluate_compare,
    evaluate_coverage,
    evaluate_replay,
    evaluate_retrieval,
    evaluate_retrieval_compare,
    evaluate_routing,
    evaluate_speech,
    evaluate_stream,
    evaluate_training,
)

app = typer.Typer(help="Measure routing, retrieval, speech, or whole calls.", no_args_is_help=True)


@app.callback()
def evaluate() -> None:
    """Measure routing, retrieval, speech, or whole calls."""


app.command("speech")(evaluate_speech.speech)
app.command("routing")(evaluate_routing.routing)
app.command("replay")(evaluate_replay.replay)
app.command("retrieval")(evaluate_retrieval.retrieval)
app.command("retrieval-compare")(evaluate_retrieval_compare.retrieval_compare)
app.command("appeals")(evaluate_appeals.appeals)
app.command("splits")(evaluate_training.splits)
app.command("learning-curve")(evaluate_training.learning_curve)
app.command("compare")(evaluate_compare.compare)
app.command("stream")(evaluate_stream.stream)
app.command("coverage")(evaluate_coverage.coverage)
