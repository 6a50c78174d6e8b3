"""The responsibility catalogue (派单目录): which department answers for what, where, on which legal basis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from knowledge_base.catalogue.dispatch_rules import DispatchRule, Level
from knowledge_base.catalogue.rule_book import Recognised, RuleBook
from knowledge_base.validity import covers, in_force


@dataclass(frozen=True, slots=True)
class Duty:
    """职责: one matter a department answers for, with the clause that makes it so."""

    text: str
    legal_basis: str = ""
    phrases: tuple[str, ...] = ()


class DepartmentKind(StrEnum):
    """职能部门, 区县部门, 街道办事处/乡镇人民政府, 公用事业单位."""

    FUNCTIONAL = "functional"
    DISTRICT = "district"
    STREET = "street"
    UTILITY = "utility"

    @property
    def level(self) -> Level:
        """Where such an office stands."""
        return {DepartmentKind.DISTRICT: Level.DISTRICT, DepartmentKind.STREET: Level.STREET}.get(self, Level.CITY)


@dataclass(frozen=True, slots=True)
class Department:
    """承办单位. Its ``name`` is its identity: labels, decisions and work orders use it.

    ``area`` is a path, ``city``, ``city/district`` or ``city/district/street``. ``part_of`` names the department of the
    city whose matters this one takes within its area.
    """

    name: str
    duties: tuple[Duty, ...]
    area: str
    telephone: str = ""
    effective_from: date = date.min
    effective_to: date | None = None
    aliases: tuple[str, ...] = ()
    kind: DepartmentKind = DepartmentKind.FUNCTIONAL
    part_of: str = ""

    def in_force_on(self, day: date) -> bool:
        """Whether orders may go to the department on ``day``."""
        return in_force(day, self.effective_from, self.effective_to)

    def covers(self, area: str) -> bool:
        """Whether ``area`` lies in what the department answers for."""
        return covers(self.area, area)


@dataclass(frozen=True, slots=True)
class ResponsibilityCatalogue:
    """职责目录: the departments of a city and its rules; ``version`` changes with every change of its content.

    Names and areas are looked up in an index: a large city has tens of thousands of streets.
    """

    version: str
    departments: tuple[Department, ...]
    rules: tuple[DispatchRule, ...] = ()
    _named: Mapping[str, Department] = field(init=False, repr=False, compare=False)
    _local: Mapping[tuple[str, str], tuple[Department, ...]] = field(init=False, repr=False, compare=False)
    _book: RuleBook = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        named: dict[str, Department] = {}
        local: dict[tuple[str, str], list[Department]] = {}
        for d in self.departments:
            for name in (d.name, *d.aliases):
                named.setdefault(name, d)
            superior = d.part_of if d.kind is not DepartmentKind.STREET else ""
            if superior or d.kind is DepartmentKind.STREET:
                local.setdefault((superior, d.area), []).append(d)
        object.__setattr__(self, "_named", named)
        object.__setattr__(self, "_local", {key: tuple(found) for key, found in local.items()})
        object.__setattr__(self, "_book", RuleBook(self.rules))

    def on(self, day: date) -> tuple[Department, ...]:
        """The departments that orders may go to on ``day``."""
        return tuple(d for d in self.departments if d.in_force_on(day))

    @property
    def knows_places(self) -> bool:
        """Whether it matters where something is: there are local offices, or rules for one area."""
        return bool(self._local) or any(rule.area for rule in self.rules)

    def recognise(self, text: str, day: date, area: str) -> list[Recognised]:
        """The matters of the rules that ``text`` names and that bind on ``day`` in ``area``, the surest first.

        A rule of one area takes the place of the city's rule for the same matter there.
        """
        found = [m for m in self._book.recognise(text) if m.rule.in_force_on(day) and m.rule.holds_in(area)]
        nearest: dict[str, int] = {}
        for match in found:
            nearest[match.rule.name] = max(nearest.get(match.rule.name, 0), len(match.rule.area))
        return [match for match in found if len(match.rule.area) == nearest[match.rule.name]]

    def find(self, name: str) -> Department | None:
        """The department of that name or alias, if the catalogue has it."""
        return self._named.get(name)

    def branch(self, superior: str, area: str, day: date) -> Department | None:
        """The branch of the department ``superior`` nearest to ``area``: in its street, else in its district."""
        return self._nearest(superior, area, day)

    def street_office(self, area: str, day: date) -> Department | None:
        """The street office or town government in whose area ``area`` lies."""
        return self._nearest("", area, day)

    def _nearest(self, superior: str, area: str, day: date) -> Department | None:
        while area:
            for department in self._local.get((superior, area), ()):
                if department.in_force_on(day):
                    return department
            area = area.rpartition("/")[0]
        return None
