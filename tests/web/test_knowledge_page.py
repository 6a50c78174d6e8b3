"""The page 知识维护 in a browser: drafted by one person, published by another; reports, reminders, files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from held_back import HeldBack
from page_ready import ready
from playwright.sync_api import Page, Route, expect

from copilot.events import PassageReported, ReportKind
from copilot.store import Seen
from knowledge_base.library import Library, make_library
from knowledge_base.policy import PolicyArticle

pytestmark = pytest.mark.browser

Open = Callable[[str], Page]
TEXT = """第一条 首次申领居住证不收费。
第二条 补领、换领居住证收取工本费二十元，十个工作日内办结。
第三条 申领人应当提交身份证件和住所证明。"""


def library(today: date) -> Library:
    """Two articles of files, one of which ends soon."""
    permit = PolicyArticle(
        "residence-permit",
        "云川市居住证办理规定",
        "云公规(2025)3号",
        "云川市公安局",
        "市公安局",
        "云川市",
        date(2025, 3, 1),
        None,
        TEXT,
        keywords=("暂住证",),
    )
    lamps = PolicyArticle(
        "street-light",
        "云川市路灯照明管理办法",
        "云城规(2024)1号",
        "云川市城市管理局",
        "市城市管理局",
        "云川市",
        date(2024, 1, 1),
        today + timedelta(6),
        "第一条 路灯不亮的，应当在二十四小时内修复。",
    )
    return make_library([permit, lamps])


class Watch:
    """The library of the files; nobody searches here."""

    def __init__(self, found: Library) -> None:
        self.found = found
        self.problem = ""

    def base(self) -> Library:
        return self.found

    def look(self) -> bool:
        return True

    def wake(self) -> None:
        pass


@pytest.fixture
def editor(browser: Any, stage: Any, script: ModuleType) -> Iterator[Callable[[str], Page]]:
    """``editor("bianji01")`` is that person's page of the desk."""
    watch = Watch(library(stage.services.today))
    stage.app.state.knowledge = watch
    stage.app.state.articles._base = watch.base
    contexts = []

    def open_page(name: str, role: str = "editor") -> Page:
        stage.services.store.accounts.add(name, name, (role,), script.PASSWORD, datetime.now(UTC))
        context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        contexts.append(context)
        context.request.post(f"{stage.url}/api/login", data={"name": name, "password": script.PASSWORD})
        page = context.new_page()
        page.goto(f"{stage.url}/knowledge")
        expect(ready(page).locator("#articles .department").first).to_be_visible()
        return page

    yield open_page
    for context in contexts:
        context.close()


def drafted(page: Page, shots: Path) -> None:
    """A version in which a fee is abolished, submitted."""
    page.click("#banner >> text=开始修订")
    expect(page.locator("#banner .about")).to_contain_text("草稿：第 2 版")
    body = page.locator("[data-key='text']")
    body.fill(TEXT.replace("收取工本费二十元，十个工作日", "不收工本费，五个工作日"))
    page.locator("[data-key='owner']").focus()
    expect(page.locator("#banner .about")).to_contain_text("已改 1 次")
    page.fill("[data-key='owner']", "市税务局")
    page.locator("[data-key='owner']").press("Enter")
    expect(page.locator("#banner .faults")).to_contain_text("派单目录中没有责任单位“市税务局”")
    expect(page.locator("#banner >> text='提交审核'")).to_be_disabled()
    page.screenshot(path=str(shots / "draft.png"))
    page.fill("[data-key='owner']", "市公安局")
    page.locator("[data-key='owner']").press("Enter")
    expect(page.locator("#banner .faults")).to_have_count(0)
    page.click("#tab-changes")
    expect(page.locator("#sheet .difference del").first).to_be_visible()
    page.screenshot(path=str(shots / "changes.png"))
    page.select_option("[data-key='against']", "1")
    expect(page.locator("#sheet .difference del").first).to_be_visible()
    page.click("#banner >> text='提交审核'")
    page.fill("#step-text", "工本费取消")
    page.keyboard.press("Enter")
    expect(page.locator("#banner")).to_contain_text("须由另一人审核")


