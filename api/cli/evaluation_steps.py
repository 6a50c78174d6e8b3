"""Progress of evaluations: words for their steps, on the bars that training has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.training.routing import Progress

_STEPS = {
    "judging": "Ranking the orders",
    "misheard": "Ranking them misheard",
    "category": "Ranking them with their category",
    "leaks": "Looking for them in the training table",
    "drift": "Comparing the periods",
    "drift_training": "Comparing with the training table",
    "splits": "Splits",
    "curve": "Points of the curve",
}


@contextmanager
def evaluation_steps() -> Iterator[Progress]:
    """A progress bar for each step that an evaluation, or the training within it, reports."""
    from api.cli.train_routing import steps

    with steps() as report:
        yield lambda step, done, total: report(_STEPS.get(step, step), done, total)
