from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.articles.splitting import LIMIT, SEPARATOR, sections, split
from knowledge_base.policy import PolicyArticle, Secrecy

ARTICLE = PolicyArticle(
    article_id="parking",
    title="云川市停车规定",
    document_number="云公规〔2025〕1号",
    issuer="云川市公安局",
    owner="市公安局",
    area="云川市",
    effective_from=date(2025, 1, 1),
    effective_to=None,
    text="第一章 总则\n第一条 停车要入位。\n第二条 收费如下：\n（一）半小时内免费；\n（二）之后每小时二元。\n"
    "第二章 处罚\n第三条 违停罚款一百元。",
)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def everything(text: str, limit: int = LIMIT) -> str:
    return squeezed("".join("".join(s.opened) + s.text for s in sections(text, limit)))


LINES = st.sampled_from(
    [
        "第一章 总则",
        "第一部分 总体要求",
        "附件1",
        "1. 身份证；",
        "有下列情形之一的，处二百元罚款：",
        "第二章 附则",
        "第一节 一般规定",
        "第一条 居住满半年的，可以申请。",
        "第二条　带身份证原件。",
        "第十二条之一 另有规定的除外。",
        "（一）半小时内免费；",
        "问：周六上班吗？",
        "答：上午九点到十二点。要预约。",
        "## 办理地点",
        "一、申请条件",
        "一、凡是在本市居住的人员，都可以申请。",
        "没有标点的长句" * 12,
        "一句话。" * 30,
        "",
        "   ",
    ]
)
TEXTS = st.one_of(
    st.lists(LINES, max_size=25).map("\n".join),
    st.text(alphabet="第一二条章节问答：:。；！？\n #、（）” \u3000aQ1文", max_size=300),
    st.text(max_size=200),
)


@given(TEXTS, st.integers(min_value=1, max_value=80))
def test_the_passages_together_are_the_text_of_the_article(text: str, limit: int) -> None:
    assert everything(text, limit) == squeezed(text)


@given(TEXTS, st.integers(min_value=1, max_value=80))
def test_no_passage_is_empty_or_longer_than_the_limit(text: str, limit: int) -> None:
    assert all(0 < len(s.text) <= limit for s in sections(text, limit))


def test_each_article_of_a_regulation_is_a_passage_under_its_chapter() -> None:
    passages = split(ARTICLE, None)
    assert [p.heading.split(SEPARATOR) for p in passages] == [
        ["云川市停车规定", "第一章 总则", "第一条"],
        ["云川市停车规定", "第一章 总则", "第二条"],
        ["云川市停车规定", "第二章 处罚", "第三条"],
    ]
    assert passages[1].text == "第二条 收费如下：\n（一）半小时内免费；\n（二）之后每小时二元。"


def test_a_passage_carries_the_source_and_the_last_day_of_its_article() -> None:
    passage = split(ARTICLE, date(2026, 3, 31))[2]
    assert (passage.passage_id, passage.article_id) == ("parking#3", "parking")
    assert (passage.document_number, passage.owner, passage.issuer) == ("云公规〔2025〕1号", "市公安局", "云川市公安局")
    assert (passage.effective_from, passage.effective_to) == (date(2025, 1, 1), date(2026, 3, 31))


def test_a_passage_is_seen_by_those_who_may_see_its_article() -> None:
    passage = split(replace(ARTICLE, secrecy=Secrecy.INTERNAL, source_link="https://example.org/1"), None)[0]
    assert passage.source_link == "https://example.org/1"
    assert not passage.visible_to(Secrecy.PUBLIC)
    assert passage.visible_to(Secrecy.INTERNAL)
    assert passage.visible_to(Secrecy.RESTRICTED)


def test_a_question_stays_with_its_whole_answer() -> None:
    text = "问：周六上班吗？\n答：上班。\n要预约。\n\n2. 问：周日呢？\n答：不上班。"
    assert [s.text for s in sections(text)] == [
        "问：周六上班吗？\n答：上班。\n要预约。",
        "2. 问：周日呢？\n答：不上班。",
    ]


def test_numbered_questions_and_those_before_an_answer_open_a_passage_each() -> None:
    text = "1. 在哪里办？\n答：派出所。\n2.多久能拿到？\n十五个工作日。\n收费吗？\n答：不收费。"
    assert [s.text for s in sections(text)] == [
        "1. 在哪里办？\n答：派出所。",
        "2.多久能拿到？\n十五个工作日。",
        "收费吗？\n答：不收费。",
    ]


def test_a_reference_to_another_article_opens_no_passage() -> None:
    text = "第三条 有下列情形的：\n第二条规定的材料不齐；\n第五条第一款的人员。"
    assert [s.label for s in sections(text)] == ["第三条"]


def test_an_article_number_without_a_space_behind_it_opens_a_passage() -> None:
    assert [s.label for s in sections("第一条为了方便群众，制定本办法。\n第二条本办法自公布之日起施行。")] == [
        "第一条",
        "第二条",
    ]


def test_numbered_headings_head_what_follows_and_numbered_sentences_do_not() -> None:
    found = sections("一、申请条件\n住满半年。\n二、凡是没有登记的，先登记。")
    assert [(s.above, s.text) for s in found] == [(("一、申请条件",), "住满半年。\n二、凡是没有登记的，先登记。")]


