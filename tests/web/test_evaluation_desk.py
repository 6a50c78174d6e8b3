"""The evaluator's desk on a router whose evaluation an evaluator has kept."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from figures_fit import too_wide
from playwright.sync_api import expect

from evaluation.routing.evaluation import Wishes, evaluate_orders
from evaluation.routing.judged_orders import JudgedOrders
from evaluation.routing.outcomes import outcomes_of_probabilities
from evaluation.routing.spoken_orders import compared

pytestmark = pytest.mark.browser

LABELS = ("市水务局", "市公安局", "市城市管理局")


def kept_figures() -> dict[str, Any]:
    """A whole evaluation of made-up orders, some of which leaked."""
    generator = np.random.default_rng(7)
    gold = np.arange(90) % 3
    table = generator.dirichlet(np.ones(3), 90)
    table[np.arange(90), gold] += 0.25
    outcomes = outcomes_of_probabilities(LABELS, gold, table / table.sum(axis=1, keepdims=True), 0.7)
    labels = tuple(LABELS[i] for i in gold)
    texts = tuple(f"{label[-3:]}的事情第{i}件" for i, label in enumerate(labels))
    orders = JudgedOrders(
        texts,
        labels,
        np.arange(90),
        tuple(f"YC-{i:03d}" for i in range(90)),
        ("2026-03",) * 45 + ("2026-04",) * 45,
        {"district": ("江北区", "临湖区", "石桥区") * 30},
    )
    found = evaluate_orders(orders, outcomes, Wishes(training=orders.at(np.arange(20)), rounds=100), lambda *_: None)
    return found.as_json() | {"data": "held_out.csv"}


def test_held_out_figures_are_shown_with_slices_leaks_costs_and_mistakes_by_number(
    open_desk: Callable[[str], Any], stage: Any
) -> None:
    path = stage.services.settings.router_dir / "evaluation.json"
    stored = path.read_text("utf-8")
    known = json.loads(stored)
    path.write_text(json.dumps({**known, "held_out": kept_figures()}, ensure_ascii=False), "utf-8")
    try:
        page = open_desk("/evaluator")
        section = page.locator("#held-out")
        expect(section.locator("h2")).to_have_text("留出评测（评估员保留的结果）")
        expect(section).to_contain_text("held_out.csv，n = 90")
        expect(section).to_contain_text("分项：district")
        expect(section).to_contain_text("件在 20 件训练工单里有近似重复")
        expect(section).to_contain_text("误派的代价")
        expect(section.locator("td.ids").first).to_contain_text("YC-0")
        expect(section).not_to_contain_text("的事情")
        assert too_wide(page) == []
        page.click("#language")
        expect(section).to_contain_text("By district")
        expect(section).to_contain_text("Drift: training → evaluated")
        if folder := os.environ.get("HOTLINE_TEST_SCREENSHOTS"):
            page.screenshot(path=Path(folder) / "evaluator-en.png", full_page=True)
        assert too_wide(page) == []
    finally:
        path.write_text(stored, "utf-8")


def test_orders_are_counted_and_their_misheard_copies_stand_beside_them(
    open_desk: Callable[[str], Any], stage: Any
) -> None:
    generator = np.random.default_rng(3)
    gold = np.arange(60) % 3
    certain, doubtful = (generator.dirichlet(np.ones(3), 60) + part * np.eye(3)[gold] for part in (2.0, 0.4))
    written, heard = (
        outcomes_of_probabilities(LABELS, gold, table / table.sum(axis=1, keepdims=True), 0.6)
        for table in (certain, doubtful)
    )
    spoken = compared(written, heard, np.arange(60), 0.2, rounds=50).as_json()
    path = stage.services.settings.router_dir / "evaluation.json"
    stored = path.read_text("utf-8")
    known = json.loads(stored)
    path.write_text(json.dumps({**known, "n": 60, "spoken": spoken}, ensure_ascii=False), "utf-8")
    try:
        section = open_desk("/evaluator").locator("#offline")
        expect(section).to_contain_text("n = 60")
        expect(section).to_contain_text("误听的同一批工单见“书面与误听”")
        rows = section.locator("figure", has_text="书面与误听").locator("tbody tr")
        expect(rows.nth(0)).to_contain_text("书面")
        expect(rows.nth(1)).to_contain_text("误听")
        expect(rows.nth(1)).to_contain_text(f"{100 * spoken['misheard']['accuracy']:.1f}%")
    finally:
        path.write_text(stored, "utf-8")


def test_without_held_out_figures_there_is_no_empty_section(open_desk: Callable[[str], Any]) -> None:
    page = open_desk("/evaluator")
    expect(page.locator("#offline .tile").first).to_be_visible()
    expect(page.locator("#held-out")).to_be_hidden()


def test_a_table_that_somebody_unfolded_stays_so_in_the_other_language(open_desk: Callable[[str], Any]) -> None:
    page = open_desk("/evaluator")
    tables = page.locator("#offline details")
    tables.nth(1).locator("summary").click()
    expect(tables.nth(1).locator("table")).to_be_visible()
    page.click("#language")
    expect(tables.nth(1).locator("summary")).to_have_text("Numbers")
    expect(tables.nth(1).locator("table")).to_be_visible()
    expect(tables.nth(0).locator("table")).to_be_hidden()
