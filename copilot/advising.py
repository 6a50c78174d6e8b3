"""What is proposed after a sentence, or in the middle of one, as events that are ready to be recorded.

Reads a call's state and changes nothing: :class:`copilot.session.CallSession` records what comes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from copilot.appeal import Situation
from copilot.call import Speaker
from copilot.card_board import Hit, Lead, OpenCard, Seating, seat, seat_in_emergency
from copilot.card_events import CardsArranged, CaseChosen, ShownCard
from copilot.dispatch_rules import is_legal_way
from copilot.events import SuggestionMade
from copilot.follow_up import heard_case
from copilot.ports import Advisor
from copilot.state import AppealState, CallState
from copilot.suggestion import Citation, Slot, Suggestion

Advice = list[SuggestionMade | CardsArranged | CaseChosen]


def advice(advisors: Sequence[Advisor], state: CallState, appeal_id: str, heard_until: float, day: date) -> Advice:
    """Whatever is worth proposing for one appeal on ``day``; nothing that is on the screen already."""
    situation = state.situation(appeal_id, day)
    appeal = state.appeals[appeal_id]
    made: list[SuggestionMade] = []
    answers: list[Suggestion[Citation]] = []
    for advisor in advisors:
        suggestions = advisor.advise(situation)
        for suggestion in suggestions:
            if suggestion.slot is Slot.ANSWER:
                answers.append(suggestion)
            elif not _is_known(suggestion, state, appeal):
                made.append(_made(suggestion, state, appeal, heard_until, made, suggestions))
        found = tuple(suggestion.best for suggestion in suggestions if suggestion.slot is Slot.ANSWER)
        situation = replace(situation, passages=situation.passages + found)
    return [*made, *_cards(answers, state, appeal, heard_until, len(made), settled=True)]


def advice_while_speaking(
    advisors: Sequence[Advisor],
    state: CallState,
    situation: Situation,
    heard_until: float,
    believe: Callable[[Sequence[Suggestion[Citation]]], Sequence[Suggestion[Citation]]],
) -> Advice:
    """Answer cards for a sentence that is not over: ``situation`` ends with what was heard of it.

    ``believe`` says which of the answers that were found are to be shown.
    """
    found = [s for advisor in advisors for s in advisor.advise(situation) if s.slot is Slot.ANSWER]
    return _cards(believe(found), state, state.appeals[situation.appeal_id], heard_until, 0, settled=False)


# -- slots ------------------------------------------------------------------------------------------------------------


def _made(
    suggestion: Suggestion[Any],
    state: CallState,
    appeal: AppealState,
    heard_until: float,
    made: Sequence[SuggestionMade],
    beside: Sequence[Suggestion[Any]],
) -> SuggestionMade:
    gone = {old for event in made for old in event.supersedes}
    displaced = tuple(key for key in appeal.open_for(suggestion.slot) if key not in gone)
    return SuggestionMade(
        suggestion_id=f"s{len(state.suggestions) + len(made) + 1}",
        appeal_id=appeal.appeal_id,
        suggestion=suggestion,
        supersedes=displaced + _deserted(suggestion, beside, appeal),
        heard_until=heard_until,
    )


def _is_known(suggestion: Suggestion[Any], state: CallState, appeal: AppealState) -> bool:
    """What a person has settled, or what is open with the same values, is not put before them again."""
    if suggestion.slot in appeal.confirmed or appeal.order is not None:
        return True
    values = [choice.value for choice in suggestion.choices]
    if suggestion.slot is Slot.TELEPHONE and suggestion.abstained and _has_whole_number(appeal):
        return True
    if any(
        [choice.value for choice in old.choices] == values and not _told_since(old, suggestion)
        for old in appeal.open_for(suggestion.slot).values()
    ):
        return True
    refused = (state.suggestions[rejected.suggestion_id].suggestion for rejected in appeal.rejected)
    return any(old.slot is suggestion.slot and old.best.value == suggestion.best.value for old in refused)


def _has_whole_number(appeal: AppealState) -> bool:
    """Whether a whole number waits for a decision, which one that is heard in part does not put out."""
    return any(not one.abstained for one in appeal.open_for(Slot.TELEPHONE).values())


def _told_since(old: Suggestion[Any], suggestion: Suggestion[Any]) -> bool:
    """Whether a person has confirmed another category since: the same departments stand there for other reasons."""
    return old.versions.get("category") != suggestion.versions.get("category")


def _deserted(suggestion: Suggestion[Any], beside: Sequence[Suggestion[Any]], appeal: AppealState) -> tuple[str, ...]:
    """The open helpers of a department that is not the first choice any more: none are proposed beside the new one."""
    if suggestion.slot is not Slot.DEPARTMENT or any(other.slot is Slot.CO_DEPARTMENTS for other in beside):
        return ()
    return tuple(appeal.open_for(Slot.CO_DEPARTMENTS))


# -- answer cards -----------------------------------------------------------------------------------------------------


def _cards(
    answers: Sequence[Suggestion[Citation]],
    state: CallState,
    appeal: AppealState,
    heard_until: float,
    made_before: int,
    *,
    settled: bool,
) -> Advice:
    """The cards that come, and how all of them are arranged then; nothing where nothing changes on the screen."""
    if appeal.order is not None:
        return []
    names = _Names()
    cards = _open_cards(appeal, names, settled=settled)
    found = _best_of_each(answers, names, state, appeal)
    hits = [Hit(name, one.best.probability, one.best.value.article_id) for name, one in found.items()]
    urgent = state.is_urgent(appeal.appeal_id)
    if urgent:
        seating = seat_in_emergency(cards, hits, _lead(appeal, answers), settled=settled)
    else:
        seating = seat(cards, hits, settled=settled)
    keys = {card.passage: card.key for card in cards}
    made = _new_cards(seating, keys, found, state, appeal, heard_until, made_before)
    shown = tuple(standing(keys[p], appeal, found.get(p)) for p in seating.order)
    superseded = {old for event in made for old in event.supersedes}
    withdrawn = tuple(key for key in seating.gone if key not in superseded)
    again = _found_cards(answers, names, keys, state, appeal)
    is_news = settled and _answers_something_else(again, state, appeal)
    is_news = is_news or not appeal.kept_back.issuperset(seating.kept_back)
    if not (made or withdrawn or is_news) and _looks_as_before(shown, appeal):
        return []
    arranged = CardsArranged(
        appeal.appeal_id,
        shown,
        withdrawn,
        heard_until,
        while_speaking=not settled,
        found=again,
        one_article=urgent,
        kept_back=seating.kept_back,
    )
    return [*made, arranged, *named_before(made, state, appeal)]


def named_before(made: Sequence[SuggestionMade], state: CallState, appeal: AppealState) -> list[CaseChosen]:
    """The cases of new cards that the citizen has named already; the latest words count."""
    chosen: list[CaseChosen] = []
    said = [u for u in reversed(state.words_of(appeal.appeal_id)) if u.speaker is Speaker.CITIZEN]
    for event in made:
        follow_up = event.suggestion.best.value.follow_up
        labels = [case.label for case in follow_up.cases] if follow_up is not None else []
        named = ((heard_case(labels, u.text), u.utterance_id) for u in said) if labels else iter(())
        case, utterance_id = next((found for found in named if found[0]), ("", ""))
        if case:
            number = len(state.choices) + len(chosen) + 1
            chosen.append(CaseChosen(f"heard-{number}", appeal.appeal_id, event.suggestion_id, case, "", utterance_id))
    return chosen


class _Names:
    """One name for each passage, from whatever version of its article it is quoted.

    An article may be published anew while its cards lie on the desk, and its passages are numbered anew then.
    """

    def __init__(self) -> None:
        self._known: list[Citation] = []

    def of(self, citation: Citation) -> str:
        for number, known in enumerate(self._known):
            if known.is_same_passage(citation):
                return f"p{number}"
        self._known.append(citation)
        return f"p{len(self._known) - 1}"


def _best_of_each(
    answers: Sequence[Suggestion[Citation]], names: _Names, state: CallState, appeal: AppealState
) -> dict[str, Suggestion[Citation]]:
    """The surest suggestion of each passage, without what a person has decided for this appeal, in order."""
    decided = {names.of(citation) for citation in settled_answers(state, appeal)}
    outdated = {report.article_id for report in state.reports.values() if report.appeal_id == appeal.appeal_id}
    found: dict[str, Suggestion[Citation]] = {}
    for suggestion in sorted(answers, key=lambda s: -s.best.probability):
        citation = suggestion.best.value
        if names.of(citation) not in decided and citation.article_id not in outdated:
            found.setdefault(names.of(citation), suggestion)
    return found


def settled_answers(state: CallState, appeal: AppealState) -> list[Citation]:
    """What a person has decided for this appeal, on a card or by hand: it is not put before them again."""
    cards = [card.suggestion.best.value for card in _decided_cards(state, appeal).values()]
    return [*cards, *(answer.value for answer in appeal.answers.values())]


def _decided_cards(state: CallState, appeal: AppealState) -> dict[str, SuggestionMade]:
    decided = {key: state.suggestions[key] for key in state.decided}
    return {
        key: made
        for key, made in decided.items()
        if made.appeal_id == appeal.appeal_id and made.suggestion.slot is Slot.ANSWER
    }


def _found_cards(
    answers: Sequence[Suggestion[Citation]],
    names: _Names,
    keys: Mapping[str, str],
    state: CallState,
    appeal: AppealState,
) -> tuple[str, ...]:
    """The cards of the passages that were found, the surest first; ``keys`` are those on the screen, by passage."""
    decided = _decided_cards(state, appeal)
    known = {**{names.of(made.suggestion.best.value): key for key, made in decided.items()}, **keys}
    surest = sorted(answers, key=lambda suggestion: -suggestion.best.probability)
    found = (known.get(names.of(suggestion.best.value)) for suggestion in surest)
    return tuple(dict.fromkeys(key for key in found if key is not None))


def _answers_something_else(found: Sequence[str], state: CallState, appeal: AppealState) -> bool:
    """Whether one of the cards was found last before the citizen began the sentence that it is found for now."""
    said = [u.start for u in state.words_of(appeal.appeal_id) if u.speaker is Speaker.CITIZEN]
    return any(appeal.found_at.get(key, 0.0) <= said[-1] for key in found) if said else False


def _open_cards(appeal: AppealState, names: _Names, *, settled: bool) -> list[OpenCard]:
    """From the top. What the rules say of a whole matter is not moved by half a sentence."""
    return [
        OpenCard(
            key,
            names.of(card.best.value),
            held=key in appeal.touched or (not settled and is_legal_way(card.best.value)),
            article=card.best.value.article_id,
        )
        for key, card in appeal.open_for(Slot.ANSWER).items()
    ]


def _lead(appeal: AppealState, answers: Sequence[Suggestion[Citation]]) -> Lead:
    """The article on the screen; where there is none, that of the answer which was adopted last."""
    cards = [card.best.value for card in appeal.open_for(Slot.ANSWER).values()]
    taken = [answer.value for answer in reversed(appeal.answers.values())]
    first = next(iter([*cards, *taken]), None)
    if first is None:
        return Lead()
    article = first.article_id
    now = max((one.best.probability for one in answers if one.best.value.article_id == article), default=0.0)
    return Lead(article, appeal.since_alarm.get(article, 0.0), now)


def _new_cards(
    seating: Seating,
    keys: dict[str, str],
    found: dict[str, Suggestion[Citation]],
    state: CallState,
    appeal: AppealState,
    heard_until: float,
    made_before: int,
) -> list[SuggestionMade]:
    """Those that were not there. Each takes the place of one that goes, as long as there are any; fills in ``keys``."""
    made: list[SuggestionMade] = []
    going = list(seating.gone)
    for passage in (p for p in seating.order if p not in keys):
        number = len(state.suggestions) + made_before + len(made) + 1
        keys[passage] = f"s{number}"
        supersedes = (going.pop(0),) if going else ()
        made.append(SuggestionMade(keys[passage], appeal.appeal_id, found[passage], supersedes, heard_until))
    return made


def standing(key: str, appeal: AppealState, found: Suggestion[Citation] | None) -> ShownCard:
    """What is known of a card now; where it is not what was asked, what was known of it before."""
    if found is not None:
        return ShownCard(key, round(found.best.probability, 4), found.best.value.sentence)
    if key in appeal.standing:
        return appeal.standing[key]
    card = appeal.open[key].best
    return ShownCard(key, round(card.probability, 4), card.value.sentence)


def _looks_as_before(shown: Sequence[ShownCard], appeal: AppealState) -> bool:
    """The same cards in the same order, each with the same sentence marked."""
    before = [standing(key, appeal, None) for key in appeal.open_for(Slot.ANSWER)]
    return [(c.suggestion_id, c.sentence) for c in shown] == [(c.suggestion_id, c.sentence) for c in before]
