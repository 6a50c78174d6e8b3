"""How well sets of departments keep their promise to hold the right one, and how many departments that takes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from evaluation.measures import Bools, Interval, Ints, wilson_interval

_SHORT = 5


@dataclass(frozen=True)
class LikelySets:
    """One row an order: ``sizes`` (n,), 0 where no set was offered, and whether the set ``held`` (n,) the right one."""

    sizes: Ints
    held: Bools

    def at(self, rows: Ints | Bools) -> LikelySets:
        """The same for some of the orders."""
        return LikelySets(self.sizes[rows], self.held[rows])


@dataclass(frozen=True)
class SetFigures:
    """Shares are of orders with a set; ``short`` are sets of at most five departments, which the screen shows."""

    offered: int
    held: float
    held_interval: Interval
    mean_size: float
    median_size: float
    short: float
    held_in_short: float | None

    def as_json(self) -> dict[str, Any]:
        """The figures by their names."""
        return asdict(self) | {"held_interval": list(self.held_interval), "short_is_up_to": _SHORT}


def set_figures(sets: LikelySets | None) -> SetFigures | None:
    """Figures of the sets; ``None`` where none was offered."""
    if sets is None or not (offered := sets.sizes > 0).any():
        return None
    sizes, held = sets.sizes[offered], sets.held[offered]
    short = sizes <= _SHORT
    return SetFigures(
        offered=len(sizes),
        held=float(held.mean()),
        held_interval=wilson_interval(int(held.sum()), len(held)),
        mean_size=float(sizes.mean()),
        median_size=float(np.median(sizes)),
        short=float(short.mean()),
        held_in_short=float(held[short].mean()) if short.any() else None,
    )
