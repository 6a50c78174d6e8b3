from __future__ import annotations

from datetime import date

import pytest

from knowledge_base.gazetteer import District, Gazetteer
from knowledge_base.policy import Passage
from knowledge_base.sounds_alike.hotwords import Hotwords

PLACES = Gazetteer(
    "云川市",
    (
        District("临湖区", ("望湖街道", "翠堤街道")),
        District("高新区", ("科苑街道",)),
    ),
)


def passage(title: str, *keywords: str) -> Passage:
    return Passage(
        title, title, title, "照办。", title, "1号", "市政府", "市公安局", "云川市", date.min, None, keywords
    )


@pytest.fixture(scope="module")
def hotwords() -> Hotwords:
    titles = ["养犬管理规定", "公园门票办法", "停车收费规定", "夜间施工噪声办法", "燃气价格通知"]
    return Hotwords(
        [
            passage("云川市居住证管理办法", "暂住证", "居住证用处"),
            passage("住房公积金租房提取规定", "租房子取公积金", "提取额度"),
            *map(passage, titles),
        ],
        PLACES,
    )


def test_at_first_only_the_districts_are_expected(hotwords: Hotwords) -> None:
    assert hotwords.names([]) == ("临湖区", "高新区")


def test_the_streets_of_the_district_that_was_named_last_are_expected(hotwords: Hotwords) -> None:
    assert hotwords.names(["我住在临湖区"]) == ("临湖区", "高新区", "望湖街道", "翠堤街道")
    assert "科苑街道" in hotwords.names(["我住在临湖区", "单位在高新区"])
    assert "望湖街道" not in hotwords.names(["我住在临湖区", "单位在高新区"])


def test_the_names_of_what_the_talk_is_about_are_expected(hotwords: Hotwords) -> None:
    names = hotwords.names(["我想问一下租房子提取公积金"])
    assert "公积金" in names
    assert "暂住证" not in names
    assert "租房子取公积金" not in names  # a phrase would be heard where nobody said it


def test_there_are_few_names_and_each_once(hotwords: Hotwords) -> None:
    names = hotwords.names(["临湖区的居住证和公积金"])
    assert len(names) == len(set(names)) <= 26


def test_without_a_library_and_places_nothing_is_expected() -> None:
    assert Hotwords([], Gazetteer("云川市", ())).names(["居住证"]) == ()
