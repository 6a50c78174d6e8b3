"""The agent's desk in a browser: from the first sound to the filed order."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from page_ready import Watched
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Open = Callable[[str], Any]
WrapUp = Callable[[], Any]


def play(page: Page, recording: str = "permit", district: str = "") -> None:
    page.select_option("#recording", recording)
    page.select_option("#district", district)
    page.click("#play")


@pytest.fixture
def wrap_up(open_desk: Open, stage: Any, script: ModuleType) -> Callable[[], Page]:
    """The desk with a call in which everything was said and nothing decided."""

    def show() -> Page:
        page: Page = open_desk(f"/agent#call={script.finished_call(stage.services)}")
        expect(page.locator("#call-state")).to_have_text("话后整理")
        return page

    return show


def field(page: Page, slot: str) -> Any:
    return page.locator(f"[data-slot={slot}]")


def accept(page: Page, slot: str) -> None:
    field(page, slot).locator("[data-action=accept]").click()
    expect(field(page, slot)).to_have_attribute("data-state", "confirmed")


def said(stage: Any, page: Page) -> list[dict[str, Any]]:
    call_id = page.url.split("call=")[1]
    recorded = stage.services.store.journal.read(call_id)
    return [r.event.utterance for r in recorded if type(r.event).__name__ == "UtteranceHeard"]


def test_a_recording_is_heard_at_the_service_as_it_was_recorded(
    open_desk: Open, stage: Any, script: ModuleType
) -> None:
    page = open_desk("/agent")
    play(page, district="临湖区")
    expect(page.locator("#call-state")).to_have_text("话后整理")
    heard = [(u.speaker, u.text) for u in said(stage, page)]
    assert heard == [(turn.speaker, turn.text) for turn in script.TURNS["permit"]]
    for utterance, turn in zip(said(stage, page), script.TURNS["permit"], strict=True):
        assert (utterance.start, utterance.end) == pytest.approx((turn.start, turn.end), abs=0.05)
    bubbles = page.locator(".bubble:not(.interim)")
    expect(bubbles).to_have_count(5)
    expect(bubbles.nth(1)).to_have_class("bubble citizen")
    expect(page.locator(".bubble.interim")).to_have_count(0)


def test_the_length_of_a_recording_is_seen_however_long_its_title_is(open_desk: Open) -> None:
    page = open_desk("/agent")
    expect(page.locator("#recording-length")).to_have_text("0:04")
    page.select_option("#recording", "noise")
    expect(page.locator("#recording-length")).to_have_text("1:00")
    expect(page.locator("#recording")).to_have_attribute("title", "没有说话（1:00）")


def test_interim_text_is_grey_until_the_sentence_is_over(open_desk: Open) -> None:
    page = open_desk("/agent")
    grey = Watched(page, ".bubble.citizen.interim")
    play(page)
    grey.was_seen()
    expect(page.locator(".bubble.citizen:not(.interim)").first).to_contain_text("办居住证")


def test_grey_text_that_turns_out_to_be_no_words_is_taken_back(open_desk: Open) -> None:
    page = open_desk("/agent")
    grey = Watched(page, ".bubble.citizen.interim")
    play(page, "noise")
    grey.was_seen()
    expect(page.locator(".bubble")).to_have_count(0)
    expect(page.locator("#call-state")).to_have_text("通话中")


def test_a_broken_line_loses_and_doubles_nothing(open_desk: Open, stage: Any, script: ModuleType) -> None:
    page = open_desk("/agent")
    grey = Watched(page, ".bubble.citizen.interim")
    play(page)
    grey.was_seen()
    assert stage.break_sockets() == 1
    expect(page.locator("#call-state")).to_have_text("话后整理")
    assert [u.text for u in said(stage, page)] == [turn.text for turn in script.TURNS["permit"]]
    expect(page.locator(".bubble:not(.interim)")).to_have_count(5)


def test_nothing_can_be_filed_until_a_person_has_decided_what_is_required(wrap_up: WrapUp) -> None:
    page = wrap_up()
    expect(field(page, "title").locator(".badge")).to_have_text("建议·待确认")
    expect(page.locator("#order-footer .lacking")).to_contain_text("承办单位、诉求类型、标题、诉求内容")
    expect(page.locator("#file")).to_be_disabled()
    accept(page, "kind")
    accept(page, "title")
    accept(page, "summary")
    expect(page.locator("#order-footer .lacking")).to_contain_text("承办单位")
    expect(page.locator("#file")).to_be_disabled()
    page.keyboard.press("Alt+1")
    expect(page.locator("#file")).to_be_enabled()
    assert page.get_by_text("全部采纳").count() == 0
    page.click("#file")
    expect(page.locator(".receipt .number")).to_contain_text("YC-")
    expect(field(page, "place").locator(".badge")).to_have_text("未写入工单")
    expect(page.locator("#answers")).to_contain_text("未写入工单")


def test_a_whole_call_is_decided_and_filed_with_the_keyboard_alone(wrap_up: WrapUp, stage: Any) -> None:
    page = wrap_up()
    page.keyboard.press("Alt+n")
    expect(page.locator(".card.suggested").first).to_be_focused()
    page.keyboard.press("Alt+a")
    expect(page.locator(".card.used")).to_have_count(1)
    expect(page.locator(".card.suggested").first).to_be_focused()  # on to the next without being sent there
    page.keyboard.press("Alt+a")
    expect(page.locator(".card.used")).to_have_count(2)
    page.keyboard.press("Alt+2")
    expect(page.locator("#routing .badge")).to_contain_text("已确认")
    for slot in ("kind", "urgency"):
        field(page, slot).locator("select").focus()
        page.keyboard.press("Alt+a")
        expect(field(page, slot)).to_have_attribute("data-state", "confirmed")
    field(page, "title").locator("input").focus()
    page.keyboard.press("End")
    page.keyboard.type("和费用")
    expect(field(page, "title").locator(".badge")).to_have_text("已改·待确认")
    page.keyboard.press("Enter")
    expect(field(page, "title")).to_have_attribute("data-state", "confirmed")
    field(page, "telephone").locator("input").focus()
    page.keyboard.press("Alt+x")
    expect(field(page, "telephone")).to_have_attribute("data-state", "empty")
    field(page, "summary").locator("textarea").focus()
    page.keyboard.press("Alt+a")
    expect(field(page, "summary")).to_have_attribute("data-state", "confirmed")
    page.keyboard.press("Alt+Enter")
    expect(page.locator(".receipt")).to_be_visible()
    row = stage.services.store.queries.work_orders()[0]
    assert (row.department, row.title) == ("市住房和城乡建设局", "咨询居住证办理材料和费用")
    outcomes = stage.services.store.queries.suggestion_outcomes()
    assert outcomes.department_ranks.second == 1


def test_a_draft_survives_a_newer_suggestion_and_can_be_taken_back(open_desk: Open) -> None:
    page = open_desk("/agent")
    play(page)
    summary = field(page, "summary").locator("textarea")
    expect(page.locator(".bubble.citizen").first).to_be_visible()
    summary.fill("市民自己的话")
    expect(page.locator("#call-state")).to_have_text("话后整理")
    expect(summary).to_have_value("市民自己的话")
    expect(field(page, "summary").locator(".badge")).to_have_text("已改·待确认")
    field(page, "summary").locator("[data-action=undo]").click()
    expect(summary).to_have_value("市民在临湖区望湖街道租房，咨询办理居住证需要的材料。")
    expect(field(page, "summary").locator(".badge")).to_have_text("建议·待确认")


def test_a_confirmed_value_can_be_changed_by_hand_and_a_masked_number_cannot_be_sent(wrap_up: WrapUp) -> None:
    page = wrap_up()
    expect(field(page, "telephone").locator("input")).to_have_value("138****1234")
    field(page, "telephone").locator("input").fill("138****9999")
    page.keyboard.press("Enter")
    expect(field(page, "telephone").locator("[role=alert]")).to_contain_text("完整号码")
    page.keyboard.press("Escape")
    accept(page, "telephone")
    accept(page, "place")
    field(page, "place").locator("[data-action=change]").click()
    field(page, "place").locator("input").nth(2).fill("湖滨路 8 号")
    field(page, "place").locator("[data-action=amend]").click()
    expect(field(page, "place")).to_have_attribute("data-state", "confirmed")
    expect(field(page, "place").locator("input").nth(2)).to_have_value("湖滨路 8 号")


def test_where_the_copilot_does_not_dare_it_asks(open_desk: Open, stage: Any, script: ModuleType) -> None:
    page = open_desk(f"/agent#call={script.finished_call(stage.services, 'c1', turns=2)}")
    expect(page.locator("#routing .question")).to_have_text("请人工判断：市公安局 还是 市住房和城乡建设局？")
    page = open_desk(
        f"/agent#call={script.finished_call(stage.services, 'c2', turns=3)}"
    )  # sure after the next sentence
    expect(page.locator("#routing .ranking")).to_contain_text("62%")
    expect(page.locator("#routing .badge")).to_have_text("建议·待确认")
    expect(page.locator("#routing .question")).to_have_count(0)
    page.click("#routing .why")
    expect(page.locator("#routing .ranking")).to_contain_text("负责居住证")


def test_another_department_is_named_from_the_catalogue_by_its_duty(wrap_up: WrapUp) -> None:
    page = wrap_up()
    page.keyboard.press("Alt+s")
    expect(page.locator("#routing input[role=combobox]")).to_be_focused()
    page.keyboard.type("停水")
    expect(page.locator("#routing [role=option]")).to_contain_text("市水务局")
    page.keyboard.press("Enter")
    expect(page.locator("#routing .settled")).to_contain_text("市水务局")


def test_a_policy_card_says_where_it_is_from_and_is_rejected_with_a_reason(wrap_up: WrapUp, stage: Any) -> None:
    page = wrap_up()
    card = page.locator(".card.suggested").filter(has_text="租房合同")
    expect(card.locator(".source")).to_have_text(
        "云川市公安局 · 云公规〔2025〕3号 · 2025-05-01 起施行 · 责任单位：市公安局"
    )
    expect(card.locator("mark")).to_have_text("租房合同")
    card.locator("[data-action=out_of_date]").click()
    card.locator("input").fill("合同不再需要")
    card.locator("[data-action='card.report_wrong']").click()
    expect(page.locator(".card.suggested")).to_have_count(1)
    page.locator(".card.suggested [data-action=edit_and_use]").click()
    page.locator(".card.suggested textarea").fill("首次办理免费。")
    page.locator(".card.suggested [data-action=use_edited]").click()
    expect(page.locator(".card.used blockquote")).to_contain_text("首次办理免费。")
    reasons = [
        r.event.decision.reason
        for r in stage.services.store.journal.read(page.url.split("call=")[1])
        if type(r.event).__name__ == "SuggestionDecided"
    ]
    assert reasons == ["内容有误：合同不再需要", ""]


def test_an_emergency_cannot_be_missed_and_stays_in_sight_when_it_was_seen(open_desk: Open) -> None:
    page = open_desk("/agent")
    play(page, "gas")
    banner = page.locator("#emergency")
    expect(banner).to_be_visible()
    expect(page.locator(".bubble.citizen:not(.interim)")).to_have_count(0)  # in the middle of the sentence
    expect(banner).to_contain_text("燃气泄漏")
    expect(banner).to_contain_text("119")
    expect(banner).to_contain_text("关阀")
    assert banner.get_attribute("role") == "alert"
    expect(page).to_have_title(re.compile("^【特急】"))
    page.keyboard.press("Alt+k")
    expect(banner).to_be_hidden()
    expect(page.locator(".urgent-chip")).to_contain_text("119")


def test_a_closed_tab_loses_nothing(open_desk: Open, wrap_up: WrapUp) -> None:
    page = wrap_up()
    accept(page, "kind")
    address = page.url
    page.close()
    again = open_desk(address[address.index("/agent") :])
    expect(again.locator(".bubble")).to_have_count(5)
    expect(field(again, "kind").locator(".badge")).to_contain_text("已确认 · 演示账号")
    expect(field(again, "title").locator(".badge")).to_have_text("建议·待确认")


def test_a_recording_that_a_closed_tab_interrupted_goes_on_where_it_was_heard(
    open_desk: Open, stage: Any, script: ModuleType
) -> None:
    page = open_desk("/agent")
    play(page, "pause")
    expect(page.locator(".bubble.citizen:not(.interim)")).to_have_count(1)
    address = page.url
    page.close()
    again = open_desk(address[address.index("/agent") :])
    expect(again.locator("#call-state")).to_have_text("通话已中断")
    again.click("#go-on")
    expect(again.locator("#call-state")).to_have_text("话后整理")
    assert [u.text for u in said(stage, again)] == [turn.text for turn in script.TURNS["permit"]]


SCROLL_UP = """() => new Promise((done) => {
  const transcript = document.getElementById("transcript");
  transcript.addEventListener("scroll", () => requestAnimationFrame(done), { once: true });
  transcript.scrollTop = 0;
})"""


def test_the_transcript_follows_unless_somebody_reads_above(open_desk: Open, stage: Any, script: ModuleType) -> None:
    call_id = script.unfinished_call(stage.services)
    page = open_desk(f"/agent#call={call_id}")
    page.set_viewport_size({"width": 1366, "height": 220})
    bubbles = page.locator(".bubble")
    for number in range(1, 7):
        stage.say(call_id, f"第{number}句话。")
        expect(bubbles).to_have_count(number)
        expect(bubbles.last).to_be_in_viewport()
    page.evaluate(SCROLL_UP)
    stage.say(call_id, "又一句话。")
    expect(page.locator("#transcript-new")).to_be_visible()
    expect(bubbles.last).not_to_be_in_viewport()
    page.click("#transcript-new")
    expect(page.locator("#transcript-new")).to_be_hidden()
    expect(bubbles.last).to_be_in_viewport()


def test_a_further_appeal_has_its_own_form(open_desk: Open) -> None:
    page = open_desk("/agent")
    play(page, "pause")
    expect(field(page, "title").locator("input")).to_have_value("咨询居住证办理材料")
    page.click("#open-appeal")
    expect(page.locator("#order-appeal")).to_have_text("诉求2")
    expect(field(page, "title").locator("input")).to_have_value("")
    page.click("[data-appeal-tab='1']")
    expect(field(page, "title").locator("input")).to_have_value("咨询居住证办理材料")


def test_the_desk_speaks_english_without_losing_a_draft(wrap_up: WrapUp) -> None:
    page = wrap_up()
    field(page, "title").locator("input").fill("draft")
    page.click("#language")
    expect(page.locator("#answers .source").first).to_contain_text("in force from")
    expect(field(page, "title").locator(".badge")).to_have_text("Changed")
    expect(field(page, "title").locator("input")).to_have_value("draft")
    expect(page.locator("#file")).to_contain_text("File the work order")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_title("Agent desk")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("h1")).to_have_text("Agent desk")


def test_the_whole_desk_is_seen_at_1366_by_768(wrap_up: WrapUp) -> None:
    page = wrap_up()
    page.wait_for_function("document.documentElement.scrollWidth === 1366")
    page.wait_for_function("document.documentElement.scrollHeight === 768")
    expect(page.locator("#file")).to_be_in_viewport()
    expect(page.locator("#finish")).to_be_in_viewport()
    expect(page.locator("#routing .combobox")).to_be_in_viewport()


def test_the_agent_is_free_again_after_the_wrap_up(wrap_up: WrapUp) -> None:
    page = wrap_up()
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("#finish")
    expect(page.locator("#call-state")).to_have_text("空闲")
    expect(page.locator("#play")).to_be_visible()
    page.locator("#calls button").first.click()
    expect(page.locator(".bubble")).to_have_count(5)


def test_what_waited_for_a_field_waits_no_more_once_somebody_has_filled_it_by_hand(open_desk: Open) -> None:
    """The number was typed before the page knew that a part of it had been heard: the service has nothing open then."""
    left = open_desk("/agent").evaluate(
        "import('/static/event-fold.js').then(({ CallView }) => {"
        " const view = new CallView();"
        " const made = { appeal_id: '1', suggestion_id: 's1', suggestion: { slot: 'telephone', choices: [] } };"
        " const decision = { appeal_id: '1', slot: 'telephone', verdict: 'amend', suggestion_id: null, value: '1' };"
        " [['suggestion_made', made], ['suggestion_decided', { decision }]].forEach(([name, data], n) =>"
        "   view.apply({ seq: n + 1, at: '2026-11-22T06:00:00Z', name, data }));"
        " return [view.appeal('1').open.size, view.appeal('1').confirmed.telephone.value]; })"
    )
    assert left == [0, "1"]
