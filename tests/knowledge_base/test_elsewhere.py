from __future__ import annotations

import pytest

from knowledge_base.elsewhere import is_about_elsewhere


def unknown(_: str) -> int:
    return 0


@pytest.mark.parametrize("asked", ["沈阳供暖是哪天开始", "北京积分落户今年多少分", "我在郑州，停水了怎么办"])
def test_a_place_that_no_passage_tells_of_is_elsewhere(asked: str) -> None:
    assert is_about_elsewhere(asked, unknown)


@pytest.mark.parametrize(
    "asked",
    [
        "我爸要去上海做手术，医保咋弄",
        "北京户口能在这边上学吗",
        "去香港玩那个签注能当场拿不",
        "供暖是哪天开始",
        "",
    ],
)
def test_who_goes_there_or_comes_from_there_asks_this_city(asked: str) -> None:
    assert not is_about_elsewhere(asked, unknown)


def test_a_place_that_the_library_tells_of_is_here() -> None:
    assert not is_about_elsewhere("沈阳供暖是哪天开始", {"沈阳": 3}.__getitem__)
