"""Past orders that people settled: what a ranked department is shown to have handled before.

Only an order that is out with a department counts: what a dispatcher confirmed and the department did not send back.
Everything is masked, house numbers included, before it is embedded or kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from copilot.masking import mask
from knowledge_base.category_finder import Vote
from knowledge_base.precedents import PastOrder, PastOrders

_AT_ONCE = 32
_SHOWN = 120  # characters: every suggestion that names a precedent carries it into the journal


@dataclass(frozen=True, slots=True)
class Precedent:
    """One dispatched order: what the citizen wanted, masked, and the department that people settled on.

    ``day`` is the city's day on which the citizen called, ``category`` the code that a person confirmed, if any.
    """

    number: str
    text: str
    department: str
    day: date
    category: str = ""


class PrecedentFinder(Protocol):
    """Finds past orders that resemble an appeal."""

    def similar(self, text: str, department: str, limit: int = 3) -> Sequence[Precedent]:
        """Up to ``limit`` orders that ``department`` handled, the most similar first; none where none is alike."""
        ...


class SettledOrders(Protocol):
    """The orders that are out with a department, as the store has them."""

    def newest(self, most: int) -> Mapping[str, str]:
        """Number → department of the ``most`` orders that were dispatched last, the last one first."""
        ...

    def read(self, numbers: Sequence[str]) -> Sequence[Precedent]:
        """Those orders, unmasked; one that is not out any more is left out."""
        ...


def _for_ever() -> bool:
    return True


class Precedents:
    """The precedents in memory: at most ``most``, the newest. May be shared between threads."""

    def __init__(self, past: PastOrders, most: int) -> None:
        self._past = past
        self._most = most

    def __len__(self) -> int:
        return len(self._past)

    def similar(self, text: str, department: str, limit: int = 3) -> list[Precedent]:
        """As :class:`PrecedentFinder` says, long texts cut; ``text`` may be unmasked."""
        found = self._past.similar(_masked(text), department, limit)
        return [Precedent(order.number, _shown(order.text), order.department, order.day) for order in found]

    def votes(self, text: str, limit: int) -> list[Vote]:
        """The ``limit`` orders with a confirmed category that are most like ``text``, which may be unmasked."""
        return [Vote(o.category, cosine, o.number) for o, cosine in self._past.like(_masked(text), limit)]

    def catch_up(self, settled: SettledOrders, go_on: Callable[[], bool] = _for_ever) -> bool:
        """Take in what was dispatched and drop what came back since the last time; whether all of it was done.

        ``go_on`` is asked before each few orders; the next time begins with the newest again.
        """
        wanted = settled.newest(self._most)
        here = self._past.departments
        self._past.remove([number for number, department in here.items() if wanted.get(number) != department])
        missing = [number for number, department in wanted.items() if here.get(number) != department]
        for start in range(0, len(missing), _AT_ONCE):
            if not go_on():
                return False
            orders = settled.read(missing[start : start + _AT_ONCE])
            self._past.add([PastOrder(o.number, _masked(o.text), o.department, o.day, o.category) for o in orders])
        return True


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _masked(text: str) -> str:
    return mask(text, addresses=True)
