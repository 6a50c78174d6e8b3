"""What every command shares: one console for people, and JSON for machines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console, ConsoleDimensions

from copilot.errors import BadInput

# Wider than any table: a file or a pipe has no width that names and numbers would have to be cut for.
_UNLIMITED = 10_000


class PipedWhole(Console):
    """A console that cuts nothing where nobody's screen sets a width."""

    @property
    def size(self) -> ConsoleDimensions:
        """The screen's; without one, a width that nothing reaches."""
        size = super().size
        return size if self.is_terminal else ConsoleDimensions(_UNLIMITED, size.height)

    @size.setter
    def size(self, new_size: tuple[int, int]) -> None:
        self._width, self._height = new_size


console = PipedWhole(soft_wrap=True, highlight=False)


def write_json(path: Path | None, figures: Any) -> None:
    """Write figures as JSON, making the folder; nothing where no path was given."""
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise BadInput(
            f"{path} cannot be written ({error.strerror}). Give a path in a folder you may write to."
        ) from error
    console.print(f"Figures are in {path}")
