"""What can happen in a call. Events are appended to the journal and never changed; everything else is derived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from copilot.call import Call, Speaker, Utterance
from copilot.challenge import RouterRanking
from copilot.suggestion import Decision, Suggestion, Verdict
from copilot.work_order import WorkOrder


@dataclass(frozen=True, slots=True)
class CallStarted:
    """The telephone was answered."""

    call: Call


@dataclass(frozen=True, slots=True)
class AppealOpened:
    """The citizen turned to a (further) matter; ``cue`` is what told so, empty for the first."""

    appeal_id: str
    cue: str


@dataclass(frozen=True, slots=True)
class UtteranceHeard:
    """Somebody finished a sentence."""

    utterance: Utterance


@dataclass(frozen=True, slots=True)
class UrgencyFlagged:
    """An emergency phrase was heard, perhaps in the middle of a sentence. ``heard_at`` is seconds into the call."""

    appeal_id: str
    category: str
    phrase: str
    transfer_to: str
    advice: str
    speaker: Speaker
    heard_at: float


@dataclass(frozen=True, slots=True)
class SuggestionMade:
    """The copilot proposed something; it takes the place of the undecided suggestions in ``supersedes``.

    ``heard_until`` is the second of the call up to which the copilot had listened.
    """

    suggestion_id: str
    appeal_id: str
    suggestion: Suggestion[Any]
    supersedes: tuple[str, ...]
    heard_until: float


@dataclass(frozen=True, slots=True)
class SuggestionDecided:
    """A person accepted, amended or rejected; or filled a slot by hand."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class WorkOrderFiled:
    """The agent filed the order; it is in the dispatcher's queue. ``request_id`` makes filing idempotent."""

    request_id: str
    order: WorkOrder


@dataclass(frozen=True, slots=True)
class RoutingDecided:
    """The dispatcher confirmed the department or named another, and the order went out to it."""

    decision: Decision
    number: str
    department: str


@dataclass(frozen=True, slots=True)
class OrderReturned:
    """退单: the department sent the order back, which the dispatcher ``by`` recorded; it waits to go out again (改派).

    ``routing_id`` is the decision that had sent it to ``department``. ``disputes_duty`` says whether ``code`` means
    that the matter is not that department's, as the list of reasons had it on that day.
    """

    return_id: str
    routing_id: str
    number: str
    department: str
    code: str
    disputes_duty: bool
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class LabelReviewed:
    """An evaluator judged afterwards which department was the right one: ACCEPT what stood, AMEND it, or REJECT both.

    ``department`` is the right one; empty for REJECT, which says that nobody can tell.
    """

    review_id: str
    appeal_id: str
    number: str
    verdict: Verdict
    department: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class ChallengerRanked:
    """What the challenger made of an appeal, beside what the router in service had suggested. Nobody in a call sees it.

    Both knew what was said up to the second ``heard_until``; they are made while nobody has decided the department yet.
    """

    appeal_id: str
    served: RouterRanking
    challenger: RouterRanking
    heard_until: float


@dataclass(frozen=True, slots=True)
class CallEnded:
    """Somebody hung up."""

    seconds: float


Event = (
    CallStarted
    | AppealOpened
    | UtteranceHeard
    | UrgencyFlagged
    | SuggestionMade
    | SuggestionDecided
    | WorkOrderFiled
    | RoutingDecided
    | OrderReturned
    | LabelReviewed
    | ChallengerRanked
    | CallEnded
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event in the journal: the ``seq``-th of its call, recorded at ``at`` (aware, UTC)."""

    call_id: str
    seq: int
    at: datetime
    event: Event
