"""Appeals split, merged and moved on the agent's desk, by keyboard and by mouse."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from copilot.events import AnotherMatterSuspected

pytestmark = pytest.mark.browser

Open = Callable[[str], Any]


@pytest.fixture
def page(open_desk: Open, stage: Any, script: ModuleType) -> Page:
    """The desk with a call in which everything was said and nothing decided."""
    shown: Page = open_desk(f"/agent#call={script.finished_call(stage.services)}")
    expect(shown.locator("#call-state")).to_have_text("话后整理")
    return shown


def test_an_appeal_is_split_and_merged_again_with_the_keyboard_alone(page: Page) -> None:
    page.locator("#transcript").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".part").last).to_be_focused()
    page.keyboard.press("Alt+p")
    expect(page.locator(".appeal")).to_have_count(2)
    expect(page.locator("#order-appeal")).to_have_text("诉求2")
    expect(page.locator(".part").last).to_have_attribute("data-about", "2")
    expect(page.locator(".divider")).to_have_text("诉求2")
    # the fees are asked about here, not there; and the caller's number holds for both
    expect(page.locator(".appeal").nth(1)).to_contain_text("2 项待确认")
    expect(page.locator("[data-slot=telephone] .basis")).to_have_text("来电人在另一诉求中留的号码")
    if folder := os.environ.get("HOTLINE_TEST_SCREENSHOTS"):
        page.locator("[data-slot=telephone] input").scroll_into_view_if_needed()
        page.screenshot(path=Path(folder) / "same-caller.png")
    page.keyboard.press("Alt+t")
    expect(page.locator("#order-appeal")).to_have_text("诉求1")
    page.keyboard.press("Alt+t")
    expect(page.locator("#order-appeal")).to_have_text("诉求2")
    page.keyboard.press("Alt+m")
    expect(page.locator("#appeal-merge button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".appeal")).to_have_count(1)
    expect(page.locator("#order-appeal")).to_have_text("诉求1")
    expect(page.locator(".divider")).to_have_count(0)
    expect(page.locator("#appeal-merge")).to_be_hidden()


def test_words_are_moved_to_another_appeal_and_a_filed_one_keeps_its_words(page: Page) -> None:
    page.locator(".part").nth(1).click()
    page.get_by_role("button", name="从这里起另立诉求").click()
    expect(page.locator(".part").nth(2)).to_have_attribute("data-about", "2")
    page.locator(".part").nth(2).click()
    page.get_by_role("button", name="归入诉求1").click()
    expect(page.locator(".part").nth(2)).to_have_attribute("data-about", "1")
    expect(page.locator(".part").nth(1)).to_have_attribute("data-about", "2")


def test_the_form_of_another_appeal_is_shown_from_its_first_field_on(page: Page) -> None:
    page.locator("#transcript").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Alt+p")
    expect(page.locator("#order-appeal")).to_have_text("诉求2")
    form = page.locator("#order-form")
    assert form.evaluate("form => (form.scrollTop = form.scrollHeight, form.scrollTop)") > 0
    page.keyboard.press("Alt+t")
    expect(page.locator("#order-appeal")).to_have_text("诉求1")
    assert form.evaluate("form => form.scrollTop") == 0


def test_the_copilots_question_is_answered_with_a_key(open_desk: Open, stage: Any, script: ModuleType) -> None:
    call_id = script.finished_call(stage.services)
    hints = [
        AnotherMatterSuspected(f"h{n}", "1", utterance, 0, "市公安局", now, "", 4.0, {})
        for n, utterance, now in ((1, "u3", "市水务局"), (2, "u4", "市城市管理局"))
    ]
    stage.services.store.journal.append(call_id, hints, stage.services.now())
    page = open_desk(f"/agent#call={call_id}")
    expect(page.locator("#another-matter")).to_contain_text("是另一件事吗？")
    expect(page.locator("#another-matter")).to_contain_text("市水务局")
    page.keyboard.press("Alt+o")
    expect(page.locator("#another-matter")).to_contain_text("市城市管理局")
    page.keyboard.press("Alt+p")
    expect(page.locator(".appeal")).to_have_count(2)
    expect(page.locator("#another-matter")).to_be_hidden()
    expect(page.locator(".part").last).to_have_attribute("data-about", "2")
