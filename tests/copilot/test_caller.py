"""The number to call back is said once and holds for every appeal of the call."""

from __future__ import annotations

from dataclasses import replace

import pytest
from drafting_parts import CITY
from session_parts import NOON, Desk, make_desk

from copilot.call import Speaker
from copilot.drafting import DraftingAdvisor
from copilot.session import CallSession
from copilot.suggestion import Slot, Suggestion, Verdict

FIRST, SECOND = "13800001234", "13900005678"


@pytest.fixture
def desk() -> Desk:
    """A desk that drafts, in a call of two appeals."""
    desk = make_desk()
    desk.copilot = replace(desk.copilot, advisors=(DraftingAdvisor(CITY),))
    desk.session = CallSession.resume(desk.copilot, desk.journal, "c1")
    desk.session.listen(16000)
    desk.advise("我们小区路灯不亮了，想反映一下")
    desk.advise("还有一件事，老年卡怎么办理")
    assert list(desk.session.state.appeals) == ["1", "2"]
    return desk


def open_number(desk: Desk, appeal_id: str) -> Suggestion[str] | None:
    found = list(desk.session.state.appeals[appeal_id].open_for(Slot.TELEPHONE).values())
    assert len(found) <= 1
    return found[0] if found else None


def numbers(desk: Desk) -> list[str | None]:
    found = (open_number(desk, key) for key in ("1", "2"))
    return [None if one is None else one.best.value for one in found]


def test_a_number_that_was_left_under_the_second_matter_is_offered_for_the_first_too(desk: Desk) -> None:
    assert numbers(desk) == [None, None]
    desk.hear("您的联系电话是多少", Speaker.AGENT)
    desk.advise(FIRST)
    assert numbers(desk) == [FIRST, FIRST]
    carried = open_number(desk, "1")
    assert carried is not None
    assert [(reason.text, reason.source) for reason in carried.best.reasons] == [("诉求2中的号码", "同一来电人")]


def test_a_matter_that_comes_after_the_number_is_offered_it_at_its_first_words(desk: Desk) -> None:
    desk.advise(f"我的电话是{FIRST}")
    desk.advise("还有一件事，垃圾没人清运")
    assert open_number(desk, "3") is not None


def test_what_a_person_confirmed_is_offered_and_not_what_had_been_heard(desk: Desk) -> None:
    desk.advise(f"我的电话是{FIRST}")
    assert numbers(desk) == [FIRST, FIRST]
    (key,) = desk.session.state.appeals["2"].open_for(Slot.TELEPHONE)
    desk.decide(Slot.TELEPHONE, Verdict.AMEND, key, SECOND, appeal_id="2")
    desk.session.advise_on("2", 9.0, NOON)
    assert numbers(desk) == [SECOND, None]
    assert desk.session.state.appeals["1"].confirmed == {}  # it is offered: a person decides for each order


def test_a_number_that_was_left_for_a_matter_of_its_own_stays_with_it(desk: Desk) -> None:
    desk.advise(f"老年卡的事打{SECOND}，我的电话是{SECOND}")
    desk.advise(f"路灯的事打我的电话{FIRST}")
    assert numbers(desk) == [FIRST, SECOND]


def test_a_number_refused_for_an_appeal_does_not_come_back_from_another(desk: Desk) -> None:
    desk.advise(f"我的电话是{FIRST}")
    (key,) = desk.session.state.appeals["1"].open_for(Slot.TELEPHONE)
    desk.decide(Slot.TELEPHONE, Verdict.REJECT, key, reason="建议不符")
    desk.advise("好的，那就这样")
    assert numbers(desk) == [None, FIRST]


def test_a_whole_number_takes_the_place_of_one_heard_in_part_and_stays(desk: Desk) -> None:
    desk.hear("您的联系电话是多少", Speaker.AGENT)
    desk.advise("1380000")
    assert [open_number(desk, key) for key in "1"] == [None]  # half a number is nothing to offer
    desk.session.open_appeal(NOON)
    desk.advise(f"垃圾没人清运，我的电话是{FIRST}")
    assert numbers(desk) == [FIRST, FIRST]
    count = len(desk.session.state.suggestions)
    desk.session.advise_on("2", 9.0, NOON)
    assert numbers(desk) == [FIRST, FIRST]
    assert len(desk.session.state.suggestions) == count


def test_an_order_that_is_filed_is_left_alone(desk: Desk) -> None:
    desk.fill_all("1")
    desk.session.file("1", "f1", "agent.li", NOON)
    desk.advise(f"我的电话是{FIRST}")
    assert numbers(desk) == [None, FIRST]
