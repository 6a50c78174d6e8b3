"""What an editor states an article to ask: read, refused with a reason, and quoted verbatim."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from knowledge_base.articles.content import changed_content, empty_content, plain_content
from knowledge_base.articles.difference import difference
from knowledge_base.articles.file import read_articles, to_markdown
from knowledge_base.articles.splitting import LIMIT, split
from knowledge_base.articles.stated_cases import locate
from knowledge_base.fault_words import in_chinese
from knowledge_base.library import check_library, digest, make_library
from knowledge_base.policy import PolicyArticle
from knowledge_base.search.cases import ArticleCases, distinction

TEXT = """第一章 缴费
第一条 单位职工由单位缴纳，个人不必跑腿。
第二条 灵活就业人员按下列方式缴纳：
（一）在公众号上缴纳；
（二）在窗口缴纳。
每月二十日前缴清。
第三条 断缴三个月以内补缴的，不受影响，断缴超过三个月的，等三个月。都带身份证。
第二章 常见问题
问：医保卡丢了怎么补？
答：带身份证到窗口。"""
WHO = "您是单位职工还是灵活就业？单位职工=第一条；灵活就业=第2条第二款"
LONG = "断缴多久了？三个月以内=断缴三个月以内+都带身份证；更久=断缴超过三个月+都带身份证"
ARTICLE = PolicyArticle(
    "medical",
    "参保办法",
    "云医〔2025〕1号",
    "市医保局",
    "市医保局",
    "云川市",
    date(2025, 1, 1),
    None,
    TEXT,
    cases=WHO + "；" + LONG,
)


def asked(article: PolicyArticle, number: int) -> tuple[str, list[tuple[str, str]]]:
    passages = split(article, None)
    found = distinction(passages[number - 1], passages, article.cases)
    assert found is not None
    return found.question, [(option.label, option.quote) for option in found.options]


def faults(cases: str) -> list[str]:
    return list(check_library([replace(ARTICLE, cases=cases)]))


def test_what_is_stated_is_asked_where_an_answer_stands_and_nowhere_else() -> None:
    assert asked(ARTICLE, 1) == (
        "您是单位职工还是灵活就业？",
        [("单位职工", "第一条 单位职工由单位缴纳，个人不必跑腿。"), ("灵活就业", "每月二十日前缴清。")],
    )
    assert asked(ARTICLE, 3) == (
        "断缴多久了？",
        [
            ("三个月以内", "第三条 断缴三个月以内补缴的，不受影响\n都带身份证。"),
            ("更久", "断缴超过三个月的，等三个月。\n都带身份证。"),
        ],
    )
    passages = split(ARTICLE, None)
    assert distinction(passages[3], passages, ARTICLE.cases) is None


def test_stated_cases_stand_in_the_way_of_what_the_wording_looks_like() -> None:
    passages = split(replace(ARTICLE, text="断缴三个月以内的，不变。断缴超过三个月的，等。"), None)
    assert distinction(passages[0], passages) is not None
    assert distinction(passages[0], passages, "无") is None


@pytest.mark.parametrize(
    ("place", "quote"),
    [
        ("第二条第一款第（二）项", "灵活就业人员按下列方式缴纳：\n（二）在窗口缴纳。"),
        ("第二条（一）", "灵活就业人员按下列方式缴纳：\n（一）在公众号上缴纳；"),
        ("第三条", "第三条 断缴三个月以内补缴的，不受影响，断缴超过三个月的，等三个月。都带身份证。"),
        ("“医保卡丢了”", "问：医保卡丢了怎么补？\n答：带身份证到窗口。"),
        ("都带身份证", "都带身份证。"),
    ],
)
def test_a_part_is_named_by_its_number_or_by_the_words_it_begins_with(place: str, quote: str) -> None:
    found = locate(place, split(ARTICLE, None)).quote
    assert found.removeprefix("第二条 ") == quote


def test_a_part_of_a_long_article_that_was_cut_is_found_by_its_number() -> None:
    long = "。".join(["某项说明文字若干"] * (LIMIT // 8))
    text = f"第一条 {long}。\n第二段开始。\n第三段开始。\n第二条 别的。"
    passages = split(replace(ARTICLE, text=text, cases=""), None)
    assert len(passages) > 2
    assert locate("第一条第二款", passages).quote == "第二段开始。"
    assert locate("第一条第三款", passages).quote == "第三段开始。"


@pytest.mark.parametrize(
    ("cases", "told"),
    [
        ("您在哪？城里=第九条；乡下=第一条", "正文中没有“第九条”"),
        ("您在哪？城里=在城里的；乡下=第一条", "正文中没有“在城里的”"),
        ("您在哪？城里=第一条第二款第三项；乡下=第一条", "正文中没有“第一条第二款第三项”"),
        ("您在哪？城里=带身份证到；乡下=第一条", ""),
        ("您在哪？城里=第一条", "有 1 个答案"),
        ("城里=第一条；乡下=第二条", "以“城里=第一条”开头，不是问句"),
        ("您在哪？城里第一条；乡下=第二条", "“城里第一条”不是答案"),
        ("您在哪？城里=第一条；城里=第二条", "答案“城里”写了两次"),
    ],
)
def test_what_names_no_part_of_the_article_is_refused_in_both_languages(cases: str, told: str) -> None:
    found = faults(cases)
    assert bool(found) == bool(told), found
    assert all(told in in_chinese(fault) and "分情形" in fault for fault in found)


def test_words_that_two_parts_begin_with_are_refused() -> None:
    article = replace(
        ARTICLE,
        text="甲类居民交一元。\n甲类职工交二元。\n（一）甲；\n乙：\n（一）乙。",
        cases="哪类？一=甲类；二=第一条",
    )
    [fault] = check_library([article])
    assert "有 2 处以“甲类”开头" in in_chinese(fault)
    [fault] = check_library([replace(article, cases="哪类？一=（一）；二=乙")])
    assert "出现 2 次" in in_chinese(fault)


def test_the_field_comes_back_from_the_file_as_it_was_and_answers_may_stand_on_lines(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(to_markdown(ARTICLE), encoding="utf-8")
    assert read_articles(tmp_path).articles == (ARTICLE,)
    content = changed_content(plain_content(ARTICLE), {"cases": "您在哪？\n城里=第一条；\n乡下 = 第二条\n"})
    assert content["cases"] == "您在哪？城里=第一条；乡下 = 第二条"


def test_a_table_has_a_column_for_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        f'标题,发布机关,责任单位,适用区域,施行日期,正文,分情形\n甲,局,局,云川市,2025-01-01,"{TEXT}",{WHO}\n',
        encoding="utf-8",
    )
    assert [article.cases for article in read_articles(tmp_path).articles] == [WHO]


def test_a_version_that_states_other_cases_is_different_and_one_without_keeps_its_digest() -> None:
    before = replace(ARTICLE, cases="")
    assert [c.field for c in difference(plain_content(before), plain_content(ARTICLE)).fields] == ["cases"]
    assert digest([before]) != digest([ARTICLE])
    assert digest([before]) == "55945323f0c4", "published versions are known by it"
    assert empty_content()["cases"] == ""


def test_every_passage_says_the_version_of_its_article_alone() -> None:
    other = replace(ARTICLE, article_id="other", document_number="", cases="")
    library = make_library([ARTICLE, other])
    assert {passage.version for passage in library.passages_of("medical")} == {digest([ARTICLE])}
    changed = make_library([ARTICLE, replace(other, text="别的。")])
    assert changed.passages_of("medical") == library.passages_of("medical")
    assert changed.passages_of("other")[0].version != library.passages_of("other")[0].version


def test_cards_ask_what_the_library_in_force_states() -> None:
    library = make_library([ARTICLE])
    found = ArticleCases(lambda: library).of(library.passages()[0])
    assert found is not None
    assert found.question == "您是单位职工还是灵活就业？"
