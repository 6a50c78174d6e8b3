"""How good routing is: figures of judged orders with their uncertainty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from evaluation.measures import (
    ClassFigures,
    Coverage,
    Interval,
    Ints,
    Kept,
    ReliabilityBin,
    accuracy,
    confusion,
    coverage_at_precision,
    coverage_at_threshold,
    coverage_curve,
    expected_calibration_error,
    macro_f1,
    per_class,
    percentile_interval,
    reflected_interval,
    reliability,
    resampled,
    top_k_accuracy,
    wilson_interval,
)
from evaluation.routing.likely_sets import SetFigures, set_figures
from evaluation.routing.outcomes import TOP, Outcomes
from evaluation.routing.uncertain_shares import share_interval

PRECISION_TARGET = 0.95
FEW = 10
_CURVE_POINTS = 100


@dataclass(frozen=True)
class RoutingFigures:
    """Everything a report shows; ``intervals`` are the 95 % intervals of the figures of the same name."""

    n: int
    accuracy: float
    macro_f1: float
    top3: float
    ece: float
    coverage: Coverage
    at_threshold: Kept
    intervals: Mapping[str, Interval]
    labels: tuple[str, ...]
    classes: tuple[ClassFigures, ...]
    matrix: Ints
    bins: tuple[ReliabilityBin, ...]
    curve: tuple[Coverage, ...]
    unseen: tuple[str, ...]
    sets: SetFigures | None = None

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
            "coverage_at_threshold": self.at_threshold.coverage,
            "precision_at_threshold": self.at_threshold.precision,
            "baseline_accuracy": self.baseline_accuracy,
            "intervals": {name: list(interval) for name, interval in self.intervals.items()},
            "unseen_labels": list(self.unseen),
            "likely_sets": self.sets.as_json() if self.sets else None,
            "few_orders": {
                "fewer_than": FEW,
                "labels": list(self.few),
                "macro_f1_of_the_others": self.macro_f1_of_many,
            },
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

    @property
    def few(self) -> tuple[str, ...]:
        """Departments with fewer than ten orders: their own figures say little, and macro F1 counts them in full."""
        return tuple(n for n, c in zip(self.labels, self.classes, strict=True) if 0 < c.support < FEW)

    @property
    def macro_f1_of_many(self) -> float | None:
        """Macro F1 over departments of at least ten orders; ``None`` where there are none."""
        found = [c.f1 for c in self.classes if c.support >= FEW]
        return sum(found) / len(found) if found else None

    @staticmethod
    def recall_interval(figures: ClassFigures) -> Interval:
        """The 95 % interval of one label's recall."""
        return wilson_interval(round(figures.recall * figures.support), figures.support)


def routing_figures(outcomes: Outcomes, *, groups: Ints | None = None, rounds: int = 1000) -> RoutingFigures:
    """All figures; with ``groups`` whole groups of near-duplicates are resampled for the intervals."""
    every = main_figures(outcomes)
    confidence, correct = outcomes.confidence, outcomes.correct
    return RoutingFigures(
        n=len(outcomes.gold),
        accuracy=every["accuracy"],
        macro_f1=every["macro_f1"],
        top3=every["top3"],
        ece=every["ece"],
        coverage=coverage_at_precision(confidence, correct, PRECISION_TARGET),
        at_threshold=coverage_at_threshold(confidence, correct, outcomes.threshold),
        intervals=figure_intervals(outcomes, groups, rounds),
        labels=outcomes.labels,
        classes=tuple(per_class(outcomes.gold, outcomes.first, len(outcomes.labels))),
        matrix=confusion(outcomes.gold, outcomes.first, len(outcomes.labels)),
        bins=tuple(reliability(confidence, correct)),
        curve=tuple(coverage_curve(confidence, correct)),
        unseen=outcomes.unseen,
        sets=set_figures(outcomes.sets),
    )


def figure_intervals(outcomes: Outcomes, groups: Ints | None, rounds: int) -> dict[str, Interval]:
    """The 95 % intervals of :func:`main_figures`: by bootstrap, over whole groups where there are ``groups`` (n,).

    A share that all cases have, or none, has Wilson's, since resampling such cases brings no other. So has precision
    at the threshold always: often few orders are recommended, and nearly all of them are right. It has none where
    nothing is recommended, and ECE never: resampled cases always look less calibrated than those they come from.
    """
    every = np.ones(len(outcomes.gold), dtype=np.bool_)
    drawn = resampled(lambda rows: _figures(outcomes.at(rows)), len(every), groups=groups, rounds=rounds)
    found = {name: percentile_interval(values) for name, values in drawn.items()}
    found["macro_f1"] = reflected_interval(_figures(outcomes)["macro_f1"], drawn["macro_f1"])
    shares = {
        "accuracy": (outcomes.correct, every),
        "top3": ((outcomes.ranked[:, :TOP] == outcomes.gold[:, None]).any(axis=1), every),
        "coverage_at_threshold": (outcomes.recommended, every),
        "precision_at_threshold": (outcomes.correct, outcomes.recommended),
    }
    for name, (right, counted) in shares.items():
        if counted.any() and (name not in found or right[counted].mean() in (0.0, 1.0)):
            found[name] = share_interval(right[counted], None if groups is None else groups[counted])
    return found


def main_figures(outcomes: Outcomes) -> dict[str, float]:
    """The figures that have an interval, and ECE; no precision at the threshold where nothing is recommended."""
    recommended, correct = outcomes.recommended, outcomes.correct
    precision = {"precision_at_threshold": float(correct[recommended].mean())} if recommended.any() else {}
    return {**_figures(outcomes), "ece": expected_calibration_error(outcomes.confidence, correct), **precision}


def _figures(outcomes: Outcomes) -> dict[str, float]:
    """Those that are known of any orders, and that resamples tell something about."""
    return {
        "accuracy": accuracy(outcomes.gold, outcomes.first),
        "macro_f1": macro_f1(outcomes.gold, outcomes.first, len(outcomes.labels)),
        "top3": top_k_accuracy(outcomes.gold, outcomes.ranked, TOP),
        "coverage_at_95": coverage_at_precision(outcomes.confidence, outcomes.correct, PRECISION_TARGET).coverage,
        "coverage_at_threshold": float(outcomes.recommended.mean()),
    }
