from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.masking import mask, mask_talk, mask_telephone, restore

SPOKEN = "零幺二三四五六七八九"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("我的电话是13800001234，我姓周", "我的电话是138****1234，我姓周"),
        ("电话138 0000 1234", "电话138 **** 1234"),
        ("电话138-0000-1234。", "电话138-****-1234。"),
        ("1-3-8-0-0-0-0-1-2-3-4", "1-3-8-*-*-*-*-1-2-3-4"),
        ("幺三八零零零零幺二三四，我姓周", "幺三八****幺二三四，我姓周"),
        ("幺三八，零零零零，幺二三四", "幺三八，****，幺二三四"),
        ("+8613800001234", "+86138****1234"),
        ("座机0571-88881234", "座机0571-****1234"),
        ("打02088881234", "打020****1234"),
        ("家里座机是88881234", "家里座机是****1234"),
        ("身份证110101199003071234", "身份证110***************"),
        ("身份证11010119900307123X", "身份证110***************"),
        ("卡号6222020200112233445", "卡号***************3445"),
        ("我叫王建国，后四位是，三六幺五。", "我叫王**，后四位是，****。"),
        ("我叫王建国后四位是3615电话是13900005678", "我叫王**后四位是****电话是139****5678"),
        ("我姓王，王建国", "我姓王，王**"),
        ("王建国先生，对吗", "王**先生，对吗"),
        ("姓名：王建国", "姓名：王**"),
        ("尾号5678的手机", "尾号****的手机"),
        ("号码是1380000123", "号码是********23"),
    ],
)
def test_what_identifies_a_citizen_is_covered(text: str, shown: str) -> None:
    assert mask(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "您好，云川市一二三四五热线",
        "打12345没人接",
        "二零二五年六月一号交的钱",
        "2025-06-01 12:30:05",
        "一共120000块",
        "加起来差不多二十一万，十二个人",
        "我叫了救护车",
        "我叫他别吵了",
        "我叫物业来修",
        "周先生，对吗",
        "表扬市场监管所的同志和扫落叶的师傅",
        "有个姓陈的小姑娘",
        "价格3000-5000元",
        "",
    ],
)
def test_what_identifies_nobody_is_left(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (["我电话是13812", "345678。"], ["我电话是138**", "**5678。"]),
        (["幺三八幺二。", "嗯，然后三四五六七八"], ["幺三八**。", "嗯，然后**五六七八"]),
        (["我今年45", "138", "1234", "5678"], ["我今年45", "138", "****", "5678"]),
        (["110101", "19900307", "123X，对"], ["110***", "********", "****，对"]),
        (["座机0571。", "88881234"], ["座机0571。", "****1234"]),
        (["1381234", "是吗？", "5678"], ["138****", "是吗？", "5678"]),
    ],
)
def test_a_number_that_is_said_in_several_sentences_is_covered_in_each(said: list[str], shown: list[str]) -> None:
    assert mask_talk(said) == shown
    assert mask_talk(shown) == shown
    assert mask("。".join(said)) == "。".join(shown)  # as a summary quotes it


@pytest.mark.parametrize(
    "said",
    [
        ["一共三千", "2025年交的"],
        ["交了1500", "20元一次"],
        ["打12345", "没人接"],
        ["楼高18层", "13500平米"],
        [],
        ["", ""],
    ],
)
def test_amounts_and_years_in_neighbouring_sentences_are_left(said: list[str]) -> None:
    assert mask_talk(said) == said


def test_of_a_number_that_somebody_began_to_say_no_more_is_left_than_of_the_whole() -> None:
    assert mask("我的手机号是13812，") == "我的手机号是138**，"
    assert mask("电话幺三八幺二") == "电话幺三八**"
    assert mask("身份证号码是110101") == "身份证号码是110***"
    for common in ("电话号码10086", "电话是12345", "电话费1500", "手机1599"):
        assert mask(common) == common


def test_house_numbers_are_covered_only_where_asked() -> None:
    said = "槐树巷十八号，红星小区2号楼3单元501室，五号窗口，六月十五号"
    assert mask(said) == said
    assert mask(said, addresses=True) == "槐树巷**号，红星小区*号楼*单元***室，五号窗口，六月十五号"
    assert mask("3栋2单元501，三栋五零一", addresses=True) == "*栋*单元***，*栋***"
    assert mask("3栋200户", addresses=True) == "*栋200户"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13800001234", "138****1234"),
        ("0571-88881234", "0571-****1234"),
        ("88881234", "****1234"),
        ("6200777", "***0777"),
        ("(0571)6200777", "(0571)***0777"),
        ("（010） 62007777", "（010） ****7777"),
        ("+86 138 0000 1234", "+86 138 **** 1234"),
        ("008613800001234", "0086138****1234"),
        ("138000012", "138****12"),
        ("1380000", "138****"),
        ("138000", "******"),
        ("05718888", "0571****"),
        ("057188881", "0571****1"),
        ("0571888812", "0571****12"),
        ("010888812", "010****12"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_a_telephone_number_keeps_what_tells_two_apart(number: str, shown: str) -> None:
    assert mask_telephone(number) == shown


@given(st.from_regex(r"\A1[3-9][0-9]{9}\Z"), st.sampled_from(["", " ", "，", "电话是", "我是"]), st.booleans())
def test_no_mobile_number_survives_however_it_is_said(number: str, lead: str, spoken: bool) -> None:
    said = "".join(SPOKEN[int(c)] for c in number) if spoken else number
    shown = mask(f"{lead}{said}。")
    assert said not in shown
    assert shown.count("*") == 4


@given(st.text(alphabet="0123456789幺三八零我叫姓王建国号楼，。- Xx后四位是电话*", max_size=40), st.booleans())
def test_masking_keeps_the_length_and_masking_twice_changes_nothing(text: str, addresses: bool) -> None:
    once = mask(text, addresses=addresses)
    assert len(once) == len(text)
    assert mask(once, addresses=addresses) == once


@given(st.lists(st.text(alphabet="0123456789幺三八嗯电话是身份证，。 \n\x1eXx*", max_size=12), max_size=5))
def test_masking_talk_keeps_the_length_of_each_sentence_and_twice_changes_nothing(said: list[str]) -> None:
    once = mask_talk(said)
    assert [len(one) for one in once] == [len(one) for one in said]
    assert mask_talk(once) == once


@given(st.text(max_size=60))
def test_any_text_at_all_can_be_masked(text: str) -> None:
    assert not re.search(r"1[3-9]\d{9}(?!\d)", mask(text)) or not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", mask(text))


def test_a_corrected_text_keeps_what_was_masked_in_it() -> None:
    original = "市民张某某反映路灯不亮，电话13812345678，请尽快处理"
    shown = mask(original)
    assert "**" in shown
    edited = shown.replace("路灯不亮", "路灯坏了五盏")
    assert restore(edited, original) == original.replace("路灯不亮", "路灯坏了五盏")


def test_stars_that_cover_nothing_known_stay_stars() -> None:
    assert restore("电话139****0000", "没有号码的摘要") == "电话139****0000"
