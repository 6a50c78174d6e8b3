"""How much of search survives a recogniser: the same questions, misheard more and more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from evaluation.calls.speech import canonical, edits
from evaluation.measures import Floats, Interval, mean_intervals
from evaluation.retrieval.abstention import AtThreshold, at_threshold, cards_of
from evaluation.retrieval.asking import Asking
from evaluation.retrieval.marked_sentences import Marks, marks_of
from evaluation.retrieval.rank_measures import means, rank_values
from evaluation.retrieval.search import Question, Report

SHOWN = ("hit@1", "hit@5", "hit@10", "mrr@10")


class Channel(Protocol):
    """Mishears texts; :class:`evaluation.homophones.Homophones` fits."""

    def misheard(self, text: str, rate: float, seed: int) -> str:
        """``text`` with about ``rate`` of its characters wrong; the same for the same ``seed``."""
        ...


@dataclass(frozen=True)
class Misheard:
    """Figures at one rate. ``fall`` is in points (100 x share) below the questions as written, with its interval.

    ``changed`` is the character error rate that the channel really made.
    """

    rate: float
    changed: float
    figures: Mapping[str, float]
    fall: Mapping[str, float]
    fall_intervals: Mapping[str, Interval]
    at_served: AtThreshold
    marks: Marks | None = None

    def as_json(self) -> dict[str, Any]:
        """The figures by name."""
        return {
            "rate": self.rate,
            "characters_changed": self.changed,
            **self.figures,
            "fall_points": dict(self.fall),
            "fall_points_intervals": {name: list(interval) for name, interval in self.fall_intervals.items()},
            "at_served_threshold": asdict(self.at_served),
            **({"marks": self.marks.as_json()} if self.marks else {}),
        }


def misheard_figures(
    ask: Asking,
    questions: Sequence[Question],
    written: Mapping[str, Floats],
    channel: Channel,
    rate: float,
    served: float,
    report: Report,
    rounds: int = 1000,
) -> Misheard:
    """Ask the questions again with ``rate`` of their characters misheard and compare in pairs with ``written``.

    ``written`` has the values of each question as written (:func:`evaluation.retrieval.rank_measures.rank_values`).
    """
    heard = [replace(each, text=channel.misheard(each.text, rate, seed=1)) for each in questions]
    judged = ask(heard, report)
    values = rank_values([each.ranked for each in judged], [each.gold for each in judged])
    falls = {name: 100 * (written[name] - values[name]) for name in SHOWN}
    intervals = mean_intervals(falls, rounds=rounds)
    return Misheard(
        rate,
        changed_share([each.text for each in questions], [each.text for each in heard]),
        means(values),
        {name: float(fall.mean()) for name, fall in falls.items()},
        intervals,
        at_threshold(cards_of(judged), cards_of(()), served),
        marks_of(heard, judged, served),
    )


def changed_share(written: Sequence[str], heard: Sequence[str]) -> float:
    """The character error rate of ``heard`` as :mod:`evaluation.calls.speech` counts it: 三十 and 30 are the same."""
    counted = [edits(canonical(meant), canonical(got)) for meant, got in zip(written, heard, strict=True)]
    return sum(each.errors for each in counted) / max(1, sum(each.length for each in counted))
