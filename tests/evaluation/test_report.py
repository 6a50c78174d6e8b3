from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from evaluation.reports.page import routing_report
from evaluation.routing.costs import Costs
from evaluation.routing.evaluation import RoutingEvaluation, Wishes, evaluate_orders
from evaluation.routing.figures import routing_figures
from evaluation.routing.judged_orders import JudgedOrders
from evaluation.routing.outcomes import outcomes_of_probabilities

GOLDEN = Path(__file__).parent / "golden" / "routing_report.html"
LABELS = ("市水务局", "市公安局交通警察支队", "市城市管理局")
SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)


def orders_of(labels: list[str], first: int, months: list[str]) -> JudgedOrders:
    """Made-up orders, the last ten of which an operator has written upon."""
    texts = tuple(
        f"{label[-3:]}的事情第{first + i}件" + "请市水务局核实处理。" * (i >= 80) for i, label in enumerate(labels)
    )
    ids = tuple(f"YC-{first + i:03d}" for i in range(len(labels)))
    return JudgedOrders(
        texts, tuple(labels), np.arange(len(labels)), ids, tuple(months), {"district": ("江北区", "临湖区", "") * 30}
    )


@pytest.fixture(scope="module")
def evaluation() -> RoutingEvaluation:
    generator = np.random.default_rng(7)
    gold = np.arange(90) % 3
    table = generator.dirichlet(np.ones(3), 90)
    table[np.arange(90), gold] += 0.25
    outcomes = outcomes_of_probabilities(LABELS, gold, table / table.sum(axis=1, keepdims=True), 0.7)
    orders = orders_of([LABELS[i] for i in gold], 0, ["2026-03"] * 45 + ["2026-04"] * 45)
    training = orders_of([LABELS[i] for i in gold[:30]], 85, [])
    wishes = Wishes(training=training, costs=Costs(question=0.25), rounds=200)
    return evaluate_orders(orders, outcomes, wishes, lambda *_: None)


@pytest.fixture(scope="module")
def page(evaluation: RoutingEvaluation) -> str:
    return routing_report(evaluation, {"模型 model": "0123456789ab", "数据 data": "made-up.csv"})


def test_the_report_is_what_it_was(page: str) -> None:
    """Golden, its pictures aside. After a wanted change: write ``SVG.sub("<svg/>", page)`` to the file, and read it."""
    assert SVG.sub("<svg/>", page) == GOLDEN.read_text(encoding="utf-8")


def test_it_has_a_picture_of_everything_that_is_better_seen_than_read(page: str) -> None:
    pictures = SVG.findall(page)
    assert len(pictures) == 7
    assert all("<text" in picture for picture in pictures)
    assert sum("市公安局交通警察支队" in picture for picture in pictures) == 3


def test_orders_are_named_by_their_numbers_and_nothing_that_was_said_is_shown(page: str) -> None:
    assert "YC-0" in page
    assert "的事情" not in page


def test_nothing_is_fetched_from_anywhere(page: str) -> None:
    addresses = set(re.findall(r"""(?:src|href)=["']([^"'#][^"']*)""", page))
    assert addresses == set()
    assert "<script" not in page
    assert "@import" not in page


def test_ids_are_unique_so_that_pictures_do_not_draw_with_each_others_parts(page: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_the_same_figures_make_the_same_page(evaluation: RoutingEvaluation) -> None:
    first, second = (routing_report(evaluation, {}) for _ in range(2))
    assert first == second


def test_a_name_cannot_smuggle_markup_into_the_page() -> None:
    labels = ("<script>alert(1)</script>", "市水务局")
    table = np.array([[0.7, 0.3], [0.2, 0.8]])
    figures = routing_figures(outcomes_of_probabilities(labels, np.array([0, 1]), table, 0.5), rounds=100)
    assert "<script>" not in routing_report(RoutingEvaluation(figures), {"数据 data": "<script>"})
