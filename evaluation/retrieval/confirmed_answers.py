"""What citizens asked and which passage an agent adopted for it: the journal's own questions with answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from copilot.call import Speaker, Utterance
from copilot.card_events import AnswerTakenBack
from copilot.events import CallStarted, Recorded, SuggestionDecided, SuggestionMade, UtteranceHeard
from copilot.masking import mask
from copilot.suggestion import Citation, Slot, Verdict
from knowledge_base.words import strip_fillers

_SENTENCES = 2
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class ConfirmedAnswer:
    """A citizen's question, masked, and the passage that an agent adopted for it, as it was or edited."""

    question: str
    passage_id: str
    article_id: str
    day: date


def confirmed_answers(records: Iterable[Recorded]) -> Iterator[ConfirmedAnswer]:
    """Those of one call, in its journal's order, without what was taken back.

    The question is the citizen's last two sentences before the card.
    """
    said: list[Utterance] = []
    shown: dict[str, SuggestionMade] = {}
    day = date.min
    whole = list(records)
    undone = {record.event.decision_id for record in whole if isinstance(record.event, AnswerTakenBack)}
    for record in whole:
        event = record.event
        if isinstance(event, CallStarted):
            day = event.call.day
        elif isinstance(event, UtteranceHeard) and event.utterance.speaker is Speaker.CITIZEN:
            said.append(event.utterance)
        elif isinstance(event, SuggestionMade) and event.suggestion.slot is Slot.ANSWER:
            shown[event.suggestion_id] = event
        elif isinstance(event, SuggestionDecided) and event.decision.decision_id not in undone:
            found = _adopted(event, shown, said, day)
            if found is not None:
                yield found


def _adopted(
    decided: SuggestionDecided, shown: dict[str, SuggestionMade], said: list[Utterance], day: date
) -> ConfirmedAnswer | None:
    decision = decided.decision
    card = shown.get(decision.suggestion_id or "")
    if decision.slot is not Slot.ANSWER or decision.verdict is Verdict.REJECT or card is None:
        return None
    cited = decision.value if isinstance(decision.value, Citation) else card.suggestion.best.value
    heard = [u.text for u in said if u.start <= card.heard_until][-_SENTENCES:]
    question = " ".join(filter(None, (strip_fillers(text) for text in heard)))
    if not isinstance(cited, Citation) or len(question) < _SHORTEST:
        return None
    return ConfirmedAnswer(mask(question, addresses=True), cited.passage_id, cited.article_id, day)
