"""On which sentences of a call a suggestion is still to be made."""

from __future__ import annotations

from copilot.call import Speaker, Utterance
from copilot.caller import is_carried
from copilot.state import CallState
from copilot.suggestion import Decision, Slot, Verdict


def last_words(state: CallState, appeal_id: str) -> Utterance | None:
    """What the citizen said last about an appeal."""
    return next((u for u in reversed(state.words_of(appeal_id)) if u.speaker is Speaker.CITIZEN), None)


def owed_after(decision: Decision, state: CallState) -> Utterance | None:
    """The sentence that a decision lets be advised on once more; ``None`` where it changes nothing that is suggested.

    With another category the router has learned what became of such orders, and a number to call back is wanted by
    every appeal of the call. Where a person refused the only card of an emergency, what was kept back beside it is
    wanted now, not after the next sentence.
    """
    refused = decision.verdict is Verdict.REJECT
    if decision.slot is Slot.ANSWER:
        alone = refused and state.is_urgent(decision.appeal_id)
        again = alone and not state.appeals[decision.appeal_id].open_for(Slot.ANSWER)
    else:
        again = not refused and decision.slot in {Slot.CATEGORY, Slot.TELEPHONE}
    return last_words(state, decision.appeal_id) if again else None


def not_advised_on(state: CallState) -> list[Utterance]:
    """Of each appeal that is not filed, the citizen's last sentence if no suggestion has come after it."""
    advised: dict[str, float] = {}
    for key, made in state.suggestions.items():
        if key not in state.withdrawn and not is_carried(made.suggestion):
            advised[made.appeal_id] = max(advised.get(made.appeal_id, 0.0), made.heard_until)
    last = {appeal_id: last_words(state, appeal_id) for appeal_id in state.live_appeals()}
    return [
        utterance
        for appeal_id, utterance in last.items()
        if utterance is not None
        and state.appeals[appeal_id].order is None
        and utterance.end > advised.get(appeal_id, 0.0)
    ]
