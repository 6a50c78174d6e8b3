"""What may be decided, and what a decision says in full."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

from copilot.acts import refuse_filed
from copilot.appeal import Category, Place
from copilot.dispatch_rules import is_legal_way
from copilot.errors import AlreadyDecided, AnswerOutdated, BadInput, Conflict, NotFound
from copilot.hand_search import adopted
from copilot.ports import Sources
from copilot.state import AppealState, CallState
from copilot.suggestion import Citation, Decision, Slot, Verdict

_TELEPHONE = re.compile(r"[ +()（）转-]*([0-9][ +()（）转-]*){3,20}")
"""Numbers of a city, of a mobile, with an extension or from abroad, as people write them."""


def completed(decision: Decision, state: CallState) -> Decision:
    """An acceptance takes the suggested value, a rejection none, whatever the client sent along.

    Raises NotFound where the appeal has no such suggestion.
    """
    if decision.suggestion_id is None:
        return _from_search(decision, state)
    made = state.suggestions.get(decision.suggestion_id)
    if made is None or made.suggestion.slot is not decision.slot or made.appeal_id != decision.appeal_id:
        raise NotFound(
            f"Appeal {decision.appeal_id} has no suggestion {decision.suggestion_id} for {decision.slot.value}. "
            "Reload the call and decide on what is shown."
        )
    if decision.verdict is Verdict.REJECT:
        return replace(decision, value=None)
    offered = offer(decision.suggestion_id, state)
    if decision.verdict is Verdict.ACCEPT:
        return replace(decision, value=offered)
    return replace(decision, value=_edited(decision.value, offered))


def _from_search(decision: Decision, state: CallState) -> Decision:
    """An answer that a person found by hand is quoted as the search brought it."""
    if not isinstance(decision.value, Citation) or not decision.value.search_id:
        return decision
    return replace(decision, value=adopted(decision.value, state))


def offer(suggestion_id: str, state: CallState) -> Any:
    """What accepting a suggestion means: its best value; of a card, the passage of the case that was chosen."""
    made = state.suggestions[suggestion_id]
    value = made.suggestion.best.value
    if not isinstance(value, Citation) or value.follow_up is None:
        return value
    case = value.follow_up.of(state.appeals[made.appeal_id].cases.get(suggestion_id, ""))
    return replace(case.citation, case=case.label) if case is not None else replace(value, follow_up=None)


def _edited(value: Any, offered: Any) -> Any:
    """A quote that a person edited keeps its source and, beside it, what the library has."""
    if not isinstance(value, Citation) or not isinstance(offered, Citation):
        return value
    return replace(offered, quote=value.quote, highlight=(), sentence=None, follow_up=None, original=offered.quote)


def check(decision: Decision, appeal: AppealState, state: CallState) -> None:
    """Raise Conflict, AlreadyDecided or BadInput where ``decision`` cannot be taken."""
    refuse_filed(appeal)
    if decision.suggestion_id in state.decided:
        raise AlreadyDecided("That suggestion was decided before. To change the field, fill it in by hand.")
    if decision.suggestion_id is None and decision.verdict is not Verdict.AMEND:
        raise BadInput("Only a suggestion can be accepted or rejected. To fill a field by hand, send an amendment.")
    if decision.verdict is not Verdict.REJECT and _is_blank(decision.value):
        raise BadInput(f"The field {decision.slot.value} is empty. Fill it in, or reject the suggestion.")
    if _is_there(decision, appeal):
        raise Conflict("That passage is in the work order already. Take it back first to quote it otherwise.")
    if decision.slot is Slot.TELEPHONE and decision.verdict is not Verdict.REJECT:
        _check_telephone(decision, state)


def outdated(decision: Decision, sources: Sources | None, day: date) -> AnswerOutdated | None:
    """The refusal of an answer that would be adopted though the library gives it no more; ``None`` where it does."""
    quoted = decision.value
    if sources is None or not isinstance(quoted, Citation) or not (decision.suggestion_id or quoted.search_id):
        return None
    if is_legal_way(quoted) or sources.still_says(quoted, day):
        return None
    if sources.says_now(quoted, day) is None:
        return AnswerOutdated(
            f"{quoted.title} no longer says this: it was withdrawn or ended since the card came. "
            "Nothing was adopted, and the card is taken away. Look again."
        )
    return AnswerOutdated(
        f"{quoted.title} no longer says this: its text was changed since the card came. "
        "Nothing was adopted. The present text is on the card now: read it and decide again."
    )


def _is_there(decision: Decision, appeal: AppealState) -> bool:
    """Whether the passage that would be adopted was adopted before, from a card or found by hand."""
    value = decision.value
    if decision.verdict is Verdict.REJECT or not isinstance(value, Citation):
        return False
    return any(answer.value.is_same_passage(value) for answer in appeal.answers.values())


def _check_telephone(decision: Decision, state: CallState) -> None:
    if decision.verdict is Verdict.ACCEPT and state.suggestions[str(decision.suggestion_id)].suggestion.abstained:
        raise BadInput("Of that number only a part was heard. Ask for it again and fill it in by hand.")
    if not _TELEPHONE.fullmatch(str(decision.value).strip()):
        raise BadInput(
            "A telephone number has 3 to 20 digits; only spaces, + - ( ) and 转 may stand between. Correct it."
        )


def _is_blank(value: Any) -> bool:
    """Whether a person left the field empty. No co-departments at all is an answer; no place is not."""
    if isinstance(value, Citation):
        return not value.quote.strip()
    if isinstance(value, Category):
        return not value.code.strip()
    return value is None or (isinstance(value, str | Place) and not str(value).strip())
