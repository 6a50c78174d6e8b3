"""What a ranker said of orders whose department is known, an order a row: what every figure is counted from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from evaluation.measures import Bools, Floats, Ints
from evaluation.routing.likely_sets import LikelySets

TOP = 3
_NOTHING = -1


class RankedLabel(Protocol):
    """One department with its probability."""

    @property
    def label(self) -> str:
        """The department's name."""
        ...

    @property
    def probability(self) -> float:
        """How likely it is the right one."""
        ...


class Ranking(Protocol):
    """Departments, best first."""

    @property
    def choices(self) -> Sequence[RankedLabel]:
        """Best first; empty where nothing could be said."""
        ...

    @property
    def likely(self) -> Sequence[str]:
        """Those among which the right one nearly always is; none where nothing is promised."""
        ...


class Ranker(Protocol):
    """What is evaluated: a department classifier."""

    @property
    def labels(self) -> Sequence[str]:
        """The departments that it knows."""
        ...

    @property
    def threshold(self) -> float:
        """The probability below which it abstains."""
        ...

    def rank_many(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Sequence[Ranking]:
        """A ranking per text, of at least three departments where it knows as many."""
        ...


@dataclass(frozen=True)
class Outcomes:
    """What was right and what was said, an order a row.

    ``gold`` (n,) and ``ranked`` (n, 3) hold numbers of ``labels``, -1 where nothing was said; ``confidence`` (n,) is
    the first choice's probability; ``unseen`` names labels of the data that the classifier does not know. ``sets`` are
    the sets of departments that were offered as holding the right one.
    """

    labels: tuple[str, ...]
    gold: Ints
    ranked: Ints
    confidence: Floats
    threshold: float
    unseen: tuple[str, ...] = ()
    sets: LikelySets | None = None

    @property
    def first(self) -> Ints:
        """The first choices."""
        return self.ranked[:, 0]

    @property
    def correct(self) -> Bools:
        """Whether the first choice was right."""
        return np.asarray(self.first == self.gold)

    @property
    def recommended(self) -> Bools:
        """Whether the first choice is sure enough to be recommended rather than asked about."""
        return np.asarray(self.confidence >= self.threshold)

    def at(self, rows: Ints | Bools) -> Outcomes:
        """The same for some of the orders."""
        return replace(
            self,
            gold=self.gold[rows],
            ranked=self.ranked[rows],
            confidence=self.confidence[rows],
            sets=self.sets.at(rows) if self.sets else None,
        )


def judge(
    ranker: Ranker, texts: Sequence[str], labels: Sequence[str], progress: Callable[[int], None] | None = None
) -> Outcomes:
    """Rank every text and hold the rankings against the right ``labels``, one a text."""
    rankings = ranker.rank_many(texts, progress)
    known = tuple(ranker.labels)
    unseen = tuple(sorted(set(labels) - set(known)))
    names = (*known, *unseen)
    places = {label: place for place, label in enumerate(names)}
    ranked = np.full((len(texts), TOP), _NOTHING, dtype=np.int64)
    confidence = np.zeros(len(texts))
    for row, ranking in enumerate(rankings):
        for column, choice in enumerate(ranking.choices[:TOP]):
            ranked[row, column] = places[choice.label]
        if ranking.choices:
            confidence[row] = ranking.choices[0].probability
    gold = np.array([places[label] for label in labels], dtype=np.int64)
    sets = LikelySets(
        np.array([len(ranking.likely) for ranking in rankings], dtype=np.int64),
        np.array([label in ranking.likely for label, ranking in zip(labels, rankings, strict=True)], dtype=np.bool_),
    )
    return Outcomes(names, gold, ranked, confidence, ranker.threshold, unseen, sets)


def outcomes_of_probabilities(labels: tuple[str, ...], gold: Ints, probabilities: Floats, threshold: float) -> Outcomes:
    """The same from a table of probabilities, shape ``(n, labels)``, such as out-of-fold predictions."""
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :TOP]
    ranked = np.full((len(gold), TOP), _NOTHING, dtype=np.int64)
    ranked[:, : order.shape[1]] = order
    return Outcomes(labels, gold, ranked, probabilities.max(axis=1), threshold)


def joined(parts: Sequence[Outcomes]) -> Outcomes:
    """The orders of several outcomes, such as of several folds, under common label numbers; the lowest threshold."""
    names = tuple(dict.fromkeys(label for part in parts for label in part.labels))
    places = {label: place for place, label in enumerate(names)}
    gold, ranked = [], []
    for part in parts:
        moved = np.array([places[label] for label in part.labels] + [_NOTHING], dtype=np.int64)
        gold.append(moved[part.gold])
        ranked.append(moved[part.ranked])  # -1 finds the last place, which is -1 again
    return Outcomes(
        names,
        np.concatenate(gold),
        np.concatenate(ranked),
        np.concatenate([part.confidence for part in parts]),
        min(part.threshold for part in parts),
        tuple(sorted({label for part in parts for label in part.unseen})),
        _joined_sets([part.sets for part in parts]),
    )


def _joined_sets(parts: Sequence[LikelySets | None]) -> LikelySets | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return LikelySets(np.concatenate([p.sizes for p in known]), np.concatenate([p.held for p in known]))
