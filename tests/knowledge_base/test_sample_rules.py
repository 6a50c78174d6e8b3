"""The rules of dispatch of the sample city: wide, sound, and obeyed by what citizens say."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from knowledge_base import sample
from knowledge_base.catalogue.catalogue import DepartmentKind, ResponsibilityCatalogue
from knowledge_base.catalogue.dispatch_rules import Level, Route
from knowledge_base.catalogue.file import load_catalogue, load_gazetteer

DAY = date(2026, 11, 22)


@cache
def catalogue() -> ResponsibilityCatalogue:
    return load_catalogue(sample.departments(), load_gazetteer(sample.areas()))


def matter(text: str) -> str:
    found = catalogue().recognise(text, DAY, "云川市")
    return found[0].rule.name if found else ""


def test_there_are_many_matters_with_helpers_and_a_legal_basis() -> None:
    orders = [rule for rule in catalogue().rules if rule.route is Route.ORDER]
    assert len(orders) >= 40
    assert sum(bool(rule.co_departments) for rule in orders) >= 40
    assert sum(rule.helped_by is not Level.CITY for rule in orders) >= 20
    assert sum("不得下派" in rule.note for rule in orders if rule.level is Level.CITY) >= 10


def test_what_is_out_of_scope_has_its_legal_way_and_a_script() -> None:
    outside = [rule for rule in catalogue().rules if rule.route is Route.OUT_OF_SCOPE]
    assert len(outside) >= 10
    assert all(len(rule.script) >= 30 and rule.way for rule in outside)
    ways = "".join(rule.way for rule in outside)
    assert all(way in ways for way in ("仲裁", "起诉", "复议", "复查", "12388", "12378"))


def test_water_power_gas_and_heat_have_a_line_to_be_put_through_to() -> None:
    lines = {rule.name: rule.hand_over for rule in catalogue().rules if rule.hand_over}
    assert {"停水、爆管", "停电抢修", "停气、燃气故障", "供暖不热", "燃气泄漏"} <= set(lines)


def test_every_street_has_its_office_and_every_district_its_branches() -> None:
    gazetteer = load_gazetteer(sample.areas())
    offices = {d.area for d in catalogue().departments if d.kind is DepartmentKind.STREET}
    assert offices == {gazetteer.area(d.name, street) for d in gazetteer.districts for street in d.streets}
    branch = catalogue().branch("市城市管理局", "云川市/石桥区/老城街道", DAY)
    assert branch is not None
    assert branch.name == "石桥区综合行政执法局"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("我家对面那个工地夜里十二点还在打桩，吵得睡不着", "建筑施工噪声"),
        ("楼上装修电钻一大早就响，孩子没法休息", "室内装修噪声"),
        ("隔壁那家半夜还在唱歌，吵死了", "社会生活噪声（邻里、聚会、音响）"),
        ("每天晚上楼下跳广场舞，音响开得特别大", "广场舞噪声"),
        ("我们家后面那个工厂机器轰鸣，一天到晚不停", "工业企业噪声"),
        ("楼下饭馆的油烟直往我家窗户里钻", "餐饮油烟"),
        ("小区里来了好几只流浪狗，追着小孩跑", "流浪犬捕捉"),
        ("路口全是占道经营的，车都过不去", "占道经营"),
        ("马路中间有个井盖没了，太危险了", "窨井盖缺失破损"),
        ("我们小区车位只卖不租，根本停不下车", "小区停车位"),
        ("物业什么都不管，楼下灯坏了一个月", "物业服务质量"),
        ("地铁口共享单车堆得人都走不了", "共享单车、共享电单车停放"),
        ("有人把电瓶车推进电梯，在楼道里充电", "电动车违规充电、进楼"),
        ("我们这二次供水的水压一直上不来", "二次供水水质、水压"),
        ("顶楼那户在露台搭建阳光房", "违法建设（小区、住宅加建）"),
        ("消防通道天天停满了车", "占用消防通道"),
        ("朋友借钱不还，你们能不能帮我要回来", "民间借贷、欠款"),
        ("公司把我辞退了一分钱补偿不给", "劳动争议（解除、补偿、赔偿金）"),
        ("对你们交警的罚款决定我不服", "不服行政处罚、行政决定"),
        ("我要举报村干部贪污低保钱", "检举公职人员违纪违法"),
    ],
)
def test_the_matters_that_are_notoriously_unclear_are_told_apart(said: str, name: str) -> None:
    assert matter(said) == name


def test_what_a_recogniser_misheard_is_still_recognised_by_its_sound() -> None:
    assert matter("门口的肖防通道天天停满了车") == "占用消防通道"
    assert matter("晚上楼下跳广厂舞，音响声音特别大") == "广场舞噪声"


@pytest.mark.parametrize("said", ["你好，我想咨询一下", "喂，听得见吗", "谢谢你啊，再见", "我说的事情有结果了吗"])
def test_small_talk_is_no_matter(said: str) -> None:
    assert matter(said) == ""
