"""What is true of a call now: a fold over its events. The only place where events become state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from copilot.appeal import Situation
from copilot.call import Call, Speaker, Utterance
from copilot.events import (
    AppealOpened,
    CallEnded,
    CallStarted,
    ChallengerRanked,
    Event,
    LabelReviewed,
    OrderReturned,
    Recorded,
    RoutingDecided,
    SuggestionDecided,
    SuggestionMade,
    UrgencyFlagged,
    UtteranceHeard,
    WorkOrderFiled,
)
from copilot.suggestion import Confirmed, Decision, Rejected, Slot, Suggestion, Verdict
from copilot.work_order import WorkOrder


@dataclass(slots=True)
class AppealState:
    """One appeal as it stands: what is open, what a person confirmed or rejected, the order filed."""

    appeal_id: str
    open: dict[str, Suggestion[Any]] = field(default_factory=dict)
    confirmed: dict[Slot, Confirmed[Any]] = field(default_factory=dict)
    answers: dict[str, Confirmed[Any]] = field(default_factory=dict)
    rejected: list[Rejected[Any]] = field(default_factory=list)
    order: WorkOrder | None = None

    def open_for(self, slot: Slot) -> dict[str, Suggestion[Any]]:
        """The undecided suggestions for ``slot``, by id."""
        return {key: suggestion for key, suggestion in self.open.items() if suggestion.slot is slot}


@dataclass(slots=True)
class CallState:
    """A call as it stands. ``seq`` is the last event folded in."""

    call: Call | None = None
    seq: int = 0
    utterances: list[Utterance] = field(default_factory=list)
    appeals: dict[str, AppealState] = field(default_factory=dict)
    suggestions: dict[str, SuggestionMade] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    decided: dict[str, str] = field(default_factory=dict)
    urgent: set[str] = field(default_factory=set)
    orders: dict[str, WorkOrderFiled] = field(default_factory=dict)
    dispatched: dict[str, str] = field(default_factory=dict)
    routings: dict[str, RoutingDecided] = field(default_factory=dict)
    returns: dict[str, OrderReturned] = field(default_factory=dict)
    reviews: dict[str, LabelReviewed] = field(default_factory=dict)
    ended: bool = False

    @classmethod
    def of(cls, recorded: Iterable[Recorded]) -> CallState:
        """The state after ``recorded``."""
        state = cls()
        for record in recorded:
            state.apply(record)
        return state

    @property
    def current_appeal(self) -> str:
        """The appeal that is being talked about: the one opened last."""
        return next(reversed(self.appeals))

    def order(self, number: str) -> WorkOrder | None:
        """The order of that number, if it was filed in this call."""
        return next((filed.order for filed in self.orders.values() if filed.order.number == number), None)

    def routing_of(self, number: str) -> RoutingDecided | None:
        """How the order went out last, whether or not it came back since."""
        return next((r for r in reversed(self.routings.values()) if r.number == number), None)

    def last_return(self, number: str) -> OrderReturned | None:
        """Why the order is back in the queue; ``None`` while it is not."""
        if number in self.dispatched:
            return None
        return next((r for r in reversed(self.returns.values()) if r.number == number), None)

    def heard_until(self, speaker: Speaker) -> float:
        """The second up to which what ``speaker`` said is in the journal: where a sender takes up again."""
        return max((u.end for u in self.utterances if u.speaker is speaker), default=0.0)

    def situation(self, appeal_id: str) -> Situation:
        """What an advisor may look at for one appeal."""
        if self.call is None:
            raise LookupError("the call has not started")
        heard = tuple(u for u in self.utterances if u.appeal_id == appeal_id)
        refused = {rejected.suggestion_id for rejected in self.appeals[appeal_id].rejected}
        passages = tuple(
            made.suggestion.best
            for key, made in self.suggestions.items()
            if made.appeal_id == appeal_id and made.suggestion.slot is Slot.ANSWER and key not in refused
        )
        return Situation(appeal_id, heard, self.call.day, self.call.area, passages)

    def cards(self, appeal_id: str) -> list[SuggestionMade]:
        """The answers of an appeal that are on the screen or were decided; not those that newer ones pushed out."""
        still = self.appeals[appeal_id].open.keys() | self.decided.keys()
        return [
            made
            for key, made in self.suggestions.items()
            if made.appeal_id == appeal_id and made.suggestion.slot is Slot.ANSWER and key in still
        ]

    def apply(self, record: Recorded) -> None:
        """Fold one more event in."""
        self.seq = record.seq
        self._fold(record.event, record)

    def _fold(self, event: Event, record: Recorded) -> None:  # noqa: C901 - one branch for each event there is
        match event:
            case CallStarted(call):
                self.call = call
            case AppealOpened(appeal_id):
                self.appeals[appeal_id] = AppealState(appeal_id)
            case UtteranceHeard(utterance):
                self.utterances.append(utterance)
            case UrgencyFlagged(category=category):
                self.urgent.add(category)
            case SuggestionMade():
                self._suggest(event)
            case SuggestionDecided(decision):
                self._decide(decision, record)
            case WorkOrderFiled(request_id, order):
                self.orders[request_id] = event
                self.appeals[order.appeal_id].order = order
            case RoutingDecided(decision, number, department):
                self.decisions[decision.decision_id] = decision
                self.routings[decision.decision_id] = event
                self.dispatched[number] = department
            case OrderReturned(return_id, number=number):
                self.returns[return_id] = event
                self.dispatched.pop(number, None)
            case LabelReviewed(review_id):
                self.reviews[review_id] = event
            case ChallengerRanked():
                pass  # it is there to be compared later, and changes nothing in the call
            case CallEnded():
                self.ended = True

    def _suggest(self, made: SuggestionMade) -> None:
        self.suggestions[made.suggestion_id] = made
        still_open = self.appeals[made.appeal_id].open
        for old in made.supersedes:
            still_open.pop(old, None)
        still_open[made.suggestion_id] = made.suggestion

    def _decide(self, decision: Decision, record: Recorded) -> None:
        self.decisions[decision.decision_id] = decision
        appeal = self.appeals[decision.appeal_id]
        if decision.suggestion_id is not None:
            self.decided[decision.suggestion_id] = decision.decision_id
            appeal.open.pop(decision.suggestion_id, None)
        if decision.verdict is Verdict.REJECT:
            assert decision.suggestion_id is not None  # noqa: S101 - the session refuses a rejection of nothing
            appeal.rejected.append(
                Rejected(decision.decision_id, decision.by, record.at, decision.suggestion_id, decision.reason)
            )
        elif decision.slot is Slot.ANSWER:
            appeal.answers[decision.decision_id] = decision.confirmed(record.at)
        else:
            appeal.confirmed[decision.slot] = decision.confirmed(record.at)
            for settled in appeal.open_for(decision.slot):
                del appeal.open[settled]
