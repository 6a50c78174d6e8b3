"""The commonest mistakes with examples by id, for a person to look up where texts may be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from evaluation.routing.outcomes import Outcomes


@dataclass(frozen=True)
class ConfusionPair:
    """Orders of ``gold`` that were given to ``given``.

    ``share`` is of all orders of ``gold``; ``second`` how many had the right department second or third; ``sure`` how
    many were recommended rather than asked about; ``ids`` name a few, the surest mistakes first.
    """

    gold: str
    given: str
    count: int
    share: float
    second: int
    sure: int
    ids: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Its fields."""
        return asdict(self) | {"ids": list(self.ids)}


def confusion_pairs(
    outcomes: Outcomes, ids: Sequence[str], most: int = 20, examples: int = 5
) -> tuple[ConfusionPair, ...]:
    """The ``most`` frequent pairs of right and given department; ``ids`` has one name an order, never a text."""
    wrong = np.flatnonzero(~outcomes.correct & (outcomes.first >= 0))
    size = len(outcomes.labels)
    pairs, counts = np.unique(outcomes.gold[wrong] * size + outcomes.first[wrong], return_counts=True)
    order = np.argsort(-counts, kind="stable")[:most]
    return tuple(_pair(outcomes, ids, *divmod(int(pairs[i]), size), examples) for i in order)


def _pair(outcomes: Outcomes, ids: Sequence[str], gold: int, given: int, examples: int) -> ConfusionPair:
    of_gold = outcomes.gold == gold
    rows = np.flatnonzero(of_gold & (outcomes.first == given))
    surest = rows[np.argsort(-outcomes.confidence[rows], kind="stable")][:examples]
    return ConfusionPair(
        outcomes.labels[gold],
        outcomes.labels[given],
        len(rows),
        float(len(rows) / of_gold.sum()),
        int((outcomes.ranked[rows] == gold).any(axis=1).sum()),
        int(outcomes.recommended[rows].sum()),
        tuple(ids[i] for i in surest.tolist()),
    )
