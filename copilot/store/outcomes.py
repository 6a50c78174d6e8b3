"""What became of the suggestions: the evaluator's view of the journal while the service runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, and_, case, func, select, text

from copilot.store.tables import UNDONE, decision, order_return, order_routing, suggestion, work_order
from copilot.suggestion import Slot, Verdict


@dataclass(frozen=True, slots=True)
class SlotOutcome:
    """Counts of one slot's suggestions; ``made`` is the sum of the others.

    ``rejected`` has also what a person adopted and took out of the order again. ``superseded`` ones were replaced by a
    newer suggestion before anybody decided; ``undecided`` ones nobody touched.
    """

    made: int = 0
    accepted: int = 0
    amended: int = 0
    rejected: int = 0
    superseded: int = 0
    undecided: int = 0


@dataclass(frozen=True, slots=True)
class RankOutcome:
    """At which rank of the router's suggestion the agent found the department; ``other`` was not on the list."""

    first: int = 0
    second: int = 0
    third: int = 0
    other: int = 0


@dataclass(frozen=True, slots=True)
class Outcomes:
    """``by_slot`` has every slot. ``agreed`` and ``overrode`` count dispatchers against the agents' departments.

    They count how each order went out at first. ``returned`` of them came back at least once; ``moved`` of those have
    gone to another department since.
    """

    by_slot: Mapping[Slot, SlotOutcome]
    department_ranks: RankOutcome
    agreed: int
    overrode: int
    returned: int = 0
    moved: int = 0


def count_outcomes(connection: Connection) -> Outcomes:
    """What became of all suggestions and all routings up to now."""
    fates = _fates(connection)
    agreed, overrode = _routings(connection)
    by_slot = {slot: _slot_outcome(slot, fates) for slot in Slot}
    return Outcomes(by_slot, _ranks(connection), agreed, overrode, *_returns(connection))


def _fates(connection: Connection) -> Counter[tuple[str, str]]:
    """How many suggestions of each slot met which fate: a verdict, ``superseded`` or nothing."""
    superseded = suggestion.c.superseded_by.is_not(None)
    undone = suggestion.c.superseded_by.like(f"{UNDONE}%")
    fate = case((undone, Verdict.REJECT.value), else_=decision.c.verdict).label("fate")
    counted = (
        select(suggestion.c.slot, fate, superseded.label("superseded"), func.count().label("n"))
        .outerjoin(
            decision,
            and_(decision.c.call_id == suggestion.c.call_id, decision.c.suggestion_id == suggestion.c.suggestion_id),
        )
        .group_by(suggestion.c.slot, text("fate"), superseded)
    )
    fates: Counter[tuple[str, str]] = Counter()
    for row in connection.execute(counted):
        fates[row.slot, row.fate or ("superseded" if row.superseded else "")] += row.n
    return fates


def _slot_outcome(slot: Slot, fates: Counter[tuple[str, str]]) -> SlotOutcome:
    return SlotOutcome(
        made=sum(n for (name, _), n in fates.items() if name == slot.value),
        accepted=fates[slot.value, Verdict.ACCEPT.value],
        amended=fates[slot.value, Verdict.AMEND.value],
        rejected=fates[slot.value, Verdict.REJECT.value],
        superseded=fates[slot.value, "superseded"],
        undecided=fates[slot.value, ""],
    )


def _ranks(connection: Connection) -> RankOutcome:
    counted = (
        select(decision.c.rank, func.count().label("n"))
        .where(
            decision.c.slot == Slot.DEPARTMENT.value,
            decision.c.role == "agent",
            decision.c.verdict != Verdict.REJECT.value,
            decision.c.suggestion_id.is_not(None),
        )
        .group_by(decision.c.rank)
    )
    found: Counter[int] = Counter()
    for row in connection.execute(counted):
        found[row.rank if row.rank in (1, 2, 3) else 0] += row.n
    return RankOutcome(found[1], found[2], found[3], found[0])


def _routings(connection: Connection) -> tuple[int, int]:
    """How often the dispatcher kept the agent's department at first, and how often not."""
    first = select(order_routing.c.number, func.min(order_routing.c.seq).label("seq")).group_by(order_routing.c.number)
    firsts = first.subquery("firsts")
    counted = (
        select(decision.c.verdict, func.count().label("n"))
        .join(
            order_routing,
            and_(order_routing.c.call_id == decision.c.call_id, order_routing.c.decision_id == decision.c.decision_id),
        )
        .join(firsts, and_(firsts.c.number == order_routing.c.number, firsts.c.seq == order_routing.c.seq))
        .group_by(decision.c.verdict)
    )
    found = {row.verdict: row.n for row in connection.execute(counted)}
    return found.get(Verdict.ACCEPT.value, 0), found.get(Verdict.AMEND.value, 0)


def _returns(connection: Connection) -> tuple[int, int]:
    """How many orders ever came back, and how many of those have been moved to another department."""
    came_back = (
        select(order_routing.c.number, func.min(order_routing.c.seq).label("seq"))
        .join(
            order_return,
            and_(
                order_return.c.call_id == order_routing.c.call_id,
                order_return.c.routing_id == order_routing.c.decision_id,
            ),
        )
        .group_by(order_routing.c.number)
        .subquery("came_back")
    )
    counted = (
        select(func.count(), func.count().filter(work_order.c.dispatched_department != order_routing.c.department))
        .select_from(came_back)
        .join(
            order_routing,
            and_(order_routing.c.number == came_back.c.number, order_routing.c.seq == came_back.c.seq),
        )
        .join(work_order, work_order.c.number == came_back.c.number)
    )
    returned, moved = connection.execute(counted).one()
    return returned, moved
