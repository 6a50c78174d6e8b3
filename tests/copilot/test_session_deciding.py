from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from session_parts import NOON, Desk, answer, make_desk, suggest

from copilot.appeal import Place
from copilot.errors import AlreadyDecided, AnswerOutdated, BadInput, Conflict, NotFound
from copilot.suggestion import Citation, Slot, Verdict
from knowledge_base.policy import Passage


class Withdrawn:
    version = "1"

    def __init__(self, gone: set[str]) -> None:
        self._gone = gone

    def still_says(self, citation: Citation, day: date) -> bool:
        return citation.article_id not in self._gone

    def says_now(self, citation: Citation, day: date) -> Citation | None:
        return None

    def asks_first(self, passage: Passage) -> None:
        return None


def test_an_acceptance_confirms_the_suggested_value_whatever_the_client_sent(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市水务局", "市住建局")]
    desk.advise()
    desk.decide(Slot.DEPARTMENT, Verdict.ACCEPT, "s1", value="市旅游局", decision_id="d1")
    confirmed = desk.session.state.appeals["1"].confirmed[Slot.DEPARTMENT]
    assert (confirmed.value, confirmed.by, confirmed.at) == ("市水务局", "agent.li", NOON)
    assert (confirmed.decision_id, confirmed.suggestion_id) == ("d1", "s1")


def test_an_amendment_confirms_what_the_person_wrote(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.TITLE, "停水")]
    desk.advise()
    desk.decide(Slot.TITLE, Verdict.AMEND, "s1", value="滨河路停水两天")
    assert desk.session.state.appeals["1"].confirmed[Slot.TITLE].value == "滨河路停水两天"


def test_a_rejection_confirms_nothing_and_keeps_the_reason(desk: Desk) -> None:
    desk.advisor.suggestions = [answer("p1")]
    desk.advise()
    desk.decide(Slot.ANSWER, Verdict.REJECT, "s1", reason="已过期")
    appeal = desk.session.state.appeals["1"]
    assert (appeal.confirmed, appeal.answers, appeal.open) == ({}, {}, {})
    assert [(r.suggestion_id, r.reason) for r in appeal.rejected] == [("s1", "已过期")]


def test_an_answer_that_was_withdrawn_under_the_agents_hand_is_refused_and_its_card_goes() -> None:
    desk = make_desk(sources=Withdrawn({"a1"}))
    desk.advisor.suggestions = [answer("p1")]
    desk.advise()
    with pytest.raises(AnswerOutdated, match="办法 no longer says this"):
        desk.decide(Slot.ANSWER, Verdict.ACCEPT, "s1")
    assert desk.session.state.appeals["1"].answers == {}
    assert desk.open == {}
    desk.decide(Slot.ANSWER, Verdict.REJECT, "s1", reason="已过期")
    assert [r.reason for r in desk.session.state.appeals["1"].rejected] == ["已过期"]


def test_the_same_decision_sent_twice_changes_nothing(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.TITLE, "停水")]
    desk.advise()
    assert len(desk.decide(Slot.TITLE, Verdict.ACCEPT, "s1", decision_id="d1")) == 1
    before = desk.journal.read("c1")
    assert desk.decide(Slot.TITLE, Verdict.ACCEPT, "s1", decision_id="d1") == []
    assert desk.journal.read("c1") == before


def test_one_decision_id_cannot_stand_for_two_decisions(desk: Desk) -> None:
    desk.decide(Slot.TITLE, Verdict.AMEND, value="停水", decision_id="d1")
    with pytest.raises(Conflict, match="already used for another one"):
        desk.decide(Slot.TITLE, Verdict.AMEND, value="停电", decision_id="d1")


def test_a_second_decision_on_one_suggestion_is_refused_and_says_what_to_do(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.TITLE, "停水")]
    desk.advise()
    desk.decide(Slot.TITLE, Verdict.ACCEPT, "s1", decision_id="d1")
    before = desk.journal.read("c1")
    with pytest.raises(AlreadyDecided, match="fill it in by hand"):
        desk.decide(Slot.TITLE, Verdict.REJECT, "s1", decision_id="d2")
    assert desk.journal.read("c1") == before


