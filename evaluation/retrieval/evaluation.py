"""All that an evaluator wants to know of search on one set of questions, put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from evaluation.measures import Floats, Interval, share_intervals
from evaluation.retrieval.abstention import Abstention, Cards, Mix, abstention, cards_of
from evaluation.retrieval.asking import Asking
from evaluation.retrieval.baseline import Baseline
from evaluation.retrieval.lacking import Lacking
from evaluation.retrieval.marked_sentences import Marks, marks_of
from evaluation.retrieval.noise import Channel, Misheard, misheard_figures
from evaluation.retrieval.rank_measures import first_right, means, rank_values
from evaluation.retrieval.search import Judgement, Question
from evaluation.retrieval.slices import QuestionSlice, question_slices

MOST_FAILURES = 200

Progress = Callable[[str, int, int], None]
"""Called with a step (``asking``, ``outside``, ``misheard 0.2``, ``drawing``), how much is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A question whose first document is wrong. ``rank`` is that of the right one, ``None`` beyond the tenth place.

    ``probability`` is what the first card was given, ``shown`` whether an agent would have seen it.
    """

    query_id: str
    gold: tuple[str, ...]
    found: str
    rank: int | None
    probability: float | None
    shown: bool


@dataclass(frozen=True)
class RetrievalEvaluation:
    """Judged questions with their figures; what was not asked for is empty. ``served`` is the threshold of the cards.

    ``about`` is what the figures depend on (embedder, library, day), ``latency`` as in
    :func:`evaluation.retrieval.asking.serving_times`, ``notes`` are cautions for who signs.
    """

    judged: tuple[Judgement, ...]
    values: Mapping[str, Floats]
    intervals: Mapping[str, Interval]
    served: float
    abstention: Abstention
    slices: tuple[QuestionSlice, ...]
    false_cards: tuple[Failure, ...] = ()
    misheard: tuple[Misheard, ...] = ()
    latency: Mapping[str, float] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    marks: Marks | None = None
    baseline: Baseline | None = None
    lacking: Lacking | None = None

    @property
    def figures(self) -> dict[str, float]:
        """The measures of ranking, each a mean over questions."""
        return means(dict(self.values))

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The questions whose first document is wrong, the surest cards first."""
        found = [
            _failure(each, self.served)
            for each in self.judged
            if each.ranked[:1] == () or each.ranked[0] not in each.gold
        ]
        return tuple(sorted(found, key=lambda each: (not each.shown, -(each.probability or 0.0), each.query_id)))

    def as_json(self) -> dict[str, Any]:
        """The figures under the names that the command line promises, and each section under its own."""
        failures = self.failures
        return {
            "n": len(self.judged),
            **self.figures,
            "intervals": {name: list(interval) for name, interval in self.intervals.items()},
            **({"baseline": self.baseline.as_json()} if self.baseline else {}),
            "latency_ms": dict(self.latency),
            **self.about,
            "cards": self.abstention.as_json(),
            **({"lacking": self.lacking.as_json()} if self.lacking else {}),
            **({"marks": self.marks.as_json()} if self.marks else {}),
            "noise": [one.as_json() for one in self.misheard],
            "slices": [one.as_json() for one in self.slices],
            "failures_in_all": len(failures),
            "failures": [asdict(each) for each in failures[:MOST_FAILURES]],
            "false_cards": [asdict(each) for each in self.false_cards[:MOST_FAILURES]],
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class Wishes:
    """What to look at beside the main figures: questions without an answer, rates of mishearing through a channel."""

    outside: Sequence[Question] = ()
    mix: Mix = Mix.ONE_TO_ONE
    rates: Sequence[float] = ()
    channel: Channel | None = None
    rounds: int = 1000


def evaluate_questions(
    ask: Asking, questions: Sequence[Question], served: float, wishes: Wishes, progress: Progress
) -> RetrievalEvaluation:
    """Ask everything and count. ``ask`` must show cards whatever their probability, ``served`` is the threshold."""
    judged = ask(questions, lambda done, total: progress("asking", done, total))
    outside = ask(wishes.outside, lambda done, total: progress("outside", done, total)) if wishes.outside else []
    values = rank_values([each.ranked for each in judged], [each.gold for each in judged])
    cards, cards_outside = cards_of(judged), cards_of(outside)
    progress("drawing", 0, 1)
    intervals = share_intervals(values, rounds=wishes.rounds)
    progress("drawing", 1, 1)
    return RetrievalEvaluation(
        tuple(judged),
        values,
        intervals,
        served,
        abstention(cards, cards_outside, served, wishes.mix),
        question_slices(questions, values, cards, served),
        _false_cards(outside, cards_outside, served),
        tuple(_misheard(ask, questions, values, served, wishes, progress)),
        marks=marks_of(questions, judged, served),
    )


def _misheard(
    ask: Asking,
    questions: Sequence[Question],
    values: Mapping[str, Floats],
    served: float,
    wishes: Wishes,
    progress: Progress,
) -> list[Misheard]:
    channel = wishes.channel
    if channel is None:
        return []

    def at(rate: float) -> Misheard:
        def report(done: int, total: int) -> None:
            progress(f"misheard {rate:g}", done, total)

        return misheard_figures(ask, questions, values, channel, rate, served, report, wishes.rounds)

    return [at(rate) for rate in sorted(set(wishes.rates))]


def _failure(judgement: Judgement, served: float) -> Failure:
    probability = judgement.cards[0].probability if judgement.cards else None
    return Failure(
        judgement.query_id,
        tuple(sorted(judgement.gold)),
        judgement.ranked[0] if judgement.ranked else "",
        first_right(judgement.gold, judgement.ranked),
        probability,
        probability is not None and probability >= served,
    )


def _false_cards(outside: Sequence[Judgement], cards: Cards, served: float) -> tuple[Failure, ...]:
    """The questions without an answer that get a card, the surest first."""
    shown = [_failure(each, served) for each, surest in zip(outside, cards.surest, strict=True) if surest >= served]
    return tuple(sorted(shown, key=lambda each: (-(each.probability or 0.0), each.query_id)))
