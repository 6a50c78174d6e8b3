"""Answer cards in a call: while the citizen speaks, in a person's hand, narrowed to a case, reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from session_parts import NOON, Desk, answer, make_desk, suggest

from copilot.call import Speaker
from copilot.card_events import CardAct, CardsArranged, CardTouched, CaseChosen
from copilot.cards_in_hand import Complaint
from copilot.codec import from_payload, to_payload, type_name
from copilot.errors import AlreadyDecided, BadInput, Conflict, NotFound
from copilot.events import PassageReported, ReportKind, SuggestionDecided, SuggestionMade, UtteranceHeard
from copilot.overhearing import Interim
from copilot.session import CallSession
from copilot.state import CallState
from copilot.suggestion import Case, Citation, FollowUp, Slot, Suggestion, Verdict

FLEXIBLE, EMPLOYED = "灵活就业人员", "单位职工"


@pytest.fixture
def live() -> Desk:
    """A desk whose advisor is asked in the middle of a sentence too."""
    desk = make_desk()
    desk.copilot = replace(desk.copilot, while_speaking=(desk.advisor,))
    desk.session = CallSession.resume(desk.copilot, desk.journal, "c1")
    desk.session.listen(16000)
    return desk


def say(desk: Desk, text: str, end: float) -> Sequence[Any]:
    """What comes of ``text``, heard up to ``end`` of a sentence that goes on."""
    return desk.session.overhear(Interim(Speaker.CITIZEN, text, 0.0, end), NOON)


def cases(passage_id: str) -> Suggestion[Citation]:
    card = answer(passage_id)
    citation = card.best.value
    options = tuple(Case(label, replace(citation, quote=f"{label}每月缴费。")) for label in (FLEXIBLE, EMPLOYED))
    asking = replace(citation, follow_up=FollowUp("您是单位职工还是灵活就业？", options))
    return replace(card, choices=(replace(card.best, value=asking),))


def test_a_card_comes_while_the_citizen_speaks_and_says_so_in_the_journal(live: Desk) -> None:
    live.advisor.suggestions = [answer("p1")]
    assert say(live, "租房", 1.0) == []
    made, arranged = (record.event for record in say(live, "租房子可以取公积", 2.0))
    assert isinstance(made, SuggestionMade)
    assert isinstance(arranged, CardsArranged)
    assert arranged.while_speaking
    assert (made.heard_until, arranged.shown[0].suggestion_id) == (2.0, "s1")
    assert live.advisor.seen[-1].unfinished
    assert live.advisor.seen[-1].citizen_text == "租房子可以取公积"


def test_what_is_not_sure_comes_when_the_next_hypothesis_finds_it_again(live: Desk) -> None:
    unsure = answer("p1")
    live.advisor.suggestions = [replace(unsure, choices=(replace(unsure.best, probability=0.7),))]
    assert say(live, "租房子可以取", 1.0) == []
    assert len(say(live, "租房子可以取公积金吗", 2.0)) == 2


def test_words_that_surely_announce_a_further_matter_open_it_in_the_middle_of_the_sentence(live: Desk) -> None:
    live.hear("我家停水了")
    live.advisor.suggestions = [answer("p1")]
    assert say(live, "还有一件事，路灯不亮了", 2.0) == []  # one hypothesis alone opens nothing
    names = [type(record.event).__name__ for record in say(live, "还有一件事，路灯不亮了好多天", 3.0)]
    assert names == ["AppealOpened", "SuggestionMade", "CardsArranged"]
    assert live.session.state.suggestions["s1"].appeal_id == "2"
    live.hear("还有一件事，路灯不亮了好多天了")
    assert live.session.state.utterances[-1].appeal_id == "2"
    assert len(live.session.state.appeals) == 2


def test_the_end_of_the_sentence_does_not_bring_the_card_again(live: Desk) -> None:
    live.advisor.suggestions = [answer("p1")]
    say(live, "租房子可以取公积", 1.0)
    say(live, "租房子可以取公积金吗", 2.0)
    assert live.advise("租房子可以取公积金吗") == []
    assert list(live.open) == ["s1"]


def test_the_journal_says_for_which_later_question_a_card_was_found_again(desk: Desk) -> None:
    desk.advisor.suggestions = [answer("p1"), answer("p2")]
    desk.advise("租房子可以取公积金吗")
    desk.decide(Slot.ANSWER, Verdict.ACCEPT, "s1")
    desk.advisor.suggestions = [answer("p1")]
    assert desk.advise("公积金租房能提吗") == []  # nothing new on the screen
    again = desk.journal.read("c1")[-1].event
    assert isinstance(again, CardsArranged)
    assert (again.found, [card.suggestion_id for card in again.shown]) == (("s1",), ["s2"])
    desk.advisor.suggestions = []
    desk.advise("谢谢")
    assert isinstance(desk.journal.read("c1")[-1].event, UtteranceHeard)


def test_only_answers_are_proposed_in_the_middle_of_a_sentence(live: Desk) -> None:
    live.advisor.suggestions = [suggest(Slot.TITLE, "公积金"), answer("p1")]
    say(live, "租房子可以取公积", 1.0)
    say(live, "租房子可以取公积金吗", 2.0)
    assert [suggestion.slot for suggestion in live.open.values()] == [Slot.ANSWER]


def test_a_sentence_that_is_over_is_not_looked_up_late(live: Desk) -> None:
    live.advisor.suggestions = [answer("p1")]
    say(live, "租房子可以取公积", 0.5)
    live.hear("租房子可以取公积金吗")
    assert say(live, "租房子可以取公积金吗", 0.9) == []


def test_a_touched_card_is_not_taken_back(desk: Desk) -> None:
    desk.advisor.suggestions = [answer("p1")]
    desk.advise()
    touch = CardTouched("t1", "1", "s1", CardAct.READ, "agent.li")
    assert len(desk.session.touch(touch, NOON)) == 1
    assert desk.session.touch(touch, NOON) == []
    for n in range(2, 6):
        desk.advisor.suggestions = [answer(f"p{n}")]
        desk.advise()
    assert next(iter(desk.open)) == "s1"
    assert len(desk.open) == 3


def test_a_chosen_case_narrows_what_is_taken(desk: Desk) -> None:
    desk.advisor.suggestions = [cases("p1")]
    desk.advise()
    desk.session.choose(CaseChosen("k1", "1", "s1", FLEXIBLE, "agent.li"), NOON)
    desk.decide(Slot.ANSWER, Verdict.ACCEPT, "s1")
    (taken,) = desk.session.state.appeals["1"].answers.values()
    assert (taken.value.quote, taken.value.case) == ("灵活就业人员每月缴费。", FLEXIBLE)
    assert taken.value.follow_up is None


def test_a_case_that_the_card_does_not_have_is_refused(desk: Desk) -> None:
    desk.advisor.suggestions = [cases("p1")]
    desk.advise()
    with pytest.raises(BadInput, match="no such case"):
        desk.session.choose(CaseChosen("k1", "1", "s1", "学生", "agent.li"), NOON)
    desk.session.choose(CaseChosen("k1", "1", "s1", FLEXIBLE, "agent.li"), NOON)
    with pytest.raises(Conflict, match="already used"):
        desk.session.choose(CaseChosen("k1", "1", "s1", EMPLOYED, "agent.li"), NOON)
    with pytest.raises(NotFound):
        desk.session.choose(CaseChosen("k2", "1", "s9", FLEXIBLE, "agent.li"), NOON)


@pytest.mark.parametrize(
    ("asked", "said", "case"),
    [
        ("您是哪种情况？", "我是灵活就业的", FLEXIBLE),
        ("您是单位职工吗？", "对，是的", EMPLOYED),
        ("您是哪种情况？", "我不是单位职工，自己交", ""),
        ("您是单位职工还是灵活就业呢？", "对", ""),
    ],
)
def test_a_case_is_heard_where_the_citizen_names_it_or_says_yes_to_it(
    desk: Desk, asked: str, said: str, case: str
) -> None:
    desk.advisor.suggestions = [cases("p1")]
    desk.advise("医保怎么交")
    desk.hear(asked, Speaker.AGENT)
    desk.hear(said)
    assert desk.session.state.appeals["1"].cases.get("s1", "") == case


def test_a_case_that_was_named_before_the_card_came_is_chosen_with_it(desk: Desk) -> None:
    desk.hear("我是灵活就业人员")
    desk.advisor.suggestions = [cases("p1")]
    desk.advise("医保一个月交多少")
    (choice,) = desk.session.state.choices.values()
    assert (choice.case, choice.by, choice.utterance_id) == (FLEXIBLE, "", "u1")


def test_an_edited_answer_keeps_its_source_and_the_original(desk: Desk) -> None:
    desk.advisor.suggestions = [answer("p1")]
    desk.advise()
    edited = replace(answer("p9").best.value, quote="改过的话", document_number="假文号")
    desk.decide(Slot.ANSWER, Verdict.AMEND, "s1", edited)
    (taken,) = desk.session.state.appeals["1"].answers.values()
    assert (taken.value.quote, taken.value.original, taken.value.document_number) == ("改过的话", "原文", "云政1号")


def test_an_outdated_passage_is_reported_once_and_its_article_does_not_come_back(desk: Desk) -> None:
    desk.advisor.suggestions = [answer("p1")]
    desk.advise()
    complaint = Complaint("r1", "1", "s1", ReportKind.OUTDATED, "agent.li", "已搬迁")
    report, decided = (record.event for record in desk.session.complain(complaint, NOON))
    assert isinstance(report, PassageReported)
    assert (report.passage_id, report.owner, report.note) == ("p1", "市水务局", "已搬迁")
    assert isinstance(decided, SuggestionDecided)
    assert decided.decision.reason == "已过期：已搬迁"
    assert desk.session.complain(complaint, NOON) == []
    with pytest.raises(AlreadyDecided):
        desk.session.complain(replace(complaint, report_id="r2"), NOON)
    desk.advisor.suggestions = [answer("p2")]  # another passage of the same article
    assert desk.advise() == []


def test_of_a_narrowed_card_the_passage_of_its_case_is_reported_to_its_owner(desk: Desk) -> None:
    card = cases("p1")
    asking = card.best.value
    assert asking.follow_up is not None
    elsewhere = replace(asking.follow_up.cases[0].citation, passage_id="q1", article_id="q", owner="云溪县水务局")
    follow_up = replace(asking.follow_up, cases=(Case(FLEXIBLE, elsewhere), asking.follow_up.cases[1]))
    narrowed = replace(card.best, value=replace(asking, follow_up=follow_up))
    desk.advisor.suggestions = [replace(card, choices=(narrowed,))]
    desk.advise()
    desk.session.choose(CaseChosen("k1", "1", "s1", FLEXIBLE, "agent.li"), NOON)
    report, _ = (r.event for r in desk.session.complain(Complaint("r1", "1", "s1", ReportKind.WRONG, "agent.li"), NOON))
    assert isinstance(report, PassageReported)
    assert (report.passage_id, report.article_id, report.owner) == ("q1", "q", "云溪县水务局")


def test_all_that_happens_to_cards_survives_the_journal(live: Desk) -> None:
    live.advisor.suggestions = [cases("p1"), answer("p2")]
    say(live, "租房子可以取公积", 1.0)
    say(live, "租房子可以取公积金吗", 2.0)
    live.session.touch(CardTouched("t1", "1", "s1", CardAct.EDIT, "agent.li"), NOON)
    live.session.choose(CaseChosen("k1", "1", "s1", FLEXIBLE, "agent.li"), NOON)
    recorded = live.journal.read("c1")
    assert CallState.of(recorded) == live.session.state
    for record in recorded:
        assert from_payload(type_name(record.event), to_payload(record.event)) == record.event


def test_a_decided_card_is_in_nobodys_hand(desk: Desk) -> None:
    desk.advisor.suggestions = [answer("p1")]
    desk.advise()
    desk.decide(Slot.ANSWER, Verdict.REJECT, "s1", reason="不相关")
    with pytest.raises(AlreadyDecided):
        desk.session.touch(CardTouched("t1", "1", "s1", CardAct.READ, "agent.li"), NOON)
