"""How good routing is: judged orders, what the classifier said of them, and figures with their uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

from evaluation.measures import (
    Bools,
    ClassFigures,
    Coverage,
    Floats,
    Interval,
    Ints,
    ReliabilityBin,
    accuracy,
    bootstrap_intervals,
    confusion,
    coverage_at_precision,
    coverage_at_threshold,
    coverage_curve,
    expected_calibration_error,
    macro_f1,
    per_class,
    reliability,
    top_k_accuracy,
    wilson_interval,
)

PRECISION_TARGET = 0.95
_TOP = 3
_CURVE_POINTS = 100
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
    the first choice's probability; ``unseen`` names labels of the data that the classifier does not know.
    """

    labels: tuple[str, ...]
    gold: Ints
    ranked: Ints
    confidence: Floats
    threshold: float
    unseen: tuple[str, ...] = ()

    @property
    def first(self) -> Ints:
        """The first choices."""
        return self.ranked[:, 0]

    @property
    def correct(self) -> Bools:
        """Whether the first choice was right."""
        return np.asarray(self.first == self.gold)


@dataclass(frozen=True)
class RoutingFigures:
    """Everything a report shows; ``intervals`` are 95 % bootstrap intervals of the figures of the same name."""

    n: int
    accuracy: float
    macro_f1: float
    top3: float
    ece: float
    coverage: Coverage
    at_threshold: Coverage
    intervals: Mapping[str, Interval]
    labels: tuple[str, ...]
    classes: tuple[ClassFigures, ...]
    matrix: Ints
    bins: tuple[ReliabilityBin, ...]
    curve: tuple[Coverage, ...]
    unseen: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The figures under the names that the command line promises."""
        return {
            "n": self.n,
            "accuracy": self.accuracy,
            "macro_f1": self.macro_f1,
            "top3": self.top3,
            "ece": self.ece,
            "coverage_at_95": self.coverage.coverage,
            "precision_at_that_coverage": self.coverage.precision,
            "threshold_at_that_coverage": self.coverage.threshold,
            "at_abstention_threshold": asdict(self.at_threshold),
            "baseline_accuracy": self.baseline_accuracy,
            "intervals": {name: list(interval) for name, interval in self.intervals.items()},
            "unseen_labels": list(self.unseen),
            "per_class": {
                label: asdict(figures) | {"recall_interval": list(self.recall_interval(figures))}
                for label, figures in zip(self.labels, self.classes, strict=True)
            },
            "confusion": {"labels": list(self.labels), "rows_are": "gold", "matrix": self.matrix.tolist()},
            "reliability": [asdict(b) for b in self.bins],
            "coverage_curve": [asdict(point) for point in self._thinned_curve()],
        }

    def _thinned_curve(self) -> list[Coverage]:
        """About a hundred points of the curve, its ends among them: enough for a picture."""
        places = np.unique(np.linspace(0, len(self.curve) - 1, _CURVE_POINTS).round().astype(np.int64))
        return [self.curve[place] for place in places]

    @property
    def baseline_accuracy(self) -> float:
        """What always naming the commonest department would reach."""
        return max(figures.support for figures in self.classes) / self.n

    @staticmethod
    def recall_interval(figures: ClassFigures) -> Interval:
        """The 95 % interval of one label's recall."""
        return wilson_interval(round(figures.recall * figures.support), figures.support)

    def confusions(self, most: int = 15) -> list[tuple[str, str, int]]:
        """The commonest mistakes: right label, label given, how often."""
        wrong = self.matrix.copy()
        np.fill_diagonal(wrong, 0)
        order = np.argsort(-wrong, axis=None, kind="stable")[:most]
        pairs = [divmod(int(place), len(self.labels)) for place in order]
        return [(self.labels[g], self.labels[p], int(wrong[g, p])) for g, p in pairs if wrong[g, p]]


def judge(
    ranker: Ranker, texts: Sequence[str], labels: Sequence[str], progress: Callable[[int], None] | None = None
) -> Outcomes:
    """Rank every text and hold the rankings against the right ``labels``, one a text."""
    rankings = ranker.rank_many(texts, progress)
    known = tuple(ranker.labels)
    unseen = tuple(sorted(set(labels) - set(known)))
    names = (*known, *unseen)
    places = {label: place for place, label in enumerate(names)}
    ranked = np.full((len(texts), _TOP), _NOTHING, dtype=np.int64)
    confidence = np.zeros(len(texts))
    for row, ranking in enumerate(rankings):
        for column, choice in enumerate(ranking.choices[:_TOP]):
            ranked[row, column] = places[choice.label]
        if ranking.choices:
            confidence[row] = ranking.choices[0].probability
    gold = np.array([places[label] for label in labels], dtype=np.int64)
    return Outcomes(names, gold, ranked, confidence, ranker.threshold, unseen)


def outcomes_of_probabilities(labels: tuple[str, ...], gold: Ints, probabilities: Floats, threshold: float) -> Outcomes:
    """The same from a table of probabilities, shape ``(n, labels)``, such as out-of-fold predictions."""
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :_TOP]
    ranked = np.full((len(gold), _TOP), _NOTHING, dtype=np.int64)
    ranked[:, : order.shape[1]] = order
    return Outcomes(labels, gold, ranked, probabilities.max(axis=1), threshold)


def routing_figures(outcomes: Outcomes, *, groups: Ints | None = None, rounds: int = 1000) -> RoutingFigures:
    """All figures; with ``groups`` whole groups of near-duplicates are resampled for the intervals."""
    every = _main_figures(outcomes, np.arange(len(outcomes.gold)))
    intervals = bootstrap_intervals(
        lambda rows: _main_figures(outcomes, rows), len(outcomes.gold), groups=groups, rounds=rounds
    )
    # Resampled cases always look less calibrated than the sample they come from: its interval would mislead.
    del intervals["ece"]
    confidence, correct = outcomes.confidence, outcomes.correct
    return RoutingFigures(
        n=len(outcomes.gold),
        accuracy=every["accuracy"],
        macro_f1=every["macro_f1"],
        top3=every["top3"],
        ece=every["ece"],
        coverage=coverage_at_precision(confidence, correct, PRECISION_TARGET),
        at_threshold=coverage_at_threshold(confidence, correct, outcomes.threshold),
        intervals=intervals,
        labels=outcomes.labels,
        classes=tuple(per_class(outcomes.gold, outcomes.first, len(outcomes.labels))),
        matrix=confusion(outcomes.gold, outcomes.first, len(outcomes.labels)),
        bins=tuple(reliability(confidence, correct)),
        curve=tuple(coverage_curve(confidence, correct)),
        unseen=outcomes.unseen,
    )


def _main_figures(outcomes: Outcomes, rows: Ints) -> dict[str, float]:
    gold, first = outcomes.gold[rows], outcomes.first[rows]
    confidence, correct = outcomes.confidence[rows], outcomes.correct[rows]
    return {
        "accuracy": accuracy(gold, first),
        "macro_f1": macro_f1(gold, first, len(outcomes.labels)),
        "top3": top_k_accuracy(gold, outcomes.ranked[rows], _TOP),
        "ece": expected_calibration_error(confidence, correct),
        "coverage_at_95": coverage_at_precision(confidence, correct, PRECISION_TARGET).coverage,
    }
