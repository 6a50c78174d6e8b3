from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.sounds import asked_sound_terms, find_sound, likeness, sound_terms, sounding_spans


def test_a_term_sounds_like_its_homophones() -> None:
    assert set(sound_terms("居住证")) == set(sound_terms("居住整"))
    assert set(sound_terms("公积金")) & set(sound_terms("租房子可以取工记进吗"))


def test_confused_initials_and_finals_are_taken_for_the_same() -> None:
    assert sound_terms("林湖区") == sound_terms("临湖区") == sound_terms("宁湖区")
    assert sound_terms("医生") == sound_terms("医森")
    assert likeness("整", "证") > likeness("整", "房")


def test_terms_do_not_reach_across_a_pause_or_a_number() -> None:
    assert set(sound_terms("停水，电话")) == set(sound_terms("停水")) | set(sound_terms("电话"))
    assert sound_terms("12345") == []


def test_the_words_that_ask_do_not_make_two_questions_sound_alike() -> None:
    one, other = (set(asked_sound_terms(f"{card}丢了怎么补")) for card in ("居住证", "老年卡"))
    assert not one & other
    assert one <= set(sound_terms("居住证丢了怎么补"))


def test_a_question_of_nothing_but_words_that_ask_keeps_them() -> None:
    assert asked_sound_terms("要怎么办") == sound_terms("要怎么办")
    assert asked_sound_terms("怎么") == sound_terms("怎么")


def test_a_phrase_is_found_by_its_sound() -> None:
    assert find_sound("楼道里有没气味", "煤气味") == 4
    assert find_sound("停水了", "煤气味") == -1


@given(st.text(alphabet="办居住证停水公积金，。1a ", max_size=30))
def test_every_term_has_two_or_three_syllables(text: str) -> None:
    assert all(1 <= term.count("-") <= 2 for term in sound_terms(text))


def test_what_sounds_like_the_question_is_found_in_a_passage() -> None:
    text = "在公积金手机应用上申请租房提取"
    assert [text[start:end] for start, end in sounding_spans(text, "租房子可以取工记进吗")] == ["公积金"]
