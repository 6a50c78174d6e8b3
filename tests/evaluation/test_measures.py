from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from evaluation.measures import (
    accuracy,
    bootstrap_intervals,
    confusion,
    coverage_at_precision,
    coverage_at_threshold,
    coverage_curve,
    expected_calibration_error,
    macro_f1,
    macro_f1_of_own,
    mean_intervals,
    per_class,
    percentile_interval,
    reflected_interval,
    reliability,
    resampled,
    share_intervals,
    top_k_accuracy,
    wilson_interval,
)

GOLD = np.array([0, 0, 0, 1, 1, 2])
GIVEN = np.array([0, 0, 1, 1, 2, -1])
LABELS = 4


def cases(least: int = 1) -> st.SearchStrategy[tuple[np.ndarray, np.ndarray]]:
    sizes = st.integers(least, 40)
    return sizes.flatmap(
        lambda n: st.tuples(
            st.lists(st.floats(0, 1), min_size=n, max_size=n).map(np.array),
            st.lists(st.booleans(), min_size=n, max_size=n).map(np.array),
        )
    )


def test_accuracy_counts_no_answer_as_wrong() -> None:
    assert accuracy(GOLD, GIVEN) == pytest.approx(3 / 6)


def test_macro_f1_is_that_of_scikit_learn_over_labels_that_occur() -> None:
    answered = GIVEN >= 0
    gold, given = GOLD[answered], GIVEN[answered]
    assert macro_f1(gold, given, LABELS) == pytest.approx(f1_score(gold, given, average="macro"))


def test_macro_f1_of_a_part_counts_its_own_labels_alone() -> None:
    """Ten orders of one department, eight right and the others given to two departments that have none here."""
    gold, given = np.zeros(10, dtype=np.int64), np.array([0] * 8 + [1, 2])
    assert macro_f1_of_own(gold, given, LABELS) == pytest.approx(16 / 18)
    assert macro_f1(gold, given, LABELS) == pytest.approx(16 / 18 / 3)
    assert macro_f1_of_own(GOLD, np.where(GIVEN < 0, 0, GIVEN), LABELS) == macro_f1(
        GOLD, np.where(GIVEN < 0, 0, GIVEN), LABELS
    )


def test_a_label_without_an_answer_lowers_macro_f1() -> None:
    assert macro_f1(GOLD, GIVEN, LABELS) == pytest.approx(np.mean([0.8, 0.5, 0.0]))


def test_per_class_figures_of_a_label_that_never_occurs_are_zero() -> None:
    first, _, third, absent = per_class(GOLD, GIVEN, LABELS)
    assert (first.support, first.predicted, first.precision, first.recall) == (3, 2, 1.0, pytest.approx(2 / 3))
    assert (third.support, third.predicted, third.f1) == (1, 1, 0.0)
    assert (absent.support, absent.predicted, absent.f1) == (0, 0, 0.0)


def test_confusion_has_gold_in_rows_and_no_column_for_no_answer() -> None:
    matrix = confusion(GOLD, GIVEN, LABELS)
    assert matrix[0].tolist() == [2, 1, 0, 0]
    assert matrix[2].sum() == 0
    assert matrix.sum() == 5


def test_top_three_finds_the_right_label_in_any_of_three_places() -> None:
    ranked = np.array([[0, 1, 2], [1, 2, 0], [3, 1, 2], [0, 2, 3], [1, -1, -1], [-1, -1, -1]])
    assert top_k_accuracy(GOLD, ranked, 3) == pytest.approx(3 / 6)
    assert top_k_accuracy(GOLD, ranked, 1) == pytest.approx(2 / 6)


def test_a_promise_of_ninety_percent_kept_nine_times_in_ten_is_calibrated() -> None:
    correct = np.array([True] * 9 + [False])
    assert expected_calibration_error(np.full(10, 0.9), correct) == pytest.approx(0.0)
    assert expected_calibration_error(np.full(10, 0.6), correct) == pytest.approx(0.3)


def test_certainty_belongs_to_the_last_bin() -> None:
    (only,) = reliability(np.array([1.0]), np.array([True]))
    assert (only.high, only.count, only.observed) == (1.0, 1, 1.0)


def test_coverage_is_the_largest_share_that_keeps_the_precision() -> None:
    confidence = np.array([0.9, 0.8, 0.7, 0.6])
    correct = np.array([True, False, True, True])
    assert coverage_at_precision(confidence, correct, 0.75).coverage == 1.0
    assert coverage_at_precision(confidence, correct, 0.95).coverage == 0.25
    assert coverage_at_precision(confidence, ~np.ones(4, bool), 0.95).coverage == 0.0


def test_cases_of_equal_confidence_are_never_parted() -> None:
    correct = np.array([True, True, False, False])
    assert coverage_at_precision(np.full(4, 0.5), correct, 0.95).coverage == 0.0


