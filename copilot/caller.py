"""What the citizen says of himself holds for all appeals of a call: the number to call back.

It is said once, under whatever matter is talked about just then, and every work order needs it. So each appeal that has
none is offered the number that a person confirmed for another, else the one that was heard there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copilot.events import SuggestionMade
from copilot.state import AppealState, CallState
from copilot.suggestion import Choice, Confirmed, Reason, Slot, Suggestion

_SAME_CALLER = "同一来电人"
_SURE = 0.95
"""Of a number that a person has confirmed for another appeal of the call."""


@dataclass(frozen=True, slots=True)
class _Number:
    """``heard`` is what a person put right in it, empty where nothing was."""

    value: str
    appeal_id: str
    probability: float
    heard: str = ""


def carried_over(state: CallState, heard_until: float) -> list[SuggestionMade]:
    """The caller's number, for every appeal that waits for one; nothing where none is known or all have one."""
    number = _known(state)
    made: list[SuggestionMade] = []
    for key in state.live_appeals() if number is not None else ():
        appeal = state.appeals[key]
        if number is None or key == number.appeal_id or not _waits(appeal, number, state):
            continue
        reason = Reason("rule", f"诉求{number.appeal_id}中的号码", _SAME_CALLER)
        suggestion = Suggestion(Slot.TELEPHONE, (Choice(number.value, number.probability, (reason,)),))
        before = tuple(appeal.open_for(Slot.TELEPHONE))
        made.append(SuggestionMade(f"s{len(state.suggestions) + len(made) + 1}", key, suggestion, before, heard_until))
    return made


def _known(state: CallState) -> _Number | None:
    """What a person confirmed last, in an order that is filed too; else what was heard last and whole."""
    confirmed = [
        (taken, key) for key, appeal in state.appeals.items() if (taken := appeal.confirmed.get(Slot.TELEPHONE))
    ]
    if confirmed:
        taken, key = max(confirmed, key=lambda pair: pair[0].at)
        return _Number(taken.value, key, _SURE, _put_right(taken, state))
    return next(_heard(state), None)


def _put_right(taken: Confirmed[str], state: CallState) -> str:
    made = state.suggestions.get(taken.suggestion_id or "")
    return str(made.suggestion.best.value) if made is not None else ""


def _heard(state: CallState) -> Iterator[_Number]:
    """The numbers that wait for a decision where they were said, the last first."""
    live = set(state.live_appeals())
    for key, made in reversed(state.suggestions.items()):
        suggestion = made.suggestion
        if made.appeal_id not in live or key not in state.appeals[made.appeal_id].open:
            continue
        if suggestion.slot is Slot.TELEPHONE and not suggestion.abstained and not is_carried(suggestion):
            yield _Number(suggestion.best.value, made.appeal_id, suggestion.best.probability)


def _waits(appeal: AppealState, number: _Number, state: CallState) -> bool:
    """Whether an appeal lacks a number, or has this one as it was heard, or in part, or from another appeal before."""
    if appeal.order is not None or Slot.TELEPHONE in appeal.confirmed:
        return False
    refused = (state.suggestions[one.suggestion_id].suggestion for one in appeal.rejected)
    if any(one.slot is Slot.TELEPHONE and one.best.value == number.value for one in refused):
        return False
    open_ones = appeal.open_for(Slot.TELEPHONE).values()
    return all(
        one.best.value != number.value and (one.abstained or is_carried(one) or one.best.value == number.heard)
        for one in open_ones
    )


def is_carried(suggestion: Suggestion[str]) -> bool:
    """Whether a number stands there because it was said about another appeal of the call."""
    return any(reason.source == _SAME_CALLER for reason in suggestion.best.reasons)