def test_a_changed_wording_goes_from_one_editor_to_the_cards_by_another(
    editor: Callable[..., Page], stage: Any, tmp_path: Path
) -> None:
    page = editor("bianji01")
    expect(page.locator("#banner .about")).to_contain_text("现行（由文件导入")
    page.screenshot(path=str(tmp_path / "article.png"))
    drafted(page, tmp_path)
    expect(page.locator("#banner >> text=审核通过")).to_have_count(0)

    checker = editor("guanli02", "administrator")
    checker.select_option("[data-key='of-standing']", "review")
    expect(checker.locator("#articles .department")).to_have_count(1)
    checker.click("#banner >> text=查看变化")
    expect(checker.locator("#sheet .difference ins").first).to_be_visible()
    checker.screenshot(path=str(tmp_path / "check.png"))
    checker.click("#banner >> text=审核通过并发布")
    expect(checker.locator("#banner .about")).to_contain_text("现行：第 2 版")
    checker.click("#tab-history")
    expect(checker.locator(".history tbody tr")).to_have_count(2)
    checker.screenshot(path=str(tmp_path / "history.png"))
    served = stage.app.state.articles.article("residence-permit", stage.services.today)
    assert "不收工本费" in served.text
    expect(page.locator("#banner .about")).to_contain_text("现行：第 2 版")  # by itself


def test_a_new_article_is_written_by_keyboard_and_what_it_lacks_is_said_in_chinese_or_english(
    editor: Callable[..., Page],
) -> None:
    page = editor("bianji01")
    page.keyboard.press("Alt+n")
    expect(page.locator("#finder input:focus")).to_have_count(1)
    page.keyboard.type("云川市共享单车管理办法")
    page.keyboard.press("Enter")
    expect(page.locator("#banner .about")).to_contain_text("草稿：第 1 版")
    expect(page.locator("[data-key='document_number']")).to_be_focused()
    expect(page.locator("#banner .faults")).to_contain_text("没有施行日期。请填写施行日期。")
    page.click("#language")
    expect(page.locator("#banner .faults")).to_contain_text("has no Holds from")
    expect(page.locator("#banner .about")).to_contain_text("Draft: version 1")
    page.click("#banner >> text=Discard")
    page.click("#banner >> text=Press again")
    expect(page.locator("#banner .about")).to_contain_text("discarded")


def test_an_article_is_withdrawn_at_once_with_its_reason(editor: Callable[..., Page], stage: Any) -> None:
    page = editor("bianji01")
    page.click("#banner >> text='下架'")
    page.keyboard.press("Escape")
    page.click("#banner >> text='下架'")
    page.fill("#step-text", "收费标准有误")
    page.keyboard.press("Enter")
    expect(page.locator("#banner .about")).to_contain_text("第 1 版已下架：收费标准有误")
    assert stage.app.state.articles.article("residence-permit", stage.services.today).status.value == "withdrawn"
    page.click("#banner >> text=修订后重新上架")
    expect(page.locator("#banner .about")).to_contain_text("草稿：第 2 版")


def test_what_agents_report_is_answered_and_what_ends_soon_is_shown(
    editor: Callable[..., Page], stage: Any, script: ModuleType, tmp_path: Path
) -> None:
    call = script.finished_call(stage.services)
    told = PassageReported(
        "r1",
        "1",
        "",
        "residence-permit#2",
        "residence-permit",
        "市公安局",
        ReportKind.OUTDATED,
        "窗口说不收费了",
        "demo",
    )
    stage.services.store.journal.append(call, [told], datetime.now(UTC))
    page = editor("bianji01")
    expect(page.locator("[data-key='view-reports'] .badge")).to_have_text("1")
    page.keyboard.press("Alt+2")
    expect(page.locator(".reports")).to_contain_text("窗口说不收费了")
    page.select_option(".answering select", "corrected")
    page.fill(".answering input", "第 2 版已更正")
    page.screenshot(path=str(tmp_path / "reports.png"))
    page.locator(".answering input").press("Enter")
    expect(page.locator(".reports .answer")).to_contain_text("已更正 第 2 版已更正")
    expect(page.locator("[data-key='view-reports'] .badge")).to_have_count(0)
    page.keyboard.press("Alt+3")
    expect(page.locator(".reminders")).to_contain_text("没有接续")
    page.screenshot(path=str(tmp_path / "reminders.png"))
    page.click(".reminders >> text=云川市路灯照明管理办法")
    expect(page.locator("#banner .about")).to_contain_text("现行")
    expect(page.locator("#articles .department[aria-current]")).to_contain_text("路灯照明")


