"""What decides whether a passage may be quoted, as arrays: a filter over 100,000 passages costs half a millisecond.

Days are counted as :meth:`datetime.date.toordinal` does; areas are numbered, so that a place is compared with the few
areas that there are and not with every passage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.policy import Passage, Secrecy
from knowledge_base.validity import covers

Mask = NDArray[np.bool_]
FOR_EVER = np.iinfo(np.int32).max
_LEVEL = {level: number for number, level in enumerate(Secrecy)}


@dataclass(frozen=True)
class Columns:
    """One row for each passage, all arrays ``[passages]``: first and last day, number of the area, level of secrecy."""

    first: NDArray[np.int32]
    last: NDArray[np.int32]
    area: NDArray[np.int32]
    secrecy: NDArray[np.uint8]
    areas: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.first)

    def allowed(self, day: date | None, area: str | None, clearance: Secrecy) -> Mask:
        """Bool ``[passages]``: what may be quoted on ``day`` (``None``: any) in ``area`` to somebody of ``clearance``.

        ``area`` ``None``: in any. Without a day the area does not count either.
        """
        allowed: Mask = self.secrecy <= _LEVEL[clearance]
        if day is None:
            return allowed
        today = day.toordinal()
        allowed &= (self.first <= today) & (self.last >= today)
        if area is not None and self.areas:
            allowed &= np.array([covers(wide, area) for wide in self.areas], np.bool_)[self.area]
        return allowed

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What :meth:`of_arrays` makes the columns from again."""
        return {"first": self.first, "last": self.last, "area": self.area, "secrecy": self.secrecy}

    @staticmethod
    def of_arrays(arrays: Mapping[str, NDArray[Any]], areas: Sequence[str]) -> Columns:
        """The columns that :meth:`arrays` gave."""
        return Columns(arrays["first"], arrays["last"], arrays["area"], arrays["secrecy"], tuple(areas))

    @staticmethod
    def of(passages: Iterable[Passage], areas: Sequence[str] = ()) -> Columns:
        """The columns of ``passages``; areas that are not in ``areas`` are added behind them."""
        numbers = {area: number for number, area in enumerate(areas)}
        rows = [
            (
                p.effective_from.toordinal(),
                FOR_EVER if p.effective_to is None else p.effective_to.toordinal(),
                numbers.setdefault(p.area, len(numbers)),
                _LEVEL[p.secrecy],
            )
            for p in passages
        ]
        table = np.array(rows, np.int32).reshape(-1, 4)
        first, last, area, secrecy = (np.ascontiguousarray(column) for column in table.T)
        return Columns(first, last, area, secrecy.astype(np.uint8), tuple(numbers))

    def extended(self, more: Columns) -> Columns:
        """These rows and then ``more``, which was made with the areas of these."""
        joined = {name: np.concatenate([rows, more.arrays()[name]]) for name, rows in self.arrays().items()}
        return Columns.of_arrays(joined, more.areas)
