"""退单: a department sends an order back, and the dispatcher records it with a reason of the list.

The order is in the queue again, before those that never went out, and goes on by :mod:`copilot.dispatch`: to another
department where the objection is right (改派), to the same one where it is not; any number of times. The procedure for
objections, returns and re-dispatch is asked for by 国办函〔2025〕66号.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

from copilot.acts import refuse_other
from copilot.dispatch import order_of
from copilot.errors import AlreadyDecided, BadInput
from copilot.events import OrderReturned, Recorded
from copilot.journal import Journal, recorded_once
from copilot.state import CallState


@dataclass(frozen=True, slots=True)
class ReturnReason:
    """One reason of the list. ``disputes_duty``: the matter is not that department's, so its name is a wrong label.

    ``needs_words``: the code alone says too little.
    """

    code: str
    chinese: str
    english: str
    disputes_duty: bool
    needs_words: bool = False


@dataclass(frozen=True, slots=True)
class OrderReturn:
    """What the dispatcher ``by`` records. ``routing_id`` is the decision with which the order had gone out.

    ``return_id`` is chosen by the client, so that sending it twice changes nothing.
    """

    return_id: str
    routing_id: str
    code: str
    by: str
    reason: str = ""


@cache
def return_reasons() -> Mapping[str, ReturnReason]:
    """The reasons that may be named, by code, in the order of the list (``return_reasons.json``)."""
    rows = json.loads(Path(__file__).with_name("return_reasons.json").read_text(encoding="utf-8"))
    return {row["code"]: ReturnReason(**row) for row in rows}


def record_return(journal: Journal, call_id: str, number: str, given: OrderReturn, at: datetime) -> list[Recorded]:
    """Record that order ``number`` of call ``call_id`` came back; it waits to be dispatched again.

    Empty where the same return was recorded before. Raises NotFound for an order that there is not, BadInput for an
    unknown code or one that needs words, AlreadyDecided (Conflict) where the order is not out, or went out anew.
    """
    given = replace(given, reason=given.reason.strip())
    return recorded_once(lambda: _record(journal, call_id, number, given, at))


def _record(journal: Journal, call_id: str, number: str, given: OrderReturn, at: datetime) -> list[Recorded]:
    state = CallState.of(journal.read(call_id))
    order_of(state, number)
    known = state.returns.get(given.return_id)
    if known is not None:
        refuse_other(_given(known) != (number, given), f"Return {given.return_id}")
        return []
    routing = state.routing_of(number)
    if routing is None or number not in state.dispatched:
        raise AlreadyDecided(f"Order {number} is not with any department, so none can send it back. Reload the queue.")
    if routing.decision.decision_id != given.routing_id:
        raise AlreadyDecided(f"Order {number} went out anew, to {routing.department}. Reload it and look again.")
    reason = _reason(given)
    event = OrderReturned(
        return_id=given.return_id,
        routing_id=given.routing_id,
        number=number,
        department=routing.department,
        code=reason.code,
        disputes_duty=reason.disputes_duty,
        reason=given.reason,
        by=given.by,
    )
    return journal.append(call_id, [event], at)


def _given(event: OrderReturned) -> tuple[str, OrderReturn]:
    return event.number, OrderReturn(event.return_id, event.routing_id, event.code, event.by, event.reason)


def _reason(given: OrderReturn) -> ReturnReason:
    reason = return_reasons().get(given.code)
    if reason is None:
        raise BadInput(f"There is no return reason of that code. Take one of {', '.join(return_reasons())}.")
    if reason.needs_words and not given.reason:
        raise BadInput(f"The reason {reason.code} says too little by itself. Write down what the department said.")
    return reason
