"""What is derived from the journal, written in the transaction that appends to it.

The call's row is locked meanwhile, so what is asked here before writing cannot change before it is written.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select, update

from copilot.card_events import (
    AnswersBackedAgain,
    AnswersOutdated,
    AnswerTakenBack,
    CardsArranged,
    CardTouched,
    CaseChosen,
    LibrarySearched,
    ResultsLapsed,
)
from copilot.codec import from_payload, to_plain
from copilot.errors import AlreadyDecided, Conflict, NotFound
from copilot.events import (
    AnotherMatterDeclined,
    AnotherMatterSuspected,
    AppealOpened,
    AppealsRearranged,
    CallEnded,
    CallStarted,
    ChallengerRanked,
    LabelReviewed,
    OrderReturned,
    PassageReported,
    Recorded,
    RoutingDecided,
    SuggestionDecided,
    SuggestionMade,
    UrgencyFlagged,
    UtteranceHeard,
    WorkOrderFiled,
)
from copilot.masking import mask
from copilot.store.article_tables import passage_report
from copilot.store.tables import (
    OPTIONAL_SLOTS,
    REQUIRED_SLOTS,
    UNDONE,
    appeal,
    call,
    challenger_ranking,
    decision,
    journal,
    label_review,
    order_return,
    order_routing,
    suggestion,
    urgency_flag,
    work_order,
    work_order_answer,
)
from copilot.suggestion import Confirmed, Decision
from copilot.work_order import WAITING, OrderStatus


def project(connection: Connection, record: Recorded) -> None:  # noqa: C901, PLR0912, PLR0915 - one branch for each event
    """Write what follows from one event that was just appended."""
    match record.event:
        case AppealOpened(appeal_id):
            connection.execute(insert(appeal).values(call_id=record.call_id, appeal_id=appeal_id, opened_at=record.at))
        case UrgencyFlagged() as flag:
            _flag(connection, record, flag)
        case SuggestionMade() as made:
            _suggest(connection, record, made)
        case SuggestionDecided(decided):
            _refuse_second(connection, record.call_id, decided)
            _decide(connection, record, decided, role="agent")
        case WorkOrderFiled() as filed:
            _file(connection, record, filed)
        case RoutingDecided() as routed:
            _decide(connection, record, routed.decision, role="dispatcher")
            _dispatch(connection, record, routed)
        case OrderReturned() as returned:
            _return(connection, record, returned)
        case LabelReviewed() as reviewed:
            _review(connection, record, reviewed)
        case ChallengerRanked() as ranked:
            _compare(connection, record, ranked)
        case CallEnded(seconds):
            connection.execute(
                update(call).where(call.c.call_id == record.call_id).values(ended_at=record.at, seconds=seconds)
            )
        case CallStarted():
            if record.seq != 1:
                raise Conflict(f"Call {record.call_id} has begun already. Take a new call id, or resume that call.")
        case AppealsRearranged() as change:
            _rearrange(connection, record, change)
        case PassageReported() as reported:
            _report(connection, record, reported)
        case CardsArranged() as arranged:
            _take_back(connection, record, arranged)
        case AnswerTakenBack() as taken_back:
            _undo(connection, record, taken_back)
        case UtteranceHeard() | AnotherMatterSuspected() | AnotherMatterDeclined():
            pass
        case (
            CardTouched()
            | CaseChosen()
            | LibrarySearched()
            | ResultsLapsed()
            | AnswersOutdated()
            | AnswersBackedAgain()
        ):
            pass


def _flag(connection: Connection, record: Recorded, flag: UrgencyFlagged) -> None:
    connection.execute(
        insert(urgency_flag).values(
            call_id=record.call_id,
            seq=record.seq,
            appeal_id=flag.appeal_id,
            category=flag.category,
            transfer_to=flag.transfer_to,
            heard_at=flag.heard_at,
        )
    )


def _rearrange(connection: Connection, record: Recorded, change: AppealsRearranged) -> None:
    """Suggestions made on other words are done with; emergencies go along with the words that told of them."""
    _refuse_filed(connection, record.call_id, [change.appeal_id, change.into])
    connection.execute(
        update(suggestion)
        .where(suggestion.c.call_id == record.call_id, suggestion.c.suggestion_id.in_(change.withdrawn))
        .values(superseded_by=change.change_id)
    )
    connection.execute(
        update(urgency_flag)
        .where(urgency_flag.c.call_id == record.call_id, urgency_flag.c.category.in_(change.flags))
        .values(appeal_id=change.into)
    )


def _refuse_filed(connection: Connection, call_id: str, appeals: Sequence[str]) -> None:
    filed = select(work_order.c.number).where(work_order.c.call_id == call_id, work_order.c.appeal_id.in_(appeals))
    if (number := connection.execute(filed).scalar()) is not None:
        raise Conflict(f"Order {number} is filed. Ask the dispatcher to change it.")


def _take_back(connection: Connection, record: Recorded, arranged: CardsArranged) -> None:
    """Answer cards that went without a successor."""
    if arranged.withdrawn:
        connection.execute(
            update(suggestion)
            .where(suggestion.c.call_id == record.call_id, suggestion.c.suggestion_id.in_(arranged.withdrawn))
            .values(superseded_by=f"arranged-{record.seq}")
        )


def _undo(connection: Connection, record: Recorded, taken_back: AnswerTakenBack) -> None:
    """An adopted card is in the order no more; its decision stays, for it was taken."""
    _refuse_filed(connection, record.call_id, [taken_back.appeal_id])
    adopted = select(decision.c.suggestion_id).where(
        decision.c.call_id == record.call_id, decision.c.decision_id == taken_back.decision_id
    )
    connection.execute(
        update(suggestion)
        .where(suggestion.c.call_id == record.call_id, suggestion.c.suggestion_id.in_(adopted))
        .values(superseded_by=f"{UNDONE}{record.seq}")
    )


def _suggest(connection: Connection, record: Recorded, made: SuggestionMade) -> None:
    connection.execute(
        insert(suggestion).values(
            call_id=record.call_id,
            suggestion_id=made.suggestion_id,
            seq=record.seq,
            appeal_id=made.appeal_id,
            slot=made.suggestion.slot.value,
            made_at=record.at,
            abstained=made.suggestion.abstained,
        )
    )
    if made.supersedes:
        connection.execute(
            update(suggestion)
            .where(suggestion.c.call_id == record.call_id, suggestion.c.suggestion_id.in_(made.supersedes))
            .values(superseded_by=made.suggestion_id)
        )


def _compare(connection: Connection, record: Recorded, ranked: ChallengerRanked) -> None:
    """Of an appeal the latest ranking counts: it is the one before the department was decided."""
    pair = {
        "call_id": record.call_id,
        "appeal_id": ranked.appeal_id,
        "served": ranked.served.router,
        "challenger": ranked.challenger.router,
    }
    same = [challenger_ranking.c[name] == value for name, value in pair.items()]
    connection.execute(delete(challenger_ranking).where(*same))
    connection.execute(insert(challenger_ranking).values(**pair, seq=record.seq, ranked_at=record.at))


def _refuse_second(connection: Connection, call_id: str, decided: Decision) -> None:
    if decided.suggestion_id is None:
        return
    before = select(decision.c.decision_id).where(
        decision.c.call_id == call_id, decision.c.suggestion_id == decided.suggestion_id
    )
    if connection.execute(before).first() is not None:
        raise AlreadyDecided("That suggestion was decided before. To change the field, fill it in by hand.")


def _decide(connection: Connection, record: Recorded, decided: Decision, role: str) -> None:
    connection.execute(
        insert(decision).values(
            call_id=record.call_id,
            decision_id=decided.decision_id,
            seq=record.seq,
            appeal_id=decided.appeal_id,
            slot=decided.slot.value,
            verdict=decided.verdict.value,
            suggestion_id=decided.suggestion_id,
            rank=_rank(connection, record.call_id, decided),
            by=decided.by,
            role=role,
            at=record.at,
        )
    )


def _rank(connection: Connection, call_id: str, decided: Decision) -> int | None:
    """Which of the suggested choices the person took, counted from 1."""
    if decided.suggestion_id is None or decided.value is None:
        return None
    payload = connection.execute(
        select(journal.c.payload)
        .join(suggestion, (suggestion.c.call_id == journal.c.call_id) & (suggestion.c.seq == journal.c.seq))
        .where(suggestion.c.call_id == call_id, suggestion.c.suggestion_id == decided.suggestion_id)
    ).scalar_one_or_none()
    if payload is None:
        raise NotFound(f"There is no suggestion {decided.suggestion_id} in call {call_id}. Reload the call.")
    made = from_payload("suggestion_made", json.loads(payload))
    assert isinstance(made, SuggestionMade)  # noqa: S101 - the name above says so
    values = [choice.value for choice in made.suggestion.choices]
    return values.index(decided.value) + 1 if decided.value in values else None


def _file(connection: Connection, record: Recorded, filed: WorkOrderFiled) -> None:
    order = filed.order
    fields: dict[str, str | None] = {}
    for slot in (*REQUIRED_SLOTS, *OPTIONAL_SLOTS):
        confirmed: Confirmed[object] | None = getattr(order, slot)
        fields[slot] = None if confirmed is None else _as_text(confirmed.value)
        fields[f"{slot}_decision_id"] = None if confirmed is None else confirmed.decision_id
    connection.execute(
        insert(work_order).values(
            number=order.number,
            call_id=record.call_id,
            appeal_id=order.appeal_id,
            seq=record.seq,
            request_id=filed.request_id,
            filed_by=order.filed_by,
            filed_at=order.filed_at,
            status=OrderStatus.FILED.value,
            **fields,
        )
    )
    for position, answer in enumerate(order.answers, start=1):
        connection.execute(
            insert(work_order_answer).values(
                number=order.number,
                position=position,
                call_id=record.call_id,
                decision_id=answer.decision_id,
                passage_id=answer.value.passage_id,
                article_id=answer.value.article_id,
            )
        )


def _as_text(value: object) -> str:
    """A slot's value as its column holds it: text as it is, a place or a list of departments as JSON."""
    plain = to_plain(value)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _dispatch(connection: Connection, record: Recorded, routed: RoutingDecided) -> None:
    changed = connection.execute(
        update(work_order)
        .where(
            work_order.c.number == routed.number,
            work_order.c.call_id == record.call_id,
            work_order.c.status.in_([status.value for status in WAITING]),
        )
        .values(
            status=OrderStatus.DISPATCHED.value,
            dispatched_department=routed.department,
            routing_decision_id=routed.decision.decision_id,
            routing_reason=routed.decision.reason,
            dispatched_by=routed.decision.by,
            dispatched_at=record.at,
        )
    )
    if changed.rowcount != 1:
        raise AlreadyDecided(f"Order {routed.number} is not waiting for routing any more. Reload the queue.")
    connection.execute(
        insert(order_routing).values(
            call_id=record.call_id,
            decision_id=routed.decision.decision_id,
            seq=record.seq,
            number=routed.number,
            department=routed.department,
            reason=routed.decision.reason,
            by=routed.decision.by,
            at=record.at,
        )
    )


