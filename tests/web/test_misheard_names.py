"""Names that are read otherwise than they were heard, on the transcript and the form of the agent's desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import expect

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


def test_a_draft_says_what_was_heard_where_it_reads_a_name_by_its_sound(
    open_desk: Callable[[str], Any], stage: Any, script: ModuleType
) -> None:
    call_id = script.finished_call(stage.services)
    drafts = {
        Slot.TITLE: Choice("办居住证要带什么", 0.5, (Reason("words", "听到“班居住政”，按读音理解为“办居住证”"),)),
        Slot.PLACE: Choice(Place("临湖区"), 0.9, (Reason("words", "说了“林湖去”，音近“临湖区”"),)),
    }
    made = [
        SuggestionMade(f"s9{n}", "1", Suggestion(slot, (choice,)), (), 4.0)
        for n, (slot, choice) in enumerate(drafts.items())
    ]
    stage.services.store.journal.append(call_id, made, datetime.now(UTC))
    page = open_desk(f"/agent#call={call_id}")
    expect(page.locator("[data-slot=title]")).to_contain_text("听到“班居住政”，按读音理解为“办居住证”")
    expect(page.locator("[data-slot=place]")).to_contain_text("听到“林湖去”，按读音理解为“临湖区”")
    page.click("#language")
    expect(page.locator("[data-slot=title]")).to_contain_text("heard “班居住政”, read by its sound as “办居住证”")
    page.click("#language")
    page.locator("[data-slot=title] [data-action=accept]").click()
    expect(page.locator("[data-slot=title]")).not_to_contain_text("听到")
