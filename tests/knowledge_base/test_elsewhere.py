from __future__ import annotations

import pytest

from knowledge_base.gazetteer import District, Gazetteer
from knowledge_base.search.elsewhere import is_about_elsewhere, own_places


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


@pytest.mark.parametrize(
    "asked",
    ["上海路停水了怎么办", "北京西路占道经营找谁", "西湖小区停车怎么收费", "中山路的路灯坏了", "泰山家园物业费谁管"],
)
def test_a_street_or_an_estate_that_is_called_after_another_place_is_here(asked: str) -> None:
    assert not is_about_elsewhere(asked, unknown)


@pytest.mark.parametrize("asked", ["沈阳区供暖是哪天开始", "沈阳区的居住证在哪办", "我在西湖，居住证在哪办"])
def test_the_city_s_own_places_are_here_though_no_passage_names_them(asked: str) -> None:
    own = own_places(Gazetteer("云川市", (District("沈阳区", ("西湖街道",)),)))
    assert not is_about_elsewhere(asked, unknown, own)
    assert is_about_elsewhere("郑州供暖是哪天开始", unknown, own)
