"""The category on the agent's form and the dispatcher's sheet, in a browser."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from copilot.appeal import Category
from copilot.events import SuggestionDecided, SuggestionMade
from copilot.suggestion import Choice, Reason, Slot, Suggestion, Verdict

pytestmark = pytest.mark.browser

Open = Callable[[str], Any]
HISTORY = "这类事项（证件户籍/身份与户口/居住证）过去 87 件中 81 件由市公安局处理"


def categorised(stage: Any, script: ModuleType) -> str:
    """A finished call in which two categories are asked about, and the department has its history."""
    call_id: str = script.finished_call(stage.services)
    permit, household, _ = script.TAXONOMY.categories
    asked = tuple(
        Choice(Category(one.code, one.path), share, (Reason("quote", why, "/".join(one.path)),))
        for one, share, why in ((permit, 0.42, "说了“办居住证”"), (household, 0.21, "接近“上户口”"))
    )
    police = Choice("市公安局", 0.93, (Reason("history", HISTORY, "81/87"),))
    made = [
        SuggestionMade("s90", "1", Suggestion(Slot.CATEGORY, asked, {"taxonomy": "t1"}, abstained=True), (), 4.0),
        SuggestionMade("s91", "1", Suggestion(Slot.DEPARTMENT, (police,), {"category": permit.code}), (), 4.0),
    ]
    stage.services.store.journal.append(call_id, made, datetime.now(UTC))
    return call_id


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("HOTLINE_TEST_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def field(page: Page) -> Any:
    return page.locator("[data-slot=category]")


def test_a_category_is_asked_for_chosen_with_a_click_and_seen_by_the_dispatcher(
    open_desk: Open, stage: Any, script: ModuleType
) -> None:
    page = open_desk(f"/agent#call={categorised(stage, script)}")
    expect(field(page)).to_have_attribute("data-state", "question")
    offers = field(page).locator(".offer")
    expect(offers).to_have_count(2)
    expect(offers.first).to_contain_text("身份与户口/居住证 42%")
    expect(offers.first).to_contain_text("说了“办居住证”")
    page.keyboard.press("Alt+r")
    expect(page.locator("#routing .reasons")).to_contain_text("过去 87 件中 81 件由该单位处理")
    picture(page, "category-asked")
    page.click("#language")
    expect(offers.first).to_contain_text("said “办居住证”")
    expect(offers.nth(1)).to_contain_text("close to “上户口”")
    page.click("#language")
    offers.first.click()
    expect(field(page)).to_have_attribute("data-state", "confirmed")
    expect(field(page).locator(".chip")).to_contain_text("证件户籍/身份与户口/居住证")
    picture(page, "category-confirmed")
    for slot in ("kind", "title", "summary"):
        page.locator(f"[data-slot={slot}] [data-action=accept]").click()
        expect(page.locator(f"[data-slot={slot}]")).to_have_attribute("data-state", "confirmed")
    page.locator("#routing [data-rank='0']").click()
    expect(page.locator("#file")).to_be_enabled()
    page.click("#file")
    expect(page.locator(".receipt")).to_be_visible()
    sheet = open_desk("/dispatcher")
    expect(sheet.locator("#order .facts")).to_contain_text("证件户籍/身份与户口/居住证")
    expect(sheet.locator("#order .reasons")).to_contain_text("过去 87 件中 81 件由该单位处理")
    picture(sheet, "category-dispatcher")


def test_another_category_is_searched_by_what_citizens_call_it(open_desk: Open, stage: Any, script: ModuleType) -> None:
    page = open_desk(f"/agent#call={script.finished_call(stage.services)}")
    box = field(page).locator("input[role=combobox]")
    box.fill("没有这样的事项")
    expect(field(page).locator("[role=status]")).to_have_text("没有符合的选项，换个说法试试")
    box.fill("路灯不亮")
    expect(field(page).locator("[role=status]")).to_be_hidden()
    expect(field(page).locator("[role=option]")).to_have_text(["城市环境/公共设施/路灯050401"])
    label, options = field(page).locator(".label").bounding_box(), field(page).locator("[role=listbox]").bounding_box()
    assert options["y"] > label["y"] + label["height"], "the list lies over its own label"
    box.press("Enter")
    expect(field(page)).to_have_attribute("data-state", "by_hand")
    field(page).locator("[data-action=confirm]").click()
    expect(field(page)).to_have_attribute("data-state", "confirmed")
    expect(field(page).locator("input[role=combobox]")).to_be_hidden()


def test_the_category_that_was_asked_about_is_accepted_also_where_it_was_searched(
    open_desk: Open, stage: Any, script: ModuleType
) -> None:
    call_id = categorised(stage, script)
    page = open_desk(f"/agent#call={call_id}")
    field(page).locator("input[role=combobox]").fill("居住证")
    field(page).locator("input[role=combobox]").press("Enter")
    field(page).locator("[data-action=amend]").click()
    expect(field(page)).to_have_attribute("data-state", "confirmed")
    decided = [r.event for r in stage.services.store.journal.read(call_id) if isinstance(r.event, SuggestionDecided)]
    assert decided[-1].decision.verdict is Verdict.ACCEPT


def test_the_count_of_past_orders_is_told_in_english_too(open_desk: Open, stage: Any, script: ModuleType) -> None:
    page = open_desk(f"/agent#call={categorised(stage, script)}")
    expect(page.locator("#call-state")).to_have_text("话后整理")
    page.evaluate("localStorage.setItem('hotline.language', 'en')")
    page.reload()
    expect(page.locator("#routing .ranking")).to_contain_text("93%")
    page.keyboard.press("Alt+r")
    expect(page.locator("#routing .reasons")).to_contain_text(
        "81 of 87 past orders of this category (证件户籍/身份与户口/居住证)"
    )
