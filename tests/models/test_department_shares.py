from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.baselines import HashingEmbedder
from models.errors import ModelProblem
from models.routers.files import load_router, save_router
from models.routing.calibration import Pool, cross_fitted, fit_pool
from models.training.department_shares import MOST_READ, appeals_to_read, department_shares
from models.training.routing import Examples, Trained, train

ASKED = {
    "水务局": ("自来水停了", "水管漏水", "水压太小", "水质发黄", "水表坏了", "停水没有通知"),
    "供电局": ("停电了", "电表坏了", "电线垂下来", "电压不稳", "路灯没有电", "变压器很响"),
    "交警支队": ("违章停车", "红绿灯坏了", "路口堵车", "车辆逆行", "车停在人行道", "酒后驾车"),
}
PLACES = ("东门", "西门", "河边", "学校旁", "市场里", "小区内", "车站前", "医院后", "桥下", "巷口")


def said(department: str, count: int, start: int = 0) -> list[str]:
    own = ASKED[department]
    made = [f"{PLACES[n % len(PLACES)]}{own[n // len(PLACES) % len(own)]}{n % 7}天了" for n in range(60)]
    return [made[(start + n) % len(made)] for n in range(count)]


def even_table() -> Examples:
    """Twenty orders of each department, as somebody would label them on purpose."""
    return Examples(
        [text for department in ASKED for text in said(department, 20)],
        [department for department in ASKED for _ in range(20)],
        [f"{department}{n}" for department in ASKED for n in range(20)],
    )


def as_they_come() -> list[str]:
    """Nine in ten appeals are about water."""
    return [*said("水务局", 360, 20), *said("供电局", 20, 20), *said("交警支队", 20, 20)]


def quiet(step: str, done: int, total: int) -> None:
    pass


def taught(unlabelled: list[str]) -> Trained:
    return train(even_table(), HashingEmbedder(64), None, quiet, created="2026-01-01", unlabelled=unlabelled)


@pytest.fixture(scope="module")
def moved() -> Trained:
    return taught(as_they_come())


def test_a_department_that_appeals_need_more_often_is_thought_likelier(moved: Trained) -> None:
    plain = taught([])
    water = plain.classifier.labels.index("水务局")
    doubtful = ["路边坏了", "门口很响", "没有通知"]
    before, after = (
        [{c.label: c.probability for c in r.choices} for r in t.classifier.rank_many(doubtful)] for t in (plain, moved)
    )
    assert plain.classifier.labels == moved.classifier.labels
    assert all(late["水务局"] > early["水务局"] for early, late in zip(before, after, strict=True))
    assert plain.classifier.pool is not None
    assert moved.classifier.pool is not None
    assert (moved.classifier.pool.bias - plain.classifier.pool.bias).argmax() == water
    assert any("unlabelled appeals" in note for note in moved.notes)


def test_figures_out_of_fold_are_those_of_the_router_that_is_served(moved: Trained) -> None:
    held = moved.out_of_fold
    assert held is not None
    assert held.probabilities.sum(axis=1) == pytest.approx(1.0)
    plain = taught([]).out_of_fold
    assert plain is not None
    water = held.labels.index("水务局")
    assert held.probabilities[:, water].mean() > plain.probabilities[:, water].mean()


def test_where_a_category_is_confirmed_the_shares_count_as_much() -> None:
    table = Examples(
        [text for department in ASKED for text in said(department, 40)],
        [department for department in ASKED for _ in range(40)],
        [f"{department}{n % 20}" for department in ASKED for n in range(40)],
        categories=[("民生", "报修" if n % 3 else "咨询") for _ in ASKED for n in range(40)],
    )
    plain, moved = (
        train(table, HashingEmbedder(64), None, quiet, created="2026-01-01", unlabelled=appeals).classifier
        for appeals in ([], as_they_come())
    )
    assert plain.pool and moved.pool and plain.history and moved.history  # noqa: PT018 - all are there or none
    by_text = moved.pool.bias - plain.pool.bias
    assert by_text.argmax() == moved.labels.index("水务局")
    assert moved.history.pool.bias - plain.history.pool.bias == pytest.approx(by_text)


