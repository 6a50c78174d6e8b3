"""Orders whose department is known, with everything else that the table says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from evaluation.measures import Bools, Ints
from knowledge_base.errors import BadTable
from knowledge_base.tables import read_csv
from models.routing.features import normalised
from models.training.near_duplicates import near_duplicate_groups


@dataclass(frozen=True)
class Columns:
    """Which column of a table holds what; ``group``, ``id`` and ``month`` are optional and empty then."""

    text: str = "text"
    label: str = "dept_label"
    group: str = ""
    id: str = ""
    month: str = ""


@dataclass(frozen=True)
class JudgedOrders:
    """One order a row: what was said, the right department, its group of near-duplicates, a name, and the columns.

    ``ids`` name orders in reports, which never hold a text. ``months`` (``YYYY-MM``) is empty without a column of them.
    """

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    groups: Ints
    ids: tuple[str, ...]
    months: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def at(self, rows: Ints | Bools) -> JudgedOrders:
        """The same for some of the orders."""
        numbers = np.arange(len(self.texts))[rows].tolist()
        return JudgedOrders(
            tuple(self.texts[i] for i in numbers),
            tuple(self.labels[i] for i in numbers),
            self.groups[rows],
            tuple(self.ids[i] for i in numbers),
            tuple(self.months[i] for i in numbers) if self.months else (),
            {name: tuple(values[i] for i in numbers) for name, values in self.columns.items()},
            self.notes,
        )


def read_orders(path: Path, columns: Columns, extra: Sequence[str] = ()) -> JudgedOrders:
    """The orders of a CSV; rows without a text or a department are left out and noted.

    Without a group column near-duplicates are found by their words; without an id column an order is named by its
    row, ``#1`` being the first. Raises BadTable where a column (``extra`` ones too) is missing or nothing is left.
    """
    wanted = [columns.text, columns.label, columns.group, columns.id, columns.month, *extra]
    rows = read_csv(path, [name for name in wanted if name])
    kept = [i for i, row in enumerate(rows) if normalised(row[columns.text]) and row[columns.label].strip()]
    if not kept:
        raise BadTable(f"{path} has no row with both a text and a department. Check the columns that were named.")
    notes = [f"{len(rows) - len(kept)} rows without a text or a department were left out."] * (len(kept) < len(rows))
    texts = tuple(rows[i][columns.text] for i in kept)
    return JudgedOrders(
        texts,
        tuple(rows[i][columns.label].strip() for i in kept),
        _groups(texts, [rows[i][columns.group].strip() for i in kept] if columns.group else []),
        tuple((rows[i][columns.id].strip() if columns.id else "") or f"#{i + 1}" for i in kept),
        tuple(_month(path, columns.month, i, rows[i][columns.month]) for i in kept) if columns.month else (),
        {name: tuple((rows[i].get(name) or "").strip() for i in kept) for name in rows[0]},
        tuple(notes),
    )


def _groups(texts: Sequence[str], named: Sequence[str]) -> Ints:
    if not named:
        return near_duplicate_groups(texts)
    # An empty cell is a group of its own, not one group of all empty cells.
    names = [group or f"\0{row}" for row, group in enumerate(named)]
    return np.unique(np.array(names), return_inverse=True)[1].astype(np.int64)


def _month(path: Path, column: str, row: int, value: str) -> str:
    """``YYYY-MM`` of a month or a date, however it is punctuated."""
    digits = "".join(c for c in value[:8] if c.isdigit())
    parts = [part for part in "".join(c if c.isdigit() else " " for c in value).split() if part]
    if len(parts) >= 2 and len(parts[0]) == 4 and 1 <= int(parts[1]) <= 12:  # noqa: PLR2004 - a year and a month
        return f"{parts[0]}-{int(parts[1]):02d}"
    if len(digits) in (6, 8) and 1 <= int(digits[4:6]) <= 12:  # noqa: PLR2004 - YYYYMM and YYYYMMDD
        return f"{digits[:4]}-{digits[4:6]}"
    raise BadTable(
        f"{path}, row {row + 1}: {column} is no month or date. Write it as 2026-03, 202603 or 2026-03-15, or leave the "
        "option out."
    )
