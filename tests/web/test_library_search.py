"""On the agent's desk: looking something up by hand, taking an answer back, and cards that lapse as they lie there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from clock import Clock
from held_back import HeldBack
from library_parts import EMBEDDER, put, with_library
from playwright.sync_api import Page, expect

from api.services import Services
from copilot.answering import citation_of
from copilot.call import Reading
from copilot.card_events import AnswerTakenBack, CardsArranged, LibrarySearched, ShownCard
from copilot.events import SuggestionDecided, SuggestionMade
from knowledge_base.calibration import SIGNALS, Calibration
from knowledge_base.retriever import Retriever

pytestmark = pytest.mark.browser

Open = Callable[[str], Page]
NOTHING_SURE = Calibration(weights=(0.0,) * len(SIGNALS), bias=-5.0, threshold=0.5)
ENDING = "第一条 桥梁检修期间货车夜间通行。"
CASES = "第一条 断缴三个月以内补缴的，待遇不受影响。断缴超过三个月的，恢复缴费后等三个月才能报销。"
REPLACED = "第十条 补领、换领居住证收取工本费二十元，十个工作日内办结。"


class Namesake:
    """Reads 共本费 as what it sounds like."""

    def slips(self, text: str) -> tuple[Reading, ...]:
        at = text.find("共本费")
        return (Reading(at, at + 3, "工本费"),) if at >= 0 else ()

    def official(self, text: str) -> str:
        return text


@pytest.fixture
def clock() -> Clock:
    """Ten seconds before the city's midnight."""
    return Clock(datetime(2026, 11, 22, 15, 59, 50, tzinfo=UTC))


@pytest.fixture
def stage(script: ModuleType, tmp_path: Path, clock: Clock) -> Iterator[Any]:
    """The stage over real articles: the cards of its script are of one of them."""
    folder = tmp_path / "library"
    folder.mkdir()
    title = script.FEES.title
    put(folder, f"第六条 {script.MATERIALS.quote}\n\n第九条 {script.FEES.quote}\n\n{REPLACED}", 标题=title)
    inner = "第一条 临湖区路边停车每小时两元。"
    put(folder, inner, 编号="lake", 标题="临湖区停车办法", 文号="云临规(2025)1号", 适用区域="云川市/临湖区")
    put(
        folder,
        "第一条 江北区停车免费。",
        编号="north",
        标题="江北区停车办法",
        文号="云北规(2025)1号",
        适用区域="云川市/江北区",
    )

    put(folder, CASES, 编号="insured", 标题="医保断缴待遇规定", 文号="云医规(2025)4号")
    put(folder, ENDING, 编号="ending", 标题="临时通行规定", 文号="云交规(2025)2号", 失效日期="2026-11-22")

    def furnish(services: Services) -> Services:
        full = with_library(services, folder, tmp_path / "index", clock)
        assert full.knowledge is not None
        unsure = Retriever(full.knowledge, EMBEDDER, NOTHING_SURE)
        copilot = replace(full.copilot, advisors=(script.Advisor(),), while_speaking=(), typed=Namesake())
        return replace(full, copilot=copilot, retriever=unsure)

    with script.staged(tmp_path, furnish=furnish) as running:
        yield running


@pytest.fixture
def page(open_desk: Open, stage: Any, script: ModuleType) -> Page:
    """The desk after a call in which two cards came."""
    found = open_desk(f"/agent#call={script.finished_call(stage.services)}")
    expect(found.locator("#call-state")).to_have_text("话后整理")  # whatever came in the call is there
    expect(found.locator(".card.suggested")).to_have_count(2)
    return found


