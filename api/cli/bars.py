"""Bars for work in steps that each say what they do."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


class Bars:
    """Shows a preparation: one sentence and one bar per step. A context manager."""

    def __init__(self, console: Console | None = None) -> None:
        self._progress = Progress(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            console=console or Console(stderr=True),
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            self._finish()
        self._progress.stop()

    def step(self, sentence: str) -> None:
        """Finish the step before and begin this one."""
        self._finish()
        self._task = self._progress.add_task(sentence, total=None)

    def advance(self, done: int, total: int) -> None:
        """Move the bar; a total of 0 keeps it pulsing."""
        if self._task is not None and total:
            self._progress.update(self._task, completed=done, total=total)

    def _finish(self) -> None:
        if self._task is not None:
            self._progress.update(self._task, completed=1, total=1)
            self._progress.stop_task(self._task)
