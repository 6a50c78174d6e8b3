"""The fictional city 云川市 as evaluation material: labelled appeals and recorded calls, all written for this project.

The files ship in the wheel; these functions say where they are. Nothing in them is about a real person or place.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def path(name: str = "") -> Path:
    """The path of a file or folder of the sample; without a name, the folder that holds them all."""
    root = Path(str(files(__name__)))
    return root / name if name else root


def appeals() -> Path:
    """The labelled appeals: CSV with ``rid, text, dept_label, dup_group, kind, district, street, month``.

    Rows that share a ``dup_group`` say the same thing twice: keep a group on one side of any split.
    """
    return path("appeals.csv")


def no_answer() -> Path:
    """What citizens say that the sample's library does not answer: JSON lines as of its questions.

    Kept with the index, which measures by them how near a library lies to what it does not answer.
    """
    return Path(str(files("knowledge_base.index"))) / "no_answer.jsonl"
