"""``hotline kb calibrate``: learn from judged questions when a card is worth showing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.output import console

if TYPE_CHECKING:
    from copilot.settings import Settings
    from knowledge_base.calibration import Calibration
    from knowledge_base.retriever import Example

_LEAST = 30


def calibrate(
    questions: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="JSON lines: question, gold_doc_ids (empty: nothing answers it), day, area. Fifty are a beginning.",
        ),
    ],
) -> None:
    """Fit the probabilities of cards to questions whose articles are known and to utterances that have no answer."""
    from copilot.assembly import assemble_retriever
    from copilot.settings import load_settings
    from evaluation.retrieval.sample_questions import examples
    from knowledge_base.calibration import DEFAULT

    settings = load_settings()
    asked = list(examples(questions))
    _check(asked)
    # What was learned before, perhaps for signals that there are no more, is replaced and not read.
    fitted = assemble_retriever(settings, calibrated=DEFAULT).calibrate(asked)
    console.print(f"Fitted on {len(asked)} questions, {sum(not e.articles for e in asked)} of them without an answer.")
    _show(fitted, settings)


def _check(asked: list[Example]) -> None:
    from copilot.errors import BadInput

    without = sum(not example.articles for example in asked)
    if min(without, len(asked) - without) < _LEAST:
        raise BadInput(
            f"{len(asked) - without} questions have an answer and {without} have none. Give at least {_LEAST} of each: "
            "greetings and matters of other cities are good examples of what has none."
        )


def _show(fitted: Calibration, settings: Settings) -> None:
    for share, threshold in fitted.promises:
        console.print(f"  first cards right in {share:.0%}: from a probability of {threshold:.2f} on")
    if all(share < settings.card_precision for share, _ in fitted.promises):
        console.print(
            f"No threshold is right in {settings.card_precision:.0%} of the cases: only questions that the library "
            "answers word for word get a card. Lower HOTLINE_CARD_PRECISION or correct the articles."
        )
    console.print("A running service takes it up with the next search.")
