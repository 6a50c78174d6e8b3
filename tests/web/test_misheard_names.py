"""Names that are read otherwise than they were heard, on the transcript and the form of the agent's desk."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from copilot.appeal import Place
from copilot.events import SuggestionMade
from copilot.suggestion import Choice, Reason, Slot, Suggestion

pytestmark = pytest.mark.browser

SAID = {
    "utterance_id": "u90",
    "speaker": "citizen",
    "text": "在林湖去，王湖街道。",
    "start": 1.0,
    "end": 2.0,
    "appeal_id": "1",
    "readings": [{"start": 1, "end": 4, "term": "临湖区"}, {"start": 5, "end": 9, "term": "望湖街道"}],
}
SHOW = """async (said) => {
  const { Transcript } = await import(new URL("transcript.js", document.querySelector("script[type=module]").src).href);
  new Transcript().add(said);
}"""


@pytest.mark.parametrize("speaker", ["citizen", "agent"])
def test_what_was_heard_stays_and_is_underlined_with_what_it_is_read_as(
    open_desk: Callable[[str], Any], speaker: str
) -> None:
    page = open_desk("/agent")
    expect(page.locator("#transcript")).to_be_attached()
    page.evaluate(SHOW, {**SAID, "speaker": speaker})
    text = page.locator("#transcript .bubble .text")
    expect(text).to_have_text("在林湖去，王湖街道。")
    marked = text.locator(".read-as")
    expect(marked).to_have_text(["林湖去", "王湖街道"])
    expect(marked.nth(1)).to_have_attribute("title", "按读音理解为“望湖街道”")


PERMIT = Reason("words", "听到“班居住政”，按读音理解为“办居住证”")
LAKE = Reason("words", "听到“林湖去”，按读音理解为“临湖区”")
LAKE_BY_SOUND = Reason("words", "说了“林湖去”，音近“临湖区”")
NOTE = "small.basis"


@pytest.fixture
def desk(open_desk: Callable[[str], Any], stage: Any, script: ModuleType) -> Page:
    """The desk after a call whose drafts have two names that were misheard, one of them in three fields."""
    call_id = script.finished_call(stage.services)
    drafts: dict[Slot, Choice[Any]] = {
        Slot.TITLE: Choice("临湖区办居住证要带什么", 0.5, (PERMIT, LAKE)),
        Slot.SUMMARY: Choice("来电人在临湖区，办居住证要带什么。", 0.5, (PERMIT, LAKE)),
        Slot.PLACE: Choice(Place("临湖区"), 0.9, (LAKE_BY_SOUND,)),
    }
    made = [
        SuggestionMade(f"s9{n}", "1", Suggestion(slot, (choice,)), (), 4.0)
        for n, (slot, choice) in enumerate(drafts.items())
    ]
    stage.services.store.journal.append(call_id, made, datetime.now(UTC))
    page: Page = open_desk(f"/agent#call={call_id}")
    expect(page.locator("[data-slot=place]")).to_contain_text("听到“林湖去”，按读音理解为“临湖区”")
    return page


def test_a_draft_says_once_what_was_heard_where_it_reads_a_name_by_its_sound(desk: Page) -> None:
    title, summary = desk.locator("[data-slot=title]"), desk.locator("[data-slot=summary]")
    if folder := os.environ.get("HOTLINE_TEST_SCREENSHOTS"):
        desk.screenshot(path=Path(folder) / "misheard.png")
    expect(title.locator(NOTE)).to_have_text("听到“班居住政”，按读音理解为“办居住证”")
    expect(summary.locator(NOTE)).to_have_count(0)
    desk.click("#language")
    expect(title.locator(NOTE)).to_have_text("heard “班居住政”, read by its sound as “办居住证”")


def test_a_name_that_a_person_let_stand_is_not_asked_about_again(desk: Page) -> None:
    title, summary = desk.locator("[data-slot=title]"), desk.locator("[data-slot=summary]")
    title.locator("[data-action=accept]").click()
    expect(title).to_have_attribute("data-state", "confirmed")
    expect(title.locator(NOTE)).to_have_count(0)
    expect(summary.locator(NOTE)).to_have_count(0)
    expect(desk.locator("[data-slot=place]").locator(NOTE)).to_have_count(0)


def test_a_name_that_a_person_took_out_of_one_field_is_told_at_the_next(desk: Page) -> None:
    title, summary = desk.locator("[data-slot=title]"), desk.locator("[data-slot=summary]")
    title.locator("input").fill("咨询证件")
    expect(title).to_have_attribute("data-state", "changed")
    expect(title.locator(NOTE)).to_contain_text("班居住政")  # it stays while somebody writes another
    title.locator("[data-action=amend]").click()
    expect(title).to_have_attribute("data-state", "confirmed")
    expect(summary.locator(NOTE)).to_have_text("听到“班居住政”，按读音理解为“办居住证”")


def test_a_number_of_which_a_part_was_heard_is_told_and_not_filled_in(
    open_desk: Callable[[str], Any], stage: Any, script: ModuleType
) -> None:
    call_id = script.finished_call(stage.services)
    part = Suggestion(Slot.TELEPHONE, (Choice("138000012", 0.0),), abstained=True)
    whole = next(iter(stage_suggestions(stage, call_id, Slot.TELEPHONE)))
    stage.services.store.journal.append(call_id, [SuggestionMade("s90", "1", part, (whole,), 4.0)], datetime.now(UTC))
    page = open_desk(f"/agent#call={call_id}")
    field = page.locator("[data-slot=telephone]")
    expect(field.locator(".in-part")).to_have_text("听到 138****12（9 位），不是完整号码，问清后填写")
    expect(page.locator("#order-footer")).to_contain_text(
        "联系电话没听全：请来电人再报一遍。"
    )  # also where the field is not in sight
    expect(field.locator("input")).to_have_value("")
    expect(field.locator("[data-action=accept]")).to_have_count(0)
    field.scroll_into_view_if_needed()
    if folder := os.environ.get("HOTLINE_TEST_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / "telephone-in-part.png")
    page.click("#language")
    expect(field.locator(".in-part")).to_contain_text("Heard 138****12 (9 digits), not a whole number")
    field.locator("input").fill("13800001234")
    field.locator("[data-action=amend]").click()
    expect(field).to_have_attribute("data-state", "confirmed")
    expect(page.locator("#order-footer")).not_to_contain_text("telephone number")


def stage_suggestions(stage: Any, call_id: str, slot: Slot) -> list[str]:
    recorded = [record.event for record in stage.services.store.journal.read(call_id)]
    return [e.suggestion_id for e in recorded if isinstance(e, SuggestionMade) and e.suggestion.slot is slot]
