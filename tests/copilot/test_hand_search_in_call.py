"""A search by hand in a call: what adopting it puts into the order, taking that back, and what lapses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hand_search_parts import LAKE, LIBRARY, PERMIT, Finder
from session_parts import DAY, NOON, Desk, answer, make_desk

from copilot.card_events import (
    AnswersBackedAgain,
    AnswersOutdated,
    AnswerTakenBack,
    LibrarySearched,
    LookedUp,
    ResultsLapsed,
)
from copilot.codec import from_payload, to_payload, type_name
from copilot.errors import BadInput, Conflict, NotFound
from copilot.hand_search import look_up
from copilot.quoting import QuotesInForce
from copilot.session import CallSession
from copilot.state import CallState
from copilot.suggestion import Choice, Citation, FollowUp, Slot, Suggestion, Verdict
from knowledge_base.library import make_library
from knowledge_base.policy import Passage
from knowledge_base.search.cases import ArticleCases


def search(desk: Desk, search_id: str = "q1", query: str = "工本费", appeal_id: str = "1") -> Any:
    results = look_up(Finder(), LIBRARY, query, day=DAY, area="云川市").results
    return desk.session.look_up(LibrarySearched(search_id, appeal_id, query, results, "agent.li", {"x": "1"}), NOON)


def adopt(desk: Desk, quote: str = "", **changes: Any) -> Any:
    citation = desk.session.state.searches["q1"].results[0].citation
    value = replace(citation, search_id="q1", quote=quote or citation.quote, **changes)
    return desk.decide(Slot.ANSWER, Verdict.AMEND, None, value)


@pytest.fixture
def desk() -> Desk:
    desk = make_desk()
    search(desk)
    return desk


def answers(desk: Desk) -> list[Citation]:
    return [confirmed.value for confirmed in desk.session.state.appeals["1"].answers.values()]


def test_a_search_is_journaled_once_with_what_it_showed_and_survives_a_restart(desk: Desk) -> None:
    assert search(desk) == []
    with pytest.raises(Conflict, match="q1 was already used"):
        search(desk, query="停车")
    with pytest.raises(NotFound, match="no appeal 9"):
        search(desk, "q2", appeal_id="9")
    (event,) = [r.event for r in desk.journal.read("c1") if isinstance(r.event, LibrarySearched)]
    assert from_payload(type_name(event), to_payload(event)) == event
    assert isinstance(event.results[0], LookedUp)
    assert CallState.of(desk.journal.read("c1")).searches == {"q1": event}


def test_adopting_quotes_what_the_search_brought_whatever_the_screen_sent_along(desk: Desk) -> None:
    adopt(desk, title="别的文件", issuer="别人")
    (quoted,) = answers(desk)
    assert (quoted.title, quoted.issuer, quoted.search_id, quoted.original) == (PERMIT.title, PERMIT.issuer, "q1", "")


def test_an_edited_quote_keeps_the_original_beside_it(desk: Desk) -> None:
    adopt(desk, "补领要二十元。")
    (quoted,) = answers(desk)
    assert (quoted.quote, quoted.original) == ("补领要二十元。", "第二条 补领居住证收取工本费二十元。")


def test_what_no_search_brought_is_not_adopted_nor_is_the_same_passage_twice(desk: Desk) -> None:
    with pytest.raises(NotFound, match="That search brought no such passage"):
        adopt(desk, passage_id="lake#1")
    with pytest.raises(BadInput, match="empty"):
        adopt(desk, " ")
    adopt(desk)
    with pytest.raises(Conflict, match="in the work order already"):
        adopt(desk)


def test_the_open_card_of_a_passage_that_was_adopted_by_hand_is_not_adopted_as_well(desk: Desk) -> None:
    found = desk.session.state.searches["q1"].results[0].citation
    desk.advisor.suggestions = [Suggestion(Slot.ANSWER, (Choice(found, 0.9),), {})]
    (card,) = desk.advise()
    adopt(desk)
    with pytest.raises(Conflict, match="in the work order already"):
        desk.decide(Slot.ANSWER, Verdict.ACCEPT, card.suggestion_id)
    desk.decide(Slot.ANSWER, Verdict.REJECT, card.suggestion_id)
    assert len(answers(desk)) == 1


def test_a_passage_adopted_by_hand_is_not_proposed_as_well(desk: Desk) -> None:
    adopt(desk)
    (known,) = answers(desk)
    desk.advisor.suggestions = [Suggestion(Slot.ANSWER, (Choice(known, 0.9),), {}), answer("other")]
    assert [made.suggestion.best.value.passage_id for made in desk.advise()] == ["other"]


def told(desk: Desk, kind: type) -> list[Any]:
    """What looking at the library again says of that kind."""
    return [record.event for record in desk.session.renew_cards(NOON) if isinstance(record.event, kind)]


class NothingHolds:
    """A library from which everything was withdrawn."""

    version = "2"

    def still_says(self, citation: Citation, day: date) -> bool:
        return False

    def says_now(self, citation: Citation, day: date) -> Citation | None:
        return None

    def asks_first(self, passage: Passage) -> FollowUp | None:
        return None


def test_what_was_withdrawn_since_the_search_is_not_adopted(desk: Desk) -> None:
    desk.copilot = replace(desk.copilot, sources=NothingHolds())
    desk.session = CallSession.resume(desk.copilot, desk.journal, "c1")
    with pytest.raises(Conflict, match="no longer says this"):
        adopt(desk)


def take_back(desk: Desk, decision_id: str, *, edited: bool = False, take_back_id: str = "b1") -> Any:
    return desk.session.take_back(AnswerTakenBack(take_back_id, "1", decision_id, "agent.li"), NOON, edited=edited)


def test_a_taken_back_answer_leaves_the_order_and_the_journal_keeps_both(desk: Desk) -> None:
    adopt(desk)
    (decision_id,) = desk.session.state.appeals["1"].answers
    assert len(take_back(desk, decision_id)) == 1
    assert take_back(desk, decision_id) == []
    assert answers(desk) == []
    names = [type_name(record.event) for record in desk.journal.read("c1")]
    assert names[-2:] == ["suggestion_decided", "answer_taken_back"]
    assert CallState.of(desk.journal.read("c1")).appeals["1"].answers == {}
    adopt(desk)
    desk.fill_all()
    assert len(desk.session.file("1", "r1", "agent.li", NOON).answers) == 1


def test_a_card_that_was_adopted_and_taken_back_is_evidence_no_more(desk: Desk) -> None:
    desk.advisor.suggestions = [answer("p1")]
    (made,) = desk.advise()
    desk.decide(Slot.ANSWER, Verdict.ACCEPT, made.suggestion_id, decision_id="d1")
    assert desk.session.state.situation("1").passages
    take_back(desk, "d1")
    assert not desk.session.state.situation("1").passages


def test_an_edited_answer_stays_unless_that_is_meant(desk: Desk) -> None:
    adopt(desk, "补领要二十元。")
    (decision_id,) = desk.session.state.appeals["1"].answers
    with pytest.raises(Conflict, match="A person edited this answer"):
        take_back(desk, decision_id)
    assert len(answers(desk)) == 1
    take_back(desk, decision_id, edited=True)
    assert answers(desk) == []


def test_what_is_filed_or_gone_is_not_taken_back(desk: Desk) -> None:
    with pytest.raises(Conflict, match="not in the work order any more"):
        take_back(desk, "d9")
    adopt(desk)
    (decision_id,) = desk.session.state.appeals["1"].answers
    desk.fill_all()
    desk.session.file("1", "r1", "agent.li", NOON)
    with pytest.raises(Conflict, match="is filed"):
        take_back(desk, decision_id)


def test_an_adopted_answer_whose_article_is_withdrawn_stays_in_the_order_and_is_said_to_be_outdated_once(
    desk: Desk,
) -> None:
    adopt(desk)
    (decision_id,) = desk.session.state.appeals["1"].answers
    desk.copilot = replace(desk.copilot, sources=NothingHolds())
    desk.session = CallSession.resume(desk.copilot, desk.journal, "c1")
    assert told(desk, AnswersOutdated) == [AnswersOutdated("1", (decision_id,))]
    assert desk.session.renew_cards(NOON) == []
    assert len(answers(desk)) == 1


class EverythingHolds(NothingHolds):
    """The library as it was before that."""

    version = "3"

    def still_says(self, citation: Citation, day: date) -> bool:
        return True


def test_an_adopted_answer_is_not_called_outdated_any_more_once_the_library_backs_it_again(desk: Desk) -> None:
    adopt(desk)
    (decision_id,) = desk.session.state.appeals["1"].answers
    whole = replace(desk.copilot, sources=EverythingHolds())
    desk.copilot = replace(desk.copilot, sources=NothingHolds())
    desk.session = CallSession.resume(desk.copilot, desk.journal, "c1")
    desk.session.renew_cards(NOON)
    for _ in range(2):  # the second time the state is read from the journal
        assert desk.session.state.appeals["1"].outdated == {decision_id}
        desk.session = CallSession.resume(whole, desk.journal, "c1")
    assert told(desk, AnswersBackedAgain) == [AnswersBackedAgain("1", (decision_id,))]
    assert desk.session.renew_cards(NOON) == []
    assert CallSession.resume(whole, desk.journal, "c1").state.appeals["1"].outdated == set()


# -- what is listed and holds no longer


class Shelf:
    """A desk whose library changes under it."""

    def __init__(self) -> None:
        self.library = LIBRARY
        self.desk = make_desk(sources=QuotesInForce(lambda: self.library))

    def renewed(self) -> list[Any]:
        return [record.event for record in self.desk.session.renew_cards(NOON)]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def test_results_that_nothing_backs_any_more_are_told_once_and_told_to_hold_again(shelf: Shelf) -> None:
    search(shelf.desk)
    assert shelf.renewed() == []
    (listed,) = (one.citation.passage_id for one in shelf.desk.session.state.searches["q1"].results)
    shelf.library = make_library([LAKE])
    assert shelf.renewed() == [ResultsLapsed("1", "q1", (listed,))]
    assert shelf.renewed() == []
    again = CallSession.resume(shelf.desk.copilot, shelf.desk.journal, "c1")
    assert again.renew_cards(NOON) == [], "told before the restart"
    shelf.library = LIBRARY
    assert shelf.renewed() == [ResultsLapsed("1", "q1", ())]


def test_results_whose_words_were_changed_are_told_apart_from_those_that_are_gone(shelf: Shelf) -> None:
    search(shelf.desk)
    dearer = replace(PERMIT, text=PERMIT.text.replace("二十元", "三十元"))
    shelf.library = make_library([dearer, LAKE])
    (lapsed,) = shelf.renewed()
    assert lapsed.changed == lapsed.passages != ()
    assert from_payload(type_name(lapsed), to_payload(lapsed)) == lapsed


def test_only_the_last_search_is_looked_at_and_none_once_the_order_is_filed(shelf: Shelf) -> None:
    search(shelf.desk)
    search(shelf.desk, "q2", "首次申领")
    shelf.library = make_library([LAKE])
    assert [event.search_id for event in shelf.renewed()] == ["q2"]
    shelf.library = LIBRARY
    shelf.desk.fill_all()
    shelf.desk.session.file("1", "r1", "agent.li", NOON)
    assert shelf.renewed() == []


def test_a_search_that_was_overtaken_by_a_withdrawal_says_so_at_once(shelf: Shelf) -> None:
    shelf.library = make_library([LAKE])
    recorded = [type(record.event) for record in search(shelf.desk)]
    assert recorded == [LibrarySearched, ResultsLapsed]


# -- where the answer depends on something

LAPSED = replace(
    PERMIT,
    article_id="lapsed",
    title="医保断缴待遇规定",
    document_number="云医〔2025〕4号",
    text="第一条 断缴三个月以内补缴的，待遇不受影响。断缴超过三个月的，恢复缴费后等三个月才能报销。",
)


@pytest.fixture
def asking() -> Desk:
    library = make_library([LAPSED])
    sources = QuotesInForce(lambda: library, ArticleCases(lambda: library))
    desk = make_desk(sources=sources)
    results = look_up(Finder(library), library, "断缴", day=DAY, area="云川市", sources=sources).results
    desk.session.look_up(LibrarySearched("q1", "1", "断缴", results, "agent.li", {}), NOON)
    return desk


def test_what_is_found_by_hand_asks_for_the_case_and_is_adopted_as_that_case_says(asking: Desk) -> None:
    (result,) = asking.session.state.searches["q1"].results
    assert result.citation.follow_up is not None
    case = result.citation.follow_up.cases[1]
    adopt(asking, case.citation.quote, case=case.label)
    (adopted,) = answers(asking)
    assert adopted == replace(case.citation, case=case.label, search_id="q1")
    assert (adopted.follow_up, adopted.original) == (None, "")


def test_a_passage_that_asks_for_a_case_may_be_adopted_whole(asking: Desk) -> None:
    adopt(asking)
    (adopted,) = answers(asking)
    assert (adopted.quote, adopted.case, adopted.follow_up) == (LAPSED.text, "", None)


def test_a_case_that_the_passage_does_not_distinguish_is_refused(asking: Desk) -> None:
    with pytest.raises(NotFound, match="distinguishes no such case"):
        adopt(asking, case="断缴三年的")
    assert answers(asking) == []
