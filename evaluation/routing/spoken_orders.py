"""The same orders as a recogniser might have heard them: how much of the accuracy survives mishearing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluation.homophones import Homophones
from evaluation.measures import Interval, Ints, mean_intervals
from evaluation.routing.judged_orders import JudgedOrders
from evaluation.routing.leaks import Share, share_of
from evaluation.routing.outcomes import Outcomes, Ranker, judge

RATE = 0.15  # near what the small recognisers that run on a processor err by on telephone speech


@dataclass(frozen=True)
class SpokenFigures:
    """Figures as written and misheard, the ``change`` in accuracy and in what is recommended at the threshold."""

    rate: float
    written: Share
    misheard: Share
    change: float
    interval: Interval
    recommended: tuple[float, float]
    precision: tuple[float | None, float | None]

    def as_json(self) -> dict[str, Any]:
        """The figures by name."""
        return {
            "characters_misheard": self.rate,
            "written": self.written.as_json(),
            "misheard": self.misheard.as_json(),
            "accuracy_change": self.change,
            "accuracy_change_interval": list(self.interval),
            "coverage_at_threshold": list(self.recommended),
            "precision_at_threshold": list(self.precision),
        }


def spoken_figures(
    ranker: Ranker,
    orders: JudgedOrders,
    written: Outcomes,
    rate: float = RATE,
    *,
    rounds: int = 1000,
    progress: Callable[[int], None] | None = None,
) -> SpokenFigures:
    """Rank the orders again with a share ``rate`` of their characters replaced by homophones, and compare in pairs."""
    sounds = Homophones(orders.texts)
    heard = judge(ranker, [sounds.misheard(text, rate, 0) for text in orders.texts], orders.labels, progress)
    return compared(written, heard, orders.groups, rate, rounds=rounds)


def compared(written: Outcomes, heard: Outcomes, groups: Ints, rate: float, *, rounds: int = 1000) -> SpokenFigures:
    """The same orders, in the same order, as ``written`` and as ``heard``; ``groups`` (n,) are near-duplicates."""
    gain = heard.correct.astype(np.float64) - written.correct
    whole = np.ones(len(gain), dtype=np.bool_)
    interval = mean_intervals({"change": gain}, groups=groups, rounds=rounds)["change"]
    return SpokenFigures(
        rate,
        share_of(written, whole, groups),
        share_of(heard, whole, groups),
        float(gain.mean()),
        interval,
        (float(written.recommended.mean()), float(heard.recommended.mean())),
        (_precision(written), _precision(heard)),
    )


def _precision(outcomes: Outcomes) -> float | None:
    kept = outcomes.recommended
    return float(outcomes.correct[kept].mean()) if kept.any() else None
