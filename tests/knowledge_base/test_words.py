from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.words import spans_of, strip_fillers, words


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("哎那个，嗯我想问一下居住证怎么办啊", "居住证怎么办"),
        ("您好，请问公积金提取需要什么材料？谢谢", "公积金提取需要什么材料？"),
        ("哎呀我家停水了", "我家停水了"),
        ("居住证怎么办", "居住证怎么办"),
        ("这个月的水费怎么交", "这个月的水费怎么交"),
    ],
)
def test_what_a_caller_says_around_the_question_is_left_out(said: str, asked: str) -> None:
    assert strip_fillers(said) == asked


@pytest.mark.parametrize("said", ["你好", "嗯", "喂", "谢谢您", "。。。", "", "   "])
def test_a_greeting_holds_no_question(said: str) -> None:
    assert strip_fillers(said) == ""


def test_words_have_their_parts_and_no_padding() -> None:
    found = words("请问居住证怎么办理？")
    assert {"居住证", "居住", "办理"} <= set(found)
    assert not {"？", "请问", "怎么"} & set(found)


def test_full_width_and_capitals_do_not_matter() -> None:
    assert words("ＥＴＣ卡") == words("etc卡")


@given(
    st.text(alphabet="居住证的办理Aa 1.，", max_size=40),
    st.lists(st.sampled_from(["居住", "住证", "办理", "a"]), max_size=4),
)
def test_spans_lie_in_the_text_in_order_and_apart(text: str, wanted: list[str]) -> None:
    spans = spans_of(text, wanted)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(set(edges))
    assert all(0 <= start < end <= len(text) for start, end in spans)


@given(st.text(max_size=60))
def test_any_text_at_all_can_be_asked(text: str) -> None:
    assert isinstance(words(strip_fillers(text)), list)


def test_who_cries_out_keeps_no_call_waiting() -> None:
    assert strip_fillers("啊" * 300 + "着火了").endswith("着火了")  # each 啊 doubled the time: thirty took a minute
