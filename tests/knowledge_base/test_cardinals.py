from __future__ import annotations

import pytest

from knowledge_base.cardinals import cardinal, one_by_one, singly, value


def test_every_number_of_four_digits_is_read_back_as_it_is_counted() -> None:
    assert [value(cardinal(n)) for n in range(10_000)] == list(range(10_000))


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("十", 10),
        ("两万三", 23_000),
        ("一百五", 150),
        ("一百零五", 105),
        ("三亿", 300_000_000),
        ("二〇", None),
        ("百", None),
        ("三四", None),
        ("十百", None),
        ("abc", None),
    ],
)
def test_a_run_of_numerals_is_a_number_or_none(said: str, number: int | None) -> None:
    assert value(said) == number


@pytest.mark.parametrize(("number", "said"), [(16, "壹拾陆"), (1020, "壹仟零贰拾"), (300, "叁佰")])
def test_numerals_of_contracts_name_every_one(number: int, said: str) -> None:
    assert cardinal(number, "零壹贰叁肆伍陆柒捌玖", "拾佰仟") == said


def test_a_count_of_five_digits_has_no_name_here() -> None:
    with pytest.raises(IndexError):
        cardinal(10_000)


def test_digits_said_singly_are_read_back() -> None:
    assert singly("2025") == "二零二五"
    assert one_by_one("二〇二五年幺") == "2025年1"
