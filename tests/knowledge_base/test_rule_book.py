from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from knowledge_base.catalogue.catalogue import Department, DepartmentKind, Duty, ResponsibilityCatalogue
from knowledge_base.catalogue.dispatch_rules import DispatchRule
from knowledge_base.catalogue.rule_book import REACH, SOUNDS_ALIKE, RuleBook
from knowledge_base.gazetteer import District, Gazetteer

DAY = date(2026, 11, 22)
NOISE = DispatchRule("施工噪声", ("工地/施工 夜里/半夜 吵/噪音",), lead="市城市管理局", unless=("装修",), weight=0.9)
FIRE_LANE = DispatchRule("占用消防通道", ("消防通道 占/停",), lead="市消防救援支队", weight=0.8)


def names(book: RuleBook, text: str) -> list[str]:
    return [match.rule.name for match in book.recognise(text)]


def test_all_words_of_a_cue_must_be_heard_in_any_order() -> None:
    book = RuleBook([NOISE])
    assert names(book, "半夜了那边施工还吵得很") == ["施工噪声"]
    assert names(book, "那边施工吵得很") == []


def test_words_that_lie_far_apart_are_not_one_matter() -> None:
    assert names(RuleBook([NOISE]), "工地" + "好" * REACH + "半夜吵") == []


def test_an_exception_rules_the_matter_out() -> None:
    assert names(RuleBook([NOISE]), "半夜施工吵，其实是楼上装修") == []


def test_the_words_heard_and_how_sure_the_rule_is_come_with_it() -> None:
    (match,) = RuleBook([NOISE]).recognise("家门口工地半夜吵")
    assert (match.words, match.start, match.weight) == (("工地", "半夜", "吵"), 3, 0.9)


def test_a_long_word_is_known_by_its_sound_and_weighs_less() -> None:
    (match,) = RuleBook([FIRE_LANE]).recognise("肖防通道停满了车")
    assert match.words == ("肖防通道", "停")
    assert match.weight == pytest.approx(0.8 * SOUNDS_ALIKE)


def test_short_words_by_sound_alone_prove_nothing() -> None:
    book = RuleBook([DispatchRule("违停", ("违停",), lead="市公安局"), NOISE])
    assert names(book, "他的味停在那里") == []
    assert names(book, "公地办夜朝") == []
    assert names(book, "公地半夜吵") == ["施工噪声"]


def test_the_surest_rule_comes_first_and_among_equals_the_one_with_more_words() -> None:
    vague = DispatchRule("停车", ("停车/停",), lead="市公安局", weight=0.5)
    also = replace(FIRE_LANE, name="单位消防通道", cues=("消防通道 占/停 单位/公司",))
    assert names(RuleBook([vague, FIRE_LANE, also]), "公司消防通道停满了车") == ["单位消防通道", "占用消防通道", "停车"]


def test_a_book_without_rules_recognises_nothing() -> None:
    assert RuleBook([]).recognise("工地半夜吵") == []


def catalogue(*rules: DispatchRule) -> ResponsibilityCatalogue:
    city = Department("市城市管理局", (Duty("负责市容"),), "云川市")
    branch = Department("石桥区城管局", (), "云川市/石桥区", kind=DepartmentKind.DISTRICT, part_of="市城市管理局")
    old = replace(branch, name="石桥区城管大队", effective_to=date(2024, 12, 31))
    street = Department("老城街道办事处", (), "云川市/石桥区/老城街道", kind=DepartmentKind.STREET)
    return ResponsibilityCatalogue("v", (city, old, branch, street), rules)


def test_a_rule_binds_from_its_first_to_its_last_day() -> None:
    rule = replace(NOISE, effective_from=date(2026, 1, 1), effective_to=date(2026, 12, 31))
    known = catalogue(rule)
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [len(known.recognise("工地半夜吵", day, "云川市")) for day in days] == [0, 1, 1, 0]


def test_a_districts_own_rule_takes_the_place_of_the_citys_there() -> None:
    own = replace(NOISE, area="云川市/石桥区", weight=0.6)
    known = catalogue(NOISE, own)
    assert [m.rule for m in known.recognise("工地半夜吵", DAY, "云川市/石桥区/老城街道")] == [own]
    assert [m.rule for m in known.recognise("工地半夜吵", DAY, "云川市/江北区")] == [NOISE]


def test_the_branch_in_force_of_a_street_is_that_of_its_district() -> None:
    found = catalogue().branch("市城市管理局", "云川市/石桥区/老城街道", DAY)
    assert found is not None
    assert found.name == "石桥区城管局"
    assert catalogue().branch("市城市管理局", "云川市/江北区", DAY) is None


def test_a_street_has_its_office_and_a_district_has_none() -> None:
    office = catalogue().street_office("云川市/石桥区/老城街道", DAY)
    assert office is not None
    assert office.name == "老城街道办事处"
    assert catalogue().street_office("云川市/石桥区", DAY) is None


def test_tens_of_thousands_of_streets_are_looked_up_and_not_searched() -> None:
    districts = tuple(District(f"第{n}区", tuple(f"第{n}区{k}街道" for k in range(500))) for n in range(80))
    gazetteer = Gazetteer("大市", districts)
    offices = tuple(
        Department(f"{street}办事处", (), f"大市/{d.name}/{street}", kind=DepartmentKind.STREET)
        for d in districts
        for street in d.streets
    )
    known = ResponsibilityCatalogue("v", offices)
    for n in range(80):
        for k in range(0, 500, 10):
            area = gazetteer.area(None, f"第{n}区{k}街道")
            office = known.street_office(area, DAY)
            assert office is known.find(f"第{n}区{k}街道办事处")


def test_a_street_name_of_two_districts_needs_its_district() -> None:
    gazetteer = Gazetteer("云川市", (District("东区", ("中山街道",)), District("西区", ("中山街道",))))
    assert gazetteer.area(None, "中山街道") == "云川市"
    assert gazetteer.area("西区", "中山街道") == "云川市/西区/中山街道"
    assert gazetteer.area("西区", "没有的街道") == "云川市/西区"
