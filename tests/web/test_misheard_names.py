"""Names that are read otherwise than they were heard, on the transcript of the agent's desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

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
