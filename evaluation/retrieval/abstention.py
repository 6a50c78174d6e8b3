"""Knowing when to be silent: what each threshold would show, to questions that have an answer and to those without.

Every question has at most three cards, each with the probability given that it answers; a threshold shows those that
reach it. ``inside`` are questions with an answer, ``outside`` those without. The picture of a share answered against
how good the answers are is a risk-coverage curve (El-Yaniv and Wiener, JMLR 2010); the one of cards shown to the first
against cards shown to the second is a receiver operating characteristic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from evaluation.measures import (
    Bools,
    Floats,
    Interval,
    ReliabilityBin,
    expected_calibration_error,
    reliability,
    wilson_interval,
)
from evaluation.retrieval.search import Judgement

FALSE_CARDS = 0.05
_MOST_CARDS = 3
_NO_CARD = -1.0
_MOST_POINTS = 120
_BINS = 10


class Mix(StrEnum):
    """How much questions without an answer weigh beside the others: as many of each, or as many as were given."""

    ONE_TO_ONE = "one-to-one"
    AS_GIVEN = "as-given"


@dataclass(frozen=True)
class Cards:
    """Cards of ``n`` questions, best first: ``probability`` (-1: there is none) and ``right``, shape ``(n, 3)``."""

    probability: Floats
    right: Bools

    def __len__(self) -> int:
        return len(self.probability)

    @property
    def surest(self) -> Floats:
        """The highest probability of each question, shape ``(n,)``; -1 without a card."""
        found: Floats = self.probability.max(axis=1, initial=_NO_CARD)
        return found

    def at(self, rows: Any) -> Cards:
        """The cards of the questions ``rows``."""
        return Cards(self.probability[rows], self.right[rows])


@dataclass(frozen=True, slots=True)
class AtThreshold:
    """What happens at a threshold. Shares are 0 to 1, ``None`` where nothing was counted.

    ``shown``: questions inside that get a card. ``first_right``: of those, the first card is right. ``any_right``: of
    those, one of the cards is. ``answered``: of all questions inside, one of the cards shown is right. ``false_cards``:
    questions outside that get a card. ``precision``: of all questions that get a card, inside and outside, the share
    whose first card is right.
    """

    threshold: float
    shown: float
    first_right: float | None
    any_right: float | None
    answered: float
    false_cards: float | None
    precision: float | None


@dataclass(frozen=True)
class Abstention:
    """All about being silent. ``at_target`` is the threshold found on these very questions, and so a little flattered.

    ``halves`` was found on one half of the questions outside and counted on the other half of all, and the other way
    round: the figure to sign. Both are ``None`` without questions outside.
    """

    n: int
    outside: int
    mix: Mix
    at_served: AtThreshold
    shown_interval: Interval
    false_cards_interval: Interval | None
    at_target: AtThreshold | None
    halves: AtThreshold | None
    curve: tuple[AtThreshold, ...]
    bins: tuple[ReliabilityBin, ...]
    ece: float | None

    def as_json(self) -> dict[str, Any]:
        """The figures by name."""
        return {
            "threshold": self.at_served.threshold,
            "out_of_scope": self.outside,
            "mix": self.mix.value,
            "at_served_threshold": asdict(self.at_served),
            "shown_interval": list(self.shown_interval),
            "false_cards_interval": list(self.false_cards_interval) if self.false_cards_interval else None,
            "at_5_percent_false_cards": asdict(self.at_target) if self.at_target else None,
            "at_5_percent_false_cards_other_half": asdict(self.halves) if self.halves else None,
            "curve": [asdict(point) for point in self.curve],
            "reliability": [asdict(one) for one in self.bins],
            "ece": self.ece,
        }


def cards_of(judged: Sequence[Judgement]) -> Cards:
    """The cards of judged questions."""
    probability = np.full((len(judged), _MOST_CARDS), _NO_CARD)
    right = np.zeros((len(judged), _MOST_CARDS), dtype=np.bool_)
    for row, judgement in enumerate(judged):
        for place, card in enumerate(judgement.cards[:_MOST_CARDS]):
            probability[row, place], right[row, place] = card.probability, card.doc_id in judgement.gold
    return Cards(probability, right)


def abstention(inside: Cards, outside: Cards, served: float, mix: Mix = Mix.ONE_TO_ONE) -> Abstention:
    """Everything at the threshold ``served`` and at others. ``inside`` must not be empty, ``outside`` may be."""
    weight = len(inside) / len(outside) if len(outside) and mix is Mix.ONE_TO_ONE else 1.0
    now = at_threshold(inside, outside, served, weight)
    probability, right = _every_card(inside, outside)
    return Abstention(
        n=len(inside),
        outside=len(outside),
        mix=mix,
        at_served=now,
        shown_interval=wilson_interval(now.shown * len(inside), len(inside)),
        false_cards_interval=None if now.false_cards is None else _interval(now.false_cards, len(outside)),
        at_target=at_threshold(inside, outside, threshold_for(outside), weight) if len(outside) else None,
        halves=_by_halves(inside, outside, weight),
        curve=tuple(at_threshold(inside, outside, cut, weight) for cut in _cuts(inside, outside, served)),
        bins=tuple(reliability(probability, right, _BINS)),
        ece=expected_calibration_error(probability, right, _BINS) if len(probability) else None,
    )


def at_threshold(inside: Cards, outside: Cards, threshold: float, weight: float = 1.0) -> AtThreshold:
    """What ``threshold`` shows; a question outside weighs ``weight`` where both are counted together."""
    shown = inside.probability >= threshold
    asked = shown.any(axis=1)
    first = inside.right[np.arange(len(inside)), shown.argmax(axis=1)] & asked
    answered = (shown & inside.right).any(axis=1)
    count, false = int(asked.sum()), int((outside.surest >= threshold).sum())
    mixed = count + weight * false
    return AtThreshold(
        threshold=float(threshold),
        shown=count / len(inside),
        first_right=int(first.sum()) / count if count else None,
        any_right=int(answered.sum()) / count if count else None,
        answered=float(answered.mean()),
        false_cards=false / len(outside) if len(outside) else None,
        precision=int(first.sum()) / mixed if mixed else None,
    )


def threshold_for(outside: Cards, most: float = FALSE_CARDS) -> float:
    """The lowest threshold at which no more than ``most`` of the questions outside get a card."""
    surest = np.sort(outside.surest)[::-1]
    allowed = int(np.floor(most * len(outside) + 1e-9))
    return float(np.nextafter(max(surest[allowed], 0.0), 2.0)) if allowed < len(surest) else 0.0


def _by_halves(inside: Cards, outside: Cards, weight: float) -> AtThreshold | None:
    """Thresholds found on one half of ``outside``, counted on the other and on half of ``inside``; both added up."""
    if len(outside) < 2:  # noqa: PLR2004 - there are two halves
        return None
    chance = np.random.default_rng(0)
    sides = [chance.permutation(np.arange(len(cards)) % 2) for cards in (inside, outside)]
    moved = [_shifted(cards, outside, side, sides[1]) for cards, side in zip((inside, outside), sides, strict=True)]
    middle = float(np.mean([threshold_for(outside.at(sides[1] == half)) for half in (0, 1)]))
    found = at_threshold(moved[0], moved[1], 0.0, weight)
    return AtThreshold(
        middle, found.shown, found.first_right, found.any_right, found.answered, found.false_cards, found.precision
    )


def _shifted(cards: Cards, outside: Cards, side: Any, outside_side: Any) -> Cards:
    """Probabilities less the threshold that the other half of ``outside`` asks for: a card is shown from 0 on."""
    probability = np.full_like(cards.probability, _NO_CARD)
    for half in (0, 1):
        cut = threshold_for(outside.at(outside_side != half))
        rows = side == half
        given = cards.probability[rows]
        probability[rows] = np.where(given >= cut, given - cut, _NO_CARD)
    return Cards(probability, cards.right)


def _cuts(inside: Cards, outside: Cards, served: float) -> list[float]:
    """Thresholds for a curve: from the surest card down to showing everything, the served one among them."""
    surest = np.unique(np.concatenate([inside.surest, outside.surest]))[::-1]
    surest = surest[surest >= 0]
    places = np.unique(np.linspace(0, len(surest) - 1, min(_MOST_POINTS, len(surest))).round().astype(np.int64))
    return sorted({1.0, served, 0.0, *(float(surest[place]) for place in places)}, reverse=True)


def _every_card(inside: Cards, outside: Cards) -> tuple[Floats, Bools]:
    """Each single card of all questions: its probability and whether it is right, shape ``(cards,)``."""
    probability = np.concatenate([inside.probability, outside.probability])
    right = np.concatenate([inside.right, outside.right])
    there = probability >= 0
    return probability[there], right[there]


def _interval(share: float, cases: int) -> Interval:
    return wilson_interval(share * cases, cases)
