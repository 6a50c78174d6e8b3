from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.search.answering_sentence import Part, point
from knowledge_base.search.bounds import told_quantities, within

BENEFIT = "缴费满一年不足五年的，最长领十二个月；满五年不足十年的，最长领十八个月；满十年的，最长领二十四个月。"
GAP = "断缴三个月以内补缴的，待遇不受影响。断缴超过三个月的，恢复缴费后要等三个月才能报销。"


def marked(asked: str, text: str, before: str = "") -> str:
    found = point([Part(text, 1.0, 0.5)], asked, before)[0].sentence
    return "" if found is None else text[slice(*found)]


@pytest.mark.parametrize(
    ("told", "rule", "fits"),
    [
        ("医保断了半年", "断缴超过三个月的，", 1),
        ("医保断了半年", "断缴三个月以内补缴的，", -1),
        ("断了三个月", "断缴超过三个月的，", -1),
        ("断了三个月", "断缴三个月以内补缴的，", 1),
        ("断了三个多月", "断缴超过三个月的，", 1),
        ("交了十二个月", "缴费满一年不足五年的，", 1),
        ("交了七年", "满五年不足十年的，", 1),
        ("交了5年", "缴费满一年不足五年的，", -1),
        ("我妈六十二岁", "满六十周岁不满六十五周岁的，", 1),
        ("孩子十六岁", "未满十六周岁的，", -1),
        ("过期两年了", "过期一年以内还可以直接换，超过一年的要考科目一恢复。", 1),
        ("停水一天了", "停水超过十二个小时的，", 1),
        ("空了八个月", "空置六个月以上的住宅，", 1),
        ("断了半年多", "断缴超过六个月的，", 1),
        ("断了大半年", "断缴超过六个月的，", 1),
        ("交了1.5年", "缴费满五年的，", -1),  # not five years
        ("交了14年11个月", "缴费满十五年的，", -1),
        ("交了15年3个月", "缴费不足一年的，", -1),
        ("工作了一年零三个月", "连续工作满十二个月的，", 1),
        ("断了三个月", "断缴不超过90日的，", 1),  # who says months counts no days
        ("断了九十四天", "断缴不超过三个月的，", -1),
        ("我六十岁", "60岁及以上的老年人，", 1),
        ("我五十九岁", "六十周岁（含）以上的，", -1),
        ("80岁老人", "八十至八十九周岁老人每月一百元，", 1),
        ("我爸九十五岁", "八十至八十九周岁老人每月一百元，", -1),
        ("我爸九十五岁", "80-89岁每月100元，90岁到99岁每月200元，", 1),
        ("我五十五岁，交了十六年", "年满六十周岁且缴费满十五年的，", -1),
        ("我六十一岁，交了十六年", "年满六十周岁且缴费满十五年的，", 1),
    ],
)
def test_what_is_told_lies_within_the_bounds_of_a_rule_or_not(told: str, rule: str, fits: int) -> None:
    assert within(told_quantities(told), rule) == fits


@pytest.mark.parametrize(
    ("told", "rule"),
    [
        ("医保断了半年", "每月缴费三百八十元。"),
        ("医保断缴了", "断缴超过三个月的，"),
        ("孩子三岁", "断缴超过三个月的，"),  # an age is no time
        ("2025年办的", "满一年的，"),  # nor is a year of the calendar, a day of a month, a second card
        ("三月一日办的二代证", "满一年的，"),
        ("等了一个月", "十五至二十日办结，"),  # what an office promises bounds no case
        ("罚了1,000天", "不足一天的，"),  # not no day at all
        ("断了半年", "补缴后三个工作日内到账。"),  # what an office promises bounds no case
        ("", ""),
    ],
)
def test_where_nothing_can_be_compared_nothing_is_said(told: str, rule: str) -> None:
    assert within(told_quantities(told), rule) == 0


def test_the_sentence_for_as_long_as_somebody_tells_is_marked() -> None:
    assert marked("断了半年，多久能报销", GAP) == "断缴超过三个月的，恢复缴费后要等三个月才能报销。"
    assert marked("断了两个月影响报销吗", GAP) == "断缴三个月以内补缴的，待遇不受影响。"
    assert marked("交了七年能领多久", BENEFIT) == "满五年不足十年的，最长领十八个月；"
    assert marked("那能领多久", BENEFIT, before="失业保险我交了十二年") == "满十年的，最长领二十四个月。"


@given(st.text(alphabet="满超过不足三个半年月周岁天以内上下0123456789十多，。的", max_size=40), st.text(max_size=20))
def test_any_two_texts_can_be_compared(told: str, rule: str) -> None:
    assert within(told_quantities(told), told + rule) in (-1, 0, 1)
