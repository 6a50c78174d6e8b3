from __future__ import annotations

import pytest

from knowledge_base.search.answering_sentence import Part, point
from knowledge_base.search.circumstances import fit, told_in

PERMIT = (
    "第四条 首次办理居住证不收费，一般十五个工作日领证，可以到窗口领取，也可以选择邮寄到家。"
    "遗失补领、损坏换领的，收工本费二十元。"
)
STAMP = "第六条 居住证每年签注一次，到期前一个月内在公众号上办理，不收费。逾期未签注的，使用中止，补办签注后恢复。"
LICENCE = "答：有效期满前九十天内换证，带旧驾驶证到车管所办理。过期一年以内还可以直接换，超过一年的要考科目一恢复。"


def marked(asked: str, *texts: str, before: str = "") -> str | None:
    """The first words of what is marked."""
    pointed = point([Part(text, 1.0, 0.5) for text in texts], asked, before)
    spans = [(text, where.sentence) for text, where in zip(texts, pointed, strict=True) if where.sentence is not None]
    return spans[0][0][slice(*spans[0][1])][:6] if spans else None


@pytest.mark.parametrize("asked", ["居住证丢了怎么补", "居住证丢失了怎么补办", "我居住证不见了，补一张多少钱"])
def test_who_lost_a_paper_is_not_told_what_the_first_one_costs(asked: str) -> None:
    assert marked(asked, PERMIT) == "遗失补领、损"


def test_who_has_it_for_the_first_time_is_not_told_what_a_lost_one_costs() -> None:
    assert marked("第一次办居住证收费吗", PERMIT) == "第四条 首次"


def test_a_rule_holds_for_the_condition_that_it_begins_with_whatever_follows() -> None:
    told = told_in("居住证丢了怎么补办")
    assert fit(told, "逾期未签注的，使用中止，补办签注后恢复。") == -1
    assert fit(told_in("忘了签注会怎么样"), "逾期未签注的，使用中止，补办签注后恢复。") == 1
    assert marked("居住证丢失了怎么补办", PERMIT, STAMP) == "遗失补领、损"
    assert marked("居住证忘签了怎么办", PERMIT, STAMP) == "逾期未签注的"


def test_what_has_run_out_and_what_is_about_to_are_told_apart_but_are_one_matter() -> None:
    assert marked("驾照过期半年了还能换吗", LICENCE) == "过期一年以内"
    assert marked("驾照快过期了怎么换", LICENCE) == "答：有效期满"
    assert fit(told_in("身份证过期了"), "到期前三个月就可以换。") == 0


@pytest.mark.parametrize(
    "asked", ["煤气味很重怎么办", "燃气味很呛人怎么办", "一股刺鼻的煤气味", "煤气味好大", "味道越来越浓"]
)
def test_who_smells_much_is_not_told_what_to_do_where_it_hardly_smells(asked: str) -> None:
    assert fit(told_in(asked), "气味很淡、来源在自家灶具的，先关闭灶前阀。") == -1
    assert fit(told_in(asked), "闻到浓烈煤气味的，马上撤离到室外。") == 1


@pytest.mark.parametrize("asked", ["煤气味不重，就一点", "味道不大", "闻到淡淡的煤气味", "有煤气味怎么办", "不是很浓"])
def test_who_smells_little_is_not_kept_from_what_to_do_where_it_smells_much(asked: str) -> None:
    assert fit(told_in(asked), "闻到浓烈煤气味的，马上撤离到室外。") == 0
    assert fit(told_in(asked), "气味很淡、来源在自家灶具的，先关闭灶前阀。") == 0


def test_who_is_in_a_hurry_may_have_lost_something_too() -> None:
    assert fit(told_in("明天要坐火车咋办"), "急用的可以同时办临时身份证。") == 1
    assert fit(told_in("明天要坐火车咋办"), "丢失的，到派出所补领。") == 0
    assert fit(told_in("身份证丢了"), "急用的，可以办临时身份证。") == -1


def test_what_happened_may_have_been_told_before_the_question_but_the_question_outranks_it() -> None:
    lost = "我的居住证丢了"
    assert marked("那要交多少钱", PERMIT) != marked("那要交多少钱", PERMIT, before=lost) == "遗失补领、损"
    assert marked("那第一次办要多少钱", PERMIT, before=lost) == "第四条 首次"


@pytest.mark.parametrize(
    "asked",
    [
        "饭店用过期的鸡肉给人吃，我要举报",
        "楼上乱丢垃圾",
        "有人往楼下丢东西",
        "健身房关门了，找不到老板，找不到人",
        "护理补贴一个月多少",
        "要办什么手续",
        "外墙瓷砖掉了",
        "",
    ],
)
def test_words_like_those_of_a_circumstance_tell_of_none(asked: str) -> None:
    assert told_in(asked) == frozenset()


@pytest.mark.parametrize("asked", ["身份证没丢", "身份证没有弄丢", "不是丢了", "电梯没坏", "不是第一次办"])
def test_what_did_not_happen_is_no_circumstance(asked: str) -> None:
    assert told_in(asked) == frozenset()


def test_what_did_not_happen_hides_nothing_that_did() -> None:
    assert told_in("身份证没丢，是磁条坏了") == told_in("磁条坏了") != frozenset()
    assert told_in("是不是丢了就要交钱") == told_in("有没有丢失补领的") == told_in("丢了") != frozenset()
    assert told_in("公司没注销") == told_in("注销") != frozenset()  # what was not done is what is asked about


def test_where_nothing_is_told_no_rule_is_for_another_case() -> None:
    assert fit(frozenset(), "遗失补领的，收工本费二十元。") == 0
    assert fit(told_in("居住证丢了"), "办理时限为十五个工作日。") == 0
    assert fit(told_in("忘了年审会罚吗"), "情节轻微并及时改正的，不予处罚。") == 0
