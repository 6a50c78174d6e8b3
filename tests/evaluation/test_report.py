from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from evaluation.report import routing_report
from evaluation.routing import RoutingFigures, outcomes_of_probabilities, routing_figures

GOLDEN = Path(__file__).parent / "golden" / "routing_report.html"
LABELS = ("市水务局", "市公安局交通警察支队", "市城市管理局")
SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)


@pytest.fixture(scope="module")
def figures() -> RoutingFigures:
    generator = np.random.default_rng(7)
    gold = np.arange(90) % 3
    table = generator.dirichlet(np.ones(3), 90)
    table[np.arange(90), gold] += 0.25
    return routing_figures(outcomes_of_probabilities(LABELS, gold, table / table.sum(axis=1, keepdims=True), 0.7))


@pytest.fixture(scope="module")
def page(figures: RoutingFigures) -> str:
    return routing_report(figures, {"模型 model": "0123456789ab", "数据 data": "made-up.csv"})


def test_the_report_is_what_it_was(page: str) -> None:
    """Golden, its pictures aside. After a wanted change: write ``SVG.sub("<svg/>", page)`` to the file, and read it."""
    assert SVG.sub("<svg/>", page) == GOLDEN.read_text(encoding="utf-8")


def test_it_has_the_confusion_matrix_the_reliability_and_the_coverage_curves_as_pictures(page: str) -> None:
    pictures = SVG.findall(page)
    assert len(pictures) == 4
    assert all("<text" in picture for picture in pictures)
    assert sum("市公安局交通警察支队" in picture for picture in pictures) == 2


def test_nothing_is_fetched_from_anywhere(page: str) -> None:
    addresses = set(re.findall(r"""(?:src|href)=["']([^"'#][^"']*)""", page))
    assert addresses == set()
    assert "<script" not in page
    assert "@import" not in page


def test_ids_are_unique_so_that_pictures_do_not_draw_with_each_others_parts(page: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_the_same_figures_make_the_same_page(figures: RoutingFigures) -> None:
    first, second = (routing_report(figures, {}) for _ in range(2))
    assert first == second


def test_a_name_cannot_smuggle_markup_into_the_page() -> None:
    labels = ("<script>alert(1)</script>", "市水务局")
    table = np.array([[0.7, 0.3], [0.2, 0.8]])
    figures = routing_figures(outcomes_of_probabilities(labels, np.array([0, 1]), table, 0.5), rounds=100)
    assert "<script>" not in routing_report(figures, {"数据 data": "<script>"})
