"""A misheard question read as the passages write it that sound like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.search.sound_feedback import as_written
from knowledge_base.sounds import parts
from knowledge_base.words import lone, normalise, pairs

_TEXTS = (
    "申领居住证需要提交身份证和居住地住址证明，向派出所申请办理。",
    "机动车驾驶证期满换证，应当提交身体条件证明。",
)
_PAIRS = [pairs(text) for text in _TEXTS]


def having(pair: str) -> int:
    return sum(pair in of_text for of_text in _PAIRS)


def read(asked: str) -> str:
    return as_written(asked, _TEXTS, having)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("居祝整要身粉证吗", "居住证要身份证吗"),
        ("驾使正需要提交申体条件吗", "驾驶证需要提交身体条件吗"),
    ],
)
def test_homophones_are_read_as_the_passages_write_them(heard: str, meant: str) -> None:
    assert read(heard) == meant


@pytest.mark.parametrize(
    "asked", ["居住证要身份证吗", "驾驶证怎么换", "今天天气怎么样", "", "ABC 123", "声明要提交吗", "身体不好"]
)
def test_what_was_heard_rightly_stays(asked: str) -> None:
    assert read(asked) == asked


def test_one_doubtful_character_stays_since_it_may_be_a_name() -> None:
    assert read("居祝证") == "居祝证"


def test_without_passages_nothing_is_read_otherwise() -> None:
    assert as_written("居祝整要身粉证吗", (), having) == "居祝整要身粉证吗"


@given(st.text(max_size=40))
def test_whatever_is_asked_keeps_its_length_or_stays_as_it_is(asked: str) -> None:
    found = read(asked)
    assert found == asked or len(found) == len(normalise(asked)) == len(lone(found))


@given(st.text(alphabet="居祝整正身粉证住份要交提申体条件，a", max_size=20))
def test_only_characters_that_sound_alike_are_put(asked: str) -> None:
    assert [parts(c) for c in normalise(read(asked))] == [parts(c) for c in normalise(asked)]