def test_appeals_like_the_orders_change_nothing() -> None:
    same = [text for department in ASKED for text in said(department, 20)] * 5
    found, plain = taught(same), taught([])
    assert found.classifier.pool is not None
    assert plain.classifier.pool is not None
    assert found.classifier.pool.bias == pytest.approx(plain.classifier.pool.bias)
    assert any("nothing was changed" in note for note in found.notes)


def test_a_stored_router_keeps_what_it_learned_of_the_shares(moved: Trained, tmp_path: Path) -> None:
    save_router(moved.classifier, tmp_path / "router")
    loaded = load_router(tmp_path / "router", HashingEmbedder(64))
    for before, after in zip(*(c.rank_many(as_they_come()[::40]) for c in (moved.classifier, loaded)), strict=True):
        assert [c.label for c in before.choices] == [c.label for c in after.choices]
        assert before.choices[0].probability == pytest.approx(after.choices[0].probability)


def test_a_handful_of_appeals_is_refused_with_how_many_are_needed() -> None:
    with pytest.raises(ModelProblem, match="200 are needed"):
        taught(["停水了", " ", ""])


def test_of_a_million_appeals_a_sample_is_read_the_same_each_time() -> None:
    many = [f"第{number}件" for number in range(MOST_READ + 500)]
    assert len(appeals_to_read(many)) == MOST_READ
    assert appeals_to_read(many) == appeals_to_read(many)


def test_however_rare_a_department_seems_it_is_not_taken_away() -> None:
    likely = np.tile([0.9, 0.1 - 1e-4, 1e-4], (500, 1))
    shares = department_shares(likely, np.repeat(np.arange(3), 50))
    assert shares.believed
    assert shares.shift[0] > 0 > shares.shift[1] > shares.shift[2]
    scores = np.array([[[0.0, 0.0, 7.0]]])
    assert Pool(np.array([1.0]), np.zeros(3)).moved(shares.shift).probabilities(scores).argmax() == 2


def test_a_small_table_drawn_from_the_appeals_is_believed_and_a_large_even_one_is_not() -> None:
    """How far shares scatter by chance depends on how many orders there are."""
    true = np.array([0.5, 0.3, 0.1, 0.06, 0.04])
    likely = np.tile(true, (1000, 1))
    generator = np.random.default_rng(0)
    for size in (100, 300, 3000):
        assert not department_shares(likely, generator.choice(5, size, p=true)).believed
        assert department_shares(likely, np.arange(size) % 5).believed


def test_a_moved_pool_thinks_of_each_department_as_if_it_were_needed_that_often() -> None:
    scores = np.array([[[2.0, 1.0, 0.0]]])
    plain = Pool(np.array([1.0]), np.zeros(3)).probabilities(scores)
    moved = Pool(np.array([1.0]), np.zeros(3)).moved(np.log([1.0, 4.0, 1.0])).probabilities(scores)
    assert moved[0, 1] / moved[0, 0] == pytest.approx(4 * plain[0, 1] / plain[0, 0])
    assert moved.argmax() == 1


def test_out_of_fold_a_moved_pool_is_fitted_and_then_moved() -> None:
    generator = np.random.default_rng(0)
    gold, folds = np.arange(90) % 3, np.arange(90) // 30
    scores = generator.normal(size=(1, 90, 3)) + 2 * np.eye(3)[gold]
    by = np.array([1.0, 0.0, -1.0])
    found = cross_fitted(scores, gold, folds, by)
    own = fit_pool(scores[:, folds != 0], gold[folds != 0]).moved(by).probabilities(scores[:, folds == 0])
    assert found[folds == 0] == pytest.approx(own)
