"""Configurations of search on the same questions: one is better, or chance could have made the difference.

The first is what the others are compared with, each in pairs. A difference is the other's figure less the first's.
Hits are tested by McNemar's exact test, every measure by Fisher's randomisation test, which information retrieval
prefers to the t-test for measures of ranking (Smucker, Allan and Carterette, CIKM 2007); intervals are by paired
bootstrap (Efron and Tibshirani 1993). Where several are compared with the first, p is adjusted after Holm (1979).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from copilot.errors import BadInput
from evaluation.measures import Bools, Floats, Interval, mean_intervals, share_intervals
from evaluation.retrieval.abstention import AtThreshold, at_threshold, cards_of
from evaluation.retrieval.rank_measures import MEASURES, means, rank_values
from evaluation.retrieval.results import Results
from evaluation.routing.comparison import LEVEL, Difference, McNemar, detectable_difference, mcnemar, orders_needed

SHUFFLES = 10_000
_AT_ONCE = 500
_SAME = 1e-12
_FIRST = "hit@1"


@dataclass(frozen=True)
class Column:
    """One configuration's figures with their intervals, and what happens at its own threshold."""

    label: str
    about: Mapping[str, Any]
    figures: Mapping[str, float]
    intervals: Mapping[str, Interval]
    cards: AtThreshold

    def as_json(self) -> dict[str, Any]:
        """The figures by name."""
        return {
            "label": self.label,
            "about": dict(self.about),
            **self.figures,
            "intervals": {name: list(interval) for name, interval in self.intervals.items()},
            "at_served_threshold": asdict(self.cards),
        }


@dataclass(frozen=True)
class AgainstFirst:
    """One configuration against the first. ``p`` are randomisation tests by measure.

    ``mcnemar`` counts questions whose first document only one of the two had right, ``adjusted`` is its p after Holm.
    ``first_only`` and ``second_only`` are ids of those questions. ``needed`` questions would show a difference like the
    one found, ``detectable`` is what so many questions show, both four times out of five.
    """

    label: str
    differences: Mapping[str, Difference]
    p: Mapping[str, float]
    mcnemar: McNemar
    adjusted: float
    needed: int | None
    detectable: float
    first_only: tuple[str, ...]
    second_only: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """``better``, ``worse`` or ``undecided``: by hit@1, where the adjusted test and the interval agree."""
        found = self.differences[_FIRST]
        low, high = found.interval
        if self.adjusted >= LEVEL or low <= 0 <= high:
            return "undecided"
        return "better" if found.difference > 0 else "worse"


@dataclass(frozen=True)
class RetrievalComparison:
    """All that a report shows: a column each, and all but the first against it."""

    n: int
    columns: tuple[Column, ...]
    against: tuple[AgainstFirst, ...]


def compare_results(found: Sequence[Results], *, rounds: int = 1000, shuffles: int = SHUFFLES) -> RetrievalComparison:
    """Compare every configuration with the first. Raises BadInput where they were not asked the same questions."""
    if len(found) < 2:  # noqa: PLR2004 - one has nothing to be compared with
        raise BadInput("There is nothing to compare. Name two files or more: first what the others are compared with.")
    values = [_aligned(found[0], each) for each in found]
    columns = tuple(_column(each, row, rounds) for each, row in zip(found, values, strict=True))
    ids = [judgement.query_id for judgement in found[0].judged]
    pairs = [
        _against(each.label, values[0], row, ids, rounds, shuffles)
        for each, row in zip(found[1:], values[1:], strict=True)
    ]
    return RetrievalComparison(len(ids), columns, _holm(pairs))


def randomisation_p(differences: Floats, shuffles: int = SHUFFLES, seed: int = 0) -> Floats:
    """Two-sided p of each column of ``differences``, shape ``(n, measures)``: how often chance signs reach its mean."""
    generator = np.random.default_rng(seed)
    reached, seen = np.zeros(differences.shape[1]), np.abs(differences.sum(axis=0))
    for start in range(0, shuffles, _AT_ONCE):
        count = min(_AT_ONCE, shuffles - start)
        signs = generator.integers(0, 2, (count, len(differences))) * 2.0 - 1.0
        reached += (np.abs(signs @ differences) >= seen - _SAME).sum(axis=0)
    p: Floats = (reached + 1) / (shuffles + 1)
    return p


def _aligned(first: Results, other: Results) -> dict[str, Floats]:
    """The values of ``other`` in the order of the questions of ``first``."""
    places: dict[str, list[int]] = {}
    for place, key in enumerate(other.keys):
        places.setdefault(key, []).append(place)
    try:
        order = [places[key].pop(0) for key in first.keys]
    except (KeyError, IndexError):
        order = []
    if not order or len(order) != len(other.keys):
        raise BadInput(
            f"{first.label} and {other.label} were not asked the same questions. Ask both with the same --queries, "
            "--gold and --query-text, and compare what --per-question wrote."
        )
    judged = [other.judged[place] for place in order]
    return rank_values([each.ranked for each in judged], [each.gold for each in judged])


def _column(results: Results, values: Mapping[str, Floats], rounds: int) -> Column:
    cards = at_threshold(cards_of(results.judged), cards_of(()), results.threshold)
    intervals = share_intervals(values, rounds=rounds)
    return Column(results.label, results.about, means(dict(values)), intervals, cards)


def _against(
    label: str,
    first: Mapping[str, Floats],
    second: Mapping[str, Floats],
    ids: Sequence[str],
    rounds: int,
    shuffles: int,
) -> AgainstFirst:
    gains = {name: second[name] - first[name] for name in MEASURES}
    intervals = mean_intervals(gains, rounds=rounds)
    p = randomisation_p(np.stack([gains[name] for name in MEASURES], axis=1), shuffles)
    right = [_right(first), _right(second)]
    test = mcnemar(*right)
    return AgainstFirst(
        label,
        {name: Difference(float(first[name].mean()), float(second[name].mean()), intervals[name]) for name in MEASURES},
        {name: float(value) for name, value in zip(MEASURES, p, strict=True)},
        test,
        test.p,
        orders_needed(test, len(ids)),
        detectable_difference(test, len(ids)),
        tuple(ids[row] for row in np.flatnonzero(right[0] & ~right[1]).tolist()),
        tuple(ids[row] for row in np.flatnonzero(right[1] & ~right[0]).tolist()),
    )


def _right(values: Mapping[str, Floats]) -> Bools:
    return np.asarray(values[_FIRST] > 0)


def _holm(pairs: Sequence[AgainstFirst]) -> tuple[AgainstFirst, ...]:
    """The same with McNemar's p adjusted for how many there are (Holm 1979)."""
    order = sorted(range(len(pairs)), key=lambda place: pairs[place].mcnemar.p)
    adjusted, least = dict.fromkeys(order, 1.0), 0.0
    for rank, place in enumerate(order):
        least = max(least, min(1.0, (len(pairs) - rank) * pairs[place].mcnemar.p))
        adjusted[place] = least
    return tuple(replace(pair, adjusted=adjusted[place]) for place, pair in enumerate(pairs))
