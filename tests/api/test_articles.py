"""The articles' desk over the wire: drafted by one, published by another, found by the next search."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from article_desk_parts import FILE, Watch, editor_at

from api.services import Services
from copilot.events import PassageReported, ReportKind
from knowledge_base.errors import OtherFiles

ARTICLE = {
    "title": "云川市共享单车管理办法",
    "document_number": "云政发(2026)9号",
    "issuer": "云川市人民政府",
    "owner": "市城管局",
    "area": "云川市",
    "effective_from": "2026-01-01",
    "text": "第一条 共享单车应当停放在划定的区域。\n第二条 乱停放的，由市城管局责令改正。",
}


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def editor(service: Callable[..., Any], services: Services, watch: Watch) -> Any:
    return editor_at(service, services, watch)


@pytest.fixture
def checker(editor: Any, service: Callable[..., Any]) -> Any:
    return service("guanli01")  # an administrator, who may as well


def step(desk: Any, full: dict[str, Any], name: str, status: int | None = None, **more: Any) -> Any:
    version = full["version"]
    address = f"/api/articles/{version['article_id']}/versions/{version['number']}/{name}"
    return desk.post(address, {"revision": version["revision"], **more}, status)


def published(editor: Any, checker: Any, **fields: str) -> dict[str, Any]:
    made = editor.post("/api/article-drafts", {"fields": {**ARTICLE, **fields}, "article_id": "bikes"}, 201)
    done: dict[str, Any] = step(checker, step(editor, made, "submit"), "approve")
    return done


def test_an_article_goes_from_the_draft_of_one_person_to_the_search_by_another(
    editor: Any, checker: Any, watch: Watch
) -> None:
    made = editor.post("/api/article-drafts", {"fields": {"title": ARTICLE["title"]}, "article_id": "bikes"}, 201)
    lacking = ("正文", "施行日期", "发布机关", "责任单位", "适用区域")
    said = [f"云川市共享单车管理办法：没有{word}。请填写{word}。" for word in lacking]
    assert [fault["chinese"] for fault in made["faults"]] == said
    assert "has no 正文" in step(editor, made, "submit", 422)["error"]["message"]
    made = step(editor, made, "edits", fields=ARTICLE)
    assert (made["faults"], len(made["passages"]), made["difference"]["fields"][0]["field"]) == ([], 2, "title")
    waiting = step(editor, made, "submit", note="新规")
    refused = step(editor, waiting, "approve", 403)["error"]
    assert refused["message"].startswith("bianji01 took part in making version 1 of bikes")
    done = step(checker, waiting, "approve")
    assert (done["version"]["state"], done["version"]["checked_by"], done["searchable"]) == (
        "published",
        "guanli01",
        True,
    )
    assert watch.looks == 1
    listed = editor.get("/api/articles?q=共享单车")["articles"]
    assert [(row["article_id"], row["standing"]) for row in listed] == [("bikes", "in_force")]


def test_a_later_wording_shows_what_it_changes_and_waits_for_its_day(
    editor: Any, checker: Any, services: Services
) -> None:
    tomorrow = (services.today + timedelta(1)).isoformat()
    made = editor.post("/api/articles/residence-permit/versions", {"note": "免费"}, 201)
    text = "第一条 首次申领居住证不收费。补领不收工本费。"
    made = step(editor, made, "edits", fields={"text": text, "effective_from": tomorrow})
    marks = [piece["mark"] for piece in made["difference"]["paragraphs"][0]["pieces"]]
    assert marks[0] == "same"
    assert {"inserted", "deleted"} <= set(marks)
    waiting = step(editor, made, "submit")
    assert waiting["version"]["publish_on"] == tomorrow  # until then the old wording holds
    step(checker, waiting, "approve")
    seen = editor.get("/api/articles/residence-permit")
    assert seen["content"]["text"] == FILE.text
    assert seen["article"]["coming"]["number"] == 2
    assert [v["origin"] for v in seen["versions"]] == ["edited", "library"]
    desk = editor.client.app.state.articles
    assert desk.article("residence-permit", services.today + timedelta(1)).text == text


def test_what_is_published_stays_so_where_the_search_cannot_follow_yet(editor: Any, checker: Any, watch: Watch) -> None:
    watch.failing = True
    done = published(editor, checker)
    assert (done["version"]["state"], done["searchable"]) == ("published", False)


def test_a_withdrawn_article_is_gone_at_once_and_says_why(editor: Any, watch: Watch) -> None:
    editor.post("/api/articles/residence-permit/withdraw", {"reason": ""}, 422)
    done = editor.post("/api/articles/residence-permit/withdraw", {"reason": "收费标准有误"})
    assert (done["version"]["state"], done["version"]["reason"], watch.looks) == ("withdrawn", "收费标准有误", 1)
    row = editor.get("/api/articles/residence-permit")["article"]
    assert row["standing"] == "withdrawn"
    editor.post("/api/articles/residence-permit/withdraw", {"reason": "再来"}, 409)
    again = editor.post("/api/articles/residence-permit/versions", {}, 201)
    assert again["content"]["text"] == FILE.text


def test_only_editors_and_administrators_see_the_desk(editor: Any, service: Any) -> None:
    for name in ("zuoxi01", "paidan01", "pinggu01"):
        desk = service(name)
        assert "editor or administrator" in desk.get("/api/articles", 403)["error"]["message"]
        desk.post("/api/article-drafts", {"fields": {"title": "x"}}, 403)
        desk.get("/api/article-reports", 403)
    service("").get("/api/articles", 401)


def test_what_contradicts_another_article_is_not_submitted(editor: Any) -> None:
    clash = {**ARTICLE, "document_number": FILE.document_number, "owner": "市税务局", "area": "别的市"}
    made = editor.post("/api/article-drafts", {"fields": clash}, 201)
    said = " ".join(fault["chinese"] for fault in made["faults"])
    assert "文号都是 云公规〔2025〕3号" in said
    assert "派单目录中没有责任单位“市税务局”" in said
    assert "不在行政区划中" in said
    assert step(editor, made, "submit", 422)["error"]["type"] == "bad_library"


def test_an_article_may_only_be_begun_once_and_an_unknown_field_is_refused(editor: Any, checker: Any) -> None:
    made = published(editor, checker)
    assert made["version"]["article_id"] == "bikes"
    editor.post("/api/article-drafts", {"fields": ARTICLE, "article_id": "bikes"}, 409)
    refused = editor.post("/api/article-drafts", {"fields": {"titel": "x"}}, 422)
    assert "no field titel" in refused["error"]["message"]
    assert "at least a title" in editor.post("/api/article-drafts", {"fields": {"owner": "x"}}, 422)["error"]["message"]
    editor.get("/api/articles/nothing", 404)
    editor.post("/api/articles/nothing/versions", {}, 404)


def test_of_two_who_edit_the_same_draft_the_second_is_told_so(editor: Any, checker: Any) -> None:
    made = editor.post("/api/article-drafts", {"fields": ARTICLE}, 201)
    step(editor, made, "edits", fields={"owner": "市公安局"})
    refused = step(checker, made, "edits", 409, fields={"owner": "市城管局"})
    assert refused["error"]["message"].startswith("bianji01 changed version 1 of kb-")
    assert (
        "changes nothing"
        in step(editor, {"version": {**made["version"], "revision": 1}}, "edits", 422, fields={"owner": "市公安局"})[
            "error"
        ]["message"]
    )


def test_a_refused_version_says_why_and_can_be_begun_again_from(editor: Any, checker: Any) -> None:
    made = editor.post("/api/article-drafts", {"fields": ARTICLE, "article_id": "bikes"}, 201)
    waiting = step(editor, made, "submit")
    step(checker, waiting, "refuse", 422, reason=" ")
    step(checker, waiting, "refuse", reason="没有处罚标准")
    assert editor.get("/api/articles?standing=draft")["total"] == 0
    again = editor.post("/api/articles/bikes/versions", {"copy_of": 1}, 201)
    assert again["content"]["text"] == ARTICLE["text"]
    given_up = step(editor, again, "discard")
    assert given_up["version"]["state"] == "discarded"


def test_the_list_is_counted_and_filtered(editor: Any, checker: Any, services: Services) -> None:
    published(editor, checker, effective_to=(services.today + timedelta(5)).isoformat())
    editor.post("/api/articles/residence-permit/versions", {}, 201)
    found = editor.get("/api/articles")
    assert found["tally"] == {"in_force": 2, "draft": 1}
    assert found["owners"] == {"市公安局": 1, "市城管局": 1}
    assert found["reminders"] == 1
    assert [row["article_id"] for row in editor.get("/api/articles?owner=市城管局")["articles"]] == ["bikes"]
    ending = editor.get("/api/article-reminders")["reminders"]
    assert [(r["article_id"], r["days_left"], r["within"], r["needs_work"]) for r in ending] == [("bikes", 5, 7, True)]


def test_what_an_agent_reports_reaches_the_owners_list_and_is_answered_once(
    editor: Any, checker: Any, agent: Any, services: Services
) -> None:
    call = agent.begin()
    note = "窗口说不收费了，市民电话13812345678"
    told = PassageReported(
        "r1", "1", "s1", "residence-permit#1", "residence-permit", "市公安局", ReportKind.OUTDATED, note, "zuoxi01"
    )
    services.store.journal.append(call, [told], services.now())
    found = editor.get("/api/article-reports?open=true")
    assert found["owners"] == {"市公安局": 1}
    (report,) = found["reports"]
    assert (report["kind"], report["answer"]) == ("outdated", None)
    assert "13812345678" not in report["note"]
    assert editor.get("/api/articles?q=居住证")["articles"][0]["reports"] == 1
    address = f"/api/article-reports/{call}/r1/answer"
    assert "Say why" in editor.post(address, {"outcome": "right"}, 422)["error"]["message"]
    answered = editor.post(address, {"outcome": "corrected", "note": "第 2 版"})
    assert (answered["answer"]["by"], answered["answer"]["outcome"]) == ("bianji01", "corrected")
    assert "bianji01 answered" in checker.post(address, {"outcome": "corrected"}, 409)["error"]["message"]
    assert editor.get("/api/article-reports?open=true")["reports"] == []
    assert editor.get("/api/articles/residence-permit")["reports"][0]["answer"]["note"] == "第 2 版"
    editor.post(f"/api/article-reports/{call}/r9/answer", {"outcome": "corrected"}, 404)


def test_coverage_looks_at_as_many_days_as_it_is_asked_for(editor: Any, services: Services) -> None:
    for asked, first in (("", 89), ("?days=7", 6), ("?days=1", 0)):
        found = editor.get(f"/api/article-coverage{asked}")
        assert found["last"] == services.today.isoformat()
        assert found["first"] == (services.today - timedelta(first)).isoformat()


def test_what_was_withdrawn_as_wrong_is_told_with_its_reports_until_somebody_answers_for_the_draft(
    editor: Any, checker: Any, agent: Any, services: Services
) -> None:
    call = agent.begin()
    told = PassageReported(
        "r1", "1", "s1", "residence-permit#1", "residence-permit", "市公安局", ReportKind.WRONG, "补领不收费", "zuoxi01"
    )
    services.store.journal.append(call, [told], services.now())
    gone = {"because": "wrong", "reason": "补领收费写错"}
    assert (
        checker.post("/api/articles/residence-permit/withdraw", gone)["version"]["reason"] == "内容有误：补领收费写错"
    )
    draft = editor.post("/api/articles/residence-permit/versions", {}, 201)
    assert (draft["concern"]["same_text"], draft["concern"]["confirmed"]) == (True, None)
    assert [report["note"] for report in draft["concern"]["reports"]] == ["补领不收费"]
    said = step(editor, draft, "submit", 422)["error"]["message"]
    assert "withdrawn as wrong" in said
    draft = step(editor, draft, "edits", fields={"text": "第一条 申领和补领都不收费。"})
    draft = step(editor, draft, "corrected", note="补领改为不收费")
    assert draft["concern"]["confirmed"]["note"] == "补领改为不收费"
    assert step(checker, step(editor, draft, "submit"), "approve")["version"]["state"] == "published"


def test_a_report_says_which_version_the_agent_saw(editor: Any, checker: Any, agent: Any, services: Services) -> None:
    seen = published(editor, checker)["version"]["digest"]
    call = agent.begin()
    for report_id, version in (("r1", seen), ("r2", "0d1e2f3a4b5c")):
        told = PassageReported(
            report_id, "1", "s1", "bikes#1", "bikes", "市城管局", ReportKind.WRONG, "", "zuoxi01", version
        )
        services.store.journal.append(call, [told], services.now())
    for reports in (editor.get("/api/article-reports")["reports"], editor.get("/api/articles/bikes")["reports"]):
        assert {report["report_id"]: report["version"] for report in reports} == {"r1": 1, "r2": None}
    pages = [editor.get(f"/api/article-reports?limit=1&offset={n}") for n in range(2)]
    assert [page["total"] for page in pages] == [2, 2]
    assert [page["reports"][0]["report_id"] for page in pages] == ["r2", "r1"]


def test_editors_are_told_what_keeps_agents_from_finding_what_is_here(editor: Any, watch: Watch) -> None:
    assert editor.get("/api/articles")["problem"] is None
    watch.problem = str(OtherFiles(Path("index"), "5f0c2a9be114", "0d1e2f3a4b5c"))
    told = editor.get("/api/articles")["problem"]
    assert told["message"] == watch.problem
    assert re.search("[\u4e00-\u9fff]", told["chinese"])
    assert editor.client.get("/health").json()["parts"]["index"]["message"] == watch.problem
    watch.problem = "first fault\nsecond fault"
    assert editor.client.get("/health").json()["parts"]["index"]["message"] == "first fault"


@pytest.mark.parametrize(
    ("field", "value", "chinese"),
    [
        ("title", "办" * 301, "标题有 301 字，最多 300 字。请缩短，说明性内容写入正文。"),
        ("text", "条" * 300_001, "正文有 300001 字，最多 300000 字。请拆成几条知识。"),
        ("keywords", ["狗"] * 201, "关键词有 201 项，最多 200 项。请只保留需要的。"),
    ],
)
def test_what_is_too_long_for_its_field_is_refused_in_both_languages_with_what_to_do(
    editor: Any, field: str, value: Any, chinese: str
) -> None:
    draft = editor.post("/api/articles/residence-permit/versions", {}, 201)
    for error in (
        step(editor, draft, "edits", 422, fields={field: value})["error"],
        editor.post("/api/article-drafts", {"fields": {"title": "新办法", field: value}}, 422)["error"],
    ):
        assert "at most" in error["message"]
        assert error["chinese"] == chinese
    said = editor.post("/api/articles/residence-permit/withdraw", {"reason": "错" * 501}, 422)["error"]
    assert "“理由”最多 500 字" in said["chinese"]
    assert step(editor, draft, "edits", fields={"issuer": "云川市公安局治安支队"})["version"]["revision"] == 1
