"""What is refused is said in the language of the screen, and what succeeds afterwards clears it away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from copilot.session import CallSession
from copilot.suggestion import Decision, Slot, Verdict

pytestmark = pytest.mark.browser

Open = Callable[[str], Any]


@pytest.fixture
def desk(open_desk: Open, stage: Any, script: ModuleType) -> Page:
    """The agent's desk after a call; its kind was decided elsewhere and the page does not know it yet."""
    call_id = script.finished_call(stage.services)
    page: Page = open_desk(f"/agent#call={call_id}")
    expect(page.locator("[data-slot=kind] [data-action=accept]")).to_be_visible()
    session = CallSession.resume(stage.services.copilot, stage.services.store.journal, call_id)
    made = next(iter(session.state.appeals["1"].open_for(Slot.KIND)))
    session.decide(Decision("d", "1", Slot.KIND, Verdict.ACCEPT, made, None, "zuoxi09"), datetime.now(UTC))
    return page


def test_a_refusal_is_said_in_chinese_and_follows_the_switch_of_language(desk: Page) -> None:
    desk.locator("[data-slot=kind] [data-action=accept]").click()
    box = desk.locator("#problem")
    expect(box.locator("span").first).to_have_text("这条建议已处理过。要修改请直接填写。")
    desk.click("#language")
    expect(box.locator("span").first).to_contain_text("That suggestion was decided before.")


def test_what_succeeds_afterwards_clears_the_refusal_away(desk: Page) -> None:
    desk.locator("[data-slot=kind] [data-action=accept]").click()
    expect(desk.locator("#problem")).to_be_visible()
    desk.locator("[data-slot=title] [data-action=accept]").click()
    expect(desk.locator("[data-slot=title]")).to_have_attribute("data-state", "confirmed")
    expect(desk.locator("#problem")).to_be_hidden()


def test_a_fault_of_the_network_is_gone_when_the_service_answers_again(desk: Page) -> None:
    decisions = "**/api/calls/*/decisions"
    desk.route(decisions, lambda route: route.abort())
    desk.locator("[data-slot=title] [data-action=accept]").click()
    expect(desk.locator("#problem")).to_contain_text("无法连接服务")
    desk.unroute(decisions)
    desk.locator("[data-slot=summary] [data-action=accept]").click()
    expect(desk.locator("#problem")).to_be_hidden()


def test_a_wrong_password_is_said_in_chinese(browser: Any, stage: Any, script: ModuleType) -> None:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{stage.url}/")
    page.fill("#name", script.NAME)
    page.fill("#password", "wrong-password-9")
    page.keyboard.press("Enter")
    expect(page.locator("#login-fault")).to_have_text("账号或密码不对，请核对；连续错 5 次将锁定 15 分钟。")
    context.close()


def test_a_fault_of_the_page_itself_is_not_said_in_a_browsers_english(open_desk: Open) -> None:
    page = open_desk("/agent")
    expect(page.locator("#play")).to_be_visible()
    page.evaluate(
        "import('/static/desk-frame.js').then(({ showProblem }) => showProblem(new TypeError('x is not a function')))"
    )
    expect(page.locator("#problem span").first).to_have_text("页面出错了，请刷新后重试；已确认的内容不会丢失。")


def test_a_fault_of_a_draft_names_fields_as_the_screen_does(open_desk: Open) -> None:
    page = open_desk("/agent")
    expect(page.locator("#play")).to_be_visible()
    said = page.evaluate(
        "import('/static/i18n.js').then(({ inLanguage, setLanguage }) => { setLanguage('en'); return ["
        "'permit (办法) is owned by 市公安分局: it has no such department. Correct 责任单位 or it.',"
        "'the rule 路灯 has no cues. Add the words by which its matter is recognised.',"
        "].map((message) => inLanguage({ message, chinese: '' })); })"
    )
    assert said == [
        "permit (办法) is owned by 市公安分局: it has no such department. Correct Owner or it.",
        "The rule 路灯 has no cues. Add the words by which its matter is recognised.",
    ]
