from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.hearing.spoken_text import bare, is_subtitle_talk, readable, repeats, simplified, tidy, without_loops


def test_traditional_characters_become_simplified() -> None:
    assert simplified("請問居住證辦理") == "请问居住证办理"


def test_spaces_between_chinese_words_go_and_korean_and_latin_keep_theirs() -> None:
    assert tidy("我 想 问 一下 公积金") == "我想问一下公积金"
    assert tidy("거주 증명 신청") == "거주 증명 신청"
    assert tidy("我用 Windows 11 Pro 系统") == "我用Windows 11 Pro系统"


def test_punctuation_beside_chinese_is_chinese() -> None:
    assert tidy("你好,请问怎么办?") == "你好，请问怎么办？"
    assert tidy("\uff13.\uff15 元") == "3.5元"


def test_a_final_text_ends_with_a_mark_and_an_interim_one_does_not() -> None:
    assert readable("路灯坏了", final=True) == "路灯坏了。"
    assert readable("要带什么材料吗", final=True) == "要带什么材料吗？"
    assert readable("好的，", final=True) == "好的。"
    assert readable("路灯坏了", final=False) == "路灯坏了"
    assert readable("거주 증명", final=True) == "거주 증명"


def test_nothing_said_stays_nothing() -> None:
    assert readable("", final=True) == readable("  ", final=True) == readable("，", final=True) == ""


def test_numbers_are_written_as_digits() -> None:
    assert readable("我的电话是幺三八零零零零幺二三四", final=True) == "我的电话是13800001234。"
    assert readable("一二三四五热线", final=False) == "12345热线"


@pytest.mark.parametrize(
    ("heard", "kept"),
    [
        ("路灯坏了三天。路灯坏了三天。", "路灯坏了三天。"),
        ("谢谢你谢谢你谢谢你谢谢你", "谢谢你"),
        ("我想问我想问我想问居住证", "我想问居住证"),
        ("啊啊啊啊啊啊啊啊", "啊啊"),
    ],
)
def test_what_a_decoder_says_over_and_over_is_kept_once(heard: str, kept: str) -> None:
    assert without_loops(heard).rstrip("。") == kept.rstrip("。")


@pytest.mark.parametrize("said", ["你好你好", "对对对", "谢谢谢谢", "13800000000", "88888888", "看看看看"])
def test_what_people_do_say_twice_is_left_alone(said: str) -> None:
    assert without_loops(said) == said


def test_a_repeat_of_three_characters_is_noticed_but_not_of_digits() -> None:
    assert repeats("你认识我你认识我")
    assert not repeats("你好你好")
    assert not repeats("电话是123123123")


@pytest.mark.parametrize("credit", ["字幕由志愿者提供", "谢谢观看", "请不吝点赞订阅转发", "Amara.org社群"])
def test_credits_of_films_are_recognised(credit: str) -> None:
    assert is_subtitle_talk(credit)


@pytest.mark.parametrize("said", ["谢谢您的帮助", "我要投诉这家公司", "请问怎么打印证明"])
def test_what_citizens_say_is_no_film_credit(said: str) -> None:
    assert not is_subtitle_talk(said)


def test_bare_text_is_letters_and_digits() -> None:
    assert bare("您好，12345 热线！") == "您好12345热线"


@given(st.text(max_size=60))
def test_text_for_people_is_stable(text: str) -> None:
    once = readable(text, final=True)
    assert readable(once, final=True) in {once, readable(readable(once, final=True), final=True)}
    assert "  " not in tidy("我 " + text.replace(" ", ""))
