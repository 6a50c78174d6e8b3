"""Tables of groups that many threads read: the next one shares everything with the last but the groups that changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def regrouped(
    before: Mapping[K, tuple[V, ...]], gone: Iterable[tuple[K, V]], new: Iterable[tuple[K, V]]
) -> dict[K, tuple[V, ...]]:
    """``before`` without the members ``gone`` and with those that are ``new``, each with the key of its group.

    Costs a copy of the table, without its groups, and what changed.
    """
    made = dict(before)
    for key, left in _by_key(gone).items():
        kept = tuple(member for member in made.pop(key, ()) if member not in left)
        if kept:
            made[key] = kept
    for key, came in _by_key(new).items():
        made[key] = (*made.get(key, ()), *came)
    return made


def _by_key(members: Iterable[tuple[K, V]]) -> dict[K, dict[V, None]]:
    """Each member once, in order."""
    found: dict[K, dict[V, None]] = {}
    for key, member in members:
        found.setdefault(key, {})[member] = None
    return found
