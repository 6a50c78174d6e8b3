"""The dispatcher's step: confirm the agent's department, or name another of the catalogue and say why.

An order that its department sent back (:mod:`copilot.returns`) goes out again in the same way, always with a reason.
Like everything a person decides it is one event of the call's journal, from which the queue follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from copilot.acts import refuse_other
from copilot.dispatch_rules import ask_before_pushing_down
from copilot.errors import AlreadyDecided, BadInput, NotFound
from copilot.events import OrderReturned, Recorded, RoutingDecided
from copilot.journal import Journal, recorded_once
from copilot.state import CallState
from copilot.suggestion import Decision, Slot, Verdict
from copilot.work_order import WorkOrder
from knowledge_base.catalogue.catalogue import ResponsibilityCatalogue


@dataclass(frozen=True, slots=True)
class Routing:
    """What the dispatcher ``by`` sends: ACCEPT keeps the agent's department, AMEND names ``department`` instead.

    ``decision_id`` is chosen by the client, so that sending it twice changes nothing.
    """

    decision_id: str
    verdict: Verdict
    by: str
    department: str = ""
    reason: str = ""


def decide_routing(
    journal: Journal,
    catalogue: ResponsibilityCatalogue,
    call_id: str,
    number: str,
    routing: Routing,
    at: datetime,
    day: date,
) -> list[Recorded]:
    """Send order ``number`` of call ``call_id`` to a department; ``day`` is the local date on which it goes out.

    Empty where the same decision was recorded before. Raises NotFound for an order or department that there is not,
    BadInput for an override or a re-dispatch without a reason or a department not in force on ``day``, AlreadyDecided
    (Conflict) for a second decision on an order that is out.
    """
    return recorded_once(lambda: _decide(journal, catalogue, call_id, number, routing, at, day))


def _decide(
    journal: Journal,
    catalogue: ResponsibilityCatalogue,
    call_id: str,
    number: str,
    routing: Routing,
    at: datetime,
    day: date,
) -> list[Recorded]:
    state = CallState.of(journal.read(call_id))
    order = order_of(state, number)
    decision = _as_decision(catalogue, order, routing)
    if decision.decision_id in state.decisions:
        known = state.routings.get(decision.decision_id)
        refuse_other(known != RoutingDecided(decision, number, decision.value), f"Decision {decision.decision_id}")
        return []
    if number in state.dispatched:
        raise AlreadyDecided(f"Order {number} went to {state.dispatched[number]} already. Reload the queue.")
    _check(catalogue, order, decision, day)
    _check_again(state.last_return(number), decision)
    return journal.append(call_id, [RoutingDecided(decision, number, decision.value)], at)


def order_of(state: CallState, number: str) -> WorkOrder:
    """The order ``number`` of the call. Raises NotFound."""
    found = state.order(number)
    if found is None:
        raise NotFound(f"There is no work order {number} in that call. Reload the queue.")
    return found


def _as_decision(catalogue: ResponsibilityCatalogue, order: WorkOrder, routing: Routing) -> Decision:
    """The same for the same ``routing``, whatever was decided meanwhile. An alias stands for the department's name."""
    if routing.verdict is Verdict.REJECT:
        raise BadInput("An order has to go somewhere. Accept the department, or name another one and say why.")
    named = order.department.value if routing.verdict is Verdict.ACCEPT else routing.department.strip()
    name = _official(catalogue, named)
    agreed = name == _official(catalogue, order.department.value)
    return Decision(
        decision_id=routing.decision_id,
        appeal_id=order.appeal_id,
        slot=Slot.DEPARTMENT,
        # Naming the department that the agent named is agreeing with the agent.
        verdict=Verdict.ACCEPT if agreed else Verdict.AMEND,
        suggestion_id=None,
        value=name,
        by=routing.by,
        reason=routing.reason.strip(),
    )


def _official(catalogue: ResponsibilityCatalogue, named: str) -> str:
    department = catalogue.find(named)
    return named if department is None else department.name


def _check(catalogue: ResponsibilityCatalogue, order: WorkOrder, decision: Decision, day: date) -> None:
    if not decision.value:
        raise BadInput("No department is named. Name the one that should have the order.")
    department = catalogue.find(decision.value)
    if department is None:
        raise NotFound(f"The catalogue has no department {decision.value}. Pick one of its list.")
    if not department.in_force_on(day):
        raise BadInput(
            f"Orders cannot go to {department.name} on {day}: it is not in force in the catalogue. Name its successor."
        )
    if decision.verdict is Verdict.AMEND and not decision.reason:
        raise BadInput(
            f"Say why it should be {department.name} instead of {order.department.value}, and send it again."
        )
    if decision.verdict is Verdict.AMEND:
        matter = f"{order.title.value}\n{order.summary.value}"
        ask_before_pushing_down(catalogue, matter, order.department.value, department, decision.reason, day)


def _check_again(returned: OrderReturned | None, decision: Decision) -> None:
    """Whoever sends a returned order on settles an objection, so it is said why, whichever department it is."""
    if returned is None or decision.reason:
        return
    again = " all the same" if decision.value == returned.department else " now"
    raise BadInput(
        f"{returned.department} sent order {returned.number} back. Say why it goes to {decision.value}{again}, "
        "and send it again."
    )
