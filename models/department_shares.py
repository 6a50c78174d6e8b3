"""How often each department is needed, read off appeals that nobody labelled.

A table that was labelled on purpose, so many orders for each department, says nothing of how often they are needed, and
a router that learned from it thinks all of them alike. Its own opinion of a city's appeals says it better: the mean
probability of each department over the appeals, against its share of the table (Saerens, Latinne and Decaestecker,
2002). Only one step of their iteration is taken, and not quite: to the end, it takes rare departments away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.calibration import Ints
from models.errors import ModelProblem
from models.routing_features import normalised

Floats = npt.NDArray[np.float64]

MOST_READ = 20_000
_FEWEST_READ = 200
_POWER = 0.75
_UNSEEN = 0.5  # orders that a department is credited with beyond those it has
# Deviation of the log ratios: 0.25 to 0.33 for tables drawn at random from a city's orders, 0.7 for 8 to 64 of each.
_APART = 0.5


@dataclass(frozen=True)
class DepartmentShares:
    """``table`` and ``appeals`` (labels,) are each department's share of the orders and of ``read`` appeals."""

    table: Floats
    appeals: Floats
    read: int

    @property
    def apart(self) -> float:
        """Root of the mean square of the log ratios."""
        return float(np.sqrt((np.log(self.appeals / self.table) ** 2).mean()))

    @property
    def believed(self) -> bool:
        """Whether the table was visibly not drawn from the appeals. A small distance is what estimates scatter by."""
        return self.apart >= _APART

    @property
    def shift(self) -> Floats:
        """What the logit of each department is moved by, shape (labels,)."""
        return np.asarray(_POWER * np.log(self.appeals / self.table))

    def note(self) -> str:
        """What was found and done, for whoever trained and for the model card."""
        if not self.believed:
            return f"{self.read} unlabelled appeals need departments about as often as the orders: nothing was changed."
        ratios = self.appeals / self.table
        return (
            f"{self.read} unlabelled appeals need departments {ratios.min():.2f} to {ratios.max():.2f} times as often "
            "as they stand in the table, so their probabilities were moved towards that. Figures out of fold are of "
            "the table as it is: measure on orders as they come."
        )


def appeals_to_read(texts: Sequence[str], most: int = MOST_READ) -> list[str]:
    """Those with any text, a sample where they are many. Raises ModelProblem where they are too few to count by."""
    kept = [text for text in texts if normalised(text)]
    if len(kept) < _FEWEST_READ:
        raise ModelProblem(
            f"{len(kept)} unlabelled appeals say too little of how often each department is needed: "
            f"{_FEWEST_READ} are needed. Give more, or leave them out."
        )
    if len(kept) <= most:
        return kept
    return [kept[i] for i in np.sort(np.random.default_rng(0).choice(len(kept), most, replace=False)).tolist()]


def department_shares(probabilities: Floats, gold: Ints) -> DepartmentShares:
    """From calibrated ``probabilities`` (appeals, labels) and the labels of the table learned from."""
    labels = probabilities.shape[1]
    counts = np.bincount(gold, minlength=labels) + _UNSEEN
    return DepartmentShares(counts / counts.sum(), probabilities.mean(axis=0), len(probabilities))
