from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.sounds_alike.sound_correction import SoundCorrector
from knowledge_base.sounds_alike.sound_index import SoundIndex

TERMS = {
    **dict.fromkeys(["望湖街道", "临湖区", "科苑街道", "劳动监察", "派出所", "龙泉镇"], 5.0),
    **dict.fromkeys(["便民服务中心", "灵活就业人员", "延时服务", "饭店"], 2.0),
    "居住证": 20.0,
    "公积金": 30.0,
    "住房公积金": 20.0,
}


@pytest.fixture(scope="module")
def corrector() -> SoundCorrector:
    return SoundCorrector(TERMS)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("我住在王湖街道这边", "我住在望湖街道这边"),
        ("班局驻证都要带什么", "班居住证都要带什么"),
        ("变民服务中新在哪", "便民服务中心在哪"),
        ("我想提工基金", "我想提公积金"),
        ("零活就业人员怎么交", "灵活就业人员怎么交"),
        ("到拍厨所去办", "到派出所去办"),
    ],
)
def test_a_misheard_name_is_read_as_the_one_it_sounds_like(corrector: SoundCorrector, heard: str, meant: str) -> None:
    assert corrector.read(heard) == meant


def test_it_says_what_was_heard_where_and_as_what_it_is_read(corrector: SoundCorrector) -> None:
    text = "您好，在林湖去，王湖街道。"
    found = corrector.misheard(text)
    assert [(text[m.start : m.end], m.term) for m in found] == [("林湖去", "临湖区"), ("王湖街道", "望湖街道")]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("低宝", ["低保"]),
        ("农村低宝多少钱", ["低保"]),
        ("户口薄", ["户口簿"]),  # 薄 and 簿 sound otherwise
        ("户口薄丢了怎么补", ["户口簿"]),
        ("折迁户补偿", ["拆迁户"]),
        ("居主证", ["居住证"]),
        ("低保", []),
        ("货款", []),  # a word, though it looks like 贷款
        ("充电宝", []),
        ("薄利多销", []),
    ],
)
def test_what_was_typed_is_read_as_the_name_that_it_sounds_or_looks_like(typed: str, meant: list[str]) -> None:
    corrector = SoundCorrector({**TERMS, "低保": 5.0, "贷款": 5.0})
    assert [found.term for found in corrector.miswritten(typed)] == meant


def test_names_of_two_characters_and_what_looks_alike_are_not_read_into_what_was_spoken() -> None:
    corrector = SoundCorrector({**TERMS, "低保": 5.0})
    assert corrector.misheard("低宝") == corrector.misheard("户口薄") == ()


def test_a_name_of_two_characters_that_is_gone_is_read_no_more() -> None:
    corrector = SoundCorrector({**TERMS, "低保": 5.0})
    assert corrector.changed(TERMS, {"低保"}).miswritten("低宝") == ()
    assert corrector.changed(TERMS, {"低保"}).changed({**TERMS, "低保": 5.0}, {"低保"}).miswritten("低宝")


@pytest.mark.parametrize(
    "right",
    [
        "我住在望湖街道，办居住证",
        "住房公积金可以取吗",
        "今天饭点油烟特别大",
        "我在龙桥镇上班",
        "他们公司的基金跌了",
        "小区的灯坏了没有人修",
        "",
        "12345",
    ],
)
def test_what_is_right_stays_as_it_is(corrector: SoundCorrector, right: str) -> None:
    assert corrector.misheard(right) == ()


def test_nothing_is_read_where_two_names_sound_the_same() -> None:
    both = SoundCorrector({"望湖街道": 5.0, "旺湖街道": 5.0})
    assert both.misheard("我住在王湖街道") == ()
    assert both.misheard("我住在旺湖街道") == ()


def test_names_that_agree_are_no_rivals_and_the_longer_is_taken() -> None:
    both = SoundCorrector({"公积金": 5.0, "住房公积金": 5.0})
    assert both.read("取助房工记金") == "取住房公积金"


def test_a_place_that_no_list_has_is_not_read_as_one_of_a_whole_country_that_sounds_like_it() -> None:
    characters = "平坪阳江龙隆桥泉石湖山水新白马花"
    names = {f"{a}{b}{kind}": 0.05 for a in characters for b in characters for kind in ("乡", "镇") if a != b}
    unlisted = names.pop("坪阳乡")
    country = SoundCorrector({**names, "望湖街道": 0.05, "便民服务中心": 2.0})
    assert "平阳乡" in names
    assert country.misheard(f"我是{unlisted}的村民") == ()
    assert country.read("我在王湖街道的变民服务中新") == "我在望湖街道的便民服务中心"


def test_terms_that_come_and_go_leave_what_places_are_called_as_it_would_be_anew() -> None:
    before = SoundCorrector({"平阳乡": 1.0, "隆头镇": 1.0, "居住证": 3.0})
    terms = {"平阳乡": 1.0, "江垭镇": 1.0, "居住证": 3.0}
    after, anew = before.changed(terms, {"隆头镇", "江垭镇"})._unlisted, SoundCorrector(terms)._unlisted
    assert [after.of(name) for name in ("坪阳乡", "江押镇", "隆头镇")] == [
        anew.of(name) for name in ("坪阳乡", "江押镇", "隆头镇")
    ]


def test_nobody_is_corrected_without_terms() -> None:
    assert SoundCorrector({}).misheard("我住在王湖街道") == ()


def test_names_that_are_too_short_or_not_han_are_left_out() -> None:
    assert len(SoundIndex(["医保", "110", "望湖街道", "望湖街道"])) == 1


@given(st.text(alphabet="我住在王望湖街道去林临区工公基积金，。1a ", max_size=30))
def test_readings_stand_in_order_apart_and_are_known_terms(text: str) -> None:
    found = SoundCorrector(TERMS).misheard(text)
    assert all(m.term in TERMS and text[m.start : m.end] != m.term for m in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