def test_somebody_elses_edit_is_said_and_shown(editor: Callable[..., Page], stage: Any) -> None:
    page = editor("bianji01")
    page.click("#banner >> text=开始修订")
    expect(page.locator("#banner .about")).to_contain_text("草稿")
    desk = stage.app.state.articles
    version = desk.articles.of("residence-permit")[0]
    page.fill("[data-key='document_number']", "云公规(2026)1号")  # first: a page in which somebody types stays as it is
    desk.edit(Seen("residence-permit", version.number, 0), {"issuer": "云川市人民政府"}, "bieren", datetime.now(UTC))
    page.keyboard.press("Enter")
    expect(page.locator("#problem")).to_contain_text("他人刚刚改动了这一条")
    expect(page.locator("[data-key='issuer']")).to_have_value("云川市人民政府")


def an_edit_held_back(page: Page) -> Route:
    """An issuer was typed, and the request that saves it waits to go on."""
    held = HeldBack(page, "**/edits")
    page.fill("[data-key='issuer']", "云川市人民政府")
    page.locator("[data-key='keywords']").focus()
    return held.request()


def test_what_was_typed_is_saved_while_another_article_is_looked_at_and_does_not_take_its_place(
    editor: Callable[..., Page], stage: Any
) -> None:
    page = editor("bianji01")
    page.click("#banner >> text=开始修订")
    expect(page.locator("#banner .about")).to_contain_text("草稿")
    held = an_edit_held_back(page)
    page.fill("[data-key='keywords']", "居住登记")
    page.locator("[data-key='title']").focus()
    page.click("#articles .department >> text=路灯照明")
    expect(page.locator("#banner .about")).to_contain_text("现行")
    with page.expect_response(lambda answer: "keywords" in (answer.request.post_data or "")):
        held.continue_()
    versions = stage.app.state.articles.articles
    content = versions.with_content("residence-permit", versions.of("residence-permit")[0].number)[1]
    assert (content["issuer"], content["keywords"]) == ("云川市人民政府", ["居住登记"])
    expect(page.locator("#articles .department[aria-current]")).to_contain_text("路灯照明")
    assert versions.of("street-light") == []
    page.evaluate("() => new Promise((done) => setTimeout(done, 50))")
    assert "路灯不亮的" in page.inner_text("#sheet")  # at once: after some seconds the page is put right anyhow
    expect(page.locator("#banner .about")).to_contain_text("现行")


def test_a_step_is_taken_of_the_article_that_was_on_the_screen_when_it_was_pressed(
    editor: Callable[..., Page], stage: Any
) -> None:
    page = editor("bianji01")
    versions = stage.app.state.articles.articles
    page.click("#articles .department >> text=路灯照明")
    expect(page.locator("#articles .department[aria-current]")).to_contain_text("路灯照明")
    page.click("#banner >> text=开始修订")
    expect(page.locator("#banner .about")).to_contain_text("草稿")
    page.click("#articles .department >> text=居住证")
    expect(page.locator("#banner .about")).to_contain_text("现行")
    page.click("#banner >> text=开始修订")
    expect(page.locator("#banner .about")).to_contain_text("草稿")
    held = an_edit_held_back(page)
    for _ in range(2):
        page.click("#banner [data-key='knowledge.discard']")
    page.click("#articles .department >> text=路灯照明")
    expect(page.locator("#articles .department[aria-current]")).to_contain_text("路灯照明")
    with page.expect_response(lambda answer: answer.url.endswith("/discard")):
        held.continue_()
    expect(page.locator("#announcer")).to_contain_text("已放弃")
    assert versions.of("residence-permit")[0].state.value != "draft"
    assert versions.of("street-light")[0].state.value == "draft"
    expect(page.locator("#articles .department[aria-current]")).to_contain_text("路灯照明")
    expect(page.locator("#problem")).to_be_hidden()


DOCUMENT = f"""---
标题: 云川市居住证办理规定
文号: 云公规(2025)3号
发布机关: 云川市公安局
责任单位: 市公安局
适用区域: 云川市
施行日期: 2025-03-01
---
{TEXT}
"""


def test_a_file_that_is_read_clears_the_refusal_of_the_one_before_away(
    editor: Callable[..., Page], tmp_path: Path
) -> None:
    page = editor("bianji01")
    (tmp_path / "空.md").write_text("", encoding="utf-8")
    page.set_input_files("input[type=file]", str(tmp_path / "空.md"))
    expect(page.locator("#problem")).to_contain_text("空.md")
    (tmp_path / "规定.md").write_text(DOCUMENT, encoding="utf-8")
    page.set_input_files("input[type=file]", str(tmp_path / "规定.md"))
    expect(page.locator("#sheet .history")).to_be_visible()
    expect(page.locator("#problem")).to_be_hidden()


