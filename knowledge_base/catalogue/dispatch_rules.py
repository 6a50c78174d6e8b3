"""The rules of dispatch (派单规则): which matter goes to whom, with whose help, how far down, and which goes nowhere.

They are content of the responsibility catalogue, edited and put in force like its departments, and never code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from knowledge_base.validity import covers, in_force

# How sure a rule is that does not say so itself: its cue is strong evidence, not proof.
USUAL_WEIGHT = 0.7


class Level(StrEnum):
    """层级, from the top: how far down an order may go."""

    CITY = "city"
    DISTRICT = "district"
    STREET = "street"

    @property
    def depth(self) -> int:
        """0 for the city, 1 for a district or county, 2 for a street or town."""
        return list(Level).index(self)


class Route(StrEnum):
    """What becomes of a matter: an order (派单), or advice on the legal way: court, arbitration, review, petition."""

    ORDER = "order"
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class DispatchRule:
    """事项: one matter, how it is recognised, and who answers for it.

    ``cues``: a cue is words with spaces between, all of which must be heard near one another; alternatives of a word
    are parted by ``/`` (``工地/施工 夜里/半夜 吵/噪音``). ``unless`` holds cues of the same form that rule it out.
    ``weight``: how likely the rule is right where a cue was heard (0 to 1): near 1 for what can mean nothing else.
    ``lead`` is a department's name. Of a matter that is out of scope it is who explains the way, and may be empty.
    ``level`` says how far down the lead may lie: at ``city`` a matter of a functional department stays there; below,
    the lead's own branch in the district, or the street office, takes it. ``helped_by`` names the level whose local
    office co-handles beside ``co_departments``. ``hand_over`` is the line to which the caller is put through at once.
    """

    name: str
    cues: tuple[str, ...]
    lead: str = ""
    co_departments: tuple[str, ...] = ()
    legal_basis: str = ""
    route: Route = Route.ORDER
    level: Level = Level.CITY
    helped_by: Level = Level.CITY
    weight: float = USUAL_WEIGHT
    unless: tuple[str, ...] = ()
    area: str = ""
    way: str = ""
    script: str = ""
    hand_over: str = ""
    note: str = ""
    effective_from: date = date.min
    effective_to: date | None = None

    def in_force_on(self, day: date) -> bool:
        """Whether the rule binds on ``day``."""
        return in_force(day, self.effective_from, self.effective_to)

    def holds_in(self, area: str) -> bool:
        """Whether the rule binds in ``area``, a path such as ``城市/区``. A rule without an area binds everywhere."""
        return covers(self.area, area)
