"""What people decided about where each filed appeal belongs, and what training doubts of it.

Texts leave here masked, house numbers included: a router needs none of that to learn, and PIPL art. 6 asks for no more
than is needed. How decisions become labels is :mod:`evaluation.labels.sources`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, exists, func, insert, select

from copilot.appeal import Category
from copilot.call import Speaker, Utterance
from copilot.codec import from_payload, slot_value
from copilot.events import AppealsRearranged, UtteranceHeard
from copilot.masking import mask, mask_talk
from copilot.store.engine import Database
from copilot.store.order_history import SentOut, order_histories
from copilot.store.tables import call, decision, journal, label_issue, label_review, suggestion, work_order
from copilot.suggestion import Slot, Verdict

_AT_ONCE = 500
_WORDS = ("utterance_heard", "appeals_rearranged")


@dataclass(frozen=True, slots=True)
class Review:
    """What an evaluator said of an order's label; ``department`` is empty for REJECT."""

    verdict: Verdict
    department: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DecidedAppeal:
    """One filed appeal: what the citizen said (masked), what was written down, and every decision on its department.

    ``accepted_unchanged`` says that the agent took the router's first choice as it was recommended. ``review`` is the
    latest one. ``category`` is what the agent filed the order under, if anything.
    """

    call_id: str
    appeal_id: str
    number: str
    day: date
    said: str
    title: str
    summary: str
    agent_department: str
    accepted_unchanged: bool
    routings: tuple[SentOut, ...]
    review: Review | None
    category: Category | None = None


@dataclass(frozen=True, slots=True)
class LabelIssue:
    """A label that training doubts: ``self_confidence`` is what the router, trained on other orders, gives it.

    ``alike`` are near-identical orders with another department, as ``number department``.
    """

    number: str
    given: str
    likelier: str
    self_confidence: float
    likelier_probability: float
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenIssue:
    """A doubt that no evaluator has looked at since ``router`` raised it, with the order it is about (masked)."""

    issue: LabelIssue
    call_id: str
    day: date
    said: str
    title: str
    summary: str
    routings: tuple[SentOut, ...]
    router: str
    found_at: datetime


