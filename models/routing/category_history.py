"""What became of orders of the same matter category (事项分类): which departments had them, level by level.

A category is a path of names, the broadest first, such as ``("市容环境", "噪声扰民")``. Each level is smoothed towards
the level above it and the first towards what all orders say (Dirichlet back-off, MacKay and Bauman Peto 1995), so that
a category with three orders says little and one with three hundred says what they say. One order in twenty is taken to
stand under a wrong category; without that, a single slip would outweigh everything the citizen said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from models.routing.calibration import Floats, Pool

CategoryPath = tuple[str, ...]

PSEUDO_ORDERS = 2.0
MISFILED = 0.05
_PRIOR_ORDERS = 10.0
_FEWEST_TOLD = 3


def category_path(names: Sequence[str]) -> CategoryPath:
    """The levels that are there, without spaces around them; the first empty one ends the path."""
    found: list[str] = []
    for name in names:
        if not name.strip():
            break
        found.append(name.strip())
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Handled:
    """Of ``total`` past orders of the category ``path``, a department handled ``own``."""

    path: CategoryPath
    own: int
    total: int


@dataclass(frozen=True)
class CategoryHistory:
    """Counts for ``P`` paths, all levels of each among them, and ``L`` departments.

    ``weighted`` (P, L) counts orders by how far their labels are to be believed, ``orders`` (P, L) by number; ``every``
    (L,) is the weighted count of all orders that have a category.
    """

    paths: tuple[CategoryPath, ...]
    weighted: npt.NDArray[np.float32]
    orders: npt.NDArray[np.int32]
    every: npt.NDArray[np.float32]
    _places: Mapping[CategoryPath, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_places", {path: place for place, path in enumerate(self.paths)})

    @classmethod
    def fit(
        cls, categories: Sequence[CategoryPath], gold: npt.NDArray[np.int64], labels: int, weights: Floats
    ) -> CategoryHistory:
        """The history of labelled orders, one category (or ``()``), label and weight each."""
        places: dict[CategoryPath, int] = {}
        for category in categories:
            for depth in range(1, len(category) + 1):
                places.setdefault(category[:depth], len(places))
        weighted = np.zeros((len(places), labels))
        orders = np.zeros((len(places), labels), dtype=np.int32)
        every = np.zeros(labels)
        for category, label, weight in zip(categories, gold.tolist(), weights.tolist(), strict=True):
            if category:
                every[label] += weight
            for depth in range(1, len(category) + 1):
                weighted[places[category[:depth]], label] += weight
                orders[places[category[:depth]], label] += 1
        return cls(tuple(places), weighted.astype(np.float32), orders, every.astype(np.float32))

    def knows(self, category: CategoryPath) -> bool:
        """Whether any order of the category's first level was seen. What is not known says nothing."""
        return bool(category) and category[:1] in self._places

    def evidence(self, categories: Sequence[CategoryPath]) -> Floats:
        """What each category speaks for each department, shape ``(n, L)``: log-odds beside all orders; 0 unknown."""
        prior = self._prior()
        rows = [np.log(self._shares(category, prior)) - np.log(prior) for category in categories]
        return np.stack(rows) if rows else np.zeros((0, len(prior)))

    def handled(self, category: CategoryPath, label: int) -> Handled | None:
        """How many past orders a department handled, at the deepest level of which there are a few."""
        for depth in range(len(category), 0, -1):
            place = self._places.get(category[:depth])
            total = 0 if place is None else int(self.orders[place].sum())
            if place is not None and total >= _FEWEST_TOLD:
                return Handled(category[:depth], int(self.orders[place, label]), total)
        return None

    def _prior(self) -> Floats:
        count = len(self.every)
        return np.asarray((self.every + _PRIOR_ORDERS / count) / (self.every.sum() + _PRIOR_ORDERS), dtype=np.float64)

    def _shares(self, category: CategoryPath, prior: Floats) -> Floats:
        shares = prior
        for depth in range(1, len(category) + 1):
            place = self._places.get(category[:depth])
            if place is None:
                break
            seen = self.weighted[place]
            shares = (seen + PSEUDO_ORDERS * shares) / (seen.sum() + PSEUDO_ORDERS)
        return shares if shares is prior else (1 - MISFILED) * shares + MISFILED * prior

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Every array by its name, to be stored beside ``paths``."""
        return {"weighted": self.weighted, "orders": self.orders, "every": self.every}


@dataclass(frozen=True)
class HistoryExpert:
    """The history and the pool that weighs it beside the other heads, with the cuts that hold for it.

    It has its word only where a category was confirmed: ``pool`` is fitted with the evidence as its last head, apart
    from the pool for appeals without a category, so that those are ranked as if there were no history at all.
    """

    history: CategoryHistory
    pool: Pool
    threshold: float
    likely_cut: float

    def probabilities(self, scores: Floats, categories: Sequence[CategoryPath]) -> Floats:
        """Probabilities (n, L) from the other heads' ``scores`` (heads, n, L) and a known category each."""
        evidence = self.history.evidence(categories)
        return self.pool.probabilities(np.concatenate([scores, evidence[None]]))
