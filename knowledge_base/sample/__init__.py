"""The fictional city 云川市: departments, areas and policy articles, all written for this project.

The files ship in the wheel; these functions say where they are.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def path(name: str = "") -> Path:
    """The path of a file or folder of the sample city; without a name, the folder that holds them all."""
    root = Path(str(files(__name__)))
    return root / name if name else root


def articles() -> Path:
    """The folder of policy articles, one Markdown file each."""
    return path("articles")


def departments() -> Path:
    """The responsibility catalogue."""
    return path("departments.json")


def areas() -> Path:
    """The gazetteer."""
    return path("areas.json")


def taxonomy() -> Path:
    """The categories of matters, written for this project."""
    return path("taxonomy.csv")
