"""One of these: the departments that hold the right one in 95 of 100 appeals like those the router learned from.

What is shown is blended with rules and owners of passages, for which a router's promise would not hold. A set may grow
without breaking its promise, so the sets of every way to read the appeal are joined with what is shown above one of
them: "the first or the third" beside a second that is said to be likelier than the third would contradict itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

MOST = 5
"""More than so many are no help to a person."""


def likely_departments(
    sets: Sequence[Sequence[str]], official: Callable[[str], str | None], shown: Sequence[str]
) -> tuple[str, ...]:
    """The union of ``sets`` by official names, with all of ``shown``, best first, that stands above one of it.

    Empty where a set is (nothing is promised), where a name of one has no ``official`` department in force that could
    be chosen, where they are more than :data:`MOST`, and where the first that is shown stands alone.
    """
    named = [official(label) for labels in sets for label in labels]
    if not sets or not all(sets) or None in named:
        return ()
    beyond = any(name not in shown for name in named)
    last = len(shown) if beyond else 1 + max(place for place, name in enumerate(shown) if place == 0 or name in named)
    joined = tuple(dict.fromkeys([*shown[:last], *(name for name in named if name is not None)]))
    return joined if 1 < len(joined) <= MOST else ()
