"""The report on search that an evaluator keeps for the evaluation desk: beside the index that it is about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from copilot.errors import StorageProblem


def keep_report(index: Path, figures: Mapping[str, Any]) -> Path:
    """Keep ``figures`` beside the folder ``index``; gives the file. Raises StorageProblem; the old one then stays."""
    path = _beside(index)
    partial = path.with_name(f".{path.name}")
    try:
        partial.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise StorageProblem(
            f"The figures could not be kept in {path} ({error.strerror}). Check that you may write there."
        ) from error
    return path


def kept_report(index: Path) -> dict[str, Any] | None:
    """The report kept for the index in the folder ``index``; ``None`` where there is none that can be read."""
    try:
        found = json.loads(_beside(index).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _beside(index: Path) -> Path:
    return index.with_name(f"{index.name}-evaluation.json")