def _return(connection: Connection, record: Recorded, returned: OrderReturned) -> None:
    changed = connection.execute(
        update(work_order)
        .where(
            work_order.c.number == returned.number,
            work_order.c.call_id == record.call_id,
            work_order.c.status == OrderStatus.DISPATCHED.value,
            work_order.c.routing_decision_id == returned.routing_id,
        )
        .values(status=OrderStatus.RETURNED.value)
    )
    if changed.rowcount != 1:
        raise AlreadyDecided(f"Order {returned.number} is not with that department any more. Reload the queue.")
    connection.execute(
        insert(order_return).values(
            call_id=record.call_id,
            return_id=returned.return_id,
            seq=record.seq,
            routing_id=returned.routing_id,
            code=returned.code,
            disputes_duty=returned.disputes_duty,
            reason=returned.reason,
            by=returned.by,
            at=record.at,
        )
    )


def _report(connection: Connection, record: Recorded, reported: PassageReported) -> None:
    connection.execute(
        insert(passage_report).values(
            call_id=record.call_id,
            report_id=reported.report_id,
            seq=record.seq,
            article_id=reported.article_id,
            passage_id=reported.passage_id,
            owner=reported.owner,
            kind=reported.kind.value,
            note=mask(reported.note, addresses=True),
            article_version=reported.article_version,
            by=reported.by,
            at=record.at,
        )
    )


def _review(connection: Connection, record: Recorded, reviewed: LabelReviewed) -> None:
    connection.execute(
        insert(label_review).values(
            call_id=record.call_id,
            review_id=reviewed.review_id,
            seq=record.seq,
            number=reviewed.number,
            verdict=reviewed.verdict.value,
            department=reviewed.department,
            reason=reviewed.reason,
            by=reviewed.by,
            at=record.at,
        )
    )
