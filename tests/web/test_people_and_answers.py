"""People are called by their names on every desk, and each answer of an order stands for itself with its source."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from copilot.appeal import AppealKind
from copilot.session import CallSession
from copilot.suggestion import Decision, Slot, Verdict

pytestmark = pytest.mark.browser

Open = Callable[[str], Any]
OTHER, SHOWN = "zuoxi09", "九号座席"


@pytest.fixture
def number(stage: Any, script: ModuleType) -> str:
    """An order that another person filed, with both answers adopted."""
    services, now = stage.services, datetime.now(UTC)
    services.store.accounts.add(OTHER, SHOWN, ("agent",), script.PASSWORD, now)
    session = CallSession.resume(services.copilot, services.store.journal, script.finished_call(services))
    appeal = session.state.appeals["1"]
    for n, made in enumerate(list(appeal.open_for(Slot.ANSWER))):
        session.decide(Decision(f"a{n}", "1", Slot.ANSWER, Verdict.ACCEPT, made, None, OTHER), now)
    values = {
        Slot.KIND: AppealKind.ENQUIRY,
        Slot.TITLE: "咨询居住证",
        Slot.SUMMARY: "咨询居住证。",
        Slot.DEPARTMENT: "市公安局",
    }
    for slot, value in values.items():
        session.decide(Decision(f"d-{slot}", "1", slot, Verdict.AMEND, None, value, OTHER), now)
    return str(session.file("1", "r", OTHER, now).number)


def test_whoever_took_an_order_is_called_by_name_on_both_desks(open_desk: Open, number: str) -> None:
    page: Page = open_desk("/dispatcher")
    expect(page.locator("#order .number")).to_have_text(number)
    expect(page.locator("#order .facts")).to_contain_text(SHOWN)
    expect(page.locator("#order")).not_to_contain_text(OTHER)
    desk: Page = open_desk("/agent#call=c1")
    expect(desk.locator(".card.used .badge").first).to_contain_text(SHOWN)
    expect(desk.locator("[data-slot=kind] .badge")).to_contain_text(SHOWN)
    expect(desk.locator("body")).not_to_contain_text(OTHER)


def test_two_answers_stand_apart_each_with_its_source(open_desk: Open, number: str, script: ModuleType) -> None:
    page: Page = open_desk("/dispatcher")
    expect(page.locator("#order .number")).to_have_text(number)
    answers = page.locator("#order .answers-given > li")
    expect(answers).to_have_count(2)
    for answer, told in zip(answers.all(), (script.MATERIALS, script.FEES), strict=True):
        expect(answer.locator("blockquote")).to_have_text(told.quote)
        expect(answer.locator("h5")).to_contain_text(told.heading.split(" > ")[1])
        expect(answer.locator(".source")).to_contain_text("云公规〔2025〕3号 · 2025-05-01 起施行")
    first, second = answers.nth(0).bounding_box(), answers.nth(1).bounding_box()
    assert first is not None
    assert second is not None
    assert first["y"] + first["height"] < second["y"]


def test_a_refusal_names_whoever_was_first(open_desk: Open, stage: Any, number: str) -> None:
    page: Page = open_desk("/dispatcher")
    expect(page.locator("#order .number")).to_have_text(number)
    page.evaluate(
        "import('/static/desk-frame.js').then(async ({ showProblem }) => {"
        " const { ApiError } = await import('/static/api-client.js');"
        f" showProblem(new ApiError(409, 'conflict', '{OTHER} changed it.', '{OTHER}刚刚改动了它。', ['{OTHER}'])); }})"
    )
    expect(page.locator("#problem span").first).to_have_text(f"{SHOWN}刚刚改动了它。")


def test_a_word_that_happens_to_be_an_account_stays_a_word(
    open_desk: Open, stage: Any, script: ModuleType, number: str
) -> None:
    stage.services.store.accounts.add("draft", "草拟人", ("editor",), script.PASSWORD, datetime.now(UTC))
    page: Page = open_desk("/dispatcher")
    expect(page.locator("#order .number")).to_have_text(number)
    said = page.evaluate(
        "import('/static/people.js').then(async ({ knowPeople, withPeople }) => {"
        " knowPeople({ draft: '草拟人' });"
        " return [withPeople('Load the draft again.', []), withPeople('draft changed the draft.', ['draft'])]; })"
    )
    assert said == ["Load the draft again.", "草拟人 changed the draft."]
