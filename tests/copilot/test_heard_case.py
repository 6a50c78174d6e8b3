from __future__ import annotations

from copilot.follow_up import heard_case


def test_a_case_of_one_character_is_chosen_by_a_click_alone() -> None:
    assert heard_case(["是", "否"], "我是想问一下") == ""


def test_a_case_that_ends_like_another_is_told_from_it() -> None:
    assert heard_case(["满十六周岁", "不满十六周岁"], "孩子不满十六周岁") == "不满十六周岁"


def test_a_bare_answer_to_something_else_names_no_case() -> None:
    labels = ["没有超过", "超过了"]
    assert heard_case(labels, "没有，我还没结婚呢，在这边也没有房") == ""
    assert heard_case(labels, "房租没有超过限额") == "没有超过"
    assert heard_case(["有", "没有"], "没有，我还没结婚呢") == ""
