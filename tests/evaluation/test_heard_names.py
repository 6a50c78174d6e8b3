from __future__ import annotations

from evaluation.calls.heard_names import Names, terms_in
from knowledge_base.sounds_alike.sound_correction import SoundCorrector

TERMS = {"望湖街道": 5.0, "公积金": 5.0, "住房公积金": 5.0, "医保": 5.0}


def test_the_longest_names_are_counted_each_once() -> None:
    assert list(terms_in("取住房公积金，公积金，医保，在望湖街道", TERMS)) == ["住房公积金", "公积金", "望湖街道"]


def test_names_are_counted_as_heard_and_as_read() -> None:
    names = Names()
    names.add("我在望湖街道，取公积金，公积金", ["我在王湖街道，", "取公积金，工鸡"], SoundCorrector(TERMS), TERMS)
    assert (names.said, names.heard, names.read) == (3, 1, 2)
    assert (names.right, names.other) == (1, 0)
    assert "of 3 names" in names.line()


def test_a_correction_to_what_nobody_said_is_another() -> None:
    names = Names()
    names.add("我姓王，住胡家街道", ["王湖街道"], SoundCorrector(TERMS), TERMS)
    assert (names.right, names.other) == (0, 1)