def test_a_threshold_nobody_reaches_covers_nothing() -> None:
    found = coverage_at_threshold(np.array([0.2, 0.3]), np.array([True, True]), 0.9)
    assert (found.coverage, found.precision) == (0.0, None)


def test_bootstrap_intervals_hold_the_figure_and_shrink_with_more_cases() -> None:
    def interval(n: int) -> tuple[float, float]:
        hits = np.arange(n) % 4 > 0
        return bootstrap_intervals(lambda rows: {"share": float(hits[rows].mean())}, n, rounds=300)["share"]

    few, many = interval(40), interval(4000)
    assert few[0] < 0.75 < few[1]
    assert many[1] - many[0] < few[1] - few[0]


def test_near_duplicates_are_drawn_together_and_widen_the_interval() -> None:
    groups = np.repeat(np.arange(10), 40)
    hits = groups % 2 == 0

    def width(given: np.ndarray | None) -> float:
        found = bootstrap_intervals(lambda r: {"a": float(hits[r].mean())}, 400, groups=given, rounds=300)["a"]
        return found[1] - found[0]

    assert width(groups) > 2 * width(None)


@given(cases())
@settings(deadline=None)
def test_coverage_never_falls_along_its_curve_and_its_chosen_point_keeps_its_word(
    case: tuple[np.ndarray, np.ndarray],
) -> None:
    confidence, correct = case
    curve = coverage_curve(confidence, correct)
    assert all(a.coverage < b.coverage and a.threshold > b.threshold for a, b in pairwise(curve))
    assert curve[-1].coverage == 1.0
    chosen = coverage_at_precision(confidence, correct, 0.8)
    assert chosen.precision >= 0.8
    if chosen.coverage:
        assert coverage_at_threshold(confidence, correct, chosen.threshold).coverage == pytest.approx(chosen.coverage)


@given(cases())
@settings(deadline=None)
def test_calibration_error_lies_between_nought_and_one(case: tuple[np.ndarray, np.ndarray]) -> None:
    assert 0 <= expected_calibration_error(*case) <= 1


@given(st.integers(0, 50), st.integers(0, 50))
def test_wilson_intervals_hold_the_share(hits: int, misses: int) -> None:
    low, high = wilson_interval(hits, hits + misses)
    assert 0 <= low <= high <= 1
    if hits + misses:
        assert low - 1e-9 <= hits / (hits + misses) <= high + 1e-9


def test_an_interval_of_shares_is_no_point_where_all_are_right_or_none_is() -> None:
    values = {"all": np.ones(20), "none": np.zeros(20), "some": np.array([0.0, 1.0] * 10)}
    found = share_intervals(values, rounds=200)
    assert found["all"] == wilson_interval(20, 20)
    assert found["none"] == wilson_interval(0, 20)
    assert found["some"] == mean_intervals(values, rounds=200)["some"]


def few_of_many_departments(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """1,000 orders of 30 departments, most of which have a handful; three of four are given to the right one."""
    chance = np.random.default_rng(seed)
    shares = 1 / np.arange(1.0, 31.0) ** 1.3
    gold = chance.choice(30, 1000, p=shares / shares.sum())
    return gold, np.where(chance.random(1000) < 0.75, gold, chance.choice(30, 1000, p=shares / shares.sum()))


def test_an_interval_of_macro_f1_is_not_pulled_down_by_departments_of_few_orders() -> None:
    """Of a hundred draws of one city's orders, how many have an interval that holds the figure of all its orders."""
    every = [few_of_many_departments(seed) for seed in range(500)]
    true = macro_f1(np.concatenate([gold for gold, _ in every]), np.concatenate([said for _, said in every]), 30)
    held = {"reflected": 0, "percentile": 0}
    for gold, said in every[:100]:
        drawn = resampled(lambda rows, g=gold, s=said: {"f1": macro_f1(g[rows], s[rows], 30)}, 1000, rounds=100)["f1"]
        low, high = reflected_interval(macro_f1(gold, said, 30), drawn)
        held["reflected"] += low <= true <= high
        low, high = percentile_interval(drawn)
        held["percentile"] += low <= true <= high
    assert held["reflected"] >= 88
    assert held["percentile"] <= 85


def test_a_reflected_interval_stays_between_nought_and_one() -> None:
    assert reflected_interval(0.99, np.linspace(0.9, 1.0, 101)) == (pytest.approx(0.9825), 1.0)
    assert reflected_interval(0.01, np.linspace(0.0, 0.1, 101)) == (0.0, pytest.approx(0.0175))


def test_a_measure_that_is_not_defined_on_a_resample_is_nan_there() -> None:
    found = resampled(lambda rows: {"mean": float("nan") if 0 in rows else 1.0}, 3, rounds=50)["mean"]
    assert found.shape == (50,)
    assert 0 < np.isnan(found).sum() < 50


def test_a_difference_that_is_nowhere_has_an_interval_of_nought() -> None:
    assert mean_intervals({"gain": np.zeros(9)}, rounds=100)["gain"] == (0.0, 0.0)
