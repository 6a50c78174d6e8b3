"""Every fault that a library can have is said in Chinese too."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from knowledge_base.articles.content import changed_content, empty_content, read_content
from knowledge_base.articles.file import read_articles, understand_rows
from knowledge_base.catalogue.catalogue import Department, Duty, ResponsibilityCatalogue
from knowledge_base.errors import BadLibrary, BadTable
from knowledge_base.fault_words import in_chinese
from knowledge_base.gazetteer import District, Gazetteer
from knowledge_base.library import check_library
from knowledge_base.policy import PolicyArticle

CATALOGUE = ResponsibilityCatalogue("1", (Department("市公安局", (Duty("证"),), "云川市", aliases=("公安局",)),))
GAZETTEER = Gazetteer("云川市", (District("临湖区", ()),))
SOUND = PolicyArticle(
    "permit",
    "居住证办理规定",
    "云公规(2025)3号",
    "云川市公安局",
    "市公安局",
    "云川市",
    date(2025, 3, 1),
    None,
    "第一条",
)
OLD = replace(SOUND, article_id="old", document_number="旧1号", effective_from=date(2020, 1, 1))
FAULTY: dict[str, list[PolicyArticle]] = {
    "没有正文": [replace(SOUND, text=" ")],
    "没有责任单位": [replace(SOUND, owner="")],
    "没有发布机关": [replace(SOUND, issuer="")],
    "没有适用区域": [replace(SOUND, area="")],
    "早于施行日期": [replace(SOUND, effective_to=date(2024, 1, 1))],
    "代替了自己": [replace(SOUND, supersedes=(SOUND.document_number,))],
    "编号都是 permit": [SOUND, replace(SOUND, document_number="")],
    "文号都是 云公规(2025)3号（permit、two）": [SOUND, replace(SOUND, article_id="two")],
    "代替的 无此文 不在知识库中": [replace(SOUND, supersedes=("无此文",))],
    "不晚于被代替文件的 2020-01-01": [OLD, replace(SOUND, supersedes=("旧1号",), effective_from=date(2019, 1, 1))],
    "只适用于 云川市/临湖区": [OLD, replace(SOUND, supersedes=("旧1号",), area="云川市/临湖区")],
    "循环代替": [replace(OLD, supersedes=(SOUND.document_number,)), replace(SOUND, supersedes=("旧1号",))],
    "的名称是“市公安局”": [replace(SOUND, owner="公安局")],
    "没有责任单位“市税务局”。": [replace(SOUND, owner="市税务局")],
    "没有责任单位“市公安分局”，最接近的是“市公安局”。": [replace(SOUND, owner="市公安分局")],
    "不在行政区划中": [replace(SOUND, area="别的市")],
}


@pytest.mark.parametrize("words", FAULTY)
def test_a_fault_of_a_library_is_said_in_chinese(words: str) -> None:
    faults = check_library(FAULTY[words], CATALOGUE, GAZETTEER)
    said = [in_chinese(fault) for fault in faults]
    assert any(words in sentence for sentence in said), said
    assert all(not re.search(r"[a-z]{4,} [a-z]+", sentence) for sentence in said), said


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "没有标题"),
        ({"title": "办法"}, "办法：没有施行日期。请填写施行日期。"),
        ({"effective_to": "明天"}, "不是有效日期"),
    ],
)
def test_what_a_draft_lacks_is_said_in_chinese(fields: dict[str, str], words: str) -> None:
    with pytest.raises(BadLibrary) as raised:
        read_content("permit", changed_content(empty_content(), fields))
    assert any(words in in_chinese(fault) for fault in raised.value.faults)


ROWS: list[dict[str, str]] = [
    {},
    {"标题": "办法", "正文": "第一条", "施行日期": "明天", "状态": "热", "密级": "私", "编号": "?"},
    {"标题": "办法", "正文": "第一条", "施行日期": "2026-02-30", "密级": "机密", "归口依据": "大概", "没有的列": "1"},
    {"标题": "办法", "标题 ": "规定", "问题": "几时？", "施行日期": "2026-02-28"},
]


def test_what_a_row_lacks_is_said_in_chinese_with_its_place() -> None:
    faults = understand_rows(
        Path("faq.csv"), [(f"faq.csv, row {n}", row) for n, row in enumerate(ROWS, start=1)], frozenset()
    ).faults
    assert len(faults) >= 13
    for fault in faults:
        said = in_chinese(fault)
        assert said.startswith("faq.csv 第 "), said
        assert not re.search(r"[a-z]{3,} [a-z]{2,}", said), said


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", "标题,正文\n办法\n", "第 2 行：列数少于表头"),
        ("a.csv", "标题,正文\n办法,甲,乙\n", "第 2 行：列数多于表头"),
        ("a.csv", "标题,正文,正文\n办法,甲,乙\n", "有两列都叫“正文”"),
        ("a.jsonl", "{", "第 1 行不是有效的 JSON"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_in_chinese(tmp_path: Path, name: str, content: str, words: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(BadTable) as refused:
        read_articles(tmp_path / name)
    assert words in in_chinese(str(refused.value))


def test_a_sentence_that_is_newer_than_the_list_stays_as_it_is() -> None:
    assert in_chinese("Something else.") == "Something else."
