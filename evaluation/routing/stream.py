"""The same stream: appeals that the served router and its challenger both ranked, and what people decided of them.

People saw the served router's suggestion and not the challenger's. Where the two differ, following the screen is easier
than going against it (automation bias: Goddard, Roudsari and Wyatt 2012), so the served router is flattered and a
challenger that comes out ahead here is ahead in spite of that. One that comes out behind may not be: held-out orders,
which nobody labelled with a suggestion before them, decide then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from copilot.challenge import RouterRanking
from copilot.store import JudgedPair
from evaluation.measures import wilson_interval
from evaluation.routing.comparison import Comparison, Paired, Side, compare
from evaluation.routing.comparison_words import as_json

BIAS = (
    "People saw the served suggestion while they decided, so agreement flatters the served router. "
    "Where it matters, compare both on held-out orders too: hotline evaluate compare."
)
BIAS_CHINESE = (
    "人在决定时看到的是在用模型的建议，因此一致率偏向在用模型。"
    "重要的结论请同时用未参与训练的工单比较：hotline evaluate compare。"
)
_TOP = 3
_NOTHING = -1


@dataclass(frozen=True, slots=True)
class Week:
    """One week from its Monday: how many orders, and how many each router had right."""

    monday: date
    n: int
    served: int
    challenger: int


@dataclass(frozen=True, slots=True)
class Disputes:
    """Orders on which the two named different departments first, and with whom people went in the end."""

    n: int
    with_served: int
    with_challenger: int
    with_neither: int


@dataclass(frozen=True)
class StreamComparison:
    """The comparison on the stream; ``by`` counts who named the department last (agent, dispatcher, evaluator)."""

    served: str
    challenger: str
    compared: Comparison
    weeks: tuple[Week, ...]
    disputes: Disputes
    by: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """The comparison for machines, with the warning that belongs to it."""
        return as_json(self.compared) | {
            "served": self.served,
            "challenger": self.challenger,
            "weeks": [
                {
                    **asdict(week),
                    "monday": week.monday.isoformat(),
                    "served_interval": list(wilson_interval(week.served, week.n)),
                    "challenger_interval": list(wilson_interval(week.challenger, week.n)),
                }
                for week in self.weeks
            ],
            "disputes": asdict(self.disputes),
            "decided_by": dict(self.by),
            "caution": BIAS,
            "caution_zh": BIAS_CHINESE,
        }


def compare_stream(pairs: Sequence[JudgedPair], rounds: int = 1000) -> StreamComparison:
    """Both routers on what people decided. Raises ValueError without a pair, or where more than two versions meet."""
    versions = {(pair.served.router, pair.challenger.router) for pair in pairs}
    if len(versions) != 1:
        raise ValueError(f"one served router and one challenger are compared at a time, not {len(versions)}")
    ((served, challenger),) = versions
    both = stream_pairs(pairs)
    calls = {call_id: number for number, call_id in enumerate(dict.fromkeys(pair.call_id for pair in pairs))}
    # Appeals of one call are no more independent than near-duplicates are.
    groups = np.array([calls[pair.call_id] for pair in pairs], dtype=np.int64)
    return StreamComparison(
        served,
        challenger,
        compare(both, groups=groups, rounds=rounds),
        _weeks(pairs, both),
        _disputes(both),
        Counter(pair.by.value for pair in pairs),
    )


def stream_pairs(pairs: Sequence[JudgedPair]) -> Paired:
    """Orders of the stream as comparisons want them; recommended is what was not shown as a question."""
    named = [pair.department for pair in pairs]
    named += [c.department for pair in pairs for side in (pair.served, pair.challenger) for c in side.choices]
    labels = tuple(dict.fromkeys(named))
    places = {label: place for place, label in enumerate(labels)}
    gold = np.array([places[pair.department] for pair in pairs], dtype=np.int64)
    return Paired(
        labels,
        gold,
        _side([pair.served for pair in pairs], places),
        _side([pair.challenger for pair in pairs], places),
    )


def _side(rankings: Sequence[RouterRanking], places: Mapping[str, int]) -> Side:
    ranked = np.full((len(rankings), _TOP), _NOTHING, dtype=np.int64)
    confidence, recommended = np.zeros(len(rankings)), np.zeros(len(rankings), dtype=np.bool_)
    for row, ranking in enumerate(rankings):
        for column, choice in enumerate(ranking.choices[:_TOP]):
            ranked[row, column] = places[choice.department]
        if ranking.choices:
            # Probabilities are summed over names of one department, which may round to a little more than one.
            confidence[row] = min(ranking.choices[0].probability, 1.0)
            recommended[row] = not ranking.abstained
    return Side(ranked, confidence, recommended)


def _weeks(pairs: Sequence[JudgedPair], both: Paired) -> tuple[Week, ...]:
    rows: dict[date, list[int]] = {}
    for row, pair in enumerate(pairs):
        rows.setdefault(pair.day - timedelta(days=pair.day.weekday()), []).append(row)
    first, second = both.first_correct, both.second_correct
    return tuple(
        Week(monday, len(own), int(first[own].sum()), int(second[own].sum())) for monday, own in sorted(rows.items())
    )


def _disputes(both: Paired) -> Disputes:
    apart = both.first.first != both.second.first
    first, second = both.first_correct & apart, both.second_correct & apart
    return Disputes(int(apart.sum()), int(first.sum()), int(second.sum()), int((apart & ~first & ~second).sum()))
