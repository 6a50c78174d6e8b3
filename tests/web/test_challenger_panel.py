"""The challenger on the evaluator's desk in a browser, on real small routers and real orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from copilot.appeal import AppealKind
from copilot.challenge import RankedDepartment, RouterRanking
from copilot.events import ChallengerRanked
from copilot.router_keeper import RouterKeeper
from copilot.routers_in_use import RoutersInUse
from copilot.session import CallSession
from copilot.suggestion import Decision, Slot, Verdict
from models.baselines import HashingEmbedder
from models.department_classifier import DepartmentClassifier
from models.routers.files import load_router, save_router
from models.routers.registry import RouterRegistry
from models.training.routing import train_from_duties

pytestmark = pytest.mark.browser

Open = Callable[[str], Page]
EMBEDDER = HashingEmbedder(64)
DUTIES = {"市公安局": ["居住证"], "市城市管理局": ["路灯"]}


def quiet(step: str, done: int, total: int) -> None:
    pass


@pytest.fixture
def keeper(stage: Any, tmp_path: Path) -> RouterKeeper:
    """The running service gets a router and a challenger."""
    for name, created in (("served", "2026-01-01"), ("trained", "2026-02-02")):
        save_router(train_from_duties(DUTIES, EMBEDDER, quiet, created=created).classifier, tmp_path / "made" / name)
    registry = RouterRegistry(tmp_path / "made" / "served")
    registry.challenge(tmp_path / "made" / "trained")

    def load(folder: Path) -> DepartmentClassifier:
        return load_router(folder, EMBEDDER)

    served = load(registry.served_folder)
    found = RouterKeeper(registry, load, RoutersInUse(lambda router: None, served), registry.in_use())  # type: ignore[arg-type,return-value]
    found.look()
    stage.app.state.services = replace(stage.services, router_keeper=found)
    return found


def file_order(services: Any, script: ModuleType, department: str) -> None:
    """The order of call ``c1``, in which somebody asked about residence permits."""
    session = CallSession.resume(services.copilot, services.store.journal, script.finished_call(services, "c1"))
    values = {Slot.DEPARTMENT: department, Slot.KIND: AppealKind.ENQUIRY, Slot.TITLE: "标题", Slot.SUMMARY: "咨询"}
    for slot, value in values.items():
        session.decide(Decision(f"d-{slot}", "1", slot, Verdict.AMEND, None, value, script.NAME), services.now())
    session.file("1", "r1", script.NAME, services.now())


def ranked(keeper: RouterKeeper, served: str, challenger: str) -> ChallengerRanked:
    rival = keeper.routers.now.challenger
    assert rival is not None
    return ChallengerRanked(
        "1",
        RouterRanking(keeper.routers.version, (RankedDepartment(served, 0.8),), abstained=False),
        RouterRanking(rival.version, (RankedDepartment(challenger, 0.7),), abstained=False),
        4.0,
    )


def test_an_evaluator_sees_both_routers_the_verdict_the_caution_and_what_to_type(
    open_desk: Open, stage: Any, script: ModuleType, keeper: RouterKeeper
) -> None:
    file_order(stage.services, script, "市公安局")
    stage.services.store.journal.append("c1", [ranked(keeper, "市公安局", "市城市管理局")], stage.services.now())
    page = open_desk("/evaluator")
    panel = page.locator("#challenger")
    expect(panel.locator(".verdict")).to_contain_text("1 件工单看不出差别")
    expect(panel.locator(".few")).to_contain_text("偏向在用模型")
    expect(panel.locator(".missing")).to_contain_text("再办定 29 件工单")
    expect(panel).to_contain_text(keeper.routers.version)
    expect(panel.locator("tbody tr").first).to_contain_text("100.0%")
    expect(panel.locator("code").first).to_contain_text("hotline models promote")
    page.click("#language")
    expect(panel.locator(".verdict")).to_contain_text("No difference that 1 orders could show")
    expect(panel.locator("h2")).to_contain_text("Challenger")


def test_without_an_order_it_says_what_is_waited_for(open_desk: Open, keeper: RouterKeeper) -> None:
    expect(open_desk("/evaluator").locator("#challenger .few")).to_contain_text("再办定 30 件工单")


def test_without_a_challenger_it_says_how_to_set_one(open_desk: Open, keeper: RouterKeeper) -> None:
    keeper.registry.withdraw()
    keeper.look()
    expect(open_desk("/evaluator").locator("#challenger code")).to_have_text("hotline models challenge FOLDER")
