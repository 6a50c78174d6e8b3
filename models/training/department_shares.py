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

from models.errors import ModelProblem
from models.routing.calibration import Ints
from models.routing.features import normalised

Floats = npt.NDArray[np.float64]

MOST_READ = 20_000
_FEWEST_READ = 200
_POWER = 0.75
_UNSEEN = 0.5  # orders that a department is credited with beyond those it has
# How far table and appeals lie apart, in units of what chance does to a table of that size: 0.6 to 0.7 for tables drawn
# at random from a city's orders, 300 to 3,000 of them, and 2 to 3 for 8, 16 or 64 of each department.
_APART = 1.5


@dataclass(frozen=True)
class DepartmentShares:
    """``counts`` (labels,) are the orders of each department, ``appeals`` its shares of ``read`` appeals."""

    counts: Floats
    appeals: Floats
    read: int

    @property
    def table(self) -> Floats:
        """Each department's share of the orders, shape (labels,)."""
        return np.asarray(self.counts / self.counts.sum())

    @property
    def apart(self) -> float:
        """How far the two lie apart: the log ratios' root mean square, beside the scatter of counts that small."""
        distance, scatter = (np.log(self.appeals / self.table) ** 2).mean(), (1 / self.counts).mean()
        return float(np.sqrt(distance / scatter))

    @property
    def believed(self) -> bool:
        """Whether the table was visibly not drawn from the appeals: to move one that was makes it worse."""
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
    counts = np.bincount(gold, minlength=labels).astype(np.float64) + _UNSEEN
    return DepartmentShares(counts, probabilities.mean(axis=0), len(probabilities))
