from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.search.answer_kinds import wanted_in
from knowledge_base.search.answering_sentence import Part, point

PERMIT = "居住证由公安机关签发。首次申领居住证免收工本费；换领居住证收取二十元。办理时限为十五个工作日。"


def sentence(text: str, asked: str) -> str | None:
    found = point([Part(text)], asked)[0].sentence
    return None if found is None else text[slice(*found)]


def test_the_sentence_that_names_what_was_asked_for_is_marked() -> None:
    assert sentence(PERMIT, "首次申领要工本费吗") == "首次申领居住证免收工本费；"
    assert sentence(PERMIT, "办理时限是多久") == "办理时限为十五个工作日。"


def test_homophones_find_the_sentence_too() -> None:
    assert sentence(PERMIT, "办里时线") == "办理时限为十五个工作日。"


def test_a_question_that_the_passage_repeats_points_to_what_follows_it() -> None:
    asked = "问：居住证多久能拿到？\n受理后十五个工作日内制发。另有规定的除外。"
    assert sentence(asked, "居住证多久能拿到") == "受理后十五个工作日内制发。"


def test_who_asks_how_much_or_where_is_pointed_to_an_amount_or_a_place() -> None:
    text = "遗失敬老卡的，到街道便民服务中心补办。遗失敬老卡的，补办收费十五元。"
    assert sentence(text, "敬老卡丢了补办多少钱") == "遗失敬老卡的，补办收费十五元。"
    assert sentence(text, "敬老卡丢了去哪补办") == "遗失敬老卡的，到街道便民服务中心补办。"


def test_a_bare_no_is_marked_together_with_the_reason() -> None:
    text = "问：老板会不会知道是我举报的？\n答：不会。举报人信息严格保密。\n举报时请说明时间和地点。"
    assert sentence(text, "老板会不会知道是我举报的") == "答：不会。举报人信息严格保密。"


def test_two_neighbours_that_answer_together_are_marked_as_one() -> None:
    text = "单盏路灯不亮的，三日内修复；成片路灯不亮的，一日内抢修。灯杆漏电的，不要靠近。"
    assert sentence(text, "路灯不亮了") == "单盏路灯不亮的，三日内修复；成片路灯不亮的，一日内抢修。"


def test_where_no_sentence_leads_nothing_is_marked() -> None:
    assert sentence("甲类每月十元。乙类每月二十元。丙类每月三十元。丁类每月四十元。", "一个月多少钱") is None


def test_nothing_in_common_is_no_sentence() -> None:
    assert sentence(PERMIT, "xyz") is None
    assert sentence("", "居住证") is None


def test_of_several_passages_one_is_marked_and_their_shares_are_one() -> None:
    parts = [Part("遗失补领的，收工本费二十元。"), Part("居住证每年签注一次。"), Part("")]
    pointed = point(parts, "居住证每年签注几次")
    assert [where.sentence for where in pointed] == [None, (0, 10), None]
    assert sum(where.share for where in pointed) == pytest.approx(1.0)


def test_of_two_passages_with_the_same_words_the_one_that_search_found_better_is_pointed_to() -> None:
    parts = [Part("每月缴三百元。", 1.0, 0.2), Part("每月缴四百元。", 1.4, 0.4)]
    first, second = point(parts, "每月缴多少钱")
    assert first.share < second.share
    assert second.sentence == (0, 7)


@pytest.mark.parametrize(
    ("question", "told", "other"),
    [
        ("补一个多少钱", "收工本费十五元", "到便民服务中心办理"),
        ("要多久能拿到", "十个工作日领卡", "不收费"),
        ("你们几点上班", "9:00至17:00办公", "可以打印证明"),
        ("不戴头盔罚多少", "处二十元罚款", "应当佩戴头盔"),
    ],
)
def test_an_amount_a_duration_a_time_and_a_fine_are_kinds_that_an_answer_must_name(
    question: str, told: str, other: str
) -> None:
    wanted = wanted_in(question)
    assert wanted.has(told)[0]
    assert not wanted.has(other)[0]


def test_who_tells_when_it_happened_does_not_ask_for_a_time() -> None:
    assert wanted_in("就是上个礼拜五，我拍了照片").named == ()
    assert wanted_in("礼拜六下午有人吗").named != ()


@given(st.text(max_size=80), st.text(max_size=20))
def test_a_sentence_lies_within_the_text_and_begins_and_ends_with_a_character(text: str, asked: str) -> None:
    found = point([Part(text)], asked)[0].sentence
    if found is not None:
        start, end = found
        assert 0 <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
