"""When the right card was there: from the citizen's words to the passage that states the fact, and how steady it was.

A call's gold facts are what its agent told the citizen. So what was asked, and until when the answer was needed, can be
read off the turns: a fact is asked for in the citizen's turn before the agent's turn that states it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from copilot.appeal import AppealKind
from copilot.call import Speaker
from copilot.card_events import CardsArranged, ShownCard
from copilot.events import SuggestionMade
from copilot.matters import has_matter
from copilot.suggestion import Citation, Slot
from evaluation.calls.facts import overlap, states
from evaluation.calls.gold_calls import GoldCall, GoldTurn
from evaluation.calls.replay import Replay

_TOLERANCE_S = 1.0
_TELLS = 0.3
BRIEF_S = 2.0
"""A card that left sooner than that was not read by anybody."""


@dataclass(frozen=True, slots=True)
class Enquiry:
    """Something asked: the citizen's turn from ``start`` to ``end``, ``until`` the next; ``facts`` are what answers."""

    start: float
    end: float
    until: float
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """Seconds of the call at which the first card, and any card, was right; ``None`` where it was not in time.

    ``mark_right`` is of the last first card that was right: whether what is marked in it states one of the facts;
    ``None`` where nothing is marked, or no first card was right.
    """

    start: float
    end: float
    first_right: float | None
    any_right: float | None
    mark_right: bool | None = None

    @property
    def before_the_end(self) -> bool:
        """Whether the first card was right before the citizen had finished."""
        return self.first_right is not None and self.first_right <= self.end


@dataclass(frozen=True, slots=True)
class Steadiness:
    """Cards of a call: that came, that left undecided, that others were put above; and what should not have been.

    ``brief`` left within ``BRIEF_S`` seconds; ``on_small_talk`` came while the citizen said nothing of a matter.
    """

    minutes: float
    came: int
    left: int
    moved: int
    brief: int
    on_small_talk: int


Board = tuple[float, tuple[ShownCard, ...]]


def enquiries_of(gold: GoldCall) -> list[Enquiry]:
    """What the citizen asked, with the facts that the agent told; facts that no agent's turn states are left out."""
    citizen = [turn for turn in gold.turns if turn.speaker is Speaker.CITIZEN]
    asked: dict[float, list[str]] = {}
    for fact in gold.facts:
        told = _told(fact, gold)
        before = [turn for turn in citizen if told is not None and turn.start < told.start]
        if before:
            asked.setdefault(before[-1].start, []).append(fact)
    return [
        Enquiry(turn.start, turn.end, _next_start(turn, citizen, gold.seconds), tuple(asked[turn.start]))
        for turn in citizen
        if turn.start in asked
    ]


def _told(fact: str, gold: GoldCall) -> GoldTurn | None:
    """The agent's turn that has most of a fact's wording; how a number is said aloud does not matter here."""
    agent = [turn for turn in gold.turns if turn.speaker is Speaker.AGENT]
    best = max(agent, key=lambda turn: overlap(turn.text, fact), default=None)
    return best if best is not None and overlap(best.text, fact) >= _TELLS else None


def _next_start(turn: GoldTurn, citizen: Sequence[GoldTurn], otherwise: float) -> float:
    return next((other.start for other in citizen if other.start > turn.start), otherwise)


def answered(enquiry: Enquiry, replayed: Replay) -> Answered:
    """When the cards were right, from the beginning of the citizen's turn until the next one."""
    made = {made.suggestion_id: made for _, made in replayed.shown if made.suggestion.slot is Slot.ANSWER}
    seen = list(_boards_from(enquiry.start, enquiry.until, replayed))

    def right(card: ShownCard) -> bool:
        return any(states(quote(made[card.suggestion_id]), fact) for fact in enquiry.facts)

    first = [(at, cards[0]) for at, cards in seen if cards and right(cards[0])]
    some = next((at for at, cards in seen if any(right(card) for card in cards)), None)
    marked = _marked(first[-1][1], made) if first else ""
    return Answered(
        enquiry.start,
        enquiry.end,
        first[0][0] if first else None,
        some,
        any(states(marked, fact) for fact in enquiry.facts) if marked else None,
    )


def _marked(card: ShownCard, made: Mapping[str, SuggestionMade]) -> str:
    """What is marked on a card, empty where nothing is."""
    citation: Citation = made[card.suggestion_id].suggestion.best.value
    return citation.quote[slice(*card.sentence)] if card.sentence is not None else ""


