"""When and where something holds that was decided for a time and for an area: articles, departments, rules."""

from __future__ import annotations

from datetime import date


def in_force(day: date, first: date, last: date | None) -> bool:
    """Whether ``day`` lies between the ``first`` and the ``last`` day, both included; ``None``: no end is known."""
    return first <= day and (last is None or day <= last)


def covers(wide: str, narrow: str) -> bool:
    """Whether area path ``wide`` contains ``narrow`` (``云川市`` covers ``云川市/临湖区``); an empty one contains all.

    A caller known only by the city is not told what holds in one district alone.
    """
    return not wide or narrow == wide or narrow.startswith(wide + "/")
