"""On which sentences of a call a suggestion is still to be made."""

from __future__ import annotations

from copilot.call import Speaker, Utterance
from copilot.state import CallState


def last_words(state: CallState, appeal_id: str) -> Utterance | None:
    """What the citizen said last about an appeal."""
    return next((u for u in reversed(state.words_of(appeal_id)) if u.speaker is Speaker.CITIZEN), None)


def not_advised_on(state: CallState) -> list[Utterance]:
    """Of each appeal that is not filed, the citizen's last sentence if no suggestion has come after it."""
    advised: dict[str, float] = {}
    for key, made in state.suggestions.items():
        if key not in state.withdrawn:
            advised[made.appeal_id] = max(advised.get(made.appeal_id, 0.0), made.heard_until)
    last = {appeal_id: last_words(state, appeal_id) for appeal_id in state.live_appeals()}
    return [
        utterance
        for appeal_id, utterance in last.items()
        if utterance is not None
        and state.appeals[appeal_id].order is None
        and utterance.end > advised.get(appeal_id, 0.0)
    ]
