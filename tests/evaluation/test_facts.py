from __future__ import annotations

import pytest

from evaluation.calls.facts import stated, states


@pytest.mark.parametrize(
    ("passage", "fact"),
    [
        ("在本市居住满半年的，可以申领居住证。", "在云川市居住满半年即可申请居住证"),
        ("自受理之日起十五个工作日内领证。", "一般15个工作日领证"),
        ("到望湖派出所户籍窗口办理，工作日九点至十七点。", "望湖派出所户籍窗口办理，工作日9:00至17:00"),
    ],
)
def test_a_fact_is_found_however_its_numbers_are_written(passage: str, fact: str) -> None:
    assert states(passage, fact)


def test_a_right_sentence_with_a_wrong_figure_does_not_state_the_fact() -> None:
    assert not states("灵活就业人员参加职工医保每月缴420元", "灵活就业人员参加职工医保每月缴380元")


def test_another_matter_with_the_same_figure_does_not_state_the_fact() -> None:
    assert not states("违反规定的，处380元罚款", "灵活就业人员参加职工医保每月缴380元")


def test_each_fact_is_looked_for_in_all_passages() -> None:
    passages = ["首次办理不收费。", "照片可在窗口免费现场拍。"]
    assert stated(["首次办理不收费", "补办收费20元", "照片可在窗口免费拍"], passages) == [True, False, True]


def test_an_empty_fact_is_never_stated() -> None:
    assert not states("随便什么", "")
