"""A time split, random splits and the learning curve: real routers, the sample city, the baseline embedder."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from evaluation import sample
from evaluation.reports.trend_reports import learning_curve_report, splits_report
from evaluation.routing.judged_orders import Columns, JudgedOrders, read_orders
from evaluation.routing.learning_curve import drawn, learning_curve
from evaluation.routing.outcomes import Outcomes, Ranker
from evaluation.routing.splits import compare_splits, promise_of, random_part
from knowledge_base.errors import BadTable
from models.sentence_embedder import HashingEmbedder
from models.training.routing import Examples, Progress, train, train_from_duties

MARKUP = re.compile(r"<svg .*?</svg>", re.DOTALL)
DUTIES = {
    "市水务局": ["停水", "水压低", "自来水发黄"],
    "市公安局": ["户口", "居住证"],
    "市城市管理局": ["路灯", "占道经营"],
}


def quiet(*_: object) -> None:
    pass


def fit(examples: Examples, progress: Progress) -> Ranker:
    return train(examples, HashingEmbedder(), DUTIES, progress, created="2026-01-01").classifier


def cold() -> Ranker:
    return train_from_duties(DUTIES, HashingEmbedder(), quiet, created="2026-01-01").classifier


@pytest.fixture(scope="module")
def orders() -> JudgedOrders:
    """The sample's orders of six departments."""
    every = read_orders(sample.appeals(), Columns(group="dup_group", id="rid", month="month"))
    chosen = [*sorted(set(every.labels))[:4], "市水务局", "市公安局"]
    return every.at(np.isin(every.labels, chosen))


def test_the_later_months_are_scored_by_a_router_that_saw_the_earlier_ones_only(orders: JudgedOrders) -> None:
    seen: list[tuple[str, ...]] = []

    def watched(examples: Examples, progress: Progress) -> Ranker:
        seen.append(tuple(examples.texts))
        return fit(examples, progress)

    found = compare_splits(orders, watched, quiet, since="2025-07", rounds=100)
    earlier = {text for text, month in zip(orders.texts, orders.months, strict=True) if month < "2025-07"}
    assert set(seen[0]) == earlier
    time, random = found.splits
    assert (time.how, random.how) == ("time", "random 1")
    assert time.trained + time.figures.n == len(orders.texts)
    assert abs(random.figures.n - time.figures.n) < 10
    assert random.straddling == 0
    assert time.without.n == time.figures.n - time.straddling
    assert time.months is not None
    assert all(part.value >= "2025-07" for part in time.months.parts)
    assert json.loads(json.dumps(found.as_json()))["splits"][0]["promise"]["stated"] == 0.95
    page = splits_report(found, {"数据 data": "appeals.csv"})
    assert len(MARKUP.findall(page)) == 1
    assert not any(text in page for text in orders.texts)


def test_a_random_part_keeps_groups_whole(orders: JudgedOrders) -> None:
    held = random_part(orders, len(orders.texts) // 3, seed=1)
    assert 0 < held.sum() <= len(orders.texts) // 3
    assert not set(orders.groups[held].tolist()) & set(orders.groups[~held].tolist())
    assert (held != random_part(orders, len(orders.texts) // 3, seed=2)).any()


def test_months_that_do_not_part_the_orders_are_refused(orders: JudgedOrders) -> None:
    with pytest.raises(BadTable, match="--since"):
        compare_splits(orders, fit, quiet, since="2031-01")


@pytest.mark.parametrize(("right", "kept"), [(100, "yes"), (95, "unclear"), (80, "no")])
def test_a_promise_is_kept_broken_or_neither(right: int, kept: str) -> None:
    ranked = np.zeros((100, 3), dtype=np.int64)
    gold = (np.arange(100) >= right).astype(np.int64)
    outcomes = Outcomes(("水务", "交警"), gold, ranked, np.full(100, 0.9), 0.8)
    found = promise_of(outcomes, np.ones(100, dtype=np.bool_), np.arange(100))
    assert (found.recommended, found.precision, found.kept) == (100, right / 100, kept)


def test_where_nothing_is_recommended_nothing_is_promised() -> None:
    outcomes = Outcomes(("水务", "交警"), np.array([0]), np.array([[0, 1, -1]]), np.array([0.3]), 0.8)
    found = promise_of(outcomes, np.array([True]), np.array([0]))
    assert (found.recommended, found.precision, found.kept) == (0, None, "unclear")


def test_a_draw_takes_at_most_so_many_of_each_department() -> None:
    gold = np.array([0] * 10 + [1] * 3 + [2] * 6)
    rows = np.arange(1, 19)
    found = drawn(gold, rows, 4, seed=0)
    assert np.bincount(gold[found]).tolist() == [4, 3, 4]
    assert set(found.tolist()) <= set(rows.tolist())
    assert drawn(gold, rows, None, seed=0).tolist() == rows.tolist()


def test_the_learning_curve_begins_with_duties_alone_and_counts_every_point_on_the_same_orders(
    orders: JudgedOrders,
) -> None:
    found = learning_curve(orders, fit, cold, quiet, sizes=(0, 4, None), folds=2, rounds=50)
    assert [point.per_department for point in found.points] == [0, 4, None]
    assert found.points[0].orders == 0
    assert found.points[1].orders < found.points[2].orders
    assert found.points[2].figures["accuracy"] > 0.5
    written = json.loads(json.dumps(found.as_json()))
    assert written["points"][2]["per_department"] == "all"
    assert written["points"][1]["intervals"]["accuracy"][0] <= written["points"][1]["accuracy"]
    page = learning_curve_report(written, {"数据 data": "appeals.csv"})
    assert "学习曲线" in page
    assert len(MARKUP.findall(page)) == 1


def test_without_duties_the_curve_begins_with_the_first_orders(orders: JudgedOrders) -> None:
    found = learning_curve(orders, fit, None, quiet, sizes=(0, 8), folds=1, rounds=50)
    assert [point.per_department for point in found.points] == [8]
