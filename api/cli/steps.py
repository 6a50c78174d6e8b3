"""A bar for each step that training or an evaluation reports, with words for the steps of routing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from api.cli.output import console

Report = Callable[[str, int, int], None]
"""Told a step, how much of it is done, and of how much."""

_ROUTING = {
    "groups": "Grouping near-duplicates",
    "orders": "Reading what citizens said",
    "duties": "Reading the duties",
    "usual": "Recalling what such departments usually do",
    "folds": "Checking on orders held back",
    "read": "Reading orders for the teachers",
    "unlabelled": "Reading appeals without a department",
    "teaching": "Asking light routers what those appeals are",
    "encoder": "Reading orders through the encoder's lower layers",
    "tuning": "Tuning the encoder, three times to check it",
    "export": "Making the encoder small and quick",
    "calibration": "Making probabilities believable",
    "appeals": "Counting what appeals without a department need",
    "all": "Learning from all orders",
    "figures": "Counting how often it was right",
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
def steps(names: Mapping[str, str] = _ROUTING) -> Iterator[Report]:
    """A progress bar for each step that is reported; ``names`` says what each of them does."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bars:
        tasks = {}

        def report(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(names.get(step, step), total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield report
