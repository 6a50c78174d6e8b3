"""The login, the dispatcher's and the evaluator's desks in a browser."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from copilot.appeal import AppealKind
from copilot.session import CallSession
from copilot.suggestion import Decision, Slot, Verdict

pytestmark = pytest.mark.browser

Open = Callable[[str], Any]


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def file_order(stage: Any, script: ModuleType) -> Callable[[str, str], str]:
    """``file_order("c1", department)`` files an order of a call in which somebody asked about residence permits."""

    def file(call_id: str, department: str) -> str:
        services = stage.services
        session = CallSession.resume(services.copilot, services.store.journal, script.finished_call(services, call_id))
        made = next(iter(session.state.appeals["1"].open_for(Slot.DEPARTMENT)))
        values = {Slot.KIND: AppealKind.ENQUIRY, Slot.TITLE: f"标题 {call_id}", Slot.SUMMARY: "咨询居住证。"}
        for slot, value in values.items():
            session.decide(Decision(f"{call_id}-{slot}", "1", slot, Verdict.AMEND, None, value, script.NAME), now())
        chosen = Decision(f"{call_id}-d", "1", Slot.DEPARTMENT, Verdict.AMEND, made, department, script.NAME)
        session.decide(chosen, now())
        return str(session.file("1", f"{call_id}-r", script.NAME, now()).number)

    return file


def dispatched(stage: Any, number: str) -> Any:
    return stage.services.store.queries.work_order(number).row.dispatched


def test_a_person_logs_in_and_is_led_to_the_desks_of_their_roles(browser: Any, stage: Any, script: ModuleType) -> None:
    context = browser.new_context()
    page: Page = context.new_page()
    page.goto(f"{stage.url}/dispatcher")
    expect(page).to_have_url(f"{stage.url}/?next=%2Fdispatcher")
    page.fill("#name", script.NAME)
    page.fill("#password", "wrong")
    page.keyboard.press("Enter")
    expect(page.locator("#login-fault")).not_to_be_empty()
    page.fill("#password", script.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("派单台")
    page.goto(f"{stage.url}/?next=https://example.org/")
    expect(page.locator(".desk-choice")).to_have_count(4)
    page.get_by_role("button", name="退出").click()
    expect(page.locator("#name")).to_be_focused()
    page.goto(f"{stage.url}/agent")
    expect(page.locator("#login")).to_be_visible()
    context.close()


def test_one_key_sends_an_order_out_as_the_agent_said(open_desk: Open, stage: Any, file_order: Any) -> None:
    first, second = file_order("c1", "市公安局"), file_order("c2", "市公安局")
    page = open_desk("/dispatcher")
    expect(page.locator("#queue .line")).to_have_count(2)
    expect(page.locator("#order .number")).to_have_text(first)
    expect(page.locator("#order")).to_contain_text("我租的房子")
    expect(page.locator("#order .ranking")).to_contain_text("62%")
    expect(page.locator("#order .ranking")).to_contain_text("负责居住证")
    page.keyboard.press("Enter")
    expect(page.locator("#queue .line")).to_have_count(1)
    expect(page.locator("#order .number")).to_have_text(second)  # the next one is at hand
    assert dispatched(stage, first).department == "市公安局"
    page.click("#tab-dispatched")
    expect(page.locator("#order .receipt")).to_contain_text("与座席一致")


def test_another_department_needs_a_reason(open_desk: Open, stage: Any, file_order: Any) -> None:
    number = file_order("c1", "市公安局")
    page = open_desk("/dispatcher")
    expect(page.locator("#order .number")).to_have_text(number)
    page.keyboard.press("2")
    expect(page.locator("#reason")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#order .fault")).to_have_text("请写明改派理由。")
    assert dispatched(stage, number) is None
    page.keyboard.type("租房合同备案属住建")
    page.keyboard.press("Enter")
    expect(page.locator("#queue .empty")).to_be_visible()
    sent = dispatched(stage, number)
    assert (sent.department, sent.reason) == ("市住房和城乡建设局", "租房合同备案属住建")


def test_the_queue_refreshes_itself_without_disturbing_an_override(open_desk: Open, file_order: Any) -> None:
    first = file_order("c1", "市公安局")
    page = open_desk("/dispatcher")
    expect(page.locator("#order .number")).to_have_text(first)
    page.keyboard.press("3")
    expect(page.locator("#reason")).to_be_focused()
    page.keyboard.type("写到一半")
    file_order("c2", "市公安局")
    expect(page.locator("#queue .line")).to_have_count(2)
    expect(page.locator("#reason")).to_have_value("写到一半")
    expect(page.locator("#reason")).to_be_focused()


def test_an_order_that_somebody_else_sent_out_is_not_sent_twice(open_desk: Open, stage: Any, file_order: Any) -> None:
    number = file_order("c1", "市公安局")
    one, other = open_desk("/dispatcher"), open_desk("/dispatcher")
    expect(one.locator("#order .number")).to_have_text(number)
    expect(other.locator("#order .number")).to_have_text(number)
    one.keyboard.press("Enter")
    expect(one.locator("#queue .empty")).to_be_visible()
    other.keyboard.press("Enter")
    expect(other.locator("#queue .empty")).to_be_visible()
    assert dispatched(stage, number).department == "市公安局"


def test_the_evaluator_sees_what_was_decided_with_its_uncertainty(open_desk: Open, file_order: Any) -> None:
    file_order("c1", "市公安局")
    file_order("c2", "市住房和城乡建设局")
    page = open_desk("/evaluator")
    expect(page.locator("#online .few")).to_contain_text("n=2")
    expect(page.locator("#online .tile").first).to_contain_text("1 / 2")
    expect(page.locator("#online .tile").first).to_contain_text("50.0%")
    expect(page.locator("#online .tile").first).to_contain_text("9.5%–90.5%")
    expect(page.locator("#offline .tile").first).to_contain_text("86.2%")
    expect(page.locator("#offline .tile").first).to_contain_text("84.2%–88.1%")
    expect(page.locator("#offline svg[role=img]")).to_have_count(4)
    page.click("#language")
    expect(page.locator("#offline h2")).to_have_text("Offline evaluation (the served router)")


def test_a_desk_is_closed_to_whoever_lacks_its_role(browser: Any, stage: Any, script: ModuleType) -> None:
    stage.services.store.accounts.add("paidan01", "派单员", ("dispatcher",), script.PASSWORD, now())
    context = browser.new_context()
    context.request.post(f"{stage.url}/api/login", data={"name": "paidan01", "password": script.PASSWORD})
    page = context.new_page()
    page.goto(f"{stage.url}/agent")
    notice = page.locator("main [role=alert]")
    expect(notice).to_contain_text("此账号（派单员）不能使用“座席台”")
    expect(notice).to_contain_text("需要以下角色之一：座席")
    shot(page, "no-role")
    page.click("#language")
    expect(notice).to_contain_text("It needs one of the roles: agent")
    page.click("#language")
    page.goto(f"{stage.url}/agnet")
    expect(page.locator("h1")).to_have_text("没有这个页面")
    shot(page, "missing")
    expect(page.locator("#missing-back")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".desk-choice")).to_have_count(2)
    context.close()


@pytest.mark.parametrize(
    ("desk", "name", "roles"),
    [
        ("catalogue", "派单目录", "派单员、知识编辑"),
        ("knowledge", "知识维护", "知识编辑、管理员"),
        ("evaluator", "评估台", "评估员"),
    ],
)
def test_whoever_is_led_to_the_login_is_told_why_and_afterwards_what_is_lacking(
    browser: Any, stage: Any, script: ModuleType, desk: str, name: str, roles: str
) -> None:
    stage.services.store.accounts.add("zuoxi02", "二号座席", ("agent",), script.PASSWORD, now())
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{stage.url}/{desk}")
    expect(page.locator("#login-why")).to_have_text(f"请先登录，再打开“{name}”。没有账号请联系管理员。")
    shot(page, f"login-{desk}")
    page.fill("#name", "zuoxi02")
    page.fill("#password", script.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#no-role")).to_contain_text(
        f"此账号（二号座席）不能使用“{name}”。需要以下角色之一：{roles}。请联系管理员分配"
    )
    expect(page.locator(".desk-choice")).to_have_count(1)
    shot(page, f"no-role-{desk}")
    page.click("#language")
    expect(page.locator("#no-role")).to_contain_text("Ask the administrator for it")
    page.get_by_role("button", name="Log out").click()
    expect(page.locator("#login-why")).to_contain_text("Log in to open the")
    expect(page.locator("#no-role")).to_be_empty()
    context.close()


def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("HOTLINE_TEST_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")
