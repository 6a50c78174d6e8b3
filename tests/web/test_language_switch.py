"""The switch of the language reaches everything that is on the screen, also what somebody has open."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from clock import Clock
from library_parts import put, with_library
from page_ready import eventually, ready
from playwright.sync_api import Page, expect

from api.services import Services
from copilot.appeal import AppealKind
from copilot.dispatch import Routing, decide_routing
from copilot.session import CallSession
from copilot.suggestion import Decision, Slot, Verdict

pytestmark = pytest.mark.browser

Open = Callable[[str], Page]
NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)

LEFT = """async () => {
  const { WORDS } = await import("/static/words.js");
  const han = /\\p{Script=Han}/u;
  const escape = (text) => text.replace(/[.*+?^${}()|[\\]\\\\]/g, "\\\\$&");
  const known = Object.entries(WORDS.zh)
    .filter(([key, chinese]) => WORDS.en[key] !== chinese && han.test(chinese.replace(/\\{\\w+\\}/g, "")))
    .map(([, chinese]) => new RegExp("^" + chinese.split(/\\{\\w+\\}/).map(escape).join(".+") + "$", "su"));
  const left = [];
  const look = (text, of) => {
    const said = (text ?? "").trim();
    if (han.test(said) && known.some((words) => words.test(said))) left.push(`${of}: ${said}`);
  };
  for (const element of document.body.querySelectorAll("*")) {
    // the switch names the other language; what the announcer said was said
    if (!element.checkVisibility() || ["language", "announcer"].includes(element.id)) continue;
    for (const name of ["placeholder", "title", "aria-label"]) look(element.getAttribute(name), name);
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) look(node.data, element.tagName);
  }
  return left;
}"""
"""Visible words that are the Chinese of an entry of words*.js, while the screen is English."""


@pytest.fixture
def stage(script: ModuleType, tmp_path: Path) -> Iterator[Any]:
    """The stage over real articles, with somebody who has every desk."""
    folder = tmp_path / "library"
    folder.mkdir()
    put(folder, f"第六条 {script.MATERIALS.quote}\n\n第九条 {script.FEES.quote}", 标题=script.FEES.title)
    put(
        folder,
        "第一条 货车夜间通行。",
        编号="ending",
        标题="临时通行规定",
        文号="云交规(2025)2号",
        失效日期="2026-12-02",
    )
    clock = Clock(NOW)

    def furnish(services: Services) -> Services:
        full = with_library(services, folder, tmp_path / "index", clock)
        roles = ("agent", "dispatcher", "evaluator", "editor", "administrator")
        full.store.accounts.add("quanbu01", "全部角色", roles, script.PASSWORD, NOW)
        return full

    with script.staged(tmp_path, furnish=furnish) as running:
        yield running


@pytest.fixture
def page(browser: Any, stage: Any, script: ModuleType) -> Iterator[Page]:
    """A page of somebody who has every desk."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.request.post(f"{stage.url}/api/login", data={"name": "quanbu01", "password": script.PASSWORD})
    yield context.new_page()
    context.close()


def follows(page: Page) -> None:
    """Switch to English, look at everything, and back."""
    page.click("#language")
    expect(page.locator("#language")).to_have_text("中文")
    eventually(page, lambda: nothing_left(page))
    page.click("#language")
    expect(page.locator("#language")).to_have_text("English")


def nothing_left(page: Page) -> None:
    assert page.evaluate(LEFT) == []


def an_order(stage: Any, script: ModuleType, call_id: str, *, sent: bool) -> None:
    services = stage.services
    session = CallSession.resume(services.copilot, services.store.journal, script.finished_call(services, call_id))
    values = {
        Slot.KIND: AppealKind.ENQUIRY,
        Slot.TITLE: "租房合同备案",
        Slot.SUMMARY: "咨询租房合同。",
        Slot.DEPARTMENT: "市公安局",
    }
    for slot, value in values.items():
        session.decide(Decision(f"{call_id}-{slot}", "1", slot, Verdict.AMEND, None, value, script.NAME), NOW)
    number = session.file("1", f"{call_id}-r", script.NAME, NOW).number
    if sent:
        routing = Routing(f"{call_id}-x", Verdict.ACCEPT, script.NAME)
        decide_routing(services.store.journal, services.catalogue, call_id, number, routing, NOW, services.today)


