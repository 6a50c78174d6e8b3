from __future__ import annotations

import pytest
from session_parts import NOON, Desk, answer, suggest

from copilot.appeal import Place
from copilot.call import Speaker
from copilot.suggestion import Slot, Verdict


def test_a_suggestion_is_recorded_with_how_far_the_copilot_had_listened(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市水务局", "市住建局")]
    (made,) = desk.advise()
    assert (made.suggestion_id, made.appeal_id, made.heard_until) == ("s1", "1", 1.0)
    assert made.suggestion.versions == {"x": "1"}
    assert desk.open == {"s1": made.suggestion}


def test_nothing_is_advised_on_what_the_agent_says(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.TITLE, "停水")]
    desk.hear("您好", Speaker.AGENT)
    assert desk.session.advise(desk.session.state.utterances[-1], NOON) == []


def test_the_same_suggestion_is_not_made_again_while_it_is_open(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市水务局", "市住建局")]
    assert len(desk.advise()) == 1
    assert desk.advise() == []


def test_a_better_suggestion_takes_the_place_of_the_open_one(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市水务局", "市住建局")]
    desk.advise()
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市住建局", "市水务局")]
    (made,) = desk.advise()
    assert made.supersedes == ("s1",)
    assert list(desk.open) == ["s2"]


def test_helpers_go_with_the_department_that_they_were_to_help(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市城管局"), suggest(Slot.CO_DEPARTMENTS, ("市环境局",))]
    desk.advise()
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市水务局")]
    (made,) = desk.advise()
    assert made.supersedes == ("s1", "s2")
    assert list(desk.open) == ["s3"]


def test_helpers_stay_where_the_new_ranking_proposes_them_too(desk: Desk) -> None:
    helpers = suggest(Slot.CO_DEPARTMENTS, ("市环境局",))
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市城管局", "市水务局"), helpers]
    desk.advise()
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市城管局", "市住建局"), helpers]
    desk.advise()
    assert list(desk.open) == ["s2", "s3"]
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市城管局"), suggest(Slot.CO_DEPARTMENTS, ("市公安局",))]
    desk.advise()
    assert list(desk.open) == ["s4", "s5"]


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_confirmed_slot_is_not_suggested_again(desk: Desk, by_hand: bool) -> None:
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市水务局")]
    desk.advise()
    if by_hand:
        desk.fill(Slot.DEPARTMENT, "市民政局")
    else:
        desk.decide(Slot.DEPARTMENT, Verdict.ACCEPT, "s1")
    assert desk.open == {}
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市城管局")]
    assert desk.advise() == []


def test_a_rejected_value_is_not_suggested_again_but_another_is(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市水务局", "市住建局")]
    desk.advise()
    desk.decide(Slot.DEPARTMENT, Verdict.REJECT, "s1", reason="不是水务")
    assert desk.advise() == []
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市住建局")]
    assert len(desk.advise()) == 1


def test_nothing_is_suggested_for_an_appeal_that_was_filed(desk: Desk) -> None:
    desk.fill_all()
    desk.session.file("1", "r1", "agent.li", NOON)
    desk.advisor.suggestions = [suggest(Slot.PLACE, Place("江北区"))]
    assert desk.advise() == []


def test_at_most_three_answer_cards_are_open_and_what_was_asked_last_is_on_top(desk: Desk) -> None:
    for n in range(1, 6):
        desk.advisor.suggestions = [answer(f"p{n}")]
        desk.advise()
    assert [card.best.value.passage_id for card in desk.open.values()] == ["p5", "p4", "p3"]


def test_even_five_answers_at_once_leave_three_cards(desk: Desk) -> None:
    desk.advisor.suggestions = [answer(f"p{n}") for n in range(1, 6)]
    desk.advise()
    assert [card.best.value.passage_id for card in desk.open.values()] == ["p1", "p2", "p3"]


def test_a_passage_is_offered_once_in_an_appeal(desk: Desk) -> None:
    desk.advisor.suggestions = [answer("p1"), answer("p1")]
    assert len(desk.advise()) == 1
    desk.decide(Slot.ANSWER, Verdict.REJECT, "s1", reason="不相关")
    assert desk.advise() == []
    desk.session.open_appeal(NOON)
    assert len(desk.advise()) == 1
