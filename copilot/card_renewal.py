"""Cards that the library no longer backs: withdrawn, changed, gone or ended while they lay on the desk.

Where something stands in the place of what a card quotes, a card with that takes its place; else the card goes. This is
stronger than a person's hand on it: what no longer holds must not be read out.
"""

from __future__ import annotations

from datetime import date

from copilot.advising import Advice, named_before, settled_answers, standing
from copilot.card_events import AnswersBackedAgain, AnswersOutdated, CardsArranged, ResultsLapsed
from copilot.dispatch_rules import is_legal_way
from copilot.events import SuggestionMade
from copilot.ports import Sources
from copilot.state import AppealState, CallState
from copilot.suggestion import Choice, Citation, Slot, Suggestion


def is_backed(citation: Citation, sources: Sources, day: date) -> bool:
    """Whether everything on a card may still be said. The script of a rule is no article, and always may."""
    cases = citation.follow_up.cases if citation.follow_up is not None else ()
    quoted = [citation, *(case.citation for case in cases)]
    return all(is_legal_way(one) or sources.still_says(one, day) for one in quoted)


def renewals(state: CallState, appeal_id: str, sources: Sources, day: date) -> Advice:
    """For every open card of an appeal that is not backed on ``day``, what takes its place; nothing where all are."""
    appeal = state.appeals[appeal_id]
    if appeal.order is not None or appeal.merged_into:
        return []
    cards = appeal.open_for(Slot.ANSWER)
    stale = [key for key, card in cards.items() if not is_backed(card.best.value, sources, day)]
    if not stale:
        return []
    there = [cards[key].best.value for key in cards if key not in stale] + settled_answers(state, appeal)
    made: dict[str, SuggestionMade] = {}
    for key in stale:
        now = sources.says_now(cards[key].best.value, day)
        if now is not None and not any(one.is_same_passage(now) for one in there):
            there.append(now)
            made[key] = _made(key, now, state, appeal, len(made), sources)
    order = [made[key].suggestion_id if key in made else key for key in cards if key in made or key not in stale]
    new = {event.suggestion_id: event for event in made.values()}
    board = tuple(standing(key, appeal, new[key].suggestion if key in new else None) for key in order)
    withdrawn = tuple(key for key in stale if key not in made)
    heard_until = max(state.suggestions[key].heard_until for key in stale)
    urgent = state.is_urgent(appeal_id)
    arranged = CardsArranged(appeal_id, board, withdrawn, heard_until, lapsed=tuple(stale), one_article=urgent)
    return [*made.values(), arranged, *named_before(list(made.values()), state, appeal)]


def answers_backing(
    state: CallState, appeal_id: str, sources: Sources, day: date
) -> list[AnswersOutdated | AnswersBackedAgain]:
    """What has changed on ``day`` in whether the answers adopted for an appeal are backed; each change is told once."""
    appeal = state.appeals[appeal_id]
    if appeal.order is not None or appeal.merged_into:
        return []
    backed = {key: is_backed(taken.value, sources, day) for key, taken in appeal.answers.items()}
    gone = tuple(key for key, holds in backed.items() if not holds and key not in appeal.outdated)
    back = tuple(key for key, holds in backed.items() if holds and key in appeal.outdated)
    told: list[AnswersOutdated | AnswersBackedAgain] = []
    if gone:
        told.append(AnswersOutdated(appeal_id, gone))
    if back:
        told.append(AnswersBackedAgain(appeal_id, back))
    return told


def results_backing(state: CallState, appeal_id: str, sources: Sources, day: date) -> list[ResultsLapsed]:
    """What has changed on ``day`` in whether the results of the last search for an appeal are backed.

    The screen shows the last search only, and where the order is filed nothing is adopted from it.
    """
    appeal = state.appeals[appeal_id]
    search = next((one for one in reversed(state.searches.values()) if one.appeal_id == appeal_id), None)
    if search is None or appeal.order is not None or appeal.merged_into:
        return []
    gone = [one.citation for one in search.results if not is_backed(one.citation, sources, day)]
    changed = tuple(one.passage_id for one in gone if sources.says_now(one, day) is not None)
    now = ResultsLapsed(appeal_id, search.search_id, tuple(one.passage_id for one in gone), changed)
    told = state.lapsed_results.get(search.search_id, ResultsLapsed(appeal_id, search.search_id, ()))
    return [] if now == told else [now]


def _made(
    key: str, now: Citation, state: CallState, appeal: AppealState, before: int, sources: Sources
) -> SuggestionMade:
    """The card in its place, as sure as the old one was: it answers what that one was shown for."""
    old = appeal.open[key]
    sure = appeal.standing[key].probability if key in appeal.standing else old.best.probability
    suggestion = Suggestion(Slot.ANSWER, (Choice(now, sure),), {**old.versions, "index": sources.version})
    number = len(state.suggestions) + before + 1
    return SuggestionMade(f"s{number}", appeal.appeal_id, suggestion, (key,), state.suggestions[key].heard_until)