def _boards_from(start: float, until: float, replayed: Replay) -> Iterator[Board]:
    """The cards at ``start``, and every change after it up to ``until``; of the appeal that was arranged last."""
    before = [arranged for at, arranged in replayed.boards if at <= start]
    yield start, before[-1].shown if before else ()
    yield from ((at, arranged.shown) for at, arranged in replayed.boards if start < at <= until)


def _cards(arranged: CardsArranged) -> tuple[str, ...]:
    return tuple(card.suggestion_id for card in arranged.shown)


def quote(made: SuggestionMade) -> str:
    """A card's words, with the heading above them."""
    citation: Citation = made.suggestion.best.value
    return f"{citation.heading}\n{citation.quote}"


def steadiness(gold: GoldCall, replayed: Replay) -> Steadiness:
    """How much the cards changed."""
    came: dict[str, float] = {}
    left: dict[str, float] = {}
    moved = 0
    before: dict[str, tuple[str, ...]] = {}
    for at, arranged in replayed.boards:
        cards, old = _cards(arranged), before.get(arranged.appeal_id, ())
        came.update({card: at for card in cards if card not in came})
        left.update({card: at for card in old if card not in cards})
        moved += _pushed_down(old, cards)
        before[arranged.appeal_id] = cards
    brief = sum(at - came[card] < BRIEF_S for card, at in left.items())
    idle = sum(
        _is_small_talk(made.heard_until, gold) for _, made in replayed.shown if made.suggestion.slot is Slot.ANSWER
    )
    return Steadiness(gold.seconds / 60, len(came), len(left), moved, brief, idle)


def _pushed_down(old: Sequence[str], new: Sequence[str]) -> int:
    """Cards that stayed and went to a lower place."""
    return sum(card in new and new.index(card) > place for place, card in enumerate(old))


def _is_small_talk(second: float, gold: GoldCall) -> bool:
    """Whether the citizen's turn that was heard up to ``second`` is about nothing, by its own words."""
    turns = [t for t in gold.turns if t.speaker is Speaker.CITIZEN and t.start <= second + _TOLERANCE_S]
    return bool(turns) and not has_matter(turns[-1].text)


def judge_cards(gold: GoldCall, replayed: Replay) -> dict[str, Any]:
    """One call's figures, as plain JSON values."""
    found = [answered(enquiry, replayed) for enquiry in enquiries_of(gold)]
    return {
        "enquiry": any(appeal.kind is AppealKind.ENQUIRY for appeal in gold.appeals),
        "enquiries": [{**asdict(one), "before_the_end": one.before_the_end} for one in found],
        "steadiness": asdict(steadiness(gold, replayed)),
    }


def summarise_cards(judged: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All calls in one. Shares as counts: there are too few enquiries for more."""
    calls = [call for call in judged if call["enquiry"]]
    minutes = sum(call["steadiness"]["minutes"] for call in judged)
    counts = {
        name: sum(call["steadiness"][name] for call in judged)
        for name in ("came", "left", "moved", "brief", "on_small_talk")
    }
    return {
        "calls_of_enquiry": _counts([list(call["enquiries"]) for call in calls if call["enquiries"]]),
        "enquiries_in_them": _counts([[one] for call in calls for one in call["enquiries"]]),
        "all_questions": _counts([[one] for call in judged for one in call["enquiries"]]),
        "per_minute": {
            name: round(counts[name] / minutes, 2) if minutes else None for name in ("came", "left", "moved")
        },
        "cards": counts,
    }


def _counts(groups: Sequence[Sequence[dict[str, Any]]]) -> dict[str, Any]:
    """Of groups of enquiries: in how many one had the right card first, and before its turn ended; delays of all."""
    delays = [one["first_right"] - one["end"] for group in groups for one in group if one["first_right"] is not None]
    words = [one["first_right"] - one["start"] for group in groups for one in group if one["first_right"] is not None]
    return {
        "n": len(groups),
        "first_card_right": sum(any(one["first_right"] is not None for one in group) for group in groups),
        "any_card_right": sum(any(one["any_right"] is not None for one in group) for group in groups),
        "before_the_end": sum(any(one["before_the_end"] for one in group) for group in groups),
        "marked": sum(one["mark_right"] is not None for group in groups for one in group),
        "mark_right": sum(bool(one["mark_right"]) for group in groups for one in group),
        "after_the_turn_s": _quantiles(delays),
        "after_its_first_word_s": _quantiles(words),
    }


def _quantiles(values: Sequence[float]) -> dict[str, float | None]:
    if not values:
        return {"p50": None, "p95": None}
    p50, p95 = np.percentile(values, [50, 95])
    return {"p50": round(float(p50), 2), "p95": round(float(p95), 2)}
