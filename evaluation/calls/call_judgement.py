"""How good the suggestions of a replayed call were, against the call's gold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from copilot.appeal import AppealKind
from copilot.call import Speaker, Utterance
from copilot.events import SuggestionMade
from copilot.suggestion import Slot
from evaluation.calls.appeal_splitting import Splitting, compare
from evaluation.calls.appeal_splitting import summarise as summarise_splitting
from evaluation.calls.facts import stated
from evaluation.calls.gold_calls import GoldAppeal, GoldCall, GoldTurn
from evaluation.calls.replay import Replay
from evaluation.calls.speech import canonical, edits

# A sentence found by the recogniser belongs to the turn that ends this close to it.
_SAME_END_S = 1.0


def judge(gold: GoldCall, replayed: Replay) -> dict[str, Any]:
    """One call's figures, as plain JSON values."""
    ranks = department_ranks(gold, replayed)
    quotes = _quotes(replayed)
    facts = stated(gold.facts, quotes)
    enquiry = any(appeal.kind is AppealKind.ENQUIRY for appeal in gold.appeals)
    return {
        "id": gold.call_id,
        "title": gold.title,
        "seconds": round(gold.seconds, 2),
        "real_time_factor": round(replayed.compute_s / gold.seconds, 3),
        "character_error_rate": {s.value: _error_rate(gold, replayed, s) for s in Speaker},
        "appeals": {
            "gold": len(gold.appeals),
            "heard": len(replayed.state.live_appeals()),
            "splitting": _splitting(gold, replayed),
        },
        "departments": [
            {
                "gold": appeal.department,
                "rank": rank,
                "first": rank == 1,
                "first_three": rank is not None,
            }
            for appeal, rank in zip(gold.appeals, ranks, strict=True)
        ],
        "enquiry": enquiry,
        "facts": {"gold": len(facts), "suggested": sum(facts), "any": any(facts), "each": facts},
        "cards": len(quotes),
        "suggestion_delay_s": [round(delay, 3) for delay in suggestion_delays(gold, replayed)],
        "urgent": _alarm(gold, replayed),
    }


def _splitting(gold: GoldCall, replayed: Replay) -> dict[str, Any] | None:
    """How the call was split, sentence by sentence as heard; ``None`` where nobody has said what is right."""
    turns = [turn for turn in gold.turns if turn.speaker is Speaker.CITIZEN]
    if len(gold.appeals) > 1 and all(turn.appeal is None for turn in turns):
        return None
    heard = replayed.heard(Speaker.CITIZEN)
    meant = [_turn_of(utterance, turns).appeal if len(gold.appeals) > 1 else "1" for utterance in heard]
    return asdict(compare([label or None for label in meant], [_mostly(utterance) for utterance in heard]))


def _turn_of(utterance: Utterance, turns: Sequence[GoldTurn]) -> GoldTurn:
    """The turn that an utterance lies in for the longest time."""
    return max(turns, key=lambda turn: min(turn.end, utterance.end) - max(turn.start, utterance.start))


def _mostly(utterance: Utterance) -> str:
    return max(utterance.allotted, key=lambda part: part.end - part.start).appeal_id


def department_ranks(gold: GoldCall, replayed: Replay) -> list[int | None]:
    """For each gold appeal the rank (1 to 3) at which its department was last suggested; ``None`` where it was not.

    Where as many appeals were heard as there are, they are matched in order; otherwise each gold appeal is held
    against the heard appeal that ranks it best.
    """
    rankings = _last_rankings(replayed)
    if len(gold.appeals) == len(replayed.state.appeals):
        in_order = [rankings.get(str(n), ()) for n in range(1, len(gold.appeals) + 1)]
        return [_rank(appeal, ranking) for appeal, ranking in zip(gold.appeals, in_order, strict=True)]
    best = [
        [r for ranking in rankings.values() if (r := _rank(appeal, ranking)) is not None] for appeal in gold.appeals
    ]
    return [min(found, default=None) for found in best]


def _last_rankings(replayed: Replay) -> dict[str, tuple[str, ...]]:
    made = [m for _, m in replayed.shown if m.suggestion.slot is Slot.DEPARTMENT]
    return {m.appeal_id: tuple(choice.value for choice in m.suggestion.choices) for m in made}


