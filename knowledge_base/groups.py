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
    leaving: dict[K, set[V]] = {}
    for key, member in gone:
        leaving.setdefault(key, set()).add(member)
    coming: dict[K, list[V]] = {}
    for key, member in new:
        coming.setdefault(key, []).append(member)
    made = dict(before)
    for key in leaving.keys() | coming.keys():
        left = leaving.get(key, ())
        group = (*(member for member in made.get(key, ()) if member not in left), *coming.get(key, ()))
        if group:
            made[key] = group
        else:
            made.pop(key, None)
    return made
