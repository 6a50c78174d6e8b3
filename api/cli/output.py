"""What every command shares: one console for people, and JSON for machines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console

from copilot.errors import BadInput

console = Console(soft_wrap=True, highlight=False)


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