class Labels:
    """Decisions as labels: reads the journal's tables, keeps the doubts of the latest training."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def decided(self, since: date | None = None, until: date | None = None) -> Iterator[DecidedAppeal]:
        """Every filed appeal of the calls from ``since`` to ``until``, both days included, by order number.

        A few hundred at a time are held in memory.
        """
        last = ""
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(_decided(last, since, until)).all()
                found = list(_with_history(connection, rows))
            yield from found
            if len(rows) < _AT_ONCE:
                return
            last = rows[-1].number

    def keep_issues(self, issues: Sequence[LabelIssue], router: str, at: datetime) -> None:
        """Put these doubts, the gravest first, in the place of those of the training before."""
        with self._database.writing() as connection:
            connection.execute(delete(label_issue))
            rows = [_issue_row(place, issue, router, at) for place, issue in enumerate(issues, start=1)]
            if rows:
                connection.execute(insert(label_issue), rows)

    def open_issues(self, limit: int = 100) -> list[OpenIssue]:
        """The gravest doubts that nobody has reviewed since they were raised."""
        wanted = (
            select(label_issue, work_order.c.call_id, work_order.c.appeal_id, work_order.c.title, work_order.c.summary)
            .add_columns(call.c.day)
            .join(work_order, work_order.c.number == label_issue.c.number)
            .join(call, call.c.call_id == work_order.c.call_id)
            .where(~_reviewed())
            .order_by(label_issue.c.position)
            .limit(limit)
        )
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
            said = _said(connection, {row.call_id for row in rows})
            histories = order_histories(connection, [row.number for row in rows])
        return [_open_issue(row, said[row.call_id, row.appeal_id], histories[row.number]) for row in rows]

    def issue_counts(self) -> tuple[int, int]:
        """How many doubts the latest training raised, and how many of them an evaluator has reviewed since."""
        with self._database.reading() as connection:
            raised = connection.execute(select(func.count()).select_from(label_issue)).scalar_one()
            reviewed = connection.execute(select(func.count()).select_from(label_issue).where(_reviewed())).scalar_one()
        return raised, reviewed


def _decided(last: str, since: date | None, until: date | None) -> Select[Any]:
    """The next orders after number ``last``, with how the agent came to the department."""
    chosen = and_(
        decision.c.call_id == work_order.c.call_id, decision.c.decision_id == work_order.c.department_decision_id
    )
    offered = and_(suggestion.c.call_id == decision.c.call_id, suggestion.c.suggestion_id == decision.c.suggestion_id)
    wanted = (
        select(work_order, call.c.day, decision.c.rank, suggestion.c.abstained)
        .join(call, call.c.call_id == work_order.c.call_id)
        .join(decision, chosen)
        .outerjoin(suggestion, offered)
        .where(work_order.c.number > last)
        .order_by(work_order.c.number)
        .limit(_AT_ONCE)
    )
    if since is not None:
        wanted = wanted.where(call.c.day >= since)
    return wanted if until is None else wanted.where(call.c.day <= until)


def _with_history(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[DecidedAppeal]:
    numbers = [row.number for row in rows]
    said = _said(connection, {row.call_id for row in rows})
    histories = order_histories(connection, numbers)
    reviews = _reviews(connection, numbers)
    for row in rows:
        yield DecidedAppeal(
            call_id=row.call_id,
            appeal_id=row.appeal_id,
            number=row.number,
            day=row.day,
            said=said[row.call_id, row.appeal_id],
            title=_masked(row.title),
            summary=_masked(row.summary),
            agent_department=row.department,
            accepted_unchanged=row.rank == 1 and not row.abstained,
            routings=histories[row.number],
            review=reviews.get(row.number),
            category=slot_value(Slot.CATEGORY, json.loads(row.category)) if row.category else None,
        )


def _said(connection: Connection, call_ids: Iterable[str]) -> Mapping[tuple[str, str], str]:
    """What the citizen said about each appeal, masked, one utterance a line: what the router is served.

    Whatever a person moved from one appeal to another stands where it was moved to.
    """
    wanted = (
        select(journal.c.call_id, journal.c.name, journal.c.payload)
        .where(journal.c.call_id.in_(set(call_ids)), journal.c.name.in_(_WORDS))
        .order_by(journal.c.call_id, journal.c.seq)
    )
    calls: dict[str, dict[str, Utterance]] = defaultdict(dict)
    for row in connection.execute(wanted):
        utterances = calls[row.call_id]
        match from_payload(row.name, json.loads(row.payload)):
            case UtteranceHeard(utterance) if utterance.speaker is Speaker.CITIZEN:
                utterances[utterance.utterance_id] = utterance
            case AppealsRearranged(allotted=allotted):
                for moved in allotted:
                    if moved.utterance_id in utterances:
                        utterances[moved.utterance_id] = utterances[moved.utterance_id].allot(moved.parts)
            case _:
                pass
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for call_id, utterances in calls.items():
        for part in (part for u in utterances.values() for name in u.appeals if (part := u.about(name))):
            found[call_id, part.appeal_id].append(part.text)
    return defaultdict(str, {key: "\n".join(mask_talk(lines, addresses=True)) for key, lines in found.items()})


def _reviews(connection: Connection, numbers: Sequence[str]) -> Mapping[str, Review]:
    """The latest review of each order that has one."""
    wanted = select(label_review).where(label_review.c.number.in_(numbers)).order_by(label_review.c.seq)
    return {
        row.number: Review(Verdict(row.verdict), row.department, row.reason, row.by, row.at)
        for row in connection.execute(wanted)
    }


def _reviewed() -> Any:
    return exists().where(label_review.c.number == label_issue.c.number, label_review.c.at >= label_issue.c.found_at)


def _issue_row(position: int, issue: LabelIssue, router: str, at: datetime) -> dict[str, Any]:
    return {
        "number": issue.number,
        "position": position,
        "given": issue.given,
        "likelier": issue.likelier,
        "self_confidence": issue.self_confidence,
        "likelier_probability": issue.likelier_probability,
        "alike": json.dumps(issue.alike, ensure_ascii=False),
        "router": router,
        "found_at": at,
    }


def _open_issue(row: Row[Any], said: str, routings: tuple[SentOut, ...]) -> OpenIssue:
    issue = LabelIssue(
        row.number,
        row.given,
        row.likelier,
        row.self_confidence,
        row.likelier_probability,
        tuple(json.loads(row.alike)),
    )
    return OpenIssue(
        issue, row.call_id, row.day, said, _masked(row.title), _masked(row.summary), routings, row.router, row.found_at
    )


def _masked(text: str) -> str:
    return mask(text, addresses=True)
