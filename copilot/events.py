"""What can happen in a call. Events are appended to the journal and never changed; everything else is derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from copilot.call import Call, Part, Speaker, Utterance
from copilot.card_events import CardEvent
from copilot.challenge import RouterRanking
from copilot.suggestion import Decision, Slot, Suggestion, Verdict
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


class Rearrangement(StrEnum):
    """拆分 / 合并 / 移动: what a person did to the appeals of a call."""

    SPLIT = "split"
    MERGE = "merge"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Allotment:
    """Which part of an utterance is about which appeal from now on; see :class:`copilot.call.Utterance`."""

    utterance_id: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class AppealsRearranged:
    """A person said what belongs to which appeal; ``change_id`` makes it idempotent.

    SPLIT: what was said about ``appeal_id`` from character ``start`` of an utterance on is about ``into``, which was
    opened for it; ``hint_id`` names the hint that was followed, if any. MOVE: that part alone is. MERGE: all of it is,
    and ``appeal_id`` is no longer worked on; ``kept`` are the decisions on it that hold for ``into`` from now on, and
    ``left_out`` the fields that both had filled in differently, of which ``into`` keeps its own. ``withdrawn`` are the
    undecided suggestions of both, since they were made on other words; the emergencies in ``flags`` go along.
    """

    change_id: str
    act: Rearrangement
    by: str
    appeal_id: str
    into: str
    utterance_id: str
    start: int
    allotted: tuple[Allotment, ...]
    withdrawn: tuple[str, ...]
    flags: tuple[str, ...] = ()
    hint_id: str = ""
    kept: tuple[str, ...] = ()
    left_out: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True)
class AnotherMatterSuspected:
    """From character ``start`` of an utterance on, the talk seems to be about another matter. A person says whether.

    ``was`` and ``now`` are the departments that what came before and after would go to; ``cue`` the words that may have
    announced it, if any. ``versions`` are those of the parts that said so.
    """

    hint_id: str
    appeal_id: str
    utterance_id: str
    start: int
    was: str
    now: str
    cue: str
    heard_until: float
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AnotherMatterDeclined:
    """A person said that it is still the same matter."""

    decision_id: str
    hint_id: str
    by: str


class ReportKind(StrEnum):
    """过期 / 有误: what is the matter with a passage that was quoted."""

    OUTDATED = "outdated"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class PassageReported:
    """An agent said that a passage on a card is outdated or wrong; it goes into the list of its ``owner``.

    ``report_id`` is chosen by the client, so that sending it twice changes nothing. ``suggestion_id`` is empty where
    the passage was not on a card. ``note`` is the agent's own, for the knowledge editor. ``article_version`` says which
    wording the agent saw.
    """

    report_id: str
    appeal_id: str
    suggestion_id: str
    passage_id: str
    article_id: str
    owner: str
    kind: ReportKind
    note: str
    by: str
    article_version: str = ""


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
    | AppealsRearranged
    | AnotherMatterSuspected
    | AnotherMatterDeclined
    | PassageReported
    | CardEvent
    | CallEnded
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event in the journal: the ``seq``-th of its call, recorded at ``at`` (aware, UTC)."""

    call_id: str
    seq: int
    at: datetime
    event: Event
