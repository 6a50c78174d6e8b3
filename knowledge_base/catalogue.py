"""The responsibility catalogue (派单目录): which department answers for what, where, on which legal basis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Duty:
    """职责: one matter a department answers for, with the clause that makes it so."""

    text: str
    legal_basis: str = ""
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Department:
    """承办单位. Its ``name`` is its identity: labels, decisions and work orders use it."""

    name: str
    duties: tuple[Duty, ...]
    area: str
    telephone: str = ""
    effective_from: date = date.min
    effective_to: date | None = None
    aliases: tuple[str, ...] = ()

    def in_force_on(self, day: date) -> bool:
        """Whether orders may go to the department on ``day``."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


@dataclass(frozen=True, slots=True)
class ResponsibilityCatalogue:
    """职责目录: the departments of a city; ``version`` changes with every change of its content."""

    version: str
    departments: tuple[Department, ...]

    def on(self, day: date) -> tuple[Department, ...]:
        """The departments that orders may go to on ``day``."""
        return tuple(d for d in self.departments if d.in_force_on(day))

    def find(self, name: str) -> Department | None:
        """The department of that name or alias, if the catalogue has it."""
        return next((d for d in self.departments if d.name == name or name in d.aliases), None)
