"""The journal (流水) as a call sees it: append, and read again. The real one is :mod:`copilot.store`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Protocol

from copilot.errors import Conflict
from copilot.events import Event, Recorded


class Journal(Protocol):
    """Append-only. When ``append`` returns, the events have survived any crash of this process."""

    def append(self, call_id: str, events: Sequence[Event], at: datetime) -> list[Recorded]:
        """Append all of ``events`` or none, in one transaction with the tables derived from them."""
        ...

    def read(self, call_id: str, after: int = 0) -> list[Recorded]:
        """The call's events with ``seq > after``, in order; empty for a call that never was."""
        ...

    def next_order_number(self, day: date) -> str:
        """A number that no other order has: ``XX-YYYYMMDD-NNNN``."""
        ...


def recorded_once(record: Callable[[], list[Recorded]]) -> list[Recorded]:
    """What ``record`` reads, checks and appends, begun anew where another process appended in between.

    What it appended may have been this very thing, which then changes nothing. Raises what ``record`` raises.
    """
    try:
        return record()
    except Conflict:
        return record()


class MemoryJournal:
    """A journal that forgets: for replaying recordings offline, and for tests."""

    def __init__(self, prefix: str = "YC") -> None:
        self._prefix = prefix
        self._events: dict[str, list[Recorded]] = {}
        self._orders: dict[date, int] = {}

    def append(self, call_id: str, events: Sequence[Event], at: datetime) -> list[Recorded]:
        """See :class:`Journal`."""
        log = self._events.setdefault(call_id, [])
        recorded = [Recorded(call_id, len(log) + n, at, event) for n, event in enumerate(events, start=1)]
        log.extend(recorded)
        return recorded

    def read(self, call_id: str, after: int = 0) -> list[Recorded]:
        """See :class:`Journal`."""
        return self._events.get(call_id, [])[after:]

    def next_order_number(self, day: date) -> str:
        """See :class:`Journal`."""
        self._orders[day] = self._orders.get(day, 0) + 1
        return f"{self._prefix}-{day:%Y%m%d}-{self._orders[day]:04d}"
