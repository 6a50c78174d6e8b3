"""A telephone number of which only a part was heard: the agent is told to have it repeated, nothing is filled in."""

from __future__ import annotations

import pytest
from drafting_parts import CITY, drafts

from copilot.drafting import DraftingAdvisor
from copilot.suggestion import Slot

ASKED = "座席：方便留一个联系电话吗？"


@pytest.fixture
def advisor() -> DraftingAdvisor:
    return DraftingAdvisor(CITY)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        (("我的电话是幺三八零零零零幺二",), "138000012"),
        (("13800001",), "13800001"),
        (("幺三八零零零零零幺二三四",), "138000001234"),
        (("电话是幺三八零零", "零幺二"), "13800012"),
        (
            (
                ASKED,
                "零五七一八八八八",
            ),
            "05718888",
        ),
        ((ASKED, "嗯，幺三八零"), "1380"),
        (("电话是0571-8888", "座席：您再说一遍？", "0571-88881"), "057188881"),
    ],
)
def test_digits_that_are_no_whole_number_are_shown_and_not_dared(
    advisor: DraftingAdvisor, said: tuple[str, ...], heard: str
) -> None:
    suggestion = drafts(advisor, "我要投诉楼上太吵", *said)[Slot.TELEPHONE]
    assert suggestion.abstained
    assert (suggestion.best.value, suggestion.best.probability) == (heard, 0.0)
    assert suggestion.best.reasons[0].text == f"听到 {len(heard)} 位，不是完整号码"


@pytest.mark.parametrize(
    "said",
    [
        ("身份证后四位三六幺五",),
        ("一共欠了1500000块",),
        ("欠了我150000，一直不给",),
        ("你们12345没人接",),
        ("我打95598报修电话95598也没用",),
        ("他们客服电话4008001234打不通",),
        ("我打电话打了2000多次",),
        ("订单号是1380000123",),
        ("2026年11月22日下午",),
        ("座席：您可以打公积金中心的电话13800001234", "好的"),
        (ASKED, "我住3栋1501室"),
        (ASKED, "不用了，谢谢"),
        ("快递单号是", "1381234", "5678"),
        ("座席：您身份证号报一下", "嗯", "330106", "19880101", "座席：嗯", "1234"),
        ("座席：请说一下订单号码", "20240501"),
        ("房间号码20240501",),
        ("公积金账号1581234567",),
        ("座席：您再说一遍欠款金额", "150000"),
        ("工资欠了我1350000",),
        ("手机掉了，损失5999",),
        ("打电话0571 12345打不通",),
    ],
)
def test_other_digits_are_no_part_of_a_number(advisor: DraftingAdvisor, said: tuple[str, ...]) -> None:
    assert Slot.TELEPHONE not in drafts(advisor, "我要投诉楼上太吵", *said)


def test_the_whole_number_takes_the_place_of_the_part(advisor: DraftingAdvisor) -> None:
    said = ("我要投诉", "电话是幺三八零零零零幺二", "座席：没听清，请再说一遍。", "幺三八零零零零幺二三四")
    suggestion = drafts(advisor, *said)[Slot.TELEPHONE]
    assert not suggestion.abstained
    assert suggestion.best.value == "13800001234"


def test_the_parts_of_two_sentences_are_joined_only_where_nothing_is_said_between(advisor: DraftingAdvisor) -> None:
    apart = ("电话是幺三八零零零零", "我姓周，住在老城街道", "幺二三四")
    assert drafts(advisor, "我要投诉楼上太吵", *apart)[Slot.TELEPHONE].best.value == "1380000"


@pytest.mark.parametrize(
    "said",
    [
        ("座席：身份证后四位和联系电话报一下", "1380000", "1234"),
        ("座席：订单号说一下", "20240501", "座席：好的，联系电话呢？", "1380000", "1234"),
        ("身份证和电话13800001234",),
        ("合同的事，13800001234",),
        ("身份证丢了怎么办", "1380000", "1234"),
    ],
)
def test_a_number_is_known_beside_one_of_another_kind(advisor: DraftingAdvisor, said: tuple[str, ...]) -> None:
    suggestion = drafts(advisor, "我要投诉楼上太吵", *said)[Slot.TELEPHONE]
    assert (suggestion.best.value, suggestion.abstained) == ("13800001234", False)


@pytest.mark.parametrize(
    "said",
    [(ASKED, "8765", "座席：嗯", "4321"), ("座席：联系电话呢？", "嗯，8765", "4321"), ("座席：电话呢", "87654321")],
)
def test_a_number_of_the_city_alone_is_whole_in_two_sentences_too(
    advisor: DraftingAdvisor, said: tuple[str, ...]
) -> None:
    suggestion = drafts(advisor, "我要投诉楼上太吵", *said)[Slot.TELEPHONE]
    assert (suggestion.best.value, suggestion.abstained) == ("87654321", False)


def test_a_long_list_of_numbers_keeps_no_call_waiting(advisor: DraftingAdvisor) -> None:
    said = f"1，{'2，' * 60}3，我的电话是幺三八零零零零幺二"  # tried in all combinations, each more doubled the time
    assert Slot.TELEPHONE in drafts(advisor, said, f"{'1，' * 60}1是吗")
