from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from evaluation.measures import wilson_interval
from evaluation.routing.figures import main_figures, routing_figures
from evaluation.routing.outcomes import judge, outcomes_of_probabilities
from models.department_classifier import RankedLabel, Ranking


@dataclass(frozen=True)
class ScriptedRanker:
    """Says what the text says: labels by falling probability, separated by spaces."""

    labels: tuple[str, ...] = ("水务", "交警", "城管")
    threshold: float = 0.6

    def rank_many(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> list[Ranking]:
        if progress:
            progress(len(texts))
        return [self._rank(text) for text in texts]

    def _rank(self, text: str) -> Ranking:
        names = text.split()
        choices = tuple(RankedLabel(name, p) for name, p in zip(names, (0.7, 0.2, 0.1), strict=False))
        return Ranking(choices, abstained=not choices, likely=tuple(names[:2]))


TEXTS = ["水务 交警", "水务 交警", "交警 水务 城管", "城管 交警", "水务", ""]
GOLD = ["水务", "交警", "交警", "水务", "消防", "水务"]


def test_figures_count_right_answers_wrong_ones_and_silence() -> None:
    figures = routing_figures(judge(ScriptedRanker(), TEXTS, GOLD), rounds=100)
    assert figures.n == 6
    assert figures.accuracy == pytest.approx(2 / 6)
    assert figures.top3 == pytest.approx(3 / 6)
    assert figures.baseline_accuracy == pytest.approx(3 / 6)


def test_a_department_unknown_to_the_model_is_an_error_and_named() -> None:
    figures = routing_figures(judge(ScriptedRanker(), TEXTS, GOLD), rounds=100)
    assert figures.unseen == ("消防",)
    assert figures.classes[figures.labels.index("消防")].recall == 0.0
    assert figures.classes[figures.labels.index("消防")].support == 1


def test_the_promised_names_are_there_and_are_plain_numbers() -> None:
    found = json.loads(json.dumps(routing_figures(judge(ScriptedRanker(), TEXTS, GOLD), rounds=100).as_json()))
    for name in ("n", "accuracy", "macro_f1", "top3", "ece", "coverage_at_95", "precision_at_that_coverage"):
        assert isinstance(found[name], int | float), name
    assert set(found["per_class"]) == {"水务", "交警", "城管", "消防"}
    assert np.array(found["confusion"]["matrix"]).shape == (4, 4)
    for name in ("accuracy", "macro_f1", "top3", "coverage_at_95"):
        low, high = found["intervals"][name]
        assert low <= found[name] <= high


def test_the_precision_of_what_is_recommended_has_an_interval_however_little_that_is() -> None:
    """Three of sixty: resamples have hardly another share than theirs, and some of them nothing to count."""
    texts = ["水务 交警"] * 3 + [""] * 57
    few = routing_figures(judge(ScriptedRanker(), texts, ["水务", "水务", "交警", *["城管"] * 57]), rounds=100)
    low, high = few.intervals["precision_at_threshold"]
    assert low < 0.25
    assert high > 0.9
    assert few.as_json()["precision_at_threshold"] == pytest.approx(2 / 3)


def test_where_nothing_is_recommended_its_precision_is_not_known() -> None:
    none = routing_figures(judge(ScriptedRanker(threshold=0.9), TEXTS, GOLD), rounds=100)
    found = json.loads(json.dumps(none.as_json(), allow_nan=False))
    assert found["precision_at_threshold"] is None
    assert found["at_abstention_threshold"]["precision"] is None
    assert "precision_at_threshold" not in found["intervals"]
    assert found["intervals"]["coverage_at_threshold"] == list(wilson_interval(0, len(TEXTS)))
    assert "precision_at_threshold" not in main_figures(judge(ScriptedRanker(threshold=0.9), TEXTS, GOLD))


def test_departments_of_few_orders_are_named_and_macro_f1_is_given_without_them() -> None:
    texts = ["水务"] * 12 + ["交警"] * 9 + ["城管"] * 3
    gold = ["水务"] * 12 + ["交警"] * 12
    figures = routing_figures(judge(ScriptedRanker(), [*texts, "城管"], [*gold, "城管"]), rounds=100)
    assert figures.few == ("城管",)
    assert figures.macro_f1_of_many == pytest.approx((1 + 18 / 21) / 2)
    assert figures.as_json()["few_orders"]["labels"] == ["城管"]


def test_out_of_fold_tables_are_counted_as_rankings_are() -> None:
    table = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.4, 0.3]])
    figures = routing_figures(
        outcomes_of_probabilities(("水务", "交警", "城管"), np.array([0, 1, 2]), table, 0.5), rounds=100
    )
    assert figures.accuracy == pytest.approx(2 / 3)
    assert figures.top3 == 1.0
    assert (figures.at_threshold.coverage, figures.at_threshold.precision) == (pytest.approx(2 / 3), 1.0)


def test_two_departments_have_no_third_place() -> None:
    table = np.array([[0.7, 0.3], [0.6, 0.4]])
    figures = routing_figures(outcomes_of_probabilities(("水务", "交警"), np.array([0, 1]), table, 0.5), rounds=100)
    assert figures.top3 == 1.0


def test_the_coverage_curve_is_thin_enough_for_a_picture_and_keeps_its_ends() -> None:
    chance = np.random.default_rng(1)
    first = chance.uniform(0.5, 1.0, 700)
    gold = (chance.uniform(size=700) > first).astype(np.int64)
    outcomes = outcomes_of_probabilities(("水务", "交警"), gold, np.stack([first, 1 - first], axis=1), 0.5)
    figures = routing_figures(outcomes, rounds=10)
    curve = figures.as_json()["coverage_curve"]
    assert len(curve) == 100
    assert set(curve[0]) == {"coverage", "precision", "threshold"}
    assert curve[0]["coverage"] == pytest.approx(1 / 700)
    assert (curve[-1]["coverage"], curve[-1]["precision"]) == (1.0, pytest.approx(figures.accuracy))
    shares = [point["coverage"] for point in curve]
    assert shares == sorted(shares)


def test_sets_are_measured_where_they_were_offered() -> None:
    figures = routing_figures(judge(ScriptedRanker(), TEXTS, GOLD), rounds=100).sets
    assert figures is not None
    assert (figures.offered, figures.mean_size, figures.median_size) == (5, 1.8, 2.0)
    assert figures.held == pytest.approx(3 / 5)
    assert figures.held_in_short == figures.held
