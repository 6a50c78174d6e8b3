"""Why a department is ranked, on both desks in a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from copilot.appeal import AppealKind
from copilot.session import CallSession
from copilot.suggestion import Decision, Slot, Verdict

pytestmark = pytest.mark.browser

Open = Callable[[str], Any]


@pytest.fixture
def agent_desk(open_desk: Open, stage: Any, script: ModuleType) -> Page:
    """The agent's desk after a call in which nothing was decided; the reasons were asked for."""
    page: Page = open_desk(f"/agent#call={script.finished_call(stage.services)}")
    expect(page.locator("#call-state")).to_have_text("话后整理")
    expect(page.locator("#routing .ranking")).to_contain_text("62%")
    expect(page.locator("#routing .reasons")).to_have_count(0)
    page.keyboard.press("Alt+r")
    return page


@pytest.fixture
def dispatcher_desk(open_desk: Open, stage: Any, script: ModuleType) -> Page:
    """The dispatcher's desk with that call's order."""
    services, now = stage.services, datetime.now(UTC)
    session = CallSession.resume(services.copilot, services.store.journal, script.finished_call(services))
    made = next(iter(session.state.appeals["1"].open_for(Slot.DEPARTMENT)))
    values = {Slot.KIND: AppealKind.ENQUIRY, Slot.TITLE: "咨询居住证", Slot.SUMMARY: "咨询居住证。"}
    for slot, value in values.items():
        session.decide(Decision(f"d-{slot}", "1", slot, Verdict.AMEND, None, value, script.NAME), now)
    session.decide(Decision("d", "1", Slot.DEPARTMENT, Verdict.AMEND, made, "市公安局", script.NAME), now)
    session.file("1", "r", script.NAME, now)
    page: Page = open_desk("/dispatcher")
    expect(page.locator("#order .ranking")).to_contain_text("62%")
    return page


def test_a_choice_shows_the_duty_with_its_legal_basis_and_the_words_that_weighed(agent_desk: Page) -> None:
    first = agent_desk.locator("#routing .ranking > li").first
    expect(first.locator(".reasons > li").first).to_contain_text("职责")
    expect(first.locator(".reasons > li").first.locator(".basis")).to_have_text("《人口服务管理办法》第四条")
    expect(first.locator("mark")).to_have_text(["居住证", "租房", "材料"])


def test_similar_past_orders_are_folded_away_until_somebody_wants_them(agent_desk: Page) -> None:
    past = agent_desk.locator("#routing .precedents")
    expect(past.locator("summary")).to_have_text("3 件由人确认的类似工单")
    expect(past.locator("ol > li").first).to_be_hidden()
    past.locator("summary").focus()
    agent_desk.keyboard.press("Enter")
    expect(past.locator("ol > li")).to_have_count(3)
    expect(past.locator("ol > li").first).to_be_visible()
    expect(past.locator("ol > li").first).to_contain_text("138****5678")
    expect(past.locator("ol > li .basis").first).to_have_text("YC-20261103-0012 · 2026-11-03 受理")


def test_an_unfolded_list_stays_unfolded_and_focused_when_the_panel_is_drawn_anew(agent_desk: Page) -> None:
    summary = agent_desk.locator("#routing .precedents summary")
    summary.focus()
    agent_desk.keyboard.press("Enter")
    expect(agent_desk.locator("#routing .precedents details")).to_have_attribute("open", "")
    agent_desk.locator("[data-slot=kind] [data-action=accept]").click()  # an event, so all panels are drawn
    expect(agent_desk.locator("[data-slot=kind]")).to_have_attribute("data-state", "confirmed")
    expect(agent_desk.locator("#routing .precedents ol > li").first).to_be_visible()


def test_enter_on_the_list_of_similar_orders_does_not_send_the_order_out(dispatcher_desk: Page, stage: Any) -> None:
    summary = dispatcher_desk.locator("#order .precedents summary")
    summary.focus()
    dispatcher_desk.keyboard.press("Enter")
    expect(dispatcher_desk.locator("#order .precedents ol > li").last).to_be_visible()
    expect(dispatcher_desk.locator("#order .precedents ol > li").last).to_contain_text("YC-20260930-0003")
    (row,) = stage.services.store.queries.work_orders()
    assert row.dispatched is None


def test_a_department_that_is_likely_but_not_among_the_first_three_can_be_chosen(agent_desk: Page) -> None:
    likely = agent_desk.locator("#routing .likely")
    expect(likely).to_contain_text("约 95 件归第 1、2 家或：市城市管理局")
    expect(likely.locator("button")).to_have_text(["市城市管理局"])
    likely.locator("button").click()
    expect(agent_desk.locator("#routing .settled")).to_contain_text("市城市管理局")
