"""Labels and doubts about them as tables for people: CSV that Excel opens as it is (UTF-8 with BOM)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from copilot.appeal import Category
from copilot.errors import BadInput
from copilot.masking import mask
from evaluation.labels.examples import Doubt
from evaluation.labels.sources import LabelledAppeal

LABEL_COLUMNS = (
    "number", "day", "text", "title", "summary", "dept_label", "source", "weight", "not_departments", "call_id",
    "appeal_id", "category_code", "cat1", "cat2", "cat3", "cat4",
)  # fmt: skip
DOUBT_COLUMNS = ("key", "dept_label", "likelier", "self_confidence", "likelier_probability", "alike", "source", "text")

_LEVELS = 4

# A cell that begins so is taken for a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_labels(path: Path, labels: Iterable[LabelledAppeal]) -> int:
    """One appeal a row, texts masked as they came; how many there were. Raises BadInput where it cannot be written."""
    rows = [
        (
            label.number, label.day.isoformat(), label.text, label.title, label.summary, label.department,
            label.source.value, label.weight, "；".join(label.not_departments), label.call_id, label.appeal_id,
            *_levels(label.category),
        )
        for label in labels
    ]  # fmt: skip
    return _write(path, LABEL_COLUMNS, rows)


def _levels(category: Category | None) -> tuple[str, ...]:
    """The code and four levels, as ``hotline train routing --category cat1,cat2,cat3,cat4`` reads them."""
    path = category.path if category is not None else ()
    return (category.code if category is not None else "", *(path + ("",) * _LEVELS)[:_LEVELS])


def write_doubts(path: Path, doubts: Iterable[Doubt]) -> int:
    """One doubtful label a row, the gravest first, texts masked; how many there were. Raises BadInput."""
    rows = [
        (
            doubt.key, doubt.department, doubt.likelier, doubt.self_confidence, doubt.likelier_probability,
            "；".join(doubt.alike), doubt.source, mask(doubt.text, addresses=True),
        )
        for doubt in doubts
    ]  # fmt: skip
    return _write(path, DOUBT_COLUMNS, rows)


def _write(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows([_plain(cell) for cell in row] for row in rows)
    except OSError as error:
        raise BadInput(
            f"{path} cannot be written ({error.strerror}). Give a path in a folder you may write to."
        ) from error
    return len(rows)


def _plain(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
