"""The category in a call: suggested, confirmed by a person, heard by the router, kept when appeals are merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pytest
from session_parts import NOON, answer, make_desk, suggest

from copilot.appeal import AppealKind, Category, Situation
from copilot.call import Speaker, Utterance
from copilot.categorising import CategoryAdvisor
from copilot.codec import slot_value
from copilot.errors import BadInput
from copilot.events import AppealsRearranged, Rearrangement
from copilot.rearranging import Wish
from copilot.routing import RoutingAdvisor
from copilot.state import CallState
from copilot.suggestion import Slot, Suggestion, Verdict
from knowledge_base.catalogue.catalogue import Department, Duty, ResponsibilityCatalogue
from knowledge_base.catalogue.in_force import CatalogueInForce
from knowledge_base.category_finder import CategoryFinder, Vote
from knowledge_base.taxonomy import MatterCategory, Taxonomy
from models.baselines import HashingEmbedder
from models.department_classifier import RankedLabel, Ranking, RoutingReason

WATER = Category("0101", ("水电气热", "停水抢修"))
LAMP = Category("0201", ("城市环境", "路灯"))
TAXONOMY = Taxonomy(
    (
        MatterCategory(WATER.code, WATER.path, ("停水了", "没水了")),
        MatterCategory(LAMP.code, LAMP.path, ("路灯不亮",)),
    )
)
CATALOGUE = ResponsibilityCatalogue(
    "c1", (Department("市水务局", (Duty("供水"),), "云川市"), Department("市城市管理局", (Duty("路灯"),), "云川市"))
)


def situation(text: str, category: Category | None = None) -> Situation:
    said = Utterance("u1", Speaker.CITIZEN, text, 0, 1, "1")
    return Situation("1", (said,), date(2026, 11, 22), "云川市", category=category)


class PastOrders:
    def votes(self, text: str, limit: int) -> list[Vote]:
        return [Vote(LAMP.code, 0.99, "YC-20261101-0007")]


@dataclass
class Router:
    """Follows the category that it is told, and remembers what that was."""

    version: str = "r1"
    told: list[Sequence[str]] = field(default_factory=list)

    def heeds(self, category: Sequence[str]) -> bool:
        return tuple(category) == LAMP.path

    def rank(self, text: str, limit: int = 3, category: Sequence[str] = ()) -> Ranking:
        self.told.append(category)
        names = ("市城市管理局", "市水务局") if category else ("市水务局", "市城市管理局")
        why = (RoutingReason("history", "这类事项过去 9 件中 8 件", "8/9"),) if category else ()
        return Ranking((RankedLabel(names[0], 0.8, why), RankedLabel(names[1], 0.2)), abstained=False)


def test_categories_are_offered_with_what_was_said_and_what_past_orders_were_filed_under() -> None:
    advisor = CategoryAdvisor(CategoryFinder(TAXONOMY, HashingEmbedder()), PastOrders())

    (made,) = advisor.advise(situation("门口的路灯不亮好几天了"))

    assert made.slot is Slot.CATEGORY
    assert made.best.value == LAMP
    assert [(r.kind, r.text) for r in made.best.reasons] == [
        ("quote", "说了“路灯不亮”"),
        ("similar", "1 件类似工单归入此类"),
    ]
    assert made.versions == {"taxonomy": TAXONOMY.version}


def test_nothing_is_offered_for_a_greeting_or_once_a_person_has_chosen() -> None:
    advisor = CategoryAdvisor(CategoryFinder(TAXONOMY, HashingEmbedder()))

    assert advisor.advise(situation("喂你好")) == []
    assert advisor.advise(situation("门口的路灯不亮好几天了", WATER)) == []


def test_the_router_is_told_a_category_only_once_a_person_has_confirmed_it() -> None:
    router = Router()
    desk = make_desk()
    advisor = RoutingAdvisor(router, CatalogueInForce(CATALOGUE))
    desk.advisor.suggestions = [suggest(Slot.CATEGORY, LAMP, WATER)]
    made = desk.advise("家里停水了路灯也不亮")

    guessed = advisor.advise(desk.session.state.situation("1"))
    assert set(router.told) == {()}
    assert "category" not in guessed[0].versions

    desk.decide(Slot.CATEGORY, Verdict.ACCEPT, made[0].suggestion_id)
    (told, *_) = advisor.advise(desk.session.state.situation("1"))

    assert router.told[-1] == LAMP.path
    assert told.best.value == "市城市管理局"
    assert told.versions["category"] == LAMP.code
    assert [(r.kind, r.source) for r in told.best.reasons] == [("history", "8/9")]


def test_a_category_that_the_router_knows_nothing_of_changes_nothing() -> None:
    router = Router()
    advisor = RoutingAdvisor(router, CatalogueInForce(CATALOGUE))

    without, told = advisor.advise(situation("家里停水了")), advisor.advise(situation("家里停水了", WATER))

    assert without == told
    assert set(router.told) == {()}


def test_the_same_departments_come_again_once_the_category_speaks_for_them() -> None:
    desk = make_desk()
    desk.advisor.suggestions = [suggest(Slot.DEPARTMENT, "市水务局", "市城市管理局")]
    desk.advise()
    again = Suggestion(Slot.DEPARTMENT, desk.advisor.suggestions[0].choices, {"category": LAMP.code})

    desk.advisor.suggestions = [again]
    (made,) = desk.advise("还是那件事")
    assert made.suggestion == again
    assert desk.advise("就是那件事") == []


def test_a_confirmed_category_is_filed_with_the_order() -> None:
    desk = make_desk()
    desk.hear("家里停水了")
    desk.fill_all()
    desk.fill(Slot.CATEGORY, WATER)

    order = desk.session.file("1", "r1", "agent.li", NOON)

    assert order.category is not None
    assert order.category.value == WATER
    assert str(order.category.value) == "水电气热/停水抢修"
    again = CallState.of(desk.journal.read("c1"))
    assert again.appeals["1"].confirmed[Slot.CATEGORY].value == WATER


@pytest.mark.parametrize(
    "value", ["0101", {"path": ["甲"]}, {"code": 7}, {"code": "1", "path": "甲"}, {"code": "1", "x": ""}]
)
def test_a_category_of_another_form_is_refused(value: object) -> None:
    with pytest.raises(BadInput, match="field category takes a JSON object with the code"):
        slot_value(Slot.CATEGORY, value)


def test_a_category_without_a_code_is_an_empty_field() -> None:
    desk = make_desk()
    with pytest.raises(BadInput, match="category is empty"):
        desk.fill(Slot.CATEGORY, Category(" ", ()))


# -- merging ----------------------------------------------------------------------------------------------------------


def merged() -> tuple[CallState, AppealsRearranged]:
    """Two appeals with fields of their own and in common, the second merged into the first."""
    desk = make_desk()
    desk.hear("家里停水了")
    desk.session.open_appeal(NOON)
    desk.hear("路灯也不亮")
    desk.fill(Slot.DEPARTMENT, "市水务局")
    desk.fill(Slot.KIND, AppealKind.HELP)
    for slot, value in {
        Slot.DEPARTMENT: "市城市管理局",
        Slot.CO_DEPARTMENTS: ("市供电公司",),
        Slot.KIND: AppealKind.HELP,
        Slot.TELEPHONE: "13812345678",
        Slot.CATEGORY: LAMP,
    }.items():
        desk.fill(slot, value, appeal_id="2")
    wish = Wish("m1", Rearrangement.MERGE, "agent.li", appeal_id="2", into="1")
    (record,) = desk.session.rearrange(wish, NOON)
    assert isinstance(record.event, AppealsRearranged)
    state = desk.session.state
    assert CallState.of(desk.journal.read("c1")) == state
    desk.fill(Slot.TITLE, "停水和路灯")
    desk.fill(Slot.SUMMARY, "停水，路灯不亮。")
    order = desk.session.file("1", "r1", "agent.li", NOON)
    assert order.telephone is not None
    return state, record.event


def test_merging_keeps_what_a_person_confirmed_for_the_appeal_that_is_given_up() -> None:
    state, _ = merged()

    confirmed = {slot: one.value for slot, one in state.appeals["1"].confirmed.items()}
    assert confirmed[Slot.TELEPHONE] == "13812345678"
    assert confirmed[Slot.CATEGORY] == LAMP


def test_where_both_say_something_else_the_one_that_stays_wins_and_the_loss_is_told() -> None:
    state, change = merged()

    assert state.appeals["1"].confirmed[Slot.DEPARTMENT].value == "市水务局"
    assert Slot.CO_DEPARTMENTS not in state.appeals["1"].confirmed  # they help the other department
    assert set(change.left_out) == {Slot.DEPARTMENT, Slot.CO_DEPARTMENTS}


def test_an_answer_given_for_either_appeal_is_an_answer_of_the_order() -> None:
    desk = make_desk()
    desk.hear("家里停水了")
    desk.session.open_appeal(NOON)
    desk.advisor.suggestions = [answer("p1")]
    made = desk.advise("路灯也不亮")
    desk.decide(Slot.ANSWER, Verdict.ACCEPT, made[0].suggestion_id, appeal_id="2")

    desk.session.rearrange(Wish("m1", Rearrangement.MERGE, "agent.li", appeal_id="2", into="1"), NOON)

    assert [one.value.passage_id for one in desk.session.state.appeals["1"].answers.values()] == ["p1"]
