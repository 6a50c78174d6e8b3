from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from copilot.errors import BadInput
from evaluation import sample
from evaluation.routing.bulk import BulkRanker, Engine
from knowledge_base.tables import read_csv
from models.baselines import HashingEmbedder
from models.routers.files import load_router, save_router
from models.training.routing import Examples, train


@pytest.fixture(scope="module")
def orders() -> list[str]:
    return [row["text"] for row in read_csv(sample.appeals(), ["text"])][:60]


@pytest.fixture
def router(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOTLINE_EMBEDDER", "hashing")
    rows = read_csv(sample.appeals(), ["text", "dept_label"])[:120]
    examples = Examples([row["text"] for row in rows], [row["dept_label"] for row in rows])
    trained = train(examples, HashingEmbedder(), None, lambda *_: None, created="2026-01-01")
    save_router(trained.classifier, tmp_path / "router")
    return tmp_path / "router"


def _first(ranker: BulkRanker, orders: list[str]) -> list[str]:
    return [found.choices[0].label for found in ranker.rank_many(orders)]


def test_many_processes_say_what_one_says_in_the_same_order(router: Path, orders: list[str]) -> None:
    alone = load_router(router, HashingEmbedder()).rank_many(orders)
    assert _first(BulkRanker(router, 1, block=16), orders) == [found.choices[0].label for found in alone]
    assert _first(BulkRanker(router, 2, block=16), orders) == [found.choices[0].label for found in alone]


def test_progress_counts_the_orders(router: Path, orders: list[str]) -> None:
    heard: list[int] = []
    BulkRanker(router, 1, block=25).rank_many(orders, heard.append)
    assert heard == [25, 50, 60]


def test_no_process_at_all_is_refused(router: Path) -> None:
    with pytest.raises(BadInput, match="At least one process"):
        BulkRanker(router, 0)


@pytest.mark.skipif(importlib.util.find_spec("ray") is not None, reason="Ray is installed here")
def test_without_ray_it_says_what_to_install(router: Path, orders: list[str]) -> None:
    with pytest.raises(BadInput, match="extra 'bulk'"):
        BulkRanker(router, 2, Engine.RAY).rank_many(orders)


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs the extra 'bulk' (Ray)")
def test_ray_says_what_one_process_says(router: Path, orders: list[str]) -> None:
    alone = _first(BulkRanker(router, 1), orders)
    assert _first(BulkRanker(router, 2, Engine.RAY, block=16), orders) == alone
