"""Fields that a document says in lines of their own become fields, and no passages."""

from __future__ import annotations

import io
from datetime import date

import docx
import pytest
from readings import codes

from knowledge_base import sample
from knowledge_base.catalogue.file import load_catalogue, load_gazetteer
from knowledge_base.policy import Secrecy
from knowledge_base.readers import DocumentReading, Surroundings, read_document
from knowledge_base.readers.stated_fields import stated_fields

GAZETTEER = load_gazetteer(sample.areas())
CITY = Surroundings(load_catalogue(sample.departments(), GAZETTEER), GAZETTEER)
BODY = ("第一条 在划定的区域停放。", "第二条 违反的，由城市管理部门责令改正。")
HEAD = (
    "共享单车停放须知",
    "发布机关：云川市城市管理局",
    "文号：云城规〔2026〕7号",
    "责任单位：城市管理局",
    "适用区域：云川市",
    "施行日期：2026年3月1日",
    "有效期至：2028-02-29",
    "代替：云城规〔2021〕2号",
    "密级：内部",
)


def read(*lines: str, name: str = "停放.docx", **given: str) -> DocumentReading:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    file = io.BytesIO()
    document.save(file)
    return read_document(file.getvalue(), name, given, CITY)


def text_of(reading: DocumentReading) -> str:
    return reading.fields[0]["text"]


def test_lines_of_the_head_fill_the_fields_and_are_told_and_are_no_passages() -> None:
    reading = read(*HEAD, *BODY)
    (article,) = reading.articles
    assert (article.title, article.issuer) == ("共享单车停放须知", "云川市城市管理局")
    assert (article.document_number, article.supersedes) == ("云城规〔2026〕7号", ("云城规〔2021〕2号",))
    assert (article.owner, article.area) == ("市城市管理局", "云川市")
    assert (article.effective_from, article.effective_to) == (date(2026, 3, 1), date(2028, 2, 29))
    assert article.secrecy is Secrecy.INTERNAL
    assert text_of(reading) == "\n".join(BODY)
    words = {line.field: line.words for line in reading.understood}
    assert words["发布机关"] == "发布机关：云川市城市管理局"
    assert words["施行日期"] == "施行日期：2026年3月1日"
    assert words["责任单位"] == "责任单位：城市管理局"
    assert reading.tally.unplaced == 0
    assert "assumed-effect" not in codes(reading)


def test_lines_of_the_foot_count_too() -> None:
    reading = read("共享单车停放须知", *BODY, "施行日期：2026年3月1日", "发布单位：云川市城市管理局")
    (article,) = reading.articles
    assert (article.issuer, article.effective_from) == ("云川市城市管理局", date(2026, 3, 1))
    assert text_of(reading) == "\n".join(BODY)


def test_a_line_that_says_otherwise_than_the_document_stays_in_the_text_and_is_told() -> None:
    reading = read("共享单车停放须知", "施行日期：2026年3月1日", *BODY, "第三条 本办法自2026年4月1日起施行。")
    assert reading.fields[0]["effective_from"] == "2026-04-01"
    assert "施行日期：2026年3月1日" in text_of(reading)
    assert "line-differs" in codes(reading)


def test_a_day_of_effect_in_a_line_is_taken_before_the_day_of_issue() -> None:
    reading = read("共享单车停放须知", "发布日期：2026年1月5日", "施行日期：2026年3月1日", *BODY)
    assert reading.fields[0]["effective_from"] == "2026-03-01"
    assert text_of(reading) == "\n".join(BODY)


def test_what_a_person_gives_outranks_a_line_and_the_difference_is_told() -> None:
    reading = read(*HEAD, *BODY, effective_from="2026-06-01")
    assert reading.articles[0].effective_from == date(2026, 6, 1)
    assert "overruled" in codes(reading)


@pytest.mark.parametrize(
    "line",
    [
        "适用范围：本市户籍居民和持有居住证的人员",
        "施行日期：另行通知",
        "联系电话：12345",
        "截止日期：2026年6月30日",
        "责任单位：市太空局",
        "有效期至：长期",
    ],
)
def test_a_line_whose_value_is_no_such_field_is_text(line: str) -> None:
    assert line in text_of(read("共享单车停放须知", line, *BODY))


def test_a_line_in_the_middle_of_the_text_is_text() -> None:
    assert "责任单位：市水务局" in text_of(read("须知", BODY[0], "责任单位：市水务局", BODY[1]))


def test_a_state_secret_in_a_line_makes_no_article() -> None:
    reading = read("共享单车停放须知", "密级：机密★十年", *BODY)
    assert (reading.articles, reading.fields) == ((), ())
    assert "State secrets" in reading.faults[0]


def test_without_a_catalogue_and_a_gazetteer_names_are_taken_as_they_stand() -> None:
    found = stated_fields(["责任单位：市水务局", "适用区域：云川市", *BODY], Surroundings())
    assert {name: line.value for name, line in found.items()} == {"owner": "市水务局"}
