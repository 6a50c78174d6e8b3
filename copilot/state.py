"""What is true of a call now: a fold over its events. The only place where events become state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from copilot.appeal import Situation
from copilot.call import Call, Speaker, Utterance
from copilot.card_events import (
    AnswersBackedAgain,
    AnswersOutdated,
    AnswerTakenBack,
    CardsArranged,
    CardTouched,
    CaseChosen,
    LibrarySearched,
    ResultsLapsed,
    ShownCard,
)
from copilot.city_time import city_day
from copilot.events import (
    AnotherMatterDeclined,
    AnotherMatterSuspected,
    AppealOpened,
    AppealsRearranged,
    CallEnded,
    CallStarted,
    ChallengerRanked,
    Event,
    LabelReviewed,
    OrderReturned,
    PassageReported,
    Rearrangement,
    Recorded,
    RoutingDecided,
    SuggestionDecided,
    SuggestionMade,
    UrgencyFlagged,
    UtteranceHeard,
    WorkOrderFiled,
)
from copilot.suggestion import Citation, Confirmed, Decision, Rejected, Slot, Suggestion, Verdict
from copilot.work_order import WorkOrder


@dataclass(slots=True)
class AppealState:
    """One appeal as it stands: what is open, what a person confirmed or rejected, the order filed.

    Answer cards are open in the order in which they are shown; ``standing`` is how sure the copilot is of them now,
    ``touched`` are those that a person took in hand, ``cases`` the case that was chosen on a card. ``found_at`` is the
    second of the call up to which the copilot had listened when a card's passage was found last. ``outdated`` are the
    decisions that adopted what the library does not back any more. ``since_alarm`` are the articles found or
    adopted since an emergency was heard last, and how sure they were at most; ``kept_back`` those not shown for it.
    """

    appeal_id: str
    open: dict[str, Suggestion[Any]] = field(default_factory=dict)
    confirmed: dict[Slot, Confirmed[Any]] = field(default_factory=dict)
    answers: dict[str, Confirmed[Any]] = field(default_factory=dict)
    rejected: list[Rejected[Any]] = field(default_factory=list)
    order: WorkOrder | None = None
    cue: str = ""
    merged_into: str = ""
    standing: dict[str, ShownCard] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    cases: dict[str, str] = field(default_factory=dict)
    found_at: dict[str, float] = field(default_factory=dict)
    outdated: set[str] = field(default_factory=set)
    since_alarm: dict[str, float] = field(default_factory=dict)
    kept_back: set[str] = field(default_factory=set)

    def take_over(self, other: AppealState, decisions: Iterable[str]) -> None:
        """What a person confirmed for an appeal that was merged into this one, as far as it holds here."""
        kept = set(decisions)
        for slot, confirmed in other.confirmed.items():
            if confirmed.decision_id in kept:
                self.confirmed[slot] = confirmed
        self.answers |= {key: answer for key, answer in other.answers.items() if key in kept}
        self.outdated |= other.outdated & kept

    def note(self, citation: Citation, sure: float) -> None:
        """That a passage was found, or was taken by a person, who is as sure as can be."""
        self.since_alarm[citation.article_id] = max(sure, self.since_alarm.get(citation.article_id, 0.0))

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
    flags: dict[str, UrgencyFlagged] = field(default_factory=dict)
    orders: dict[str, WorkOrderFiled] = field(default_factory=dict)
    dispatched: dict[str, str] = field(default_factory=dict)
    routings: dict[str, RoutingDecided] = field(default_factory=dict)
    returns: dict[str, OrderReturned] = field(default_factory=dict)
    reviews: dict[str, LabelReviewed] = field(default_factory=dict)
    changes: dict[str, AppealsRearranged] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    suspected: dict[str, AnotherMatterSuspected] = field(default_factory=dict)
    declined: dict[str, AnotherMatterDeclined] = field(default_factory=dict)
    touches: dict[str, CardTouched] = field(default_factory=dict)
    choices: dict[str, CaseChosen] = field(default_factory=dict)
    reports: dict[str, PassageReported] = field(default_factory=dict)
    searches: dict[str, LibrarySearched] = field(default_factory=dict)
    lapsed_results: dict[str, ResultsLapsed] = field(default_factory=dict)
    taken_back: dict[str, AnswerTakenBack] = field(default_factory=dict)
    current_appeal: str = ""
    ended: bool = False
    ended_at: datetime | None = None

    @classmethod
    def of(cls, recorded: Iterable[Recorded]) -> CallState:
        """The state after ``recorded``."""
        state = cls()
        for record in recorded:
            state.apply(record)
        return state

    @property
    def urgent(self) -> set[str]:
        """The categories of emergency heard so far."""
        return set(self.flags)

    def is_urgent(self, appeal_id: str) -> bool:
        """Whether an emergency was heard in what was said about one appeal."""
        return any(flag.appeal_id == appeal_id for flag in self.flags.values())

    def words_of(self, appeal_id: str) -> tuple[Utterance, ...]:
        """What was said about one appeal: of an utterance that names two matters, its part."""
        return tuple(part for u in self.utterances if (part := u.about(appeal_id)) is not None)

    def live_appeals(self) -> list[str]:
        """The appeals that are worked on: all but those merged into another."""
        return [key for key, appeal in self.appeals.items() if not appeal.merged_into]

    def open_hints(self) -> list[AnotherMatterSuspected]:
        """Suspicions of another matter on which nobody has decided and nothing has overtaken yet."""
        followed = {change.hint_id for change in self.changes.values()}
        answered = followed | {declined.hint_id for declined in self.declined.values()}
        return [hint for key, hint in self.suspected.items() if key not in answered and self._still_asks(hint)]

    def _still_asks(self, hint: AnotherMatterSuspected) -> bool:
        """Not once the order is filed, or the words in question have gone to another appeal by other means."""
        utterance = next(u for u in self.utterances if u.utterance_id == hint.utterance_id)
        about = next(p.appeal_id for p in utterance.allotted if p.start <= hint.start < max(p.end, 1))
        appeal = self.appeals[hint.appeal_id]
        return about == hint.appeal_id and appeal.order is None and not appeal.merged_into

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

    def day_at(self, at: datetime) -> date:
        """The day by which what is proposed or decided at ``at`` must hold.

        It is the city's day then: a call that goes on past midnight goes by the new day. Once it is over, by its last:
        that is when the citizen was told. Never one before that of the call, which may be a past one that is replayed.
        """
        if self.call is None:
            raise LookupError("the call has not started")
        return max(self.call.day, city_day(self.ended_at or at))

    def situation(self, appeal_id: str, day: date | None = None) -> Situation:
        """What an advisor may look at for one appeal; on ``day``, by default that of the call.

        Raises LookupError before the call has started.
        """
        if self.call is None:
            raise LookupError("the call has not started")
        heard = self.words_of(appeal_id)
        refused = {rejected.suggestion_id for rejected in self.appeals[appeal_id].rejected} | self.withdrawn
        passages = tuple(
            made.suggestion.best
            for key, made in self.suggestions.items()
            if made.appeal_id == appeal_id and made.suggestion.slot is Slot.ANSWER and key not in refused
        )
        category = self.appeals[appeal_id].confirmed.get(Slot.CATEGORY)
        return Situation(
            appeal_id,
            heard,
            day or self.call.day,
            self.area_of(appeal_id),
            passages,
            self._topic(appeal_id),
            category=category.value if category is not None else None,
        )

    def area_of(self, appeal_id: str) -> str:
        """The district of a place that a person confirmed, where the call says no more than the city."""
        assert self.call is not None  # noqa: S101 - asked of a call that has begun
        place = self.appeals[appeal_id].confirmed.get(Slot.PLACE)
        district = place.value.district if place is not None else ""
        return f"{self.call.area}/{district}" if district and "/" not in self.call.area else self.call.area

    def _topic(self, appeal_id: str) -> str:
        appeal = self.appeals[appeal_id]
        first = next(iter(appeal.open_for(Slot.ANSWER).values()), None)
        taken = next(reversed(appeal.answers.values()), None)
        citation = taken.value if taken is not None else first.best.value if first is not None else None
        return citation.title if citation is not None else ""

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

    def _fold(self, event: Event, record: Recorded) -> None:  # noqa: C901, PLR0912, PLR0915 - one branch for each event
        match event:
            case CallStarted(call):
                self.call = call
            case AppealOpened(appeal_id, cue):
                self.appeals[appeal_id] = AppealState(appeal_id, cue=cue)
                self.current_appeal = appeal_id
            case UtteranceHeard(utterance):
                self.utterances.append(utterance)
                self.current_appeal = utterance.appeal_id
            case UrgencyFlagged(appeal_id, category):
                self.flags[category] = event
                self.appeals[appeal_id].since_alarm.clear()
            case AppealsRearranged():
                self._rearrange(event)
            case AnotherMatterSuspected(hint_id):
                self.suspected[hint_id] = event
            case AnotherMatterDeclined(decision_id):
                self.declined[decision_id] = event
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
            case PassageReported(report_id):
                self.reports[report_id] = event
            case CardsArranged():
                self._arrange(event)
            case CardTouched(touch_id, appeal_id, suggestion_id):
                self.touches[touch_id] = event
                self.appeals[appeal_id].touched.add(suggestion_id)
            case CaseChosen(choice_id, appeal_id, suggestion_id, case):
                self.choices[choice_id] = event
                self.appeals[appeal_id].cases[suggestion_id] = case
            case LibrarySearched(search_id):
                self.searches[search_id] = event
            case ResultsLapsed(search_id=search_id):
                self.lapsed_results[search_id] = event
            case AnswersOutdated(appeal_id, decisions):
                self.appeals[appeal_id].outdated.update(decisions)
            case AnswersBackedAgain(appeal_id, decisions):
                self.appeals[appeal_id].outdated.difference_update(decisions)
            case AnswerTakenBack():
                self._take_back(event)
            case ChallengerRanked():
                pass  # it is there to be compared later, and changes nothing in the call
            case CallEnded():
                self.ended, self.ended_at = True, record.at

    def _rearrange(self, change: AppealsRearranged) -> None:
        self.changes[change.change_id] = change
        allotted = {allotment.utterance_id: allotment.parts for allotment in change.allotted}
        self.utterances = [
            u.allot(allotted[u.utterance_id]) if u.utterance_id in allotted else u for u in self.utterances
        ]
        for suggestion_id in change.withdrawn:
            self.withdrawn.add(suggestion_id)
            for appeal in self.appeals.values():
                appeal.open.pop(suggestion_id, None)
        for category in change.flags:
            self.flags[category] = replace(self.flags[category], appeal_id=change.into)
        if change.act is Rearrangement.MERGE:
            self.appeals[change.appeal_id].merged_into = change.into
            self.appeals[change.into].take_over(self.appeals[change.appeal_id], change.kept)
        self._follow(change)

    def _follow(self, change: AppealsRearranged) -> None:
        """What is said next belongs to where the last words went, unless a further appeal waits for its first."""
        merged = self.appeals[self.current_appeal].merged_into
        if merged:
            self.current_appeal = merged
        last = next((u for u in reversed(self.utterances) if u.speaker is Speaker.CITIZEN), None)
        if last is not None and any(last.utterance_id == allotment.utterance_id for allotment in change.allotted):
            self.current_appeal = last.appeal_id

    def _arrange(self, arranged: CardsArranged) -> None:
        appeal = self.appeals[arranged.appeal_id]
        for suggestion_id in arranged.withdrawn:
            appeal.open.pop(suggestion_id, None)
            self.withdrawn.add(suggestion_id)
        for card in arranged.shown:  # taken out and put back: the order of the open ones is that of the screen
            if card.suggestion_id in appeal.open:
                appeal.open[card.suggestion_id] = appeal.open.pop(card.suggestion_id)
                appeal.standing[card.suggestion_id] = card
        appeal.found_at.update(dict.fromkeys(arranged.found, arranged.heard_until))
        appeal.kept_back.update(arranged.kept_back)
        for card in arranged.shown:
            if card.suggestion_id in arranged.found:
                appeal.note(self.suggestions[card.suggestion_id].suggestion.best.value, card.probability)

    def _suggest(self, made: SuggestionMade) -> None:
        self.suggestions[made.suggestion_id] = made
        still_open = self.appeals[made.appeal_id].open
        for old in made.supersedes:
            still_open.pop(old, None)
        still_open[made.suggestion_id] = made.suggestion
        if made.suggestion.slot is Slot.ANSWER:
            self.appeals[made.appeal_id].found_at[made.suggestion_id] = made.heard_until
            self.appeals[made.appeal_id].note(made.suggestion.best.value, made.suggestion.best.probability)

    def _take_back(self, event: AnswerTakenBack) -> None:
        """The card was decided and stays so; what it quotes is no evidence of the matter any more."""
        self.taken_back[event.take_back_id] = event
        self.appeals[event.appeal_id].answers.pop(event.decision_id, None)
        suggestion_id = self.decisions[event.decision_id].suggestion_id
        if suggestion_id is not None:
            self.withdrawn.add(suggestion_id)

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
            appeal.note(decision.value, 1.0)
        else:
            appeal.confirmed[decision.slot] = decision.confirmed(record.at)
            for settled in appeal.open_for(decision.slot):
                del appeal.open[settled]
