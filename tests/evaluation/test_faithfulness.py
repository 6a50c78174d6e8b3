"""On a real router without weights: the words that it names are those that its ranking rests on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest
from sample_orders import orders

from evaluation.routing.faithfulness import SCORED, Faithfulness, measure_faithfulness
from models.baselines import HashingEmbedder
from models.department_classifier import DepartmentClassifier, RankedLabel, Ranking, RoutingReason
from models.training.routing import Examples, train

DEPARTMENTS = 6
CLEAR_MAJORITY = 0.75


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return orders(DEPARTMENTS)


def _held_out(row: dict[str, str]) -> bool:
    return int(row["dup_group"][1:]) % 4 == 0


@pytest.fixture(scope="module")
def classifier(rows: list[dict[str, str]]) -> DepartmentClassifier:
    taught = [row for row in rows if not _held_out(row)]
    examples = Examples([row["text"] for row in taught], [row["dept_label"] for row in taught])
    return train(examples, HashingEmbedder(128), None, lambda *_: None, created="2026-01-01").classifier


@pytest.fixture(scope="module")
def new_texts(rows: list[dict[str, str]]) -> list[str]:
    return [row["text"] for row in rows if _held_out(row)]


@pytest.mark.parametrize("deletions", [0, 4])
def test_without_the_named_words_the_probability_falls_further_than_without_others(
    classifier: DepartmentClassifier, new_texts: list[str], deletions: int
) -> None:
    found = measure_faithfulness(replace(classifier, deletions=deletions), new_texts)
    assert found is not None
    assert found.texts + found.unnamed == len(new_texts)
    assert found.texts > 0.8 * len(new_texts)
    assert found.interval[0] > 0
    assert found.named_drop > 3 * max(found.other_drop, 0.01)
    assert found.larger > CLEAR_MAJORITY


def test_the_named_words_alone_keep_more_of_the_probability_than_others(
    classifier: DepartmentClassifier, new_texts: list[str]
) -> None:
    found = measure_faithfulness(classifier, new_texts)
    assert found is not None
    assert found.kept_named_drop < found.kept_other_drop


def test_words_that_were_tried_on_the_probability_itself_are_no_less_faithful(
    classifier: DepartmentClassifier, new_texts: list[str]
) -> None:
    by_words, by_trial = (measure_faithfulness(replace(classifier, deletions=n), new_texts) for n in (0, 6))
    assert by_words is not None
    assert by_trial is not None
    assert by_trial.named_drop >= by_words.named_drop - 0.01  # the served probability is saturated for most


@dataclass
class Naming:
    """A classifier that names what it is told to, and looks at one word only."""

    names: str
    looks_at: str
    labels: Sequence[str] = ("甲局", "乙局")

    def rank_many(
        self,
        texts: Sequence[str],
        progress: Callable[[int], None] | None = None,
        *,
        limit: int = 3,
        reasons: bool = False,
    ) -> list[Ranking]:
        if progress:
            progress(len(texts))
        return [self._ranking(text) for text in texts]

    def _ranking(self, text: str) -> Ranking:
        sure = 0.9 if self.looks_at in text else 0.4
        why = (RoutingReason("words", self.names),) if self.names else ()
        first, second = RankedLabel("甲局", sure, why), RankedLabel("乙局", 1 - sure)
        return Ranking(tuple(sorted((first, second), key=lambda choice: choice.label != "甲局")), abstained=False)


TEXT = "小区停水三天没有通知邻居非常着急"


def _measured(names: str) -> Faithfulness | None:
    return measure_faithfulness(Naming(names, "停水"), [TEXT] * 5)


def test_a_true_reason_and_an_invented_one_are_told_apart() -> None:
    true, invented = _measured("停水"), _measured("邻居")
    assert true is not None
    assert invented is not None
    assert true.named_drop == pytest.approx(0.5)
    assert (true.other_drop, true.larger) == (0.0, 1.0)
    assert invented.named_drop == 0.0
    assert invented.difference <= 0.0
    assert true.kept_named_drop == 0.0
    assert invented.kept_named_drop == pytest.approx(0.5)


def test_texts_without_a_named_word_are_counted_and_left_out() -> None:
    assert _measured("") is None
    found = measure_faithfulness(Naming("停水", "停水"), [TEXT, "停水", ""])
    assert found is not None
    assert (found.texts, found.unnamed) == (1, 2)


def test_the_same_seed_gives_the_same_figures_and_progress_is_told() -> None:
    told: list[int] = []
    first = measure_faithfulness(Naming("停水", "停水"), [TEXT] * 5, progress=told.append)
    assert first == _measured("停水")
    assert told == sorted(told)
    assert told[-1] <= SCORED * 5
