"""The dispatcher's desk with an order that its department sent back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import expect

from copilot.appeal import AppealKind
from copilot.dispatch import Routing, decide_routing
from copilot.session import CallSession
from copilot.suggestion import Decision, Slot, Verdict

pytestmark = pytest.mark.browser

Open = Callable[[str], Any]
NOW = datetime.now(UTC)


@pytest.fixture
def sent_out(stage: Any, script: ModuleType) -> str:
    """The number of an order that went to the police."""
    services = stage.services
    session = CallSession.resume(services.copilot, services.store.journal, script.finished_call(services, "c1"))
    made = next(iter(session.state.appeals["1"].open_for(Slot.DEPARTMENT)))
    values = {Slot.KIND: AppealKind.ENQUIRY, Slot.TITLE: "租房合同备案", Slot.SUMMARY: "咨询租房合同。"}
    for slot, value in values.items():
        session.decide(Decision(f"d-{slot}", "1", slot, Verdict.AMEND, None, value, script.NAME), NOW)
    session.decide(Decision("d", "1", Slot.DEPARTMENT, Verdict.ACCEPT, made, None, script.NAME), NOW)
    number = session.file("1", "r", script.NAME, NOW).number
    routing = Routing("x1", Verdict.ACCEPT, script.NAME)
    catalogue = services.catalogue
    decide_routing(services.store.journal, catalogue, "c1", number, routing, NOW, services.today)
    return str(number)


def test_a_return_is_recorded_and_the_order_sent_on_with_a_reason(open_desk: Open, stage: Any, sent_out: str) -> None:
    page = open_desk("/dispatcher")
    page.click("#tab-dispatched")
    page.click("#return")
    page.click("#return-send")
    expect(page.locator(".return-form .fault")).to_have_text("请选择退单原因。")
    page.get_by_label("不属本单位职责").check()
    page.fill("#return-words", "租赁备案归住建")
    page.keyboard.press("Enter")
    expect(page.locator("#queue .empty")).to_be_visible()
    page.click("#tab-filed")
    expect(page.locator("#queue .line")).to_contain_text("退单：不属本单位职责")
    expect(page.locator("#order .came-back")).to_contain_text("租赁备案归住建")
    page.keyboard.press("Enter")  # one key does not send out what came back
    page.keyboard.press("2")
    expect(page.locator("#reason")).to_be_focused()
    page.keyboard.type("属住建职责")
    page.keyboard.press("Enter")
    expect(page.locator("#queue .empty")).to_be_visible()
    row = stage.services.store.queries.work_order(sent_out).row
    assert (row.dispatched.department, row.dispatched.reason) == ("市住房和城乡建设局", "属住建职责")
    page.click("#tab-dispatched")
    expect(page.locator("#order .history li")).to_have_count(3)


def test_an_objection_that_is_not_upheld_goes_to_the_same_department_again(
    open_desk: Open, stage: Any, sent_out: str
) -> None:
    page = open_desk("/dispatcher")
    page.click("#tab-dispatched")
    page.click("#return")
    page.get_by_label("其他（请写明）").check()
    page.click("#return-send")
    expect(page.locator(".return-form .fault")).to_have_text("请写明承办单位的说明。")
    page.fill("#return-words", "人手不足")
    page.click("#return-send")
    expect(page.locator("#queue .empty")).to_be_visible()
    page.click("#tab-filed")
    page.click("#again")
    page.get_by_role("button", name="异议不成立，职责依据明确").click()
    page.click("#override")
    expect(page.locator("#queue .empty")).to_be_visible()
    assert stage.services.store.queries.work_order(sent_out).row.dispatched.department == "市公安局"