def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("HOTLINE_TEST_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def events(stage: Any, page: Page, kind: type) -> list[Any]:
    records = stage.services.store.journal.read(page.url.split("call=")[1])
    return [record.event for record in records if isinstance(record.event, kind)]


def search(page: Page, query: str) -> Any:
    expect(page.locator("#library-scope")).not_to_be_empty()  # before the desk is drawn no key is heard
    page.keyboard.press("Alt+l")
    expect(page.locator("#library-query")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type(query)
    page.keyboard.press("Enter")
    return page.locator(".card.result")


def test_a_passage_is_found_and_adopted_with_keys_alone_while_the_cards_stay(page: Page, stage: Any) -> None:
    before = page.locator("#answers").inner_text()
    results = search(page, "工本费")
    expect(results).to_have_count(1)
    expect(results.locator(".sure")).to_have_text("含所查词语")
    expect(results.locator(".source")).to_contain_text("云公规〔2025〕3号 · 2025-03-01 起施行 · 责任单位：市公安局")
    shot(page, "search-zh")
    assert page.locator("#answers").inner_text() == before
    page.keyboard.press("ArrowDown")
    expect(results.first).to_be_focused()
    page.keyboard.press("a")
    expect(results.first).to_contain_text("已在工单中")
    page.keyboard.press("Escape")
    expect(page.locator("#library-search")).to_be_hidden()
    used = page.locator(".card.used")
    expect(used).to_contain_text("座席检索")
    (searched,) = events(stage, page, LibrarySearched)
    decided = events(stage, page, SuggestionDecided)[-1].decision
    assert (searched.query, decided.suggestion_id) == ("工本费", None)
    assert (decided.value.quote, decided.value.search_id) == (REPLACED, searched.search_id)


def test_the_panel_says_which_name_a_typing_was_read_as(page: Page, stage: Any) -> None:
    results = search(page, "居住证 共本费")
    expect(results).to_have_count(1)
    expect(page.locator("#library-results")).to_contain_text("还检索了“居住证 工本费”。")
    page.click("#language")
    expect(page.locator("#library-results")).to_contain_text("Also searched for “居住证 工本费”")


def test_who_goes_on_to_a_card_while_an_adoption_is_sent_keeps_the_focus_and_its_keys(page: Page, stage: Any) -> None:
    results = search(page, "工本费")
    expect(results).to_have_count(1)
    held = HeldBack(page, "**/decisions")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("a")
    adoption = held.request()
    reply = adoption.fetch()
    expect(results.first).to_contain_text("已在工单中")  # the socket tells it; the answer to the request is held back
    card = page.locator(".card.suggested").nth(1)
    card.focus()
    with page.expect_response("**/events?after=*") as caught_up:  # what the desk asks for once it has that answer
        adoption.fulfill(response=reply)
    caught_up.value.finished()
    page.evaluate("() => new Promise((done) => setTimeout(done, 50))")
    expect(card).to_be_focused()
    page.keyboard.press("e")
    expect(card.locator("textarea")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    expect(page.locator(".card:is(.suggested, .sending)")).to_have_count(1)
    made = [decided.decision for decided in events(stage, page, SuggestionDecided)]
    assert [(one.verdict, one.suggestion_id is None) for one in made] == [("amend", True), ("reject", False)]


def test_the_panel_opens_over_the_order_and_the_help_names_its_key(page: Page) -> None:
    page.click("#library-open")
    expect(page.locator("#library-scope")).to_have_text("只列通话当日有效、适用于来电区域的条款。")
    page.keyboard.press("Alt+/")
    expect(page.locator("#help-keys")).to_contain_text("检索知识库")
    page.keyboard.press("Alt+/")
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+l")
    page.locator("[data-slot=title] input, [data-slot=title] textarea").first.focus()
    expect(page.locator("#library-search")).to_be_hidden()


def test_escape_closes_the_panel_from_a_card_too_and_leaves_the_focus_there(page: Page) -> None:
    search(page, "工本费")
    card = page.locator(".card.suggested").first
    card.focus()
    page.keyboard.press("e")
    expect(card.locator("textarea")).to_be_focused()
    page.keyboard.press("Escape")
    expect(card).to_be_focused()
    expect(page.locator("#library-search")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#library-search")).to_be_hidden()
    expect(card).to_be_focused()


def test_only_what_holds_where_the_caller_is_is_listed(page: Page) -> None:
    results = search(page, "停车")
    expect(results).to_have_count(1)
    expect(results).to_contain_text("临湖区停车办法")
    expect(results.locator(".only-in")).to_have_count(0)


def test_where_nothing_is_found_the_panel_says_what_to_do_next_in_both_languages(page: Page) -> None:
    results = search(page, "共享单车")
    expect(page.locator("#library-results .nothing")).to_have_text("没有找到“共享单车”。")
    expect(page.locator("#library-results")).to_contain_text("未答问题")
    expect(results).to_have_count(0)
    page.click("#language")
    expect(page.locator("#library-results .nothing")).to_have_text("Nothing found for “共享单车”.")
    expect(page.locator("#library-results")).to_contain_text("questions without an answer")
    shot(page, "search-nothing-en")


def test_a_found_passage_that_is_edited_keeps_its_original(page: Page, stage: Any) -> None:
    results = search(page, "工本费")
    results.first.focus()
    page.keyboard.press("e")
    results.locator("textarea").fill("补领要二十元。")
    shot(page, "search-edit-zh")
    page.keyboard.press("Control+Enter")
    expect(results.first).to_contain_text("已在工单中")
    value = events(stage, page, SuggestionDecided)[-1].decision.value
    assert (value.quote, value.original) == ("补领要二十元。", REPLACED)


def test_a_found_passage_asks_for_the_case_and_is_adopted_as_that_case_says(page: Page, stage: Any) -> None:
    results = search(page, "断缴")
    expect(results).to_have_count(1)
    expect(results.locator(".follow-up .case")).to_have_text(["1 断缴三个月以内补缴", "2 断缴超过三个月"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("2")
    expect(results.locator("blockquote")).to_have_text("断缴超过三个月的，恢复缴费后等三个月才能报销。")
    expect(results.first).to_be_focused()
    shot(page, "search-case-zh")
    page.keyboard.press("a")
    expect(results.first).to_contain_text("已在工单中")
    value = events(stage, page, SuggestionDecided)[-1].decision.value
    assert (value.case, value.quote) == ("断缴超过三个月", "断缴超过三个月的，恢复缴费后等三个月才能报销。")
    expect(page.locator(".card.used")).to_contain_text("情形：断缴超过三个月")


def test_a_passage_found_by_hand_that_somebody_withdraws_is_struck_with_what_was_being_written(
    open_desk: Open, stage: Any, script: ModuleType, editor: Page
) -> None:
    page = open_desk(f"/agent#call={live_call(stage, script)}")
    results = search(page, "断缴")
    expect(results).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("e")
    results.locator("textarea").fill("我正在写的答复")
    withdraw(editor, "医保断缴待遇规定")
    expect(results.locator(".lapsed-note")).to_contain_text("已下架")
    expect(results.locator("textarea")).to_have_value("我正在写的答复")
    expect(results.locator("textarea")).not_to_be_editable()
    expect(results.locator("button")).to_have_count(0)
    expect(page.locator(".card.suggested")).to_have_count(2)
    shot(page, "search-lapsed-zh")


def test_an_adopted_answer_is_taken_back_and_an_edited_one_only_when_that_is_meant(page: Page, stage: Any) -> None:
    page.locator(".card.suggested").first.focus()
    page.keyboard.press("a")
    used = page.locator(".card.used")
    used.locator("summary").click()
    used.locator("[data-action='answer.take_back']").click()
    expect(used).to_have_count(0)
    expect(page.locator(".taken-back")).to_contain_text("已撤回采用 · 演示账号")
    assert len(events(stage, page, AnswerTakenBack)) == 1

    page.locator(".card.suggested").first.focus()
    page.keyboard.press("e")
    page.locator(".card textarea").fill("改过的答复。")
    page.keyboard.press("Control+Enter")
    used.locator("summary").click()
    used.locator("[data-action='answer.take_back']").click()
    expect(used).to_contain_text("修改稿仍留在工单里")
    shot(page, "take-back-zh")
    used.locator("[data-action='answer.keep']").click()
    expect(used).to_have_count(1)
    used.locator("[data-action='answer.take_back']").click()
    used.locator("[data-action='answer.take_edited_back']").click()
    expect(page.locator(".taken-back")).to_have_count(2)
    assert len(events(stage, page, AnswerTakenBack)) == 2


def withdraw(editor: Page, title: str) -> None:
    editor.click(f"#articles .department >> text={title}")
    expect(editor.locator("#articles [aria-current]")).to_contain_text(title)  # the banner is of this article now
    editor.click("#banner >> text='下架'")
    editor.fill("#step-text", "窗口已停办")
    editor.keyboard.press("Enter")
    expect(editor.locator("#banner .about")).to_contain_text("下架")


def test_cards_of_an_article_that_somebody_withdraws_are_struck_and_adopted_no_more(
    open_desk: Open, stage: Any, script: ModuleType, editor: Page
) -> None:
    page = open_desk(f"/agent#call={live_call(stage, script)}")
    cards, lapsed = page.locator(".card.suggested"), page.locator("#answers .card.lapsed")
    expect(cards).to_have_count(2)
    results = search(page, "工本费")
    results.first.focus()
    page.keyboard.press("a")
    expect(page.locator(".card.used")).to_have_count(1)
    cards.nth(1).focus()
    page.keyboard.press("e")
    page.locator(".card textarea").fill("我正在写的答复")
    withdraw(editor, script.FEES.title)
    expect(lapsed).to_have_count(2)
    expect(cards).to_have_count(0)
    expect(page.locator(".card.used.outdated .lapsed-note")).to_contain_text("依据已下架或失效")
    expect(results.first).to_contain_text("已下架")
    expect(results.first.locator("blockquote, button")).to_have_count(0)
    expect(lapsed.first).to_contain_text("已下架")
    expect(lapsed.first.locator("[data-action=use]")).to_have_count(0)
    expect(lapsed.locator("textarea")).to_have_value("我正在写的答复")
    shot(page, "lapsed-zh")
    page.click("#language")
    expect(lapsed.first).to_contain_text("Withdrawn")
    shot(page, "lapsed-en")
    lapsed.first.focus()
    page.keyboard.press("Escape")
    expect(lapsed).to_have_count(1)
    results = search(page, "工本费")
    expect(page.locator("#library-results .nothing")).to_be_visible()
    expect(results).to_have_count(0)


def test_at_midnight_a_card_says_that_its_article_has_ended(
    open_desk: Open, stage: Any, script: ModuleType, clock: Clock
) -> None:
    (passage,) = stage.services.knowledge.current.passages_of("ending")
    ending = replace(citation_of(passage), article_version=passage.version)
    page = open_desk(f"/agent#call={live_call(stage, script, ending, script.FEES)}")
    expect(page.locator(".card.suggested")).to_have_count(2)
    clock.at += timedelta(seconds=11)
    expect(page.locator(".card.lapsed")).to_have_count(1)
    expect(page.locator(".card.lapsed")).to_contain_text("已失效：这一条已过有效期")
    expect(page.locator(".card.suggested")).to_have_count(1)
    expect(page.locator("#answers > .card").first).to_have_class("card lapsed")  # it stays where it was
    search(page, "货车")
    expect(page.locator("#library-results .nothing")).to_be_visible()


def test_a_card_whose_text_was_changed_points_to_the_one_in_its_place(
    open_desk: Open, stage: Any, script: ModuleType
) -> None:
    call_id = live_call(stage, script)
    # Words that the library has, so that nothing renews this card in turn.
    part = replace(script.FEES, quote="首次申领居住证不收取费用")
    new = SuggestionMade("s3", "1", script.one(script.Slot.ANSWER, part), ("s2",), 1.0)
    shown = (ShownCard("s1", 0.9), ShownCard("s3", 0.9))
    stage.services.store.journal.append(
        call_id, [new, CardsArranged("1", shown, (), 1.0, lapsed=("s2",))], stage.services.now()
    )
    page = open_desk(f"/agent#call={call_id}")
    expect(page.locator(".card.lapsed")).to_contain_text("内容已更新，请看新卡片")
    expect(page.locator(".card.suggested")).to_have_count(2)
    page.locator(".card.lapsed [data-action='card.put_away']").click()
    expect(page.locator(".card.lapsed")).to_have_count(0)


def live_call(stage: Any, script: ModuleType, *quoted: Any) -> str:
    """A call that goes on, with its two cards."""
    services = stage.services
    call = script.Call("live1", script.Channel.TELEPHONE, script.NAME, services.today, "云川市/临湖区", "")
    session = script.CallSession.begin(services.copilot, services.store.journal, call, services.now())
    session.read("办居住证都要带什么材料啊？", services.now())
    for made in quoted or (script.MATERIALS, script.FEES):
        number = len(session.state.suggestions) + 1
        event = SuggestionMade(f"s{number}", "1", script.one(script.Slot.ANSWER, made), (), 1.0)
        session._record([event], services.now())
    return "live1"