def test_a_confirmed_slot_can_be_filled_again_by_hand(desk: Desk) -> None:
    desk.fill(Slot.TITLE, "停水")
    desk.fill(Slot.TITLE, "停水两天")
    assert desk.session.state.appeals["1"].confirmed[Slot.TITLE].value == "停水两天"


@pytest.mark.parametrize("value", [None, "", "  ", "\n"])
def test_an_empty_field_is_not_a_decision(desk: Desk, value: str | None) -> None:
    with pytest.raises(BadInput, match="field title is empty"):
        desk.fill(Slot.TITLE, value)
    with pytest.raises(BadInput, match="field place is empty"):
        desk.fill(Slot.PLACE, Place())


def test_no_co_department_at_all_is_an_answer(desk: Desk) -> None:
    desk.fill(Slot.CO_DEPARTMENTS, ())
    assert desk.session.state.appeals["1"].confirmed[Slot.CO_DEPARTMENTS].value == ()


@pytest.mark.parametrize("verdict", [Verdict.ACCEPT, Verdict.REJECT])
def test_only_a_suggestion_can_be_accepted_or_rejected(desk: Desk, verdict: Verdict) -> None:
    with pytest.raises(BadInput, match="send an amendment"):
        desk.decide(Slot.TITLE, verdict, None, value="停水")


@pytest.mark.parametrize(("slot", "suggestion_id"), [(Slot.TITLE, "s9"), (Slot.SUMMARY, "s1")])
def test_a_suggestion_that_is_not_there_for_that_field_is_not_found(desk: Desk, slot: Slot, suggestion_id: str) -> None:
    desk.advisor.suggestions = [suggest(Slot.TITLE, "停水")]
    desk.advise()
    with pytest.raises(NotFound, match="Reload the call"):
        desk.decide(slot, Verdict.ACCEPT, suggestion_id)


def test_a_suggestion_of_another_appeal_is_not_found(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.TITLE, "停水")]
    desk.advise()
    desk.session.open_appeal(NOON)
    with pytest.raises(NotFound):
        desk.decide(Slot.TITLE, Verdict.ACCEPT, "s1", appeal_id="2")


def test_an_appeal_that_is_not_there_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound, match=r"has no appeal 7\. Its appeals: 1"):
        desk.fill(Slot.TITLE, "停水", appeal_id="7")


def test_what_the_copilot_proposes_is_never_confirmed_by_itself(desk: Desk) -> None:
    desk.advisor.suggestions = [
        suggest(slot, value) for slot, value in ((Slot.DEPARTMENT, "市水务局"), (Slot.TITLE, "停水"))
    ]
    desk.advise()
    desk.session.hang_up(9.0, NOON)
    assert desk.session.state.appeals["1"].confirmed == {}


@pytest.mark.parametrize("number", ["0898-6512 3456", "+86 13800001234", "(0898)65123456转203", "12345"])
def test_a_telephone_number_is_kept_as_it_was_written(desk: Desk, number: str) -> None:
    desk.decide(Slot.TELEPHONE, Verdict.AMEND, value=number)
    assert desk.session.state.appeals["1"].confirmed[Slot.TELEPHONE].value == number


@pytest.mark.parametrize("number", ["12a", "12", "138****1234", "无", "1" * 21])
def test_what_cannot_be_called_is_no_telephone_number(desk: Desk, number: str) -> None:
    with pytest.raises(BadInput, match="A telephone number has 3 to 20 digits"):
        desk.decide(Slot.TELEPHONE, Verdict.AMEND, value=number)
    assert Slot.TELEPHONE not in desk.session.state.appeals["1"].confirmed


def test_a_number_of_which_a_part_was_heard_is_filled_in_by_a_person_alone(desk: Desk) -> None:
    part = replace(suggest(Slot.TELEPHONE, "138000012"), abstained=True)
    desk.advisor.suggestions = [part]
    (made,) = desk.advise()
    with pytest.raises(BadInput, match="only a part was heard"):
        desk.decide(Slot.TELEPHONE, Verdict.ACCEPT, made.suggestion_id)
    assert Slot.TELEPHONE not in desk.session.state.appeals["1"].confirmed
    desk.decide(Slot.TELEPHONE, Verdict.AMEND, made.suggestion_id, "13800001234")
    assert desk.session.state.appeals["1"].confirmed[Slot.TELEPHONE].value == "13800001234"
