"""What two routers made of the same appeal: the one in service, and the challenger that nobody hears."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RankedDepartment:
    """A department and how likely it is the right one (0 to 1)."""

    department: str
    probability: float


@dataclass(frozen=True, slots=True)
class RouterRanking:
    """The first three of one router, best first; none where it said nothing. ``router`` is its version."""

    router: str
    choices: tuple[RankedDepartment, ...]
    abstained: bool
