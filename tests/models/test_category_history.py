"""What past orders of a category say, and what becomes of a router that was told one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.department_classifier import DepartmentClassifier
from models.errors import ModelProblem
from models.routers.files import load_router, save_router
from models.routing.category_history import CategoryHistory, Handled, category_path
from models.sentence_embedder import HashingEmbedder
from models.training.examples import Examples
from models.training.routing import Trained, train

WATER, HOUSING, POLICE = 0, 1, 2
NAMES = ("住建", "公安", "水务")


def history() -> CategoryHistory:
    categories = [("供水", "停水")] * 8 + [("供水", "水费")] * 4 + [("房屋", "漏水")] * 8 + [("治安",)] * 4
    gold = np.array([WATER] * 8 + [WATER] * 3 + [HOUSING] + [HOUSING] * 7 + [WATER] + [POLICE] * 4)
    return CategoryHistory.fit(categories, gold, 3, np.ones(len(gold)))


def test_a_category_speaks_for_the_departments_that_had_its_orders() -> None:
    found = history().evidence([("供水", "停水"), ("房屋", "漏水"), ("治安",)])

    assert found.argmax(axis=1).tolist() == [WATER, HOUSING, POLICE]
    assert found[0, WATER] > 0 > found[0, POLICE]


def test_what_no_order_had_says_nothing() -> None:
    past = history()

    assert not past.knows(("园林", "树木"))
    assert not past.knows(())
    assert (past.evidence([("园林", "树木"), ()]) == 0).all()


def test_a_level_that_is_new_says_what_the_level_above_it_says() -> None:
    past = history()
    known, deeper = past.evidence([("供水",), ("供水", "水质")])

    assert past.knows(("供水", "水质"))
    assert np.allclose(known, deeper)


def test_few_orders_say_less_than_many_of_the_same_kind() -> None:
    one = CategoryHistory.fit([("甲",), *[("乙",)] * 9], np.array([0, *[1] * 9]), 2, np.ones(10))
    many = CategoryHistory.fit([*[("甲",)] * 9, *[("乙",)] * 81], np.array([0] * 9 + [1] * 81), 2, np.ones(90))

    assert 0 < one.evidence([("甲",)])[0, 0] < many.evidence([("甲",)])[0, 0]


def test_even_a_unanimous_category_cannot_rule_a_department_out() -> None:
    sure = CategoryHistory.fit([("甲",)] * 5000 + [("乙",)] * 5000, np.repeat([0, 1], 5000), 2, np.ones(10000))

    assert sure.evidence([("甲",)])[0, 1] > np.log(0.04)


def test_a_label_that_is_believed_less_counts_less() -> None:
    weights = np.array([1.0, 1.0, 0.1, 0.1, 1.0])
    doubtful = CategoryHistory.fit([("甲",)] * 4 + [("乙",)], np.array([0, 0, 1, 1, 1]), 2, weights)

    assert doubtful.evidence([("甲",)])[0, 0] > doubtful.evidence([("甲",)])[0, 1]


def test_past_orders_are_counted_at_the_deepest_level_that_has_a_few() -> None:
    past = history()

    assert past.handled(("供水", "水费", "阶梯"), HOUSING) == Handled(("供水", "水费"), 1, 4)
    assert past.handled(("园林",), WATER) is None


def test_an_empty_level_ends_a_category() -> None:
    assert category_path([" 供水 ", "停水", "", "抢修"]) == ("供水", "停水")


# -- in a router ------------------------------------------------------------------------------------------------------


def orders(told: int = 60) -> Examples:
    """Appeals whose words say little; ``told`` of each kind have a category."""
    texts, labels, categories = [], [], []
    said = {"水务": ("停水", "水压"), "住建": ("漏水", "楼上"), "公安": ("吵架", "报警")}
    for label, (one, other) in said.items():
        for number in range(60):
            texts.append(f"我家{one if number % 3 else other}了第{number}次，有人管吗{label[0] * (number % 2)}")
            labels.append(label)
            categories.append((f"{label}类", one) if number < told else ())
    return Examples(texts, labels, categories=categories)


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(orders(), HashingEmbedder(), None, lambda *_: None, created="2026-11-22")


def test_without_a_category_a_router_ranks_as_if_it_had_no_history(trained: Trained) -> None:
    router = trained.classifier
    forgetful = replace(router, history=None)
    texts = ["我家停水了", "楼上漏水到我家", "有人吵架"]

    assert router.history is not None
    assert router.rank_many(texts) == forgetful.rank_many(texts)
    assert router.rank(texts[0], category=("园林",)) == forgetful.rank(texts[0])
    assert router.likely_cut == forgetful.likely_cut


def test_a_confirmed_category_moves_the_ranking_and_says_so(trained: Trained) -> None:
    router = trained.classifier
    told = router.rank("我家出事了，有人管吗", category=("公安类", "吵架"))

    assert told.choices[0].label == "公安"
    reason = told.choices[0].reasons[0]
    assert reason.kind == "history"
    assert reason.text == "这类事项（公安类/吵架）过去 60 件中 60 件由公安处理"
    assert reason.source == "60/60"
    assert all(r.kind != "history" for choice in told.choices[1:] for r in choice.reasons)
    before = {c.label: c.probability for c in router.rank("我家出事了，有人管吗").choices}
    assert told.choices[0].probability > before["公安"]


def test_orders_told_and_not_told_may_be_ranked_together(trained: Trained) -> None:
    router = trained.classifier
    texts, categories = ["我家停水了", "我家停水了"], [(), ("公安类", "吵架")]

    alone = [router.rank_many([t], categories=[c])[0] for t, c in zip(texts, categories, strict=True)]

    together = router.rank_many(texts, categories=categories)
    assert [r.choices[0].label for r in together] == [r.choices[0].label for r in alone]
    assert [r.choices[0].probability for r in together] == pytest.approx([r.choices[0].probability for r in alone])


def test_a_stored_router_remembers_its_history(trained: Trained, tmp_path: Path) -> None:
    saved = save_router(trained.classifier, tmp_path / "router")
    loaded = load_router(tmp_path / "router", HashingEmbedder())

    said, category = "我家出事了", ("水务类", "停水")
    assert loaded.rank(said, category=category) == saved.rank(said, category=category)
    (tmp_path / "router" / "categories.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ModelProblem, match=r"categories\.json"):
        load_router(tmp_path / "router", HashingEmbedder())


def test_history_is_learned_only_from_enough_orders_and_told_of() -> None:
    few = train(orders(told=20), HashingEmbedder(), None, lambda *_: None, created="2026-11-22")

    assert few.classifier.history is None
    assert any("60 orders have a category, and 100" in note for note in few.notes)


def test_what_is_promised_with_a_category_was_measured_on_orders_not_counted_in_it(trained: Trained) -> None:
    assert trained.out_of_fold is not None
    fitted = trained.out_of_fold.history
    assert fitted is not None
    assert len(fitted.rows) == 180
    gold = trained.out_of_fold.gold[fitted.rows]
    plain = trained.out_of_fold.probabilities[fitted.rows]
    assert (fitted.probabilities.argmax(axis=1) == gold).mean() >= (plain.argmax(axis=1) == gold).mean()


def test_random_categories_are_not_believed() -> None:
    known = orders()
    random = np.random.default_rng(0)
    noise = [(f"类{random.integers(40)}", f"项{random.integers(9)}") for _ in known.texts]
    made = train(replace(known, categories=noise), HashingEmbedder(), None, lambda *_: None, created="2026-11-22")
    router: DepartmentClassifier = made.classifier

    assert router.history is not None
    assert router.history.pool.weights[-1] < 0.3
