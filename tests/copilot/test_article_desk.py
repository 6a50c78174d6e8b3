"""The articles' desk: how articles stand, what ends soon, what follows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from copilot.articles.desk import ArticleDesk
from copilot.articles.reminders import reminders
from copilot.articles.shelf import Standing
from copilot.articles.upload import arrivals
from copilot.errors import BadInput, Conflict
from copilot.store import Store
from knowledge_base.catalogue.catalogue import Department, Duty, ResponsibilityCatalogue
from knowledge_base.errors import BadLibrary
from knowledge_base.fault_words import in_chinese as fault_in_chinese
from knowledge_base.gazetteer import Gazetteer
from knowledge_base.library import make_library
from knowledge_base.policy import ArticleStatus, PolicyArticle, Secrecy
from knowledge_base.readers import DocumentReading

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)
CATALOGUE = ResponsibilityCatalogue("1", (Department("市公安局", (Duty("证"),), "云川市"),))


def article(
    article_id: str,
    begins: date = date(2020, 1, 1),
    ends: date | None = None,
    supersedes: tuple[str, ...] = (),
    status: ArticleStatus = ArticleStatus.PUBLISHED,
) -> PolicyArticle:
    number = f"云{article_id}号"
    return PolicyArticle(
        article_id,
        f"{article_id}办法",
        number,
        "云川市",
        "市公安局",
        "云川市",
        begins,
        ends,
        "第一条",
        supersedes,
        status,
    )


LIBRARY = make_library(
    [
        article("ending", ends=DAY + timedelta(6)),
        article("replaced"),
        article("heir", begins=DAY + timedelta(20), supersedes=("云replaced号",)),
        article("late-heir", begins=DAY + timedelta(40), supersedes=("云replaced号",)),
        article("revised", ends=DAY + timedelta(50)),
        article("over", ends=DAY - timedelta(3)),
        article("long-over", ends=DAY - timedelta(300)),
        article("forgotten", status=ArticleStatus.WITHDRAWN),
        article("lasting"),
    ]
)


@pytest.fixture
def desk(tmp_path: Path) -> ArticleDesk:
    store = Store(f"sqlite:///{tmp_path / 'hotline.db'}")
    store.upgrade()
    return ArticleDesk(store.articles, lambda: LIBRARY, lambda: CATALOGUE, Gazetteer("云川市", ()))


def standings(desk: ArticleDesk) -> dict[str, Standing]:
    return {row.article_id: row.standing for row in desk.shelf(DAY)}


def test_every_article_stands_somewhere_on_a_day(desk: ArticleDesk) -> None:
    desk.begin_new({"title": "新办法"}, "li", NOW, DAY, article_id="new")
    assert standings(desk) == {
        "new": Standing.DRAFT,
        "ending": Standing.IN_FORCE,
        "replaced": Standing.IN_FORCE,
        "heir": Standing.UPCOMING,
        "late-heir": Standing.UPCOMING,
        "revised": Standing.IN_FORCE,
        "over": Standing.EXPIRED,
        "long-over": Standing.EXPIRED,
        "forgotten": Standing.WITHDRAWN,
        "lasting": Standing.IN_FORCE,
    }


def test_a_refused_draft_stays_in_the_list_and_a_given_up_one_does_not(desk: ArticleDesk) -> None:
    fields = {"title": "新办法", "issuer": "云川市", "owner": "市公安局", "area": "云川市", "text": "第一条"}
    made = desk.begin_new({**fields, "effective_from": "2026-01-01"}, "li", NOW, DAY, article_id="new")
    made = desk.submit(made.seen, None, "li", NOW, DAY)
    desk.articles.refuse(made.seen, "wang", NOW, "不全")
    assert standings(desk)["new"] is Standing.REFUSED
    again = desk.begin("new", "li", NOW, DAY, copy_of=1)
    with pytest.raises(Conflict, match="Work on that one"):
        desk.begin("new", "li", NOW, DAY, copy_of=again.number)
    desk.articles.discard(again.seen, "li", NOW)
    assert "new" not in standings(desk)
    assert desk.shelved("new", DAY).standing is Standing.DISCARDED


def test_what_is_only_drafted_is_listed_and_found_with_what_the_draft_says(desk: ArticleDesk) -> None:
    fields = {"title": "新办法", "document_number": "云公规[2026] 9号", "issuer": "云川市", "owner": "市公安局"}
    more = {"area": "云川市", "text": "第一条", "secrecy": "restricted", "effective_from": "2026-12-01"}
    made = desk.begin_new({**fields, **more, "effective_to": "尽快"}, "li", NOW, DAY, article_id="new")
    row = next(row for row in desk.shelf(DAY) if row.is_found_by(["云公规〔2026〕9号"]))
    assert (row.article_id, row.issuer, row.area, row.secrecy) == ("new", "云川市", "云川市", Secrecy.RESTRICTED)
    assert (row.effective_from, row.last_day) == (date(2026, 12, 1), None)
    made = desk.edit(made.seen, {"effective_to": ""}, "li", NOW)
    made = desk.submit(made.seen, DAY + timedelta(3), "li", NOW, DAY)
    assert desk.shelved("new", DAY).document_number == "云公规〔2026〕9号"
    desk.approve(made.seen, "wang", NOW, DAY)
    assert desk.shelved("new", DAY).document_number == "云公规〔2026〕9号"


def test_what_is_coming_is_listed_as_it_was_decided_and_not_as_a_draft_that_was_given_up(desk: ArticleDesk) -> None:
    made = desk.begin_new({"title": "新办法", "document_number": "云公规〔2026〕9号"}, "li", NOW, DAY, article_id="new")
    more = {"issuer": "云川市", "owner": "市公安局", "area": "云川市", "text": "第一条", "effective_from": "2026-12-01"}
    made = desk.submit(desk.edit(made.seen, more, "li", NOW).seen, DAY + timedelta(3), "li", NOW, DAY)
    desk.approve(made.seen, "wang", NOW, DAY)
    other = desk.edit(desk.begin("new", "li", NOW, DAY).seen, {"document_number": "云公规〔2026〕10号"}, "li", NOW)
    assert desk.shelved("new", DAY).document_number == "云公规〔2026〕10号"
    desk.articles.discard(other.seen, "li", NOW)
    assert desk.shelved("new", DAY).document_number == "云公规〔2026〕9号"


def test_what_ends_soon_says_who_owns_it_and_what_follows(desk: ArticleDesk) -> None:
    made = desk.begin("revised", "li", NOW, DAY)
    made = desk.edit(made.seen, {"effective_to": ""}, "li", NOW)
    made = desk.submit(made.seen, DAY + timedelta(50), "li", NOW, DAY)
    desk.approve(made.seen, "wang", NOW, DAY)
    desk.begin("ending", "li", NOW, DAY)
    found = reminders(desk.library(DAY), DAY, desk.articles.being_made(), desk.articles.coming(DAY))
    told = {r.article_id: (r.days_left, r.within, r.successor, r.needs_work) for r in found}
    (replaced,) = (r for r in found if r.article_id == "replaced")
    assert (replaced.successor_title, replaced.successor_number) == ("heir办法", "云heir号")
    assert told == {
        "over": (-3, 0, "", True),
        "ending": (6, 7, "", True),
        "replaced": (19, 30, "heir", False),
        "revised": (50, 60, "", False),
    }
    assert [r.article_id for r in found][:2] == ["over", "ending"]
    by_id = {r.article_id: r for r in found}
    assert by_id["ending"].draft is not None
    assert by_id["revised"].coming is not None
    assert by_id["ending"].owner == "市公安局"


def test_a_draft_begins_with_the_file_as_it_was_imported_last(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'hotline.db'}")
    store.upgrade()
    files = [make_library([article("lasting")])]
    desk = ArticleDesk(store.articles, lambda: files[-1], lambda: CATALOGUE, Gazetteer("云川市", ()))
    desk.articles.discard(desk.begin("lasting", "li", NOW, DAY).seen, "li", NOW)
    files.append(make_library([replace(article("lasting"), text="第一条 修订")]))
    made = desk.begin("lasting", "li", NOW, DAY)
    assert desk.articles.with_content("lasting", made.number)[1]["text"] == "第一条 修订"


def test_a_file_that_says_what_is_coming_already_changes_nothing(desk: ArticleDesk) -> None:
    made = desk.begin("lasting", "li", NOW, DAY)
    made = desk.edit(made.seen, {"text": "第一条 修订"}, "li", NOW)
    made = desk.submit(made.seen, DAY + timedelta(9), "li", NOW, DAY)
    desk.approve(made.seen, "wang", NOW, DAY)
    reading = DocumentReading("修订.csv", (replace(article("lasting"), text="第一条 修订"),), (), (), ())
    (arrived,) = arrivals(desk, reading, "li", NOW, DAY, apply=True)
    assert (arrived.standing, arrived.number) == ("unchanged", None)
    assert desk.articles.being_made() == []


def test_a_later_wording_waits_while_the_old_one_holds(desk: ArticleDesk) -> None:
    made = desk.begin("lasting", "li", NOW, DAY)
    made = desk.edit(made.seen, {"effective_from": "2027-01-01", "text": "第一条 新"}, "li", NOW)
    assert desk.submit(made.seen, None, "li", NOW, DAY).publish_on == date(2027, 1, 1)


def test_a_correction_of_what_begins_later_is_shown_at_once(desk: ArticleDesk) -> None:
    made = desk.begin("heir", "li", NOW, DAY)
    made = desk.edit(made.seen, {"text": "第一条 更正"}, "li", NOW)
    assert desk.submit(made.seen, None, "li", NOW, DAY).publish_on == DAY


LONG = {
    "title": "办" * 301,
    "keywords": ["狗"] * 201,
    "supersedes": ["云公规〔2020〕1号", "号" * 101],
    "text": "条" * 300_001,
}


@pytest.mark.parametrize("field", LONG)
def test_what_is_typed_is_refused_where_it_is_longer_than_its_field_and_nothing_changes(
    desk: ArticleDesk, field: str
) -> None:
    made = desk.begin_new({"title": "新办法"}, "li", NOW, DAY, article_id="new")
    with pytest.raises(BadInput, match="at most"):
        desk.edit(made.seen, {field: LONG[field]}, "li", NOW)
    with pytest.raises(BadInput, match="at most"):
        desk.begin_new({"title": "又一个办法", field: LONG[field]}, "li", NOW, DAY, article_id="other")
    assert desk.articles.get("new", 1).revision == 0
    assert desk.edit(made.seen, {"issuer": "云川市公安局"}, "li", NOW).revision == 1


def test_what_a_file_says_at_greater_length_is_a_fault_of_the_draft_until_somebody_shortens_it(
    desk: ArticleDesk,
) -> None:
    made = desk.begin_new({"title": "新办法"}, "li", NOW, DAY, article_id="new")
    made = desk.take_over(made.seen, {"title": "办" * 301}, "li", NOW)
    faults = desk.faults("new", desk.articles.with_content("new", made.number)[1], DAY)
    assert fault_in_chinese(faults[-1]) == f"{'办' * 40}：标题有 301 字，最多 300 字。请缩短，说明性内容写入正文。"
    with pytest.raises(BadLibrary, match="at most"):
        desk.submit(made.seen, None, "li", NOW, DAY)
    made = desk.edit(made.seen, {"title": "办" * 300}, "li", NOW)
    faults = desk.faults("new", desk.articles.with_content("new", made.number)[1], DAY)
    assert not any("at most" in fault for fault in faults)
