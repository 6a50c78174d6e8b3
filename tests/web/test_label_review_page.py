"""The evaluator looks at labels that training doubts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import expect

from copilot.appeal import AppealKind
from copilot.session import CallSession
from copilot.store import LabelIssue
from copilot.suggestion import Decision, Slot, Verdict
from evaluation.labels.sources import LabelSource, journal_labels

pytestmark = pytest.mark.browser

NOW = datetime.now(UTC)


@pytest.fixture
def doubted(stage: Any, script: ModuleType) -> list[str]:
    """The numbers of two orders of the police whose labels training doubts."""
    services = stage.services
    numbers = []
    for call_id in ("c1", "c2"):
        session = CallSession.resume(services.copilot, services.store.journal, script.finished_call(services, call_id))
        made = next(iter(session.state.appeals["1"].open_for(Slot.DEPARTMENT)))
        values = {Slot.KIND: AppealKind.ENQUIRY, Slot.TITLE: f"标题 {call_id}", Slot.SUMMARY: "咨询租房合同。"}
        for slot, value in values.items():
            session.decide(Decision(f"d-{slot}", "1", slot, Verdict.AMEND, None, value, script.NAME), NOW)
        session.decide(Decision("d", "1", Slot.DEPARTMENT, Verdict.ACCEPT, made, None, script.NAME), NOW)
        numbers.append(str(session.file("1", "r", script.NAME, NOW).number))
    alike = (f"{numbers[1]} 市住房和城乡建设局",)
    issues = [LabelIssue(number, "市公安局", "市住房和城乡建设局", 0.04, 0.91, alike) for number in numbers]
    services.store.labels.keep_issues(issues, "router", NOW)
    return numbers


def test_an_evaluator_says_which_department_was_right(
    open_desk: Callable[[str], Any], stage: Any, doubted: list[str]
) -> None:
    page = open_desk("/evaluator")
    cards = page.locator("#label-review .issues > li")
    expect(cards).to_have_count(2)
    expect(page.locator("#label-review .counts")).to_have_text("共提出 2 条，已复核 0 条")
    expect(cards.first).to_contain_text("居住证")
    expect(cards.first).not_to_contain_text("13812341234")
    cards.first.get_by_role("button", name="应为 市住房和城乡建设局").click()
    expect(cards).to_have_count(1)
    cards.first.get_by_role("button", name="标签正确：市公安局").click()
    expect(page.locator("#label-review")).to_contain_text("全部复核完毕")
    labels = journal_labels(stage.services.store.labels.decided()).labelled
    assert [(label.department, label.source) for label in labels] == [
        ("市住房和城乡建设局", LabelSource.REVIEWED),
        ("市公安局", LabelSource.REVIEWED),
    ]
    page.reload()
    expect(page.locator("#label-review .counts")).to_have_text("共提出 2 条，已复核 2 条")
