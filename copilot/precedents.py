"""Past orders that people settled: what a ranked department is shown to have handled before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Precedent:
    """One dispatched order: what the citizen wanted, masked, and the department that people settled on.

    ``day`` is the day on which it was dispatched.
    """

    number: str
    text: str
    department: str
    day: date


class PrecedentFinder(Protocol):
    """Finds past orders that resemble an appeal."""

    def similar(self, text: str, department: str, limit: int = 3) -> Sequence[Precedent]:
        """Up to ``limit`` orders that ``department`` handled, the most similar first; none where none is alike."""
        ...
