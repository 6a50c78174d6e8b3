"""Files that become drafts, and what becomes of an article that only the desk has."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from copilot.articles.desk import ArticleDesk
from copilot.articles.shelf import Standing
from copilot.articles.upload import Arrived, arrivals, read_upload
from copilot.store import Store, Version
from knowledge_base.articles.content import plain_content
from knowledge_base.catalogue.catalogue import Department, Duty, ResponsibilityCatalogue
from knowledge_base.errors import BadTable
from knowledge_base.fault_words import in_chinese
from knowledge_base.gazetteer import Gazetteer
from knowledge_base.library import make_library

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)
POLICE = Department("市公安局", (Duty("负责居住证。", phrases=("居住证",)),), "云川市")
RULES = (
    "云公规〔2026〕8号\n云川市居住证管理办法\n第一条　居住证由市公安局发放。\n第二条　本办法由市公安局负责解释。\n"
    "第三条　本办法自2026年10月1日起施行。《旧办法》（云公规〔2021〕3号）同时废止。\n云川市公安局\n2026年9月1日\n"
)
PAIRS = (
    ("云川市图书馆常见问题",),
    ("责任单位：市公安局",),
    ("问题", "答案", "更新日期"),
    ("借书证怎么办", "带身份证。", date(2026, 9, 1)),
    ("几点开门", "九点。", date(2026, 9, 1)),
    ("借书证怎么办", "在手机上办。", None),
)


@pytest.fixture
def desk(tmp_path: Path) -> ArticleDesk:
    store = Store(f"sqlite:///{tmp_path / 'hotline.db'}")
    store.upgrade()
    catalogue = ResponsibilityCatalogue("test", (POLICE,))
    return ArticleDesk(store.articles, lambda: make_library(()), lambda: catalogue, Gazetteer("云川市", ()))


def sheet() -> bytes:
    book, file = Workbook(), BytesIO()
    for row in PAIRS:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def arrive(desk: ArticleDesk, content: bytes, name: str) -> list[Arrived]:
    reading = read_upload(content, name, desk, DAY)
    return arrivals(desk, reading, "li", NOW, DAY, apply=True)


def published(desk: ArticleDesk, arrived: Arrived) -> Version:
    made = desk.submit(desk.articles.get(arrived.article_id, 1).seen, None, "li", NOW, DAY)
    return desk.approve(made.seen, "wang", NOW, DAY)


def test_a_document_that_abolishes_what_the_library_never_had_can_be_submitted(desk: ArticleDesk) -> None:
    reading = read_upload(RULES.encode(), "居住证.txt", desk, DAY)
    assert any("云公规〔2021〕3号" in finding.chinese for finding in reading.not_understood)
    (arrived,) = arrivals(desk, reading, "li", NOW, DAY, apply=True)
    assert arrived.faults == ()
    assert published(desk, arrived).number == 1


def test_a_question_that_stands_twice_with_different_answers_becomes_two_drafts(desk: ArticleDesk) -> None:
    arrived = arrive(desk, sheet(), "图书馆.xlsx")
    texts = {one.article_id: desk.articles.with_content(one.article_id, 1)[1]["text"] for one in arrived}
    assert [word for text in texts.values() for word in ("身份证", "九点", "手机") if word in text] == [
        "身份证",
        "九点",
        "手机",
    ]
    assert [bool(one.faults) for one in arrived] == [False, False, True]


def test_what_was_made_at_the_desk_and_withdrawn_stays_in_the_list_and_can_be_revised(desk: ArticleDesk) -> None:
    (arrived,) = arrive(desk, RULES.encode(), "居住证.txt")
    published(desk, arrived)
    desk.withdraw(arrived.article_id, "wang", NOW, DAY, "收费写错了")
    (row,) = desk.shelf(DAY)
    assert (row.standing, row.document_number) == (Standing.WITHDRAWN, "云公规〔2026〕8号")
    assert desk.library(DAY).passages() == ()
    again = desk.begin(arrived.article_id, "li", NOW, DAY)
    assert "居住证由市公安局发放" in desk.articles.with_content(arrived.article_id, again.number)[1]["text"]


def test_what_was_withdrawn_before_its_day_stays_in_the_list(desk: ArticleDesk) -> None:
    (arrived,) = arrive(desk, RULES.encode(), "居住证.txt")
    made = desk.submit(desk.articles.get(arrived.article_id, 1).seen, date(2027, 1, 1), "li", NOW, DAY)
    desk.approve(made.seen, "wang", NOW, DAY)
    desk.withdraw(arrived.article_id, "wang", NOW, DAY, "不发布了", 1)
    assert [row.standing for row in desk.shelf(DAY)] == [Standing.WITHDRAWN]


def test_a_state_secret_becomes_no_draft(desk: ArticleDesk) -> None:
    reading = read_upload(f"秘密★1年\n\n{RULES}".encode(), "内部.txt", desk, DAY)
    assert arrivals(desk, reading, "li", NOW, DAY, apply=True) == []
    (fault,) = reading.faults
    assert "秘密★1年" in in_chinese(fault)
    assert "未读入" in in_chinese(fault)


def test_what_was_withdrawn_is_put_back_as_a_further_version_where_somebody_wants_that(desk: ArticleDesk) -> None:
    (first,) = arrive(desk, RULES.encode(), "居住证.txt")
    published(desk, first)
    desk.withdraw(first.article_id, "wang", NOW, DAY, "收费写错了")
    reading = read_upload(RULES.encode(), "居住证.txt", desk, DAY)
    (offered,) = arrivals(desk, reading, "li", NOW, DAY, apply=True)
    assert (offered.article_id, offered.standing, offered.number) == (first.article_id, "withdrawn", None)
    assert offered.reason == "收费写错了"
    (back,) = arrivals(desk, reading, "li", NOW, DAY, apply=True, put_back=True)
    assert (back.article_id, back.standing, back.number) == (first.article_id, "withdrawn", 2)
    history = [(version.number, version.state.value) for version in desk.articles.of(first.article_id)]
    assert history == [(2, "draft"), (1, "withdrawn")]


def test_what_was_withdrawn_before_its_day_is_found_by_its_number_and_gets_no_twin(desk: ArticleDesk) -> None:
    (article,) = read_upload(RULES.encode(), "居住证.txt", desk, DAY).articles
    made = desk.begin_new(plain_content(article), "li", NOW, DAY, article_id="own-id")
    made = desk.submit(made.seen, date(2027, 1, 1), "li", NOW, DAY)
    desk.approve(made.seen, "wang", NOW, DAY)
    reading = read_upload(RULES.replace("发放", "办理").encode(), "居住证.txt", desk, DAY)
    (coming,) = arrivals(desk, reading, "li", NOW, DAY, apply=False)
    assert (coming.article_id, coming.standing) == ("own-id", "changed")
    desk.withdraw("own-id", "wang", NOW, DAY, "不发布了", 1)
    (back,) = arrivals(desk, reading, "li", NOW, DAY, apply=True, put_back=True)
    assert (back.article_id, back.standing, back.number) == ("own-id", "withdrawn", 2)


def test_a_draft_of_that_number_is_left_to_whoever_makes_it(desk: ArticleDesk) -> None:
    (arrived,) = arrive(desk, RULES.encode(), "居住证.txt")
    reading = read_upload(RULES.replace("发放", "办理").encode(), "居住证（新）.txt", desk, DAY)
    (again,) = arrivals(desk, reading, "wang", NOW, DAY, apply=True)
    assert (again.article_id, again.standing, again.number) == (arrived.article_id, "busy", None)


def test_ones_own_draft_follows_the_corrected_file_and_keeps_what_the_file_does_not_say(desk: ArticleDesk) -> None:
    (arrived,) = arrive(desk, RULES.encode(), "居住证.txt")
    version = desk.edit(desk.articles.of(arrived.article_id)[0].seen, {"keywords": ["暂住证"]}, "li", NOW)
    (same,) = arrive(desk, RULES.encode(), "居住证.txt")
    assert (same.standing, same.number) == ("unchanged", None)
    (again,) = arrive(desk, RULES.replace("发放", "办理").encode(), "居住证（改）.txt")
    assert (again.article_id, again.standing, again.number) == (arrived.article_id, "redraft", 1)
    now, content = desk.articles.with_content(arrived.article_id, 1)
    assert "办理" in content["text"]
    assert content["keywords"] == ["暂住证"]
    assert now.revision == version.revision + 1


def test_a_draft_that_another_person_touched_or_that_is_in_review_is_left_alone(desk: ArticleDesk) -> None:
    (arrived,) = arrive(desk, RULES.encode(), "居住证.txt")
    changed = RULES.replace("发放", "办理").encode()
    desk.edit(desk.articles.of(arrived.article_id)[0].seen, {"keywords": ["暂住证"]}, "wang", NOW)
    (again,) = arrive(desk, changed, "居住证.txt")
    assert (again.standing, again.number) == ("busy", None)


def test_answers_of_one_document_are_drafts_of_their_own_and_no_document_of_that_number(desk: ArticleDesk) -> None:
    rows = "怎么参保？,带身份证。,云公规〔2026〕9号\n能补缴吗？,能。,云公规〔2026〕9号\n"
    table = f"问题,答案,文号\n{rows}".encode()
    made = arrive(desk, table, "faq.csv")
    assert [(one.standing, one.number, one.document_number) for one in made] == [("new", 1, "云公规〔2026〕9号")] * 2
    assert [one.article_id for one in arrive(desk, table, "faq.csv")] == [one.article_id for one in made]
    (rule,) = arrive(desk, "---\n标题: 参保办法\n文号: 云公规〔2026〕9号\n---\n第一条 带身份证。".encode(), "rule.md")
    assert rule.standing == "new"
    assert rule.article_id not in {one.article_id for one in made}


@pytest.mark.parametrize(("mark", "level"), [("内部", "internal"), ("限制", "restricted"), ("工作秘密", "restricted")])
def test_a_row_that_is_not_complete_keeps_its_secrecy(desk: ArticleDesk, mark: str, level: str) -> None:
    (made,) = arrive(desk, f"问题,答案,密级\n内部电话？,不外传。,{mark}\n".encode(), "faq.csv")
    assert made.faults  # it lacks its first day
    assert desk.articles.with_content(made.article_id, 1)[1]["secrecy"] == level


def test_a_row_that_is_a_state_secret_becomes_no_draft_and_is_told(desk: ArticleDesk) -> None:
    table = "问题,答案,密级\n几时？,九点。,公开\n何处？,不可说。,机密\n".encode()
    reading = read_upload(table, "faq.csv", desk, DAY)
    assert [one.title for one in arrive(desk, table, "faq.csv")] == ["几时？"]
    assert "faq.csv, row 3" in "".join(str(f) for f in reading.not_understood if f.code == "state-secrets")
    marked = read_upload("---\n标题: 预案\n密级: 机密★一年\n---\n不可说。".encode(), "plan.md", desk, DAY)
    assert marked.fields == ()
    assert "State secrets" in marked.faults[0]


def test_a_faulty_row_is_named_by_the_file_that_was_uploaded_and_not_by_where_it_lay(desk: ArticleDesk) -> None:
    rows = "标题,正文,施行日期\n办法,第一条,2026-01-01\n规定,第二条,明天\n"
    reading = read_upload(rows.encode(), "rules.csv", desk, DAY)
    assert reading.faults == ("rules.csv, row 2 (规定): '明天' is not a date. Give 施行日期 as 2026-01-31.",)
    with pytest.raises(BadTable, match=r"^rules\.jsonl, line 1: ") as refused:
        read_upload(b"{broken", "rules.jsonl", desk, DAY)
    assert "/" not in str(refused.value)
