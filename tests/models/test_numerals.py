from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.hearing.spoken_numbers import digits, value


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("幺三八零零零零幺二三四", "13800001234"),
        ("要三八零零零零要二三四", "13800001234"),
        ("138 0000 1234", "13800001234"),
        ("一二三四五热线", "12345热线"),
        ("幺幺零", "110"),
        ("十五个工作日", "15个工作日"),
        ("一百二十块钱", "120块钱"),
        ("一万五千块", "15000块"),
        ("两万三", "23000"),
        ("三百万", "300万"),
        ("一亿", "1亿"),
        ("百分之二十", "20%"),
        ("百分之三点五", "3.5%"),
        ("百分之百", "100%"),
        ("零点五公里", "0.5公里"),
        ("二零二三年五月一号", "2023年5月1号"),
        ("九八年", "98年"),
        ("十二点十五分", "12点15分"),
        ("九点五十分", "9点50分"),
        ("三栋二单元五零二", "三栋二单元502"),
        ("八百五十六路公交车", "856路公交车"),
        ("二十四小时", "24小时"),
        ("一百多户", "100多户"),
    ],
)
def test_spoken_numbers_are_written_as_a_clerk_would(spoken: str, written: str) -> None:
    assert digits(spoken) == written


@pytest.mark.parametrize(
    "words",
    [
        "千万不要",
        "万一停电",
        "十分感谢",
        "一下",
        "星期一",
        "三五个人",
        "十几个",
        "四五十个人",
        "七八点钟",
        "一五一十",
        "五一劳动节",
        "十四五规划",
        "三点半",
        "老百姓",
        "第一次",
        "两三百块",
        "住了七个月",
        "二三十户",
        "我要去办证",
    ],
)
def test_words_that_only_look_like_numbers_are_left_alone(words: str) -> None:
    assert digits(words) == words


def spoken(number: int) -> str:
    """The reading of 1 to 9999, by the rules of a primer."""
    names, units = "零一二三四五六七八九", ["", "十", "百", "千"]
    said, gap = "", False
    for place, digit in zip(range(len(str(number)) - 1, -1, -1), str(number), strict=True):
        if digit == "0":
            gap = bool(said)
            continue
        said += ("零" if gap else "") + names[int(digit)] + units[place]
        gap = False
    return said.removeprefix("一") if 10 <= number < 20 else said


@given(st.integers(10, 9999))
def test_every_cardinal_below_ten_thousand_is_understood(number: int) -> None:
    assert value(spoken(number)) == number
    assert digits(f"一共{spoken(number)}户") == (f"一共{number}户" if number != 10 else "一共十户")


@given(st.text("零一二三四五六七八九幺", min_size=3, max_size=6))
def test_digits_said_one_by_one_stay_in_order(said: str) -> None:
    assert digits(said) == said.translate(str.maketrans("零一二三四五六七八九幺", "01234567891"))


@given(st.text("零〇一二两三四五六七八九十百千万亿幺点几", max_size=12))
def test_no_row_of_numerals_is_too_strange(row: str) -> None:
    assert digits(digits(row)) is not None
