"""What a told category adds, and what a wrong one does, counted on orders whose department is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evaluation.reports.page import routing_report
from evaluation.routing.evaluation import Wishes, evaluate_orders
from evaluation.routing.judged_orders import JudgedOrders
from evaluation.routing.outcomes import judge
from evaluation.routing.told_categories import category_figures, misfiled, names_department
from models.baselines import HashingEmbedder
from models.department_classifier import DepartmentClassifier
from models.errors import ModelProblem
from models.training.routing import Examples, train

KINDS = {"市水务局": ("供水", "停水"), "市城市管理局": ("市容", "路灯"), "市公安局": ("公安事务", "打架")}


def orders(first: int, last: int) -> JudgedOrders:
    """Orders whose words tell the department half the time, with its category in two columns."""
    texts, labels, one, two = [], [], [], []
    for number in range(first, last):
        for label, (broad, narrow) in KINDS.items():
            texts.append(f"第{number}次反映{narrow if number % 2 else '这件事'}没人管{number % 7}")
            labels.append(label)
            one.append(broad if number % 5 else "")
            two.append(narrow)
    columns = {"cat1": tuple(one), "cat2": tuple(two)}
    groups = np.arange(len(texts), dtype=np.int64)
    return JudgedOrders(tuple(texts), tuple(labels), groups, tuple(f"#{i}" for i in groups), columns=columns)


@pytest.fixture(scope="module")
def router() -> DepartmentClassifier:
    known = orders(0, 60)
    paths = [(one, two) if one else () for one, two in zip(*known.columns.values(), strict=True)]
    examples = Examples(known.texts, known.labels, categories=paths)
    return train(examples, HashingEmbedder(), None, lambda *_: None, created="2026-11-22").classifier


def test_the_gain_is_counted_in_pairs_on_the_orders_that_have_a_known_category(router: DepartmentClassifier) -> None:
    unseen = orders(60, 100)
    written = judge(router, unseen.texts, unseen.labels)

    found = category_figures(router, unseen, ("cat1", "cat2"), written, rounds=100)

    assert (found.of, found.n) == (120, 96)
    told, alone = found.told.values["accuracy"], found.text_only.values["accuracy"]
    assert told > 0.95 > alone
    assert found.change == pytest.approx(told - alone)
    assert found.interval[0] <= found.change <= found.interval[1]
    assert alone < found.wrong.values["accuracy"] < told
    assert found.naming == 32  # 公安事务 says who has it
    assert found.without_naming.n == 64


def test_it_stands_beside_the_figures_of_the_text_and_never_instead_of_them(router: DepartmentClassifier) -> None:
    unseen = orders(60, 80)
    written = judge(router, unseen.texts, unseen.labels)
    told = category_figures(router, unseen, ("cat1", "cat2"), written, rounds=100)
    plain = evaluate_orders(unseen, written, Wishes(rounds=100), lambda *_: None)

    both = replace(plain, categories=told).as_json()

    assert both["accuracy"] == plain.as_json()["accuracy"]
    assert both["with_category"]["told"]["accuracy"] > both["accuracy"]
    page = routing_report(replace(plain, categories=told), {})
    assert "告知事项分类之后" in page
    assert "告知事项分类之后" not in routing_report(plain, {})


def test_a_router_that_knows_no_category_says_how_to_train_one_that_does(router: DepartmentClassifier) -> None:
    unseen = orders(60, 62)
    written = judge(router, unseen.texts, unseen.labels)
    strange = replace(unseen, columns={"cat1": ("海洋",) * len(unseen.texts)})

    for one, columns in ((replace(router, history=None), unseen), (router, strange)):
        with pytest.raises(ModelProblem, match="--category"):
            category_figures(one, columns, ("cat1",), written, rounds=100)


def test_wrong_categories_are_those_of_other_orders() -> None:
    given = [("供水", str(i % 4)) for i in range(1000)]

    wrong = misfiled(given)

    changed = [one != other for one, other in zip(given, wrong, strict=True)]
    assert 150 < sum(changed) < 250
    assert set(wrong) <= set(given)
    assert misfiled(given) == wrong


def test_a_category_names_a_department_by_the_part_of_its_name_that_is_its_own() -> None:
    paths = [("公安（治安）", "打架"), ("供水",), ("教育机构",), ("其他",)]
    labels = ["市公安局", "市水务局", "教育局", "市政府办公室"]

    assert names_department(paths, labels).tolist() == [True, False, True, False]
