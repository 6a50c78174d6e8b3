"""What people of any Chinese city bring to a hotline, and which kind of department usually answers for it.

Written for this project from general knowledge (``usual_matters.json``): kinds of department with the names that give
them away, and matters in everyday phrases, each with the kinds that answer for it, the usual one first. A city that has
labelled nothing yet borrows from it; its own duties have the last word (:mod:`models.routing.matter_transfer`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

USUAL_MATTERS = Path(__file__).with_name("usual_matters.json")
_NEXT = 0.25  # what a kind further down a matter's list gets of what the one before it gets
_REST = "other"


@dataclass(frozen=True)
class UsualMatters:
    """``phrases`` with the number of their matter, in order of matters; ``kinds`` of each matter, the usual first."""

    phrases: tuple[str, ...]
    matter: npt.NDArray[np.int64]
    kinds: tuple[tuple[str, ...], ...]
    named: Mapping[str, tuple[str, ...]]
    not_named: Mapping[str, tuple[str, ...]]

    def kinds_of(self, department: str) -> tuple[str, ...]:
        """The kinds that a department's name gives away."""
        return tuple(
            kind
            for kind, names in self.named.items()
            if any(name in department for name in names)
            and not any(name in department for name in self.not_named.get(kind, ()))
        )

    def shares(self, departments: Sequence[str]) -> npt.NDArray[np.float64]:
        """How likely each department answers for each matter, shape ``(matters, departments)``.

        Rows add up to 1, or to 0 where no department does; a department for all other things takes those.
        """
        kinds = [set(self.kinds_of(department)) for department in departments]
        table = np.zeros((len(self.kinds), len(departments)))
        for row, wanted in zip(table, self.kinds, strict=True):
            weight = 1.0
            for kind in wanted:
                own = [place for place, found in enumerate(kinds) if kind in found]
                row[own] = np.maximum(row[own], weight)
                weight *= _NEXT if own else 1.0
        rest = [place for place, found in enumerate(kinds) if _REST in found]
        if rest:
            table[table.sum(axis=1) == 0, rest[0]] = 1.0
        return np.asarray(table / np.maximum(table.sum(axis=1, keepdims=True), 1e-9))


@cache
def usual_matters() -> UsualMatters:
    """The matters that ship with this program."""
    stored = json.loads(USUAL_MATTERS.read_text(encoding="utf-8"))
    matters = stored["matters"]
    return UsualMatters(
        tuple(phrase for matter in matters for phrase in matter["phrases"]),
        np.repeat(np.arange(len(matters)), [len(matter["phrases"]) for matter in matters]),
        tuple(tuple(matter["kinds"]) for matter in matters),
        {kind: tuple(names["named"]) for kind, names in stored["kinds"].items()},
        {kind: tuple(names.get("not_named", ())) for kind, names in stored["kinds"].items()},
    )
