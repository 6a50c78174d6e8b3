"""How well a conversation is split into appeals, against what a person says is right. Pure functions.

A conversation is a sequence of units (clauses of the citizen, in order), each with the appeal that it is about; a unit
without one (a greeting, thanks) takes the appeal before it, so it can open none. A boundary lies before each unit whose
appeal is not that of the unit before it: where a further matter is taken up, or an earlier one is taken up again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

Label = Hashable | None


@dataclass(frozen=True, slots=True)
class Splitting:
    """One conversation's figures. ``allotted`` of ``units`` clauses are with the right appeal, matched one to one.

    ``window_difference`` is WindowDiff (Pevzner and Hearst 2002): 0 is perfect, near misses cost less than far ones.
    """

    gold_appeals: int
    found_appeals: int
    hits: int
    false: int
    missed: int
    units: int
    allotted: int
    window_difference: float


def compare(gold: Sequence[Label], found: Sequence[Label]) -> Splitting:
    """Judge one conversation; both sequences have one label a unit. Raises ValueError where their lengths differ."""
    if len(gold) != len(found):
        raise ValueError(f"{len(gold)} units have gold labels and {len(found)} found ones")
    meant, heard = carried(gold), carried(found)
    right, wrong = boundaries(meant), boundaries(heard)
    return Splitting(
        gold_appeals=len({label for label in gold if label is not None}),
        found_appeals=len({label for label in found if label is not None}),
        hits=len(right & wrong),
        false=len(wrong - right),
        missed=len(right - wrong),
        units=sum(label is not None for label in gold),
        allotted=_allotted(gold, heard),
        window_difference=window_difference(right, wrong, len(gold)),
    )


def carried(labels: Sequence[Label]) -> list[Label]:
    """The labels with each missing one filled in from before it; from behind at the beginning."""
    filled: list[Label] = []
    for label in labels:
        filled.append(label if label is not None else (filled[-1] if filled else None))
    first = next((label for label in filled if label is not None), None)
    return [first if label is None else label for label in filled]


def boundaries(labels: Sequence[Label]) -> set[int]:
    """The units before which the appeal changes."""
    return {n for n in range(1, len(labels)) if labels[n] != labels[n - 1]}


def window_difference(gold: set[int], found: set[int], units: int) -> float:
    """WindowDiff with a window of half the mean gold segment, at least 2 units."""
    width = max(2, round(units / (len(gold) + 1) / 2))
    starts = range(max(1, units - width))
    differs = [_within(gold, n, width) != _within(found, n, width) for n in starts]
    return sum(differs) / len(differs)


def _within(places: set[int], start: int, width: int) -> int:
    return sum(start < place <= start + width for place in places)


def _allotted(gold: Sequence[Label], found: Sequence[Label]) -> int:
    """Units that are with the right appeal under the best one-to-one matching of appeals (the Hungarian method)."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - heavy, and only evaluation needs it

    together = Counter((g, f) for g, f in zip(gold, found, strict=True) if g is not None and f is not None)
    rows, columns = list({g for g, _ in together}), list({f for _, f in together})
    if not rows:
        return 0
    shared = np.array([[together[g, f] for f in columns] for g in rows])
    matched = linear_sum_assignment(-shared)
    return int(shared[matched].sum())


def summarise(judged: Sequence[Splitting]) -> dict[str, float | int | None]:
    """Many conversations in one: boundary scores over all boundaries together, the rest as shares of conversations.

    A score is ``None`` where there was nothing to score.
    """
    hits, false, missed = (sum(getattr(s, name) for s in judged) for name in ("hits", "false", "missed"))
    one = [s for s in judged if s.gold_appeals == 1]
    units = sum(s.units for s in judged)
    return {
        "conversations": len(judged),
        "gold_appeals": sum(s.gold_appeals for s in judged),
        "found_appeals": sum(s.found_appeals for s in judged),
        "exact_number": sum(s.gold_appeals == s.found_appeals for s in judged),
        "boundary_precision": _share(hits, hits + false),
        "boundary_recall": _share(hits, hits + missed),
        "boundary_f1": _share(2 * hits, 2 * hits + false + missed),
        "one_matter": len(one),
        "one_matter_left_whole": sum(s.found_appeals == 1 and not s.false for s in one),
        "allotted": _share(sum(s.allotted for s in judged), units),
        "window_difference": _share(sum(s.window_difference for s in judged), len(judged)),
    }


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None
