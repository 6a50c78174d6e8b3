"""An evaluator looks at a label afterwards: right, wrong (and which department it is), or nobody can tell.

It is one more decision by a person and the last word on where the appeal belonged; the order itself stays where it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from copilot.acts import refuse_other
from copilot.dispatch import order_of
from copilot.errors import BadInput, NotFound
from copilot.events import LabelReviewed, Recorded
from copilot.journal import Journal, recorded_once
from copilot.state import CallState
from copilot.suggestion import Verdict
from knowledge_base.catalogue.catalogue import ResponsibilityCatalogue


@dataclass(frozen=True, slots=True)
class LabelReview:
    """What the evaluator ``by`` says: ACCEPT ``department`` as it stood, AMEND it to ``department``, or REJECT both.

    ``review_id`` is chosen by the client, so that sending it twice changes nothing.
    """

    review_id: str
    verdict: Verdict
    by: str
    department: str = ""
    reason: str = ""


def review_label(
    journal: Journal,
    catalogue: ResponsibilityCatalogue,
    call_id: str,
    number: str,
    review: LabelReview,
    at: datetime,
) -> list[Recorded]:
    """Record what an evaluator said of the label of order ``number``; a later review takes its place.

    Empty where the same review was recorded before. Raises NotFound for an order or department that there is not,
    BadInput where the department is missing or is one too many, Conflict for an id that was used for another review.
    """
    review = replace(review, department=review.department.strip(), reason=review.reason.strip())
    return recorded_once(lambda: _review(journal, catalogue, call_id, number, review, at))


def _review(
    journal: Journal,
    catalogue: ResponsibilityCatalogue,
    call_id: str,
    number: str,
    review: LabelReview,
    at: datetime,
) -> list[Recorded]:
    state = CallState.of(journal.read(call_id))
    order = order_of(state, number)
    event = LabelReviewed(
        review_id=review.review_id,
        appeal_id=order.appeal_id,
        number=number,
        verdict=review.verdict,
        department=_department(catalogue, review),
        reason=review.reason,
        by=review.by,
    )
    known = state.reviews.get(review.review_id)
    if known is None:
        return journal.append(call_id, [event], at)
    refuse_other(known != event, f"Review {review.review_id}")
    return []


def _department(catalogue: ResponsibilityCatalogue, review: LabelReview) -> str:
    if review.verdict is Verdict.REJECT:
        if review.department:
            raise BadInput("Where nobody can tell, no department is named. Leave it empty, or choose another verdict.")
        return ""
    if not review.department:
        raise BadInput("Name the department that is the right one, or say that nobody can tell.")
    found = catalogue.find(review.department)
    if found is not None:
        return found.name
    if review.verdict is Verdict.ACCEPT:  # right at its time, and abolished since
        return review.department
    raise NotFound(f"The catalogue has no department {review.department}. Pick one of its list.")