def test_the_desk_of_dispatchers_with_an_override_and_a_return_that_somebody_is_writing(
    page: Page, stage: Any, script: ModuleType
) -> None:
    an_order(stage, script, "c1", sent=False)
    an_order(stage, script, "c2", sent=True)
    page.goto(f"{stage.url}/dispatcher")
    expect(page.locator("#confirm")).to_be_visible()
    follows(page)
    page.keyboard.press("Alt+s")
    expect(page.locator("#order input[role=combobox]")).to_be_focused()
    page.keyboard.type("水务局")
    page.keyboard.press("Enter")
    page.click("#override")
    expect(page.locator(".decision .fault")).not_to_be_empty()
    page.fill("#reason", "我写的理由")
    follows(page)
    expect(page.locator("#reason")).to_have_value("我写的理由")
    page.click("#tab-dispatched")
    page.click("#return")
    page.click("#return-send")
    page.get_by_label("不属本单位职责").check()
    page.fill("#return-words", "我写的说明")
    follows(page)
    expect(page.get_by_label("不属本单位职责")).to_be_checked()
    expect(page.locator("#return-words")).to_have_value("我写的说明")


def test_the_desk_of_agents_with_cards_search_fields_and_tools_open(page: Page, stage: Any, script: ModuleType) -> None:
    call_id = script.finished_call(stage.services)
    page.goto(f"{stage.url}/agent")
    expect(page.locator("#play")).to_be_visible()
    follows(page)
    page.goto(f"{stage.url}/agent#call={call_id}")
    page.reload()
    expect(ready(page).locator("#call-state")).to_have_text("话后整理")
    expect(page.locator(".card.suggested").first).to_be_visible()
    page.locator(".part").first.focus()
    page.keyboard.press("Alt+r")
    follows(page)
    page.locator(".card.suggested").first.focus()
    page.keyboard.press("g")
    expect(page.locator(".card.suggested input")).to_be_focused()
    follows(page)
    page.keyboard.press("Alt+c")
    page.locator(".card.suggested").first.focus()
    page.keyboard.press("Alt+l")
    expect(page.locator("#library-query")).to_be_focused()
    page.keyboard.type("居住证")
    page.keyboard.press("Enter")
    expect(page.locator(".card.result").first).to_be_visible()
    page.locator(".card.result").first.focus()
    page.keyboard.press("e")
    expect(page.locator(".card.result textarea")).to_be_visible()
    follows(page)


def test_the_page_of_articles_with_every_view_and_a_form_that_somebody_is_writing(page: Page, stage: Any) -> None:
    page.goto(f"{stage.url}/knowledge")
    expect(page.locator("#banner .about")).not_to_be_empty()
    for tab in page.locator("#tabs button").all():
        tab.click()
        follows(page)
    page.click("#banner >> text='下架'")
    page.fill("#step-text", "我写的原因")
    page.select_option("#banner select", "wrong")
    follows(page)
    expect(page.locator("#step-text")).to_have_value("我写的原因")
    expect(page.locator("#banner select")).to_have_value("wrong")
    page.click("#banner >> text='取消'")
    page.click("#banner >> text='开始修订'")
    page.click("#tab-content")
    expect(page.locator("#sheet textarea")).to_be_visible()
    follows(page)
    for view in range(1, 4):
        page.locator("#views button").nth(view).click()
        expect(page.locator("#wide")).not_to_be_empty()
        expect(page.locator("#wide")).not_to_have_text("正在读取…")
        follows(page)


def test_the_catalogue_and_the_page_of_evaluators(page: Page, stage: Any) -> None:
    page.goto(f"{stage.url}/catalogue")
    page.click("text=开始修改")
    expect(page.locator("#banner .about")).to_contain_text("草稿")
    for tab in page.locator("#tabs button").all():
        tab.click()
        follows(page)
    page.goto(f"{stage.url}/evaluator")
    expect(ready(page).locator("#offline-heading")).to_be_visible()
    follows(page)
    page.goto(f"{stage.url}/")
    expect(page.locator(".desks, main a").first).to_be_visible()
    follows(page)


def test_the_login_and_why_it_refused(browser: Any, stage: Any) -> None:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{stage.url}/")
    page.fill("#name", "nobody")
    page.fill("#password", "Wrong-Password-1")
    page.keyboard.press("Enter")
    expect(page.locator("#login-fault")).not_to_be_empty()
    page.click("#language")
    expect(page.locator("#language")).to_have_text("中文")
    assert not re.search(r"[\u4e00-\u9fff]", page.inner_text("#login"))
    context.close()