def test_markdown_headings_nest() -> None:
    found = sections("# 指南\n## 材料\n身份证。\n## 地点\n派出所。")
    assert [s.above for s in found] == [("# 指南", "## 材料"), ("# 指南", "## 地点")]
    assert split(replace(ARTICLE, text="# 指南\n身份证。"), None)[0].heading == f"云川市停车规定{SEPARATOR}指南"


def test_a_heading_with_nothing_under_it_is_not_lost() -> None:
    assert [s.text for s in sections("第一条 内容。\n第二章 附则")] == ["第一条 内容。", "第二章 附则"]


def test_a_long_paragraph_is_cut_at_sentence_ends_only() -> None:
    sentence = "受理后十五个工作日领证，可以到窗口领取。"
    found = sections(f"第一条 {sentence * 40}", 100)
    assert len(found) > 5
    assert all(s.text.endswith("。") for s in found)
    assert {s.label for s in found} == {"第一条"}


def test_items_that_are_cut_off_keep_the_sentence_that_leads_them_in_their_heading() -> None:
    items = [f"（{n}）{'占用盲道停放车辆' * 4}的；" for n in "一二三四五"]
    text = "第九条 停车要入位。有下列情形之一的，处二百元罚款：\n" + "\n".join(items)
    passages = split(replace(ARTICLE, text=text), None)
    assert len(passages) == 1
    cut = sections(text, 100)
    assert len(cut) > 2
    assert [s.lead for s in cut] == ["", *["有下列情形之一的，处二百元罚款："] * (len(cut) - 1)]


def test_an_item_of_an_item_keeps_both_its_leading_sentences() -> None:
    text = "第九条 提交材料：\n（一）个人提交：\n1. 身份证；\n2. 照片；\n（二）单位提交执照。"
    assert [s.lead for s in sections(text, 20)] == [
        "",
        SEPARATOR.join(["第九条 提交材料：", "（一）个人提交："]),
        "第九条 提交材料：",
    ]


def test_an_item_of_the_second_list_hangs_on_its_own_leading_sentence() -> None:
    text = "第九条 提交材料：\n（一）个人：\n1. 身份证；\n2. 照片；\n（二）单位：\n1. 营业执照原件；\n2. 委托书。"
    assert sections(text, 16)[-1].lead == SEPARATOR.join(["第九条 提交材料：", "（二）单位："])


def test_a_paragraph_of_an_article_that_was_cut_is_called_by_its_number() -> None:
    text = "第九条 " + "停车要入位。" * 5 + "\n" + "违停的罚款。" * 5 + "\n" + "逾期的加倍。" * 5
    assert [s.label for s in sections(text, 40)] == ["第九条", "第九条第二款", "第九条第三款"]


def test_the_rest_of_a_long_answer_keeps_its_question() -> None:
    found = sections("问：要带什么材料？\n答：" + "带身份证原件。" * 20, 80)
    assert len(found) > 1
    assert {s.lead for s in found[1:]} == {"问：要带什么材料？"}


def test_an_annex_begins_anew() -> None:
    found = sections("第一章 总则\n第一条 内容。\n附件1\n申请表\n附表2 收费标准\n名称：甲；金额：一元")
    assert [s.above for s in found] == [("第一章 总则",), ("附件1",), ("附表2 收费标准",)]


def test_the_list_of_annexes_at_the_end_of_a_notice_heads_nothing() -> None:
    assert [s.above for s in sections("请执行。\n附件：1.申请表\n云川市公安局")] == [()]


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one character"):
        sections("第一条 内容。", 0)


NOTE = "（2024年1月5日云川市第十六届人民代表大会常务委员会第三次会议通过 根据2025年3月1日第九次会议《决定》修正）"


@pytest.mark.parametrize(
    "lines",
    [
        [NOTE],
        ["（二〇二四年一月五日云川市人大（常委会）第三次会议通过", "根据2025年3月1日第九次会议《决定》修正）"],
        ["# 云川市养犬管理条例", NOTE],
    ],
)
def test_a_note_on_who_adopted_a_document_is_no_passage_and_is_not_lost(lines: list[str]) -> None:
    text = "\n".join([*lines, "第一条 犬只应当登记。", "第二条 每年年检。"])
    found = sections(text)
    assert [section.text for section in found] == ["第一条 犬只应当登记。", "第二条 每年年检。"]
    assert not any("通过" in title for section in found for title in section.above)
    assert "".join("".join(s.opened) + s.text for s in found).replace("\n", "") == text.replace("\n", "")


@pytest.mark.parametrize(
    "line",
    [
        "（2024年1月5日起公布的名单见附件，共十二家。）",
        "（2024年1月5日会议通过）以及（2025年修正）的规定继续有效。",
        "2024年1月5日第三次会议通过。",
    ],
)
def test_what_only_resembles_such_a_note_is_quoted(line: str) -> None:
    assert sections(f"{line}\n第一条 犬只应当登记。")[0].text == line


def test_a_note_in_the_middle_of_an_article_stays_with_it() -> None:
    assert len(sections(f"第一条 犬只应当登记。\n{NOTE}\n第二条 每年年检。")) == 2
