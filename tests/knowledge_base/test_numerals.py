"""Numbers that are written in one way and spoken in another meet in search."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge_base.search import numerals
from knowledge_base.search.numerals import as_known, as_said, in_digits
from knowledge_base.words import pairs


def having(*passages: str) -> Callable[[str], int]:
    """How many of ``passages`` have a pair."""
    return lambda pair: sum(pair in pairs(passage) for passage in passages)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("一百二", "120"),
        ("幺二零", "120"),
        ("十六周岁", "16周岁"),
        ("百分之八", "8%"),
        ("百分之二点六", "2.6%"),
        ("二零二四年", "2024年"),
        ("一千零五十元", "1050元"),
        ("三十万", "30万"),
        ("三个月", "3个月"),
    ],
)
def test_a_spoken_number_has_its_digits(said: str, written: str) -> None:
    assert in_digits(said) == written
    assert in_digits(as_said(written)) == written


@pytest.mark.parametrize("idiom", ["十分感谢", "七八十岁", "万一", "三分之一", "统一办理", "千万别去", "三零企业"])
def test_what_only_looks_like_a_number_stays(idiom: str) -> None:
    assert in_digits(idiom) == idiom == as_said(idiom)


@pytest.mark.parametrize(
    ("asked", "passage", "read"),
    [
        ("未满十六周岁怎么办", "第十六条 未满16周岁的由父母申请", "未满16周岁怎么办"),
        ("16周岁能办吗", "未满十六周岁的由父母申请", "十六周岁能办吗"),
        ("打幺二零电话", "拨打120急救", "打120电话"),
        ("要交百分之十五吗", "按15%缴纳", "要交15%吗"),
        ("交8%吗", "按百分之八缴纳", "交百分之八吗"),
        ("二零二四年的标准", "2024年起", "2024年的标准"),
        ("12345热线", "一二三四五热线", "一二三四五热线"),
    ],
)
def test_a_number_is_read_as_the_passages_write_it(asked: str, passage: str, read: str) -> None:
    assert as_known(asked, having(passage)) == read


def test_a_number_that_passages_write_as_it_was_asked_stays_and_so_does_one_that_none_has() -> None:
    assert as_known("未满16周岁", having("未满16周岁", "年满十六周岁")) == "未满16周岁"
    assert as_known("一共五百八十元", having("未满16周岁")) == "一共五百八十元"


@pytest.mark.parametrize("number", ["1" * 5000 + "%", "1" * 5000 + ".5", "1" * 5000])
def test_a_number_of_any_length_is_read(number: str) -> None:
    assert as_said(number).count("一") == 5000


def test_a_decimal_is_looked_for_at_the_beginning_of_its_run_of_numerals_alone() -> None:
    run = "一" * 50
    begins = [at for at in range(len(run)) if numerals._DECIMAL.match(f"{run}点五", at)]
    assert begins == [0]  # from each place, a hundred thousand numerals would be five thousand million steps


@pytest.mark.parametrize("part", ["一", "一万", "一点", "百分之九", "1", "十六周岁", "万", "一万亿"])
def test_a_text_of_a_hundred_thousand_numerals_is_read_and_stays_as_long_as_it_was_meant(part: str) -> None:
    text = part * (100_000 // len(part))
    assert as_known(text, lambda _: 0) == text
    assert in_digits(in_digits(text)) == in_digits(text)


def test_no_number_is_longer_than_one_that_is_said() -> None:
    assert in_digits("九千九百九十九万九千九百九十九") == "99999999"
    assert in_digits("一万" * 30) == "一万" * 30
