"""Answer cards on the agent's desk: what they show, how they are decided, and that they keep still under a hand."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from copilot.card_events import CardsArranged, ShownCard
from copilot.events import PassageReported, SuggestionDecided, SuggestionMade, UrgencyFlagged
from copilot.suggestion import Case, Citation, FollowUp

pytestmark = pytest.mark.browser

Open = Callable[[str], Any]
LATE = "断缴三个月以内补缴的，待遇不受影响。断缴超过三个月的，恢复缴费后要等三个月才能报销。"


def late(script: ModuleType) -> Citation:
    """A passage that distinguishes two cases and may not be read out."""
    whole: Citation = replace(
        script.FEES,
        passage_id="late#1",
        title="云川市断缴办法",
        heading="",
        quote=LATE,
        highlight=(),
        sentence=(0, 18),
    )
    cases = (
        Case("断缴三个月以内补缴", replace(whole, quote=LATE[:18], sentence=None)),
        Case("断缴超过三个月", replace(whole, quote=LATE[18:], sentence=None)),
    )
    return replace(whole, secrecy="internal", follow_up=FollowUp("请问断缴多久了？", cases))


@pytest.fixture
def desk(open_desk: Open, stage: Any, script: ModuleType) -> Callable[..., Page]:
    """The desk after a call, with a third card at the bottom that distinguishes cases."""

    def show(*more: Any) -> Page:
        call_id = script.finished_call(stage.services)
        add(stage, call_id, [made("s90", script, late(script)), *more])
        page: Page = open_desk(f"/agent#call={call_id}")
        expect(page.locator("#call-state")).to_have_text("话后整理")
        expect(page.locator(".card.suggested")).to_have_count(3)
        return page

    return show


def made(suggestion_id: str, script: ModuleType, citation: Citation) -> SuggestionMade:
    return SuggestionMade(suggestion_id, "1", script.one(script.Slot.ANSWER, citation, 0.93), (), 4.0)


def add(stage: Any, call_id: str, events: list[Any]) -> None:
    stage.services.store.journal.append(call_id, events, datetime.now(UTC))


def call_of(page: Page) -> str:
    return page.url.split("call=")[1]


def events(stage: Any, page: Page) -> list[Any]:
    return [record.event for record in stage.services.store.journal.read(call_of(page))]


def decision(stage: Any, page: Page) -> Any:
    return next(event.decision for event in reversed(events(stage, page)) if isinstance(event, SuggestionDecided))


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("HOTLINE_TEST_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_a_card_says_how_sure_it_is_which_sentence_answers_and_what_stays_inside(
    desk: Callable[..., Page],
) -> None:
    page = desk()
    card = page.locator("[data-suggestion=s90]")
    card.focus()
    picture(page, "cards")
    expect(card.locator(".sure")).to_have_text("把握很大 9/10")
    expect(card.locator(".sure")).to_have_attribute("title", "把握很大：10次约有9次是这份文件")
    expect(card.locator(".internal")).to_have_text("内部：不得读出")
    expect(card.locator(".answering")).to_have_text(LATE[:18])
    expect(card.locator(".unmarked")).to_have_count(0)
    page.click("#language")
    expect(card.locator(".sure")).to_have_text("Very likely 9/10")
    expect(card.locator(".sure")).to_have_attribute("title", "Very likely: the right document about 9 times in 10")
    expect(card.locator(".internal")).to_have_text("Internal: do not read out")


def test_where_no_sentence_answers_what_is_asked_now_none_stays_marked_and_that_is_said(
    desk: Callable[..., Page], stage: Any
) -> None:
    page = desk()
    card = page.locator("[data-suggestion=s90]")
    expect(card.locator(".answering")).to_have_count(1)
    add(stage, call_of(page), [CardsArranged("1", (ShownCard("s90", 0.93, None),), (), 9.0)])
    page.reload()
    expect(card.locator(".unmarked")).to_have_text("请通读")
    expect(card.locator(".answering")).to_have_count(0)
    card.focus()
    picture(page, "unmarked")


def test_a_case_is_chosen_with_a_key_and_its_passage_alone_is_taken(desk: Callable[..., Page], stage: Any) -> None:
    page = desk()
    card = page.locator("[data-suggestion=s90]")
    card.focus()
    page.keyboard.press("2")
    expect(card.locator(".case[aria-pressed=true]")).to_contain_text("断缴超过三个月")
    expect(card.locator("blockquote")).to_have_text(LATE[18:])
    expect(card).to_be_focused()
    page.keyboard.press("ArrowUp")  # folded, it says what it was narrowed to
    expect(card).not_to_have_class("card suggested open")
    expect(card.locator(".narrowed")).to_be_visible()
    expect(card.locator("h3")).to_contain_text("情形：断缴超过三个月")
    card.focus()
    expect(card.locator(".narrowed")).to_be_hidden()
    page.keyboard.press("a")
    used = page.locator(".card.used")
    expect(used).to_contain_text("情形：断缴超过三个月")
    decided = decision(stage, page)
    assert (decided.value.quote, decided.value.case) == (LATE[18:], "断缴超过三个月")


def test_an_edited_answer_keeps_the_original_beside_it(desk: Callable[..., Page], stage: Any) -> None:
    page = desk()
    card = page.locator("[data-suggestion=s90]")
    card.focus()
    page.keyboard.press("e")
    expect(card.locator("textarea")).to_be_focused()
    expect(card.locator(".original")).to_contain_text(LATE)
    card.locator("textarea").fill("断缴三个月以内补上，不影响报销。")
    page.keyboard.press("Control+Enter")
    used = page.locator(".card.used")
    expect(used.locator("summary")).to_contain_text("经座席修改")
    used.locator("summary").click()
    expect(used.locator(".original")).to_contain_text(LATE)
    decided = decision(stage, page)
    assert (decided.value.original, decided.value.document_number) == (LATE, "云公规〔2025〕3号")


def test_an_outdated_passage_is_reported_with_a_note_and_does_not_come_back(
    desk: Callable[..., Page], stage: Any
) -> None:
    page = desk()
    page.locator("[data-suggestion=s90]").focus()
    page.keyboard.press("g")
    expect(page.locator("[data-suggestion=s90] input")).to_be_focused()
    page.keyboard.type("窗口已搬")
    page.keyboard.press("Enter")
    expect(page.locator("[data-suggestion=s90]")).to_have_count(0)
    (report,) = [event for event in events(stage, page) if isinstance(event, PassageReported)]
    assert (report.passage_id, report.note, report.kind) == ("late#1", "窗口已搬", "outdated")
    line = page.locator("#answers > .reported")
    expect(line).to_contain_text("已上报：已过期，由市公安局处理")
    expect(line).to_contain_text("云川市断缴办法")
    expect(page.locator("#announcer")).to_have_text("已上报：已过期，由市公安局处理")
    picture(page, "reported")
    page.click("#language")
    expect(line).to_contain_text("Reported to 市公安局: outdated")
    page.reload()
    expect(line).to_be_visible()
    line.locator("button").click()
    expect(line).to_have_count(0)


def test_an_emergency_says_why_the_cards_are_of_one_document(open_desk: Open, stage: Any, script: ModuleType) -> None:
    call_id = script.unfinished_call(stage.services)
    alarm = UrgencyFlagged("1", "燃气泄漏", "煤气味", "119 消防救援", "马上撤到室外。", script.Speaker.CITIZEN, 1.0)
    shown = (ShownCard("s90", 0.9), ShownCard("s91", 0.9))
    new = [made("s90", script, script.FEES), made("s91", script, script.MATERIALS)]
    add(stage, call_id, [alarm, *new, CardsArranged("1", shown, (), 4.0, one_article=True, kept_back=("fire",))])
    page = open_desk(f"/agent#call={call_id}")
    note = page.locator("#answers-one")
    expect(note).to_have_text("紧急：只列一份文件")
    expect(page.locator(".card.suggested")).to_have_count(2)
    picture(page, "one-article")
    page.click("#language")
    expect(note).to_have_text("One text only")
    picture(page, "one-article-en")


def test_without_an_emergency_nothing_is_said_of_one_document(desk: Callable[..., Page]) -> None:
    expect(desk().locator("#answers-one")).to_be_hidden()


def test_what_is_under_the_pointer_is_taken_back_only_when_it_leaves(desk: Callable[..., Page], stage: Any) -> None:
    page = desk()
    card = page.locator("[data-suggestion=s90]")
    other = page.locator(".card.suggested").first.get_attribute("data-suggestion") or ""
    card.hover()
    add(stage, call_of(page), [CardsArranged("1", (ShownCard(other, 0.9),), ("s90",), 4.5)])
    page.locator("[data-slot=kind] [data-action=accept]").dispatch_event("click")  # brings what happened meanwhile
    expect(card).to_have_class("card suggested gone")
    expect(card.locator(".gone-note")).to_be_visible()
    page.mouse.move(5, 5)
    expect(card).to_have_count(0)


def test_in_an_emergency_a_pointer_keeps_no_card_that_was_taken_away(desk: Callable[..., Page], stage: Any) -> None:
    page = desk()
    card = page.locator("[data-suggestion=s90]")
    other = page.locator(".card.suggested").first.get_attribute("data-suggestion") or ""
    card.hover()
    add(stage, call_of(page), [CardsArranged("1", (ShownCard(other, 0.9),), ("s90",), 4.5, one_article=True)])
    page.locator("[data-slot=kind] [data-action=accept]").dispatch_event("click")  # brings what happened meanwhile
    expect(card).to_have_count(0)
    expect(page.locator("#answers-one")).to_be_visible()


@pytest.mark.parametrize("key", ["a", "Alt+a"])
def test_a_key_that_is_held_down_decides_one_card_and_not_the_next_ones(
    desk: Callable[..., Page], stage: Any, key: str
) -> None:
    page = desk()
    page.locator(".card.suggested").first.focus()
    *with_alt, letter = key.split("+")
    for modifier in with_alt:
        page.keyboard.down(modifier)
    for _ in range(6):  # the browser says of all but the first that they are repeats
        page.keyboard.down(letter)
    page.keyboard.up(letter)
    expect(page.locator(".card.used")).to_have_count(1)
    expect(page.locator(".card.suggested")).to_have_count(2)
    decided = [r for r in stage.services.store.journal.read("c1") if isinstance(r.event, SuggestionDecided)]
    assert len(decided) == 1


def test_keys_of_the_desk_decide_nothing_under_the_list_of_keys(desk: Callable[..., Page]) -> None:
    page = desk()
    page.keyboard.press("Alt+/")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Alt+1")
    page.keyboard.press("Alt+/")
    expect(page.locator("#help")).to_be_hidden()
    expect(page.locator("#routing")).to_have_attribute("data-state", "suggested")
    page.keyboard.press("Alt+1")
    expect(page.locator("#routing")).to_have_attribute("data-state", "confirmed")
