"""What the rules of dispatch bring to the agent's desk: helpers, the legal way, and a question before a push down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from copilot.dispatch_rules import findings, helpers_suggestion, legal_way_card
from copilot.events import SuggestionMade
from copilot.suggestion import Suggestion
from knowledge_base.catalogue.catalogue import Department, DepartmentKind
from knowledge_base.catalogue.dispatch_rules import DispatchRule, Route

pytestmark = pytest.mark.browser

DAY = date(2026, 11, 22)
STREET = Department("望湖街道办事处", (), "云川市/临湖区/望湖街道", kind=DepartmentKind.STREET)
PERMIT = DispatchRule(
    "居住证", ("居住证",), "市公安局", ("市住房和城乡建设局",), "《人口服务管理办法》第四条", weight=0.9
)
DEBT = DispatchRule(
    "民间借贷",
    ("借钱 不还",),
    legal_basis="《民事诉讼法》第一百二十二条",
    route=Route.OUT_OF_SCOPE,
    way="向人民法院起诉",
    script="借款属于民事纠纷，您可以向人民法院起诉。",
    effective_from=date(2025, 1, 1),
)


@pytest.fixture
def desk(open_desk: Callable[[str], Page], stage: Any, script: ModuleType) -> Callable[..., Page]:
    """The desk after a call, in a city with a street office and two rules; what ``said`` brings is suggested too."""

    def show(said: str = "") -> Page:
        known = stage.services.catalogue_in_force.current
        ruled = replace(known, departments=(*known.departments, STREET), rules=(PERMIT, DEBT))
        stage.services.catalogue_in_force.replace(ruled)
        call_id = script.finished_call(stage.services)
        for number, finding in enumerate(findings(ruled, [said], DAY, "云川市"), start=900):
            outside = finding.rule.route is Route.OUT_OF_SCOPE
            made = legal_way_card(finding, "v") if outside else helpers_suggestion(finding, "v")
            assert isinstance(made, Suggestion)
            event = SuggestionMade(f"s{number}", "1", made, (), 3.0)
            stage.services.store.journal.append(call_id, [event], datetime.now(UTC))
        page = open_desk(f"/agent#call={call_id}")
        expect(page.locator("#call-state")).to_have_text("话后整理")
        return page

    return show


def test_co_handling_departments_are_marked_as_a_suggestion_until_a_person_accepts_them(
    desk: Callable[..., Page],
) -> None:
    page = desk("我想办居住证")
    field = page.locator("[data-slot=co_departments]")
    expect(field).to_have_attribute("data-state", "suggested")
    expect(field.locator(".chip")).to_contain_text("市住房和城乡建设局")
    field.locator("[data-action=accept]").click()
    expect(field).to_have_attribute("data-state", "confirmed")


def test_the_legal_way_of_what_is_out_of_scope_is_a_card_with_its_script(desk: Callable[..., Page]) -> None:
    page = desk("他借钱一直不还")
    card = page.locator(".card.suggested").filter(has_text="不属于热线受理范围：民间借贷")
    expect(card.locator("h3")).to_contain_text("向人民法院起诉")
    expect(card.locator("blockquote")).to_have_text("借款属于民事纠纷，您可以向人民法院起诉。")
    expect(card.locator(".source")).to_contain_text("《民事诉讼法》第一百二十二条")


def test_pushing_a_functional_matter_down_to_a_street_asks_for_the_document(desk: Callable[..., Page]) -> None:
    page = desk()
    page.keyboard.press("Alt+s")
    expect(page.locator("#routing input[role=combobox]")).to_be_focused()
    page.keyboard.type("望湖街道")
    expect(page.locator("#routing [role=option]")).to_contain_text("望湖街道办事处")
    page.keyboard.press("Enter")
    expect(page.locator("#routing .push-down")).to_contain_text("不得下派")
    expect(page.locator("#problem")).to_contain_text("职能部门事项不得下派街道")
    page.locator("#routing .push-down input").fill("《望湖街道赋权事项清单》")
    page.keyboard.press("Enter")
    expect(page.locator("#routing .settled")).to_contain_text("望湖街道办事处")
