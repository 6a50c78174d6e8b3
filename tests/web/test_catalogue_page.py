"""The page 派单目录 in a browser: a draft is edited by one person and approved by another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from page_ready import ready
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Open = Callable[[str], Page]
CHECKER = "shenhe01"


@pytest.fixture
def checker(browser: Any, stage: Any, script: ModuleType) -> Iterator[Page]:
    """The page of another person, an editor."""
    accounts = stage.services.store.accounts
    accounts.add(CHECKER, "审核员", ("editor",), script.PASSWORD, datetime.now(UTC))
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.request.post(f"{stage.url}/api/login", data={"name": CHECKER, "password": script.PASSWORD})
    page = context.new_page()
    page.goto(f"{stage.url}/catalogue")
    yield ready(page)
    context.close()


def draft(page: Page) -> None:
    """A new department with one duty and two ways to speak of it, by keyboard."""
    page.click("text=开始修改")
    expect(page.locator("#banner .about")).to_contain_text("草稿：第 2 版")
    page.keyboard.press("Alt+n")
    expect(page.locator("#finder input").last).to_be_focused()
    page.keyboard.type("市大数据局")
    page.keyboard.press("Enter")
    expect(page.locator("#departments .department[aria-current]")).to_contain_text("市大数据局")
    expect(page.locator("#banner .faults")).to_contain_text("市大数据局：没有职责。")
    expect(page.locator("[data-key='add-duty']")).to_be_focused()
    page.keyboard.type("负责政务服务网站的管理。")
    page.keyboard.press("Enter")
    expect(page.locator("#banner .faults")).to_have_count(0)
    page.fill("[data-key='basis-1']", "《公共数据管理办法》第五条")
    page.locator("[data-key='basis-1']").press("Enter")
    page.locator("[data-key='phrase-1']").fill("网站打不开、登录不上")
    page.locator("[data-key='phrase-1']").press("Enter")
    expect(page.locator("#sheet .phrase")).to_have_count(2)


def submit(page: Page, note: str = "") -> None:
    page.click("#banner >> text=提交审核")
    page.fill("#step-text", note)
    page.keyboard.press("Enter")
    expect(page.locator("#banner .about")).to_contain_text("待审核：第 2 版")


def test_a_new_department_goes_from_the_draft_of_one_person_into_force_by_another(
    open_desk: Open, stage: Any, checker: Page, tmp_path: Path
) -> None:
    page = open_desk("/dispatcher")
    page.click(".desk-link[href='/catalogue']")
    expect(page.locator("#banner .about")).to_contain_text("现行第 1 版")
    expect(page.locator("#departments .department")).to_have_count(4)
    expect(page.locator("#sheet input")).to_have_count(0)  # what is in force is not edited
    draft(page)
    page.screenshot(path=str(tmp_path / "draft.png"))
    page.fill("#finder input[type=search]", "居住证")
    expect(page.locator("#departments .department")).to_have_count(1)
    page.click("#tab-changes")
    expect(page.locator("#sheet .changes > li")).to_have_count(4)
    submit(page, "新增市大数据局")
    expect(page.locator("#banner")).to_contain_text("须由另一人审核")
    expect(page.locator("#banner >> text='批准'")).to_have_count(0)

    checker.reload()
    ready(checker).click("#banner >> text=查看变化并审核")
    expect(checker.locator("#sheet .changes")).to_contain_text("市大数据局")
    checker.screenshot(path=str(tmp_path / "check.png"))
    checker.click("#banner >> text='批准'")
    expect(checker.locator("#banner .about")).to_contain_text("现行第 2 版")
    checker.click("#tab-history")
    expect(checker.locator(".history tbody tr")).to_have_count(2)
    checker.screenshot(path=str(tmp_path / "history.png"))
    assert stage.services.catalogue.find("市大数据局") is not None
    expect(page.locator("#banner .about")).to_contain_text("现行第 2 版")  # by itself


def test_what_another_person_changed_meanwhile_is_said_and_shown(open_desk: Open, stage: Any) -> None:
    page = open_desk("/catalogue")
    page.click("text=开始修改")
    expect(page.locator("#banner .about")).to_contain_text("草稿")
    desk = stage.app.state.catalogue.desk
    document = desk.editions.document(2)
    document["departments"][0]["telephone"] = "110"
    page.fill(
        "[data-key='telephone']", "119"
    )  # first: the page looks around now and then, but not while somebody types
    desk.editions.change(2, 0, document, [{"do": "change_department"}], "bieren", datetime.now(UTC))
    page.keyboard.press("Enter")
    expect(page.locator("#problem")).to_contain_text("bieren刚刚改动了目录第 2 版。")
    expect(page.locator("[data-key='telephone']")).to_have_value("110")


def test_rules_are_edited_and_a_refusal_says_why(open_desk: Open, stage: Any, checker: Page) -> None:
    page = open_desk("/catalogue")
    page.click("text=开始修改")
    page.click("#tab-rules")
    page.fill("[data-key='add-rule']", "路灯不亮")
    page.keyboard.press("Enter")
    expect(page.locator(".rule")).to_have_count(1)
    for field, value in (("cues", "路灯 不亮/坏了"), ("lead", "市城市管理局"), ("legal_basis", "第三条")):
        page.fill(f"[data-key='路灯不亮-{field}']", value)
        page.keyboard.press("Tab")
    expect(page.locator("#banner .faults")).to_have_count(0)
    submit(page)
    checker.reload()
    ready(checker).click("#banner >> text=退回")
    checker.fill("#step-text", "依据不全")
    checker.keyboard.press("Enter")
    expect(checker.locator("#banner .about")).to_contain_text("现行第 1 版")
    checker.click("#tab-history")
    expect(checker.locator(".history")).to_contain_text("依据不全")
    checker.click(".history >> text=第 2 版")
    checker.click("#banner >> text=以此为底稿重新修改")
    expect(checker.locator("#banner .about")).to_contain_text("草稿：第 3 版")
    checker.click("#language")
    expect(checker.locator("#banner .about")).to_contain_text("Draft: edition 3")
