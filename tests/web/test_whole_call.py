"""A whole call on the running service with real models: from the login to the evaluator's figure.

``HOTLINE_TEST_SCREENSHOTS=FOLDER`` keeps a picture of each main moment.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from page_ready import ready
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.weights, pytest.mark.browser]

NAME = "yanshi01"
RECORDING = "9"  # a minute about taking rent from the housing fund: enquiry, answerable, one department
TURNS = 16
DEPARTMENT = "市住房公积金管理中心"
PATIENCE_MS = 300_000  # only for things to appear, on a machine that has much else to do

Picture = Callable[[str], None]


@pytest.fixture
def page(browser: Browser, real_service: Any) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    faults: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def picture(page: Page) -> Picture:
    folder = os.environ.get("HOTLINE_TEST_SCREENSHOTS")

    def keep(name: str) -> None:
        if folder:
            page.screenshot(path=Path(folder) / f"{name}.png")

    return keep


def field(page: Page, slot: str) -> Any:
    return page.locator(f"[data-slot={slot}]")


def press(page: Page, slot: str, action: str, state: str) -> None:
    field(page, slot).locator(f"[data-action={action}]").click()
    expect(field(page, slot)).to_have_attribute("data-state", state)


def log_in(page: Page, address: str, password: str) -> None:
    page.goto(f"{address}/agent")
    page.fill("#name", NAME)
    page.fill("#password", password)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("座席台")


def listen_to_the_end(page: Page, picture: Picture) -> None:
    page.select_option("#recording", RECORDING)
    picture("01-before-the-call")
    page.click("#play")
    expect(page.locator(".bubble.interim").first).to_be_visible()
    picture("02-interim")
    sentences = page.locator(".bubble:not(.interim)")
    expect(sentences.nth(2)).to_be_visible()
    expect(page.locator(".card.suggested").first).to_be_visible()
    expect(page.locator("#routing .ranking > li")).to_have_count(3)
    picture("03-in-the-call")
    expect(page.locator("#call-state")).to_have_text("话后整理")
    expect(page.locator(".bubble.interim")).to_have_count(0)
    assert sentences.count() >= TURNS - 2
    expect(page.locator("#transcript")).to_contain_text("租房")
    picture("04-after-the-call")


def take_an_answer(page: Page, picture: Picture) -> None:
    card = page.locator(".card.suggested").first
    expect(card.locator(".source")).to_contain_text("施行")
    expect(card.locator(".source")).to_contain_text("责任单位")
    card.locator("[data-action=use]").click()
    expect(page.locator(".card.used")).to_have_count(1)
    if others := page.locator(
        ".card.suggested"
    ).all():  # advice on the last words may still bring one, or take one away
        refused = others[0].get_attribute("data-suggestion")
        page.locator(f"[data-suggestion={refused}] h3").click()
        page.locator(f"[data-suggestion={refused}] [data-action=not_relevant]").click()
        expect(page.locator(f"[data-suggestion={refused}]")).to_have_count(0)
    picture("05-answer-used")


def choose_the_department(page: Page) -> None:
    ranking = page.locator("#routing .ranking > li")
    expect(ranking).to_have_count(3)
    expect(page.locator("#routing .ranking .percent")).to_have_count(3)
    page.keyboard.press("Alt+r")
    expect(ranking.filter(has_text=DEPARTMENT).locator(".reasons li").first).to_be_visible()
    ranking.filter(has_text=DEPARTMENT).locator("button.choice").click()
    expect(page.locator("#routing .settled")).to_contain_text(DEPARTMENT)


def fill_the_form(page: Page, picture: Picture) -> None:
    expect(page.locator("#file")).to_be_disabled()
    press(page, "kind", "accept", "confirmed")
    press(page, "summary", "accept", "confirmed")
    field(page, "title").locator("input").fill("咨询租房提取公积金")
    expect(field(page, "title").locator(".badge")).to_have_text("已改·待确认")
    press(page, "title", "amend", "confirmed")
    if field(page, "urgency").get_attribute("data-state") == "suggested":
        press(page, "urgency", "reject", "empty")
    picture("06-form-confirmed")
    expect(page.locator("#file")).to_be_enabled()


def file_it(page: Page, picture: Picture) -> str:
    page.click("#file")
    number = page.locator(".receipt .number").inner_text()
    assert number.startswith("YC-")
    picture("07-filed")
    return number


def route_it(page: Page, address: str, number: str, picture: Picture) -> None:
    page.goto(f"{address}/dispatcher")
    expect(page.locator("#queue .line")).to_have_count(1)
    expect(page.locator("#order .number")).to_have_text(number)
    expect(page.locator("#order")).to_contain_text("咨询租房提取公积金")
    expect(page.locator("#order .ranking > li")).to_have_count(3)
    picture("08-dispatcher")
    page.keyboard.press("Enter")
    expect(page.locator("#queue .empty")).to_be_visible()
    page.click("#tab-dispatched")
    expect(page.locator("#order .receipt")).to_contain_text("与座席一致")
    picture("09-dispatched")


def judge_it(page: Page, address: str, picture: Picture) -> None:
    page.goto(f"{address}/evaluator")
    agreed = page.locator("#online .tile", has_text="派单员认同座席")
    expect(agreed).to_contain_text("1 / 1")
    expect(page.locator("#offline .tile").first.locator(".tile-value")).to_contain_text("%")
    expect(page.locator("#offline svg[role=img]").first).to_be_visible()
    picture("10-evaluator")
    page.locator("#offline").scroll_into_view_if_needed()
    picture("11-evaluator-offline")


def test_a_recorded_call_becomes_an_order_that_is_routed_and_counted(
    page: Page, real_service: Any, picture: Picture
) -> None:
    password = real_service.add_account(NAME, "agent", "dispatcher", "evaluator")
    real_service.start()
    log_in(page, real_service.address, password)
    listen_to_the_end(page, picture)
    take_an_answer(page, picture)
    choose_the_department(page)
    fill_the_form(page, picture)
    number = file_it(page, picture)
    call = page.url
    route_it(page, real_service.address, number, picture)
    judge_it(page, real_service.address, picture)
    page.click("#language")
    expect(page.locator("h1")).to_have_text("Evaluation desk")
    expect(page).to_have_title("Evaluation desk")
    picture("12-evaluator-english")
    page.goto(call)
    expect(page.locator(".receipt .number")).to_have_text(number)
    expect(page).to_have_title("Agent desk")
    picture("13-agent-english")
    page.goto(f"{real_service.address}/dispatcher")
    ready(page).click("#tab-dispatched")
    expect(page.locator("#order .number")).to_have_text(number)
    picture("14-dispatcher-english")
