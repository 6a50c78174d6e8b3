"""The number to beat: BM25 over pairs of characters, of the same questions and passages, without anything learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.measures import Floats, Interval, mean_intervals
from evaluation.retrieval.rank_measures import MEASURES, means, rank_values
from evaluation.retrieval.search import TOP, Question, Report
from knowledge_base.index.base import CHANNELS
from knowledge_base.index.index import Index
from knowledge_base.policy import Secrecy
from knowledge_base.words import strip_fillers

NAME = "BM25, pairs of characters"
_DEPTH = 1000  # passages, of which ten documents are wanted


@dataclass(frozen=True)
class Baseline:
    """Its figures, and what the evaluated search has more, in shares, with the interval over pairs of answers."""

    figures: Mapping[str, float]
    gains: Mapping[str, float]
    intervals: Mapping[str, Interval]

    def as_json(self) -> dict[str, Any]:
        """The figures by name."""
        return {
            "name": NAME,
            **self.figures,
            "gain": dict(self.gains),
            "gain_intervals": {name: list(interval) for name, interval in self.intervals.items()},
        }


def baseline(
    index: Index, questions: Sequence[Question], values: Mapping[str, Floats], rounds: int, report: Report
) -> Baseline:
    """Ask ``questions`` by their words alone; ``values`` are what the evaluated search reached with each, (n,)."""
    ranked = []
    for number, question in enumerate(questions, start=1):
        ranked.append(_ranked(index, question))
        report(number, len(questions))
    found = rank_values(ranked, [question.gold for question in questions])
    gains = {name: values[name] - found[name] for name in MEASURES}
    return Baseline(
        means(found), {name: float(gain.mean()) for name, gain in gains.items()}, mean_intervals(gains, rounds=rounds)
    )


def _ranked(index: Index, question: Question) -> tuple[str, ...]:
    allowed = index.allowed(question.day, question.area, Secrecy.INTERNAL)
    hits = index.words.search(CHANNELS["words"](strip_fillers(question.text)), allowed, _DEPTH)
    return tuple(dict.fromkeys(index.passages[position].article_id for position, _ in hits))[:TOP]