def _rank(appeal: GoldAppeal, ranking: Sequence[str]) -> int | None:
    return ranking.index(appeal.department) + 1 if appeal.department in ranking else None


def _quotes(replayed: Replay) -> list[str]:
    answers = [m for _, m in replayed.shown if m.suggestion.slot is Slot.ANSWER]
    return [f"{m.suggestion.best.value.heading}\n{m.suggestion.best.value.quote}" for m in answers]


def _error_rate(gold: GoldCall, replayed: Replay, speaker: Speaker) -> float:
    heard = "".join(utterance.text for utterance in replayed.heard(speaker))
    return round(edits(canonical(gold.said_by(speaker)), canonical(heard)).rate, 4)


def suggestion_delays(gold: GoldCall, replayed: Replay) -> list[float]:
    """Seconds from the end of the citizen's sentence to each answer or ranking on the screen."""
    watched = [(at, m) for at, m in replayed.shown if m.suggestion.slot in (Slot.ANSWER, Slot.DEPARTMENT)]
    return [at - _sentence_end(gold, made) for at, made in watched]


def _sentence_end(gold: GoldCall, made: SuggestionMade) -> float:
    """The end of the turn that the suggestion answers; of what was heard, where the turn was still going on."""
    turns: list[GoldTurn] = [t for t in gold.turns if t.speaker is Speaker.CITIZEN]
    near = [t.end for t in turns if abs(t.end - made.heard_until) <= _SAME_END_S]
    return min(near, key=lambda end: abs(end - made.heard_until), default=made.heard_until)


def _alarm(gold: GoldCall, replayed: Replay) -> dict[str, Any]:
    first_words = next((t.start for t in gold.turns if t.speaker is Speaker.CITIZEN), 0.0)
    flagged = replayed.alarms[0] if replayed.alarms else None
    return {
        "gold": gold.urgent,
        "flagged": flagged is not None,
        "category": flagged[1].category if flagged else None,
        "after_call_start_s": round(flagged[0], 2) if flagged else None,
        "after_first_words_s": round(flagged[0] - first_words, 2) if flagged else None,
    }


def summarise(calls: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All calls in one: shares with their counts, since ten calls carry no confidence beyond them."""
    departments = [d for call in calls for d in call["departments"]]
    enquiries = [call for call in calls if call["enquiry"]]
    delays = [delay for call in calls for delay in call["suggestion_delay_s"]]
    urgent = [call["urgent"] for call in calls]
    split = [Splitting(**s) for call in calls if (s := call["appeals"]["splitting"]) is not None]
    return {
        "calls": len(calls),
        "appeals": len(departments),
        "appeals_heard": sum(call["appeals"]["heard"] for call in calls),
        "calls_with_as_many_appeals": sum(call["appeals"]["gold"] == call["appeals"]["heard"] for call in calls),
        "splitting": summarise_splitting(split),
        "character_error_rate": {
            s.value: round(float(np.mean([call["character_error_rate"][s.value] for call in calls])), 4)
            for s in Speaker
        },
        "real_time_factor": round(float(np.mean([call["real_time_factor"] for call in calls])), 3),
        "department_first": sum(d["first"] for d in departments),
        "department_first_three": sum(d["first_three"] for d in departments),
        "enquiries": len(enquiries),
        "enquiries_with_a_gold_fact": sum(call["facts"]["any"] for call in enquiries),
        "calls_with_a_gold_fact": sum(call["facts"]["any"] for call in calls),
        "facts": sum(call["facts"]["gold"] for call in calls),
        "facts_suggested": sum(call["facts"]["suggested"] for call in calls),
        "suggestion_delay_s": _percentiles(delays),
        "urgent_calls": sum(u["gold"] for u in urgent),
        "urgent_flagged": sum(u["gold"] and u["flagged"] for u in urgent),
        "false_alarms": sum(u["flagged"] and not u["gold"] for u in urgent),
    }


def _percentiles(values: Sequence[float]) -> dict[str, float | int | None]:
    if not values:
        return {"n": 0, "p50": None, "p95": None, "max": None}
    p50, p95, most = np.percentile(values, [50, 95, 100])
    return {"n": len(values), "p50": round(float(p50), 3), "p95": round(float(p95), 3), "max": round(float(most), 3)}