QUESTIONS = """问题,答案,责任单位,施行日期
夜市几点收摊？,二十四时前收摊。,市公安局,2026-11-01
摊位要办证吗？,到街道登记即可。,市公安局,2026-11-01
摊位费多少？,按街道公布的标准收取。,不存在的局,2026-11-01
"""


def test_the_drafts_of_a_table_are_submitted_in_one_go_and_those_that_lack_something_stay(
    editor: Callable[..., Page], tmp_path: Path
) -> None:
    page = editor("bianji01")
    (tmp_path / "问答.csv").write_bytes(QUESTIONS.encode("gb18030"))
    page.set_input_files("input[type=file]", str(tmp_path / "问答.csv"))
    expect(page.locator("[data-key='apply']")).to_have_text("建立 3 份草稿")
    page.click("[data-key='apply']")
    expect(page.locator("#sheet .history")).to_contain_text("已建草稿（第 1 版）")
    expect(page.locator("[data-key='submit-all']")).to_have_text("提交审核 2 份")
    page.click("[data-key='submit-all']")
    expect(page.locator("#sheet .history >> text=已提交，待他人审核")).to_have_count(2)
    expect(page.locator("[data-key='submit-all']")).to_have_count(0)
    expect(page.locator("#sheet .history")).to_contain_text("没有责任单位“不存在的局”")
    page.screenshot(path=str(tmp_path / "submitted.png"))
    checker = editor("guanli02", "administrator")
    checker.select_option("[data-key='of-standing']", "review")
    expect(checker.locator("#articles .department")).to_have_count(2)


def put_back(page: Page, tmp_path: Path) -> None:
    """The article is withdrawn as wrong, and its file uploaded again."""
    page.click("#banner >> text='下架'")
    page.select_option("[data-key='because']", "wrong")
    page.fill("#step-text", "补领收费写错")
    page.screenshot(path=str(tmp_path / "withdrawing.png"))
    page.keyboard.press("Enter")
    expect(page.locator("#banner .about")).to_contain_text("第 1 版已下架：内容有误：补领收费写错")
    file = tmp_path / "规定.md"
    file.write_text(DOCUMENT, encoding="utf-8")
    page.set_input_files("input[type=file]", str(file))
    expect(page.locator("#sheet .history")).to_contain_text("已下架 下架理由：内容有误：补领收费写错")
    expect(page.locator("[data-key='apply']")).to_be_disabled()
    page.check("[data-key='put-back']")
    expect(page.locator("[data-key='apply']")).to_have_text("建立 1 份草稿")
    page.screenshot(path=str(tmp_path / "put-back.png"))
    page.click("[data-key='apply']")
    expect(page.locator("#sheet .history")).to_contain_text("重新上架：已建新版本草稿")
    page.click("#sheet .history >> text=云川市居住证办理规定")


def test_what_was_withdrawn_as_wrong_is_put_back_from_its_file_only_after_somebody_answers_for_it(
    editor: Callable[..., Page], tmp_path: Path
) -> None:
    page = editor("bianji01")
    put_back(page, tmp_path)
    expect(page.locator("#banner .concern")).to_contain_text("草稿正文与已下架的版本完全相同")
    expect(page.locator("#banner >> text='提交审核'")).to_be_disabled()
    page.screenshot(path=str(tmp_path / "concern.png"))
    page.fill("[data-key='text']", TEXT.replace("收取工本费二十元", "不收工本费"))
    page.locator("[data-key='owner']").focus()
    expect(page.locator("#banner .concern")).to_contain_text("请核对有误之处是否都已改正")
    page.fill("[data-key='corrected-note']", "补领、换领改为不收费")
    page.locator("[data-key='corrected-note']").press("Enter")
    expect(page.locator("#banner .concern.answered")).to_contain_text("确认已改正：补领、换领改为不收费")
    page.screenshot(path=str(tmp_path / "answered.png"))
    page.click("#banner >> text='提交审核'")
    expect(page.locator("#step-text")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#banner")).to_contain_text("须由另一人审核")
    checker = editor("guanli02", "administrator")
    checker.select_option("[data-key='of-standing']", "review")
    expect(checker.locator("#banner .concern")).to_contain_text("补领、换领改为不收费")
    checker.click("#banner >> text=审核通过并发布")
    expect(checker.locator("#banner .about")).to_contain_text("现行：第 2 版")


def test_what_keeps_agents_from_finding_it_stands_above_everything(editor: Callable[..., Page], stage: Any) -> None:
    stage.app.state.knowledge.problem = "Another process keeps the index level with other library files."
    page = editor("bianji01")
    expect(page.locator("#behind")).to_contain_text("座席查到的内容与此处不同")
