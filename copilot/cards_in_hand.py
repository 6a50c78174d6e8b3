"""What a person does with an answer card beside taking it, and what is heard that narrows one."""

from __future__ import annotations

from dataclasses import dataclass

from copilot.acts import known_appeal, refuse_filed, refuse_other
from copilot.call import Utterance
from copilot.card_events import CardTouched, CaseChosen
from copilot.deciding import offer
from copilot.errors import AlreadyDecided, BadInput, NotFound
from copilot.events import PassageReported, ReportKind, SuggestionDecided
from copilot.follow_up import heard_case
from copilot.state import AppealState, CallState
from copilot.suggestion import Citation, Decision, Slot, Suggestion, Verdict

_WORDS = {ReportKind.OUTDATED: "已过期", ReportKind.WRONG: "内容有误"}


@dataclass(frozen=True, slots=True)
class Complaint:
    """A person says that a passage on a card is out of date or wrong: for its owner's list, and for this call."""

    report_id: str
    appeal_id: str
    suggestion_id: str
    kind: ReportKind
    by: str
    note: str = ""


def touched(touch: CardTouched, state: CallState) -> list[CardTouched]:
    """The touch as an event; none where it was recorded before or is in the hand already."""
    known = state.touches.get(touch.touch_id)
    if known is not None:
        refuse_other(known != touch, f"Touch {touch.touch_id}")
        return []
    _open_card(touch.appeal_id, touch.suggestion_id, state)
    return [touch]


def chosen(choice: CaseChosen, state: CallState) -> list[CaseChosen]:
    """The choice of a case as an event; none where it was recorded before.

    Raises BadInput where the card has no such case, NotFound or AlreadyDecided where there is no such open card.
    """
    known = state.choices.get(choice.choice_id)
    if known is not None:
        refuse_other(known != choice, f"Choice {choice.choice_id}")
        return []
    card = _open_card(choice.appeal_id, choice.suggestion_id, state)
    follow_up = card.best.value.follow_up
    if choice.case and (follow_up is None or follow_up.of(choice.case) is None):
        raise BadInput("That card distinguishes no such case. Choose one of those that it shows.")
    return [choice]


def reported(complaint: Complaint, state: CallState) -> list[PassageReported | SuggestionDecided]:
    """The report for the owner's list, and the rejection that takes the card away; none where it was made before."""
    known = state.reports.get(complaint.report_id)
    if known is not None:
        same = (known.suggestion_id, known.kind, known.note) == (
            complaint.suggestion_id,
            complaint.kind,
            complaint.note,
        )
        refuse_other(not same, f"Report {complaint.report_id}")
        return []
    _open_card(complaint.appeal_id, complaint.suggestion_id, state)
    citation: Citation = offer(complaint.suggestion_id, state)  # of a card that was narrowed, the passage of its case
    note = f"：{complaint.note}" if complaint.note else ""
    rejection = Decision(
        f"report-{complaint.report_id}",
        complaint.appeal_id,
        Slot.ANSWER,
        Verdict.REJECT,
        complaint.suggestion_id,
        None,
        complaint.by,
        _WORDS[complaint.kind] + note,
    )
    report = PassageReported(
        report_id=complaint.report_id,
        appeal_id=complaint.appeal_id,
        suggestion_id=complaint.suggestion_id,
        passage_id=citation.passage_id,
        article_id=citation.article_id,
        owner=citation.owner,
        kind=complaint.kind,
        note=complaint.note,
        by=complaint.by,
        article_version=citation.article_version,
    )
    return [report, SuggestionDecided(rejection)]


def heard(utterance: Utterance, asked: str, state: CallState) -> list[CaseChosen]:
    """The cases that the citizen named in ``utterance``, of cards where nobody has chosen yet.

    ``asked`` is what the agent said right before: a question that names one case, and "对", choose it too.
    """
    choices: list[CaseChosen] = []
    for appeal_id in utterance.appeals:
        said = utterance.about(appeal_id)
        appeal = state.appeals.get(appeal_id)
        if appeal is None:  # opened by these very words
            continue
        for key, card in appeal.open_for(Slot.ANSWER).items():
            case = _named(card, said.text if said else "", asked)
            if case and not appeal.cases.get(key):
                number = len(state.choices) + len(choices) + 1
                choices.append(
                    CaseChosen(f"heard-{number}", appeal_id, key, case, by="", utterance_id=utterance.utterance_id)
                )
    return choices


def _named(card: Suggestion[Citation], said: str, asked: str) -> str:
    follow_up = card.best.value.follow_up
    return heard_case([case.label for case in follow_up.cases], said, asked) if follow_up is not None else ""


def _open_card(appeal_id: str, suggestion_id: str, state: CallState) -> Suggestion[Citation]:
    appeal = known_appeal(appeal_id, state)
    refuse_filed(appeal)
    card = appeal.open.get(suggestion_id)
    if suggestion_id in state.decided:
        raise AlreadyDecided("That card was decided before. Reload the call.")
    if card is None:
        card = _withdrawn_card(appeal, suggestion_id, state)
    return card


def _withdrawn_card(appeal: AppealState, suggestion_id: str, state: CallState) -> Suggestion[Citation]:
    """A card that left the screen a moment ago may still be under somebody's hand."""
    made = state.suggestions.get(suggestion_id)
    if made is None or made.appeal_id != appeal.appeal_id or made.suggestion.slot is not Slot.ANSWER:
        raise NotFound(f"Appeal {appeal.appeal_id} has no card {suggestion_id}. Reload the call.")
    return made.suggestion
