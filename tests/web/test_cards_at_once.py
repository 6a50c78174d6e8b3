"""All answer cards and all ranked departments are seen at once at 1366 x 768; one card is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from page_ready import eventually
from playwright.sync_api import Locator, Page, expect

from copilot.card_events import CardsArranged, ShownCard
from copilot.events import SuggestionMade, UrgencyFlagged
from copilot.suggestion import Case, Citation, FollowUp

pytestmark = pytest.mark.browser

Open = Callable[[str], Any]
RENT = (
    "用人单位和职工应当按时足额缴存住房公积金。职工连续足额缴存住房公积金满3个月，本人及配偶在本市无自有住房且租赁住房的，"
    "可以提取夫妻双方住房公积金支付房租。租住商品住房的，每人每月提取限额为1500元；租住公共租赁住房的，按实际房租支出全额提取。"
    "多子女家庭租房提取限额上浮百分之二十。提取申请由职工本人或者委托他人向公积金管理中心提出，提供身份证明和租赁合同。"
)
TIME = (
    "申请提取住房公积金的，公积金管理中心应当自受理申请之日起3日内作出准予提取或者不准提取的决定，并通知申请人。"
    "准予提取的，由受委托银行办理支付手续，资金在两个工作日内到达职工本人银行账户。"
)
LATE = "断缴三个月以内补缴的，待遇不受影响。断缴超过三个月的，恢复缴费后要等三个月才能报销，具体以经办窗口的答复为准。"


def passage(script: ModuleType, number: int, title: str, quote: str, sentence: int) -> Citation:
    """A citation of which the sentence of that place answers."""
    starts = [0, *(i + 1 for i, letter in enumerate(quote) if letter == "。")]
    found: Citation = replace(
        script.FEES,
        passage_id=f"p{number}#1",
        article_id=f"p{number}",
        title=title,
        heading=f"{title} > 第二章 办理 > 第十一条",
        quote=quote,
        highlight=(),
        sentence=(starts[sentence], starts[sentence + 1]),
    )
    return found


def citations(script: ModuleType) -> list[Citation]:
    """A card with everything that a card may have to say, and two with long quotes."""
    late = replace(passage(script, 0, "云川市断缴办法", LATE, 1), secrecy="internal")
    cases = (
        Case("断缴三个月以内补缴", replace(late, quote=LATE[:18], sentence=None)),
        Case("断缴超过三个月", replace(late, quote=LATE[18:], sentence=None)),
    )
    return [
        replace(late, follow_up=FollowUp("请问断缴多久了？", cases)),
        passage(script, 1, "云川市住房公积金提取管理办法", RENT, 1),
        passage(script, 2, "云川市住房公积金业务办理时限规定", TIME, 0),
    ]


def show(stage: Any, script: ModuleType, cards: list[Citation], *more: Any) -> str:
    """A call in which these cards are open and nothing else."""
    call_id: str = script.finished_call(stage.services)
    journal = stage.services.store.journal
    made = [record.event for record in journal.read(call_id) if isinstance(record.event, SuggestionMade)]
    old = tuple(event.suggestion_id for event in made if event.suggestion.slot is script.Slot.ANSWER)
    new = [SuggestionMade(f"s{90 + n}", "1", script.one(script.Slot.ANSWER, c), (), 4.0) for n, c in enumerate(cards)]
    shown = tuple(ShownCard(event.suggestion_id, 0.9, card.sentence) for event, card in zip(new, cards, strict=True))
    journal.append(call_id, [*new, CardsArranged("1", shown, old, 4.5), *more], datetime.now(UTC))
    return call_id


def all_there(page: Page) -> Locator:
    """The three cards, once all have come and the two from before have gone: on the way there are three, too."""
    expect(page.locator("[data-suggestion=s92]")).to_be_visible()
    cards = page.locator(".card.suggested")
    expect(cards).to_have_count(3)
    return cards


def within(inner: Locator, outer: Locator) -> bool:
    """Whether all of ``inner`` is inside of what is seen of ``outer``."""
    seen, frame = inner.bounding_box(), outer.bounding_box()
    assert seen is not None
    assert frame is not None
    return bool(seen["y"] >= frame["y"] - 1 and seen["y"] + seen["height"] <= frame["y"] + frame["height"] + 1)


def all_seen(page: Page) -> None:
    cards = page.locator(".card.suggested")
    answers, screen = page.locator("#answers"), page.locator("body")
    for card in cards.all():
        assert within(card, answers), card.get_attribute("aria-label")
        assert within(card.locator("h3"), answers)
        assert within(card.locator(".answering"), card.locator("blockquote")), card.get_attribute("aria-label")
    for choice in page.locator("#routing .choice").all():
        assert within(choice, screen)
        assert within(choice, page.locator("#routing"))
    assert within(page.locator("#routing .combobox input"), screen)


def titles_and_quotes_seen(page: Page) -> None:
    for card in page.locator(".card.suggested").all():
        assert within(card.locator("h3"), page.locator("#answers"))
        assert within(card.locator("blockquote"), page.locator("#answers"))


@pytest.mark.parametrize("first", [0, 1, 2])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_all_cards_with_the_sentence_that_answers_and_three_departments_are_seen_at_once(
    open_desk: Open, stage: Any, script: ModuleType, first: int, language: str
) -> None:
    cards = citations(script)
    page = open_desk(f"/agent#call={show(stage, script, [cards[first], *cards[:first], *cards[first + 1 :]])}")
    if language == "en":
        page.click("#language")
    all_there(page)
    expect(page.locator("#routing .choice")).to_have_count(3)
    expect(page.locator(".card.suggested.open")).to_have_count(1)
    eventually(page, lambda: all_seen(page))  # cards are made to fit after they are drawn


def test_an_emergency_above_and_the_reasons_below_leave_every_card_its_place(
    open_desk: Open, stage: Any, script: ModuleType
) -> None:
    (sign,) = script.Emergencies().signs("煤气味")
    flagged = UrgencyFlagged(
        "1", sign.category, sign.phrase, sign.transfer_to, sign.advice, script.Speaker.CITIZEN, 4.0
    )
    page = open_desk(f"/agent#call={show(stage, script, citations(script), flagged)}")
    expect(page.locator(".alarm")).to_be_visible()
    all_there(page)
    page.keyboard.press("Alt+r")
    expect(page.locator("#routing .reasons").first).to_be_visible()
    eventually(page, lambda: titles_and_quotes_seen(page))
    page.keyboard.press("Alt+r")
    expect(page.locator("#routing .reasons")).to_have_count(0)


def test_a_card_is_opened_with_a_key_or_a_click_and_closes_the_other(
    open_desk: Open, stage: Any, script: ModuleType
) -> None:
    page = open_desk(f"/agent#call={show(stage, script, citations(script))}")
    cards = all_there(page)
    expect(cards.nth(0).locator("footer")).to_be_visible()
    page.keyboard.press("Alt+c")
    page.keyboard.press("Alt+c")
    expect(cards.nth(1)).to_be_focused()
    expect(cards.nth(1).locator("footer")).to_be_visible()
    expect(cards.nth(0).locator("footer")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(cards.nth(2).locator("footer")).to_be_visible()
    cards.nth(0).locator("h3").click()
    expect(cards.nth(0).locator("footer")).to_be_visible()
    page.locator("[data-slot=title] input").focus()  # it stays open when the hand goes elsewhere
    expect(cards.nth(0).locator("footer")).to_be_visible()
    expect(cards.nth(2).locator("footer")).to_be_hidden()


def test_only_the_sentence_that_answers_is_on_a_card_that_is_not_open(
    open_desk: Open, stage: Any, script: ModuleType
) -> None:
    page = open_desk(f"/agent#call={show(stage, script, citations(script))}")
    folded = all_there(page).nth(1)
    expect(folded.locator(".answering")).to_be_visible()
    expect(folded.locator(".around").first).to_be_hidden()
    folded.click()
    expect(folded.locator(".around").first).to_be_visible()
