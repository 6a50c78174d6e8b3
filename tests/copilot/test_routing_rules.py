"""The rules of dispatch beside the router: who leads, who helps, how far down, and what is out of scope."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from routers import Fixed, Label, Order

from copilot.appeal import Situation
from copilot.call import Speaker, Utterance
from copilot.dispatch_rules import Finding, ask_before_pushing_down, ruled
from copilot.errors import BadInput
from copilot.precedents import Precedent
from copilot.routing import RoutingAdvisor
from copilot.suggestion import Reason, Slot, Suggestion
from knowledge_base.catalogue.catalogue import Department, DepartmentKind, Duty, ResponsibilityCatalogue
from knowledge_base.catalogue.dispatch_rules import DispatchRule, Level, Route
from knowledge_base.catalogue.in_force import CatalogueInForce
from knowledge_base.gazetteer import District, Gazetteer

DAY = date(2026, 11, 22)
GAZETTEER = Gazetteer("云川市", (District("石桥区", ("老城街道",)), District("江北区", ("滨江街道",))))

CITY_MANAGEMENT = Department("市城市管理局", (Duty("负责市容"),), "云川市", aliases=("城管局",))
ENVIRONMENT = Department("市生态环境局", (Duty("负责环境"),), "云川市")
HOUSING = Department("市住房和城乡建设局", (Duty("负责房屋"),), "云川市")
JUSTICE = Department("市司法局", (Duty("负责法律服务"),), "云川市")
BRANCH = Department("石桥区城管局", (), "云川市/石桥区", kind=DepartmentKind.DISTRICT, part_of="市城市管理局")
OTHER_BRANCH = replace(BRANCH, name="江北区城管局", area="云川市/江北区")
STREET = Department("老城街道办事处", (), "云川市/石桥区/老城街道", kind=DepartmentKind.STREET)
DEPARTMENTS = (CITY_MANAGEMENT, ENVIRONMENT, HOUSING, JUSTICE, BRANCH, OTHER_BRANCH, STREET)

NOISE = DispatchRule(
    "施工噪声",
    ("工地 吵",),
    lead="市城市管理局",
    co_departments=("市生态环境局", "市住房和城乡建设局"),
    legal_basis="《噪声污染防治法》第八条",
    weight=0.9,
    note="不得下派街道",
)
DEBT = DispatchRule(
    "民间借贷",
    ("借钱 不还",),
    route=Route.OUT_OF_SCOPE,
    legal_basis="《民事诉讼法》第一百二十二条",
    way="向人民法院起诉",
    script="借款属于民事纠纷，您可以向人民法院起诉。",
    weight=0.9,
    effective_from=date(2025, 1, 1),
)


SURE_OF_HOUSING = Fixed(Order((Label("市住房和城乡建设局", 0.8), Label("市城市管理局", 0.1))))
UNSURE = Fixed(Order((Label("市住房和城乡建设局", 0.3), Label("市城市管理局", 0.2)), abstained=True))


def catalogue(*rules: DispatchRule, version: str = "c1") -> ResponsibilityCatalogue:
    return ResponsibilityCatalogue(version, DEPARTMENTS, rules)


def heard(*said: str) -> Situation:
    utterances = tuple(Utterance(f"u{n}", Speaker.CITIZEN, text, n, n + 1, "1") for n, text in enumerate(said))
    return Situation("1", utterances, DAY, "云川市")


def advice(said: str | tuple[str, ...], *rules: DispatchRule, router: Fixed = UNSURE) -> dict[Slot, Suggestion[object]]:
    advisor = RoutingAdvisor(router, CatalogueInForce(catalogue(*rules)), gazetteer=GAZETTEER)
    texts = (said,) if isinstance(said, str) else said
    return {suggestion.slot: suggestion for suggestion in advisor.advise(heard(*texts))}


# -- lead and helpers --------------------------------------------------------------------------------------------------


def test_the_lead_of_a_sure_rule_is_recommended_with_the_rule_and_its_legal_basis_as_the_reason() -> None:
    department = advice("门口的工地吵得睡不着", NOISE, router=SURE_OF_HOUSING)[Slot.DEPARTMENT]
    assert department.best.value == "市城市管理局"
    assert department.best.probability == pytest.approx(0.9 + 0.1 * 0.1)
    assert not department.abstained
    told = department.best.reasons[0]
    assert (told.kind, told.source) == ("rule", "《噪声污染防治法》第八条")
    assert all(word in told.text for word in ("施工噪声", "“工地、吵”", "市生态环境局", "不得下派街道"))


def test_the_co_handling_departments_of_the_rule_are_a_suggestion_of_their_own() -> None:
    helpers = advice("门口的工地吵得睡不着", NOISE)[Slot.CO_DEPARTMENTS]
    assert helpers.best.value == ("市生态环境局", "市住房和城乡建设局")
    assert helpers.best.probability == 0.9
    assert helpers.best.reasons[0].kind == "rule"
    assert helpers.versions == {"catalogue": "c1"}


def test_a_vague_rule_is_evidence_and_no_more() -> None:
    vague = replace(NOISE, weight=0.3)
    found = advice("门口的工地吵得睡不着", vague, router=SURE_OF_HOUSING)
    assert found[Slot.DEPARTMENT].best.value == "市住房和城乡建设局"
    assert [c.value for c in found[Slot.DEPARTMENT].choices] == ["市住房和城乡建设局", "市城市管理局"]
    assert Slot.CO_DEPARTMENTS not in found


def test_a_rule_that_is_not_sure_and_contradicts_the_router_makes_it_a_question() -> None:
    department = advice("门口的工地吵得睡不着", replace(NOISE, weight=0.7), router=SURE_OF_HOUSING)[Slot.DEPARTMENT]
    assert department.best.value == "市城市管理局"
    assert department.abstained


def test_a_router_that_does_not_dare_and_a_rule_that_agrees_are_enough_together() -> None:
    hesitant = Fixed(Order((Label("市城市管理局", 0.5), Label("市住房和城乡建设局", 0.4)), abstained=True))
    department = advice("门口的工地吵得睡不着", replace(NOISE, weight=0.7), router=hesitant)[Slot.DEPARTMENT]
    assert department.best.probability == pytest.approx(0.85)
    assert not department.abstained
    assert advice("门口的工地吵得睡不着", replace(NOISE, weight=0.4), router=hesitant)[Slot.DEPARTMENT].abstained


def test_the_matter_named_at_the_opening_counts_before_one_mentioned_later() -> None:
    smoke = replace(NOISE, name="油烟", cues=("油烟",), lead="市生态环境局", co_departments=(), weight=0.95)
    said = ("门口的工地吵得睡不着", "天天都这样", "再说旁边还有油烟")
    assert advice(said, NOISE, smoke)[Slot.DEPARTMENT].best.value == "市城市管理局"
    later = ("我想反映一个事", "就在我家对面", "那个工地吵得睡不着")
    assert advice(later, NOISE, smoke)[Slot.DEPARTMENT].best.value == "市城市管理局"


def test_a_lead_or_helper_that_is_no_longer_in_force_is_not_named() -> None:
    gone = replace(ENVIRONMENT, effective_to=date(2025, 12, 31))
    known = ResponsibilityCatalogue("c1", tuple(gone if d is ENVIRONMENT else d for d in DEPARTMENTS), (NOISE,))
    found = RoutingAdvisor(UNSURE, CatalogueInForce(known)).advise(heard("门口的工地吵得睡不着"))
    assert found[1].best.value == ("市住房和城乡建设局",)


def test_the_line_to_be_put_through_to_is_told() -> None:
    department = advice("门口的工地吵得睡不着", replace(NOISE, hand_over="供水抢修 0999-1"))[Slot.DEPARTMENT]
    assert department.best.reasons[1].text == "可直接转接：供水抢修 0999-1"


def test_without_a_matter_the_router_is_left_alone() -> None:
    found = advice("楼道里很脏没人管", NOISE)
    assert [c.value for c in found[Slot.DEPARTMENT].choices] == ["市住房和城乡建设局", "市城市管理局"]
    assert list(found) == [Slot.DEPARTMENT]


# -- how far down ------------------------------------------------------------------------------------------------------


def test_an_order_goes_to_the_branch_of_the_place_where_the_rule_lets_it_go_to_the_district() -> None:
    local = replace(NOISE, level=Level.DISTRICT)
    assert advice("石桥区门口的工地吵", local)[Slot.DEPARTMENT].best.value == "石桥区城管局"
    assert advice("江北区滨江街道的工地吵", local)[Slot.DEPARTMENT].best.value == "江北区城管局"
    assert advice("门口的工地吵得睡不着", local)[Slot.DEPARTMENT].best.value == "市城市管理局"


def test_a_matter_of_the_street_goes_to_its_office() -> None:
    local = replace(NOISE, level=Level.STREET)
    assert advice("石桥区老城街道的工地吵", local)[Slot.DEPARTMENT].best.value == "老城街道办事处"


def test_the_local_office_helps_where_the_rule_says_so() -> None:
    said = "石桥区老城街道的工地吵"
    street = advice(said, replace(NOISE, co_departments=(), helped_by=Level.STREET))
    assert street[Slot.CO_DEPARTMENTS].best.value == ("老城街道办事处",)
    district = advice(said, replace(NOISE, co_departments=(), helped_by=Level.DISTRICT))
    assert district[Slot.CO_DEPARTMENTS].best.value == ("石桥区城管局",)
    assert district[Slot.DEPARTMENT].best.value == "市城市管理局"


def test_a_functional_matter_is_never_suggested_to_a_street() -> None:
    eager = Fixed(Order((Label("老城街道办事处", 0.9), Label("市城市管理局", 0.1))))
    found = advice("石桥区老城街道的工地吵", NOISE, router=eager)[Slot.DEPARTMENT]
    assert [c.value for c in found.choices] == ["市城市管理局"]
    allowed = advice("石桥区老城街道的工地吵", replace(NOISE, level=Level.STREET), router=eager)[Slot.DEPARTMENT]
    assert allowed.best.value == "老城街道办事处"


def test_a_branch_of_another_district_gives_way_to_that_of_the_place() -> None:
    elsewhere = Fixed(Order((Label("江北区城管局", 0.7), Label("市住房和城乡建设局", 0.2))))
    assert advice("石桥区有人乱贴广告", router=elsewhere)[Slot.DEPARTMENT].best.value == "石桥区城管局"
    assert advice("我们这有人乱贴广告", router=elsewhere)[Slot.DEPARTMENT].best.value == "市城市管理局"


def test_names_that_stand_for_one_office_are_one_choice() -> None:
    twice = Fixed(Order((Label("江北区城管局", 0.4), Label("石桥区城管局", 0.3), Label("市住房和城乡建设局", 0.3))))
    found = advice("石桥区有人乱贴广告", router=twice)[Slot.DEPARTMENT]
    assert [(c.value, round(c.probability, 6)) for c in found.choices] == [
        ("石桥区城管局", 0.7),
        ("市住房和城乡建设局", 0.3),
    ]


# -- out of scope ------------------------------------------------------------------------------------------------------


def test_what_is_out_of_scope_gets_its_legal_way_and_no_department_is_recommended() -> None:
    found = advice("我朋友借钱不还", DEBT, router=SURE_OF_HOUSING)
    card = found[Slot.ANSWER].best.value
    assert card.quote == "借款属于民事纠纷，您可以向人民法院起诉。"  # type: ignore[attr-defined]
    assert card.title == "不属于热线受理范围：民间借贷"  # type: ignore[attr-defined]
    assert card.heading == "向人民法院起诉"  # type: ignore[attr-defined]
    assert card.document_number == "《民事诉讼法》第一百二十二条"  # type: ignore[attr-defined]
    assert found[Slot.DEPARTMENT].abstained
    assert "法定途径：向人民法院起诉" in found[Slot.DEPARTMENT].best.reasons[0].text
    assert Slot.CO_DEPARTMENTS not in found


def test_who_explains_the_legal_way_is_offered_as_a_question() -> None:
    department = advice("我朋友借钱不还", replace(DEBT, lead="市司法局"), router=SURE_OF_HOUSING)[Slot.DEPARTMENT]
    assert department.best.value == "市司法局"
    assert department.abstained


def test_the_card_of_the_legal_way_is_no_evidence_of_who_should_have_an_order() -> None:
    card = advice("我朋友借钱不还", replace(DEBT, lead="市司法局"))[Slot.ANSWER]
    situation = replace(heard("工地有个事要反映"), passages=(card.best,))  # type: ignore[arg-type]
    (department,) = RoutingAdvisor(SURE_OF_HOUSING, CatalogueInForce(catalogue())).advise(situation)
    assert department.best.value == "市住房和城乡建设局"
    assert all(reason.kind != "policy" for reason in department.best.reasons)


# -- the catalogue in force --------------------------------------------------------------------------------------------


def test_the_next_suggestion_obeys_an_edited_catalogue_without_training() -> None:
    in_force = CatalogueInForce(catalogue(NOISE))
    advisor = RoutingAdvisor(SURE_OF_HOUSING, in_force)
    before = advisor.advise(heard("门口的工地吵得睡不着"))[0]
    moved = replace(NOISE, lead="市生态环境局", co_departments=("市城市管理局",))
    in_force.replace(catalogue(moved, version="c2"))
    after, helpers = advisor.advise(heard("门口的工地吵得睡不着"))
    assert (before.best.value, after.best.value) == ("市城市管理局", "市生态环境局")
    assert helpers.best.value == ("市城市管理局",)
    assert (before.versions["catalogue"], after.versions["catalogue"]) == ("c1", "c2")
    in_force.replace(catalogue(version="c3"))
    assert advisor.advise(heard("门口的工地吵得睡不着"))[0].best.value == "市住房和城乡建设局"


def test_a_suggestion_is_made_from_one_edition_even_if_another_comes_into_force_meanwhile() -> None:
    in_force = CatalogueInForce(catalogue(NOISE))

    @dataclass(frozen=True)
    class Overtaken:
        version: str = "r1"

        def rank(self, text: str, limit: int = 3) -> Order:
            in_force.replace(ResponsibilityCatalogue("c2", (JUSTICE,)))
            return SURE_OF_HOUSING.order

    department, helpers = RoutingAdvisor(Overtaken(), in_force).advise(heard("门口的工地吵得睡不着"))
    assert department.versions["catalogue"] == helpers.versions["catalogue"] == "c1"
    assert department.best.value == "市城市管理局"


def test_a_rule_of_next_month_does_not_bind_yet() -> None:
    later = replace(NOISE, effective_from=date(2026, 12, 1))
    assert advice("门口的工地吵得睡不着", later)[Slot.DEPARTMENT].best.value == "市住房和城乡建设局"


def test_past_orders_of_a_department_are_reasons() -> None:
    class Finder:
        def similar(self, text: str, department: str, limit: int = 3) -> list[Precedent]:
            found = Precedent("YC-20260301-0007", "工地夜里打桩", "市住房和城乡建设局", date(2026, 3, 1))
            return [found] if department == found.department else []

    advisor = RoutingAdvisor(SURE_OF_HOUSING, CatalogueInForce(catalogue()), precedents=Finder())
    (department,) = advisor.advise(heard("门口的工地吵得睡不着"))
    assert department.choices[0].reasons == (Reason("similar", "工地夜里打桩", "YC-20260301-0007"),)
    assert department.choices[1].reasons == ()


def test_past_orders_of_a_department_that_is_hardly_possible_are_not_searched() -> None:
    asked: list[str] = []

    class Finder:
        def similar(self, text: str, department: str, limit: int = 3) -> list[Precedent]:
            asked.append(department)
            return []

    router = Fixed(Order((Label("市住房和城乡建设局", 0.9), Label("市城市管理局", 0.04))))
    RoutingAdvisor(router, CatalogueInForce(catalogue()), precedents=Finder()).advise(heard("门口的工地吵得睡不着"))
    assert asked == ["市住房和城乡建设局"]


# -- how strong a rule counts ------------------------------------------------------------------------------------------

_weights = st.floats(0.05, 1.0)
_names = st.sampled_from([CITY_MANAGEMENT, ENVIRONMENT, HOUSING])


@given(st.lists(st.tuples(_names, _weights), max_size=4), st.floats(0, 1))
def test_rules_never_change_the_sum_and_the_surest_keeps_at_least_its_weight(
    rules: list[tuple[Department, float]], first: float
) -> None:
    found = sorted((Finding(NOISE, ("工地",), w, d, ()) for d, w in rules), key=lambda f: -f.weight)
    before = [("市城市管理局", first), ("市司法局", 1.0 - first)]
    after = dict(ruled(before, found))
    assert sum(after.values()) == pytest.approx(1.0)
    assert all(0.0 <= p <= 1.0 + 1e-9 for p in after.values())
    if found:
        lead = found[0].lead
        assert lead is not None
        assert after[lead.name] >= found[0].weight - 1e-9


# -- a person who pushes down ------------------------------------------------------------------------------------------


def test_pushing_a_functional_matter_down_to_a_street_asks_for_the_document_that_delegates_it() -> None:
    with pytest.raises(
        BadInput, match="“施工噪声” is a matter of 市城市管理局 and must not be pushed down to 老城街道办事处"
    ):
        ask_before_pushing_down(catalogue(NOISE), "工地夜里吵", "市城市管理局", STREET, "他们近", DAY)
    with pytest.raises(BadInput, match="This is a matter of 市生态环境局"):
        ask_before_pushing_down(catalogue(), "河水发臭", "市生态环境局", STREET, "他们近", DAY)
    ask_before_pushing_down(catalogue(NOISE), "工地夜里吵", "市城市管理局", STREET, "依据《老城街道赋权事项清单》", DAY)
    ask_before_pushing_down(catalogue(NOISE), "工地夜里吵", "市城市管理局", STREET, "云政发〔2026〕12号已赋权", DAY)


def test_what_may_go_to_a_street_goes_there_without_a_question() -> None:
    local = replace(NOISE, level=Level.STREET)
    ask_before_pushing_down(catalogue(local), "工地夜里吵", "市城市管理局", STREET, "", DAY)
    ask_before_pushing_down(catalogue(NOISE), "工地夜里吵", "市城市管理局", HOUSING, "", DAY)
    ask_before_pushing_down(catalogue(), "别的事", "老城街道办事处", STREET, "", DAY)
