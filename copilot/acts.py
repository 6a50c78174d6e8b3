"""What is asked of everything that a person does to an appeal before it is recorded."""

from __future__ import annotations

from copilot.errors import Conflict, NotFound
from copilot.state import AppealState, CallState


def known_appeal(appeal_id: str, state: CallState) -> AppealState:
    """The appeal. Raises NotFound where the call has none of that id, Conflict where it was merged into another."""
    appeal = state.appeals.get(appeal_id)
    if appeal is None:
        raise NotFound(f"The call has no appeal {appeal_id}. Its appeals: {', '.join(state.live_appeals())}.")
    if appeal.merged_into:
        raise Conflict(f"Appeal {appeal_id} was merged into {appeal.merged_into}. Work on that one.")
    return appeal


def refuse_filed(appeal: AppealState) -> None:
    """Raise Conflict where the appeal's order is filed: from then on it is the dispatcher's."""
    if appeal.order is not None:
        raise Conflict(f"Order {appeal.order.number} is filed. Ask the dispatcher to change it.")


def refuse_other(differs: bool, name: str) -> None:
    """Raise Conflict where an id was used for another act before. ``name`` is the kind of act with the id."""
    if differs:
        raise Conflict(f"{name} was already used for another one. Send a new id.")
