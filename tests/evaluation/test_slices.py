from __future__ import annotations

import numpy as np
import pytest

from evaluation.measures import Floats, Ints, wilson_interval
from evaluation.routing.confusion_pairs import confusion_pairs
from evaluation.routing.outcomes import Outcomes, joined, outcomes_of_probabilities
from evaluation.routing.slices import customary_columns, made_columns, slice_figures
from evaluation.routing.uncertain_shares import share_interval

LABELS = ("水务", "交警", "城管")


def outcomes_of(gold: Ints, first: Ints, confidence: Floats | float = 0.9, threshold: float = 0.5) -> Outcomes:
    ranked = np.full((len(gold), 3), -1)
    ranked[:, 0] = first
    return Outcomes(LABELS, gold, ranked, np.broadcast_to(np.asarray(confidence, float), gold.shape), threshold)


def test_a_part_that_is_surely_worse_than_all_is_marked_and_others_are_not() -> None:
    gold = np.zeros(400, dtype=np.int64)
    first = np.where(np.arange(400) < 300, 0, np.arange(400) % 2)  # the last hundred: half wrong
    district = ["江北区"] * 300 + ["临湖区"] * 100
    (found,) = slice_figures(outcomes_of(gold, first), {"district": district}, np.arange(400))
    parts = {part.value: part for part in found.parts}
    assert [part.value for part in found.parts] == ["江北区", "临湖区"]
    assert (parts["临湖区"].n, parts["临湖区"].accuracy) == (100, 0.5)
    assert parts["临湖区"].below
    assert not parts["江北区"].below


def test_parts_add_up_even_where_a_column_has_many_values_or_empty_cells() -> None:
    gold = np.arange(300) % 3
    streets = [f"街道{i % 40}" for i in range(299)] + [""]
    (found,) = slice_figures(outcomes_of(gold, gold), {"street": streets}, np.arange(300))
    assert sum(part.n for part in found.parts) == 300
    assert found.parts[-1].value == "（其余）"


def test_a_column_of_one_value_is_no_slice() -> None:
    gold = np.arange(6) % 3
    assert slice_figures(outcomes_of(gold, gold), {"channel": ["来电"] * 6}, np.arange(6)) == ()


def test_months_and_bands_stand_in_their_own_order() -> None:
    gold = np.arange(12) % 3
    columns = {
        "month": ["2026-10", "2026-02", "2026-10", "2026-09"] * 3,
        **made_columns(["水" * n for n in (9, 60, 300)] * 4, "a" * 12),
    }
    month, length = slice_figures(outcomes_of(gold, gold), columns, np.arange(12))
    assert [part.value for part in month.parts] == ["2026-02", "2026-09", "2026-10"]
    assert [part.value for part in length.parts] == ["1–20", "51–100", "201+"]


def test_a_length_at_an_edge_belongs_to_the_band_that_names_it() -> None:
    bands = made_columns(["水" * 20, "水" * 21, "水" * 200, "水" * 201], "abcd")["字数 characters"]
    assert bands == ["1–20", "21–50", "101–200", "201+"]


def test_customary_columns_are_looked_at_unless_others_are_asked_for() -> None:
    assert customary_columns(["text", "渠道", "month"]) == ["month", "渠道"]
    assert customary_columns(["text", "渠道", "month"], ["street"]) == ["street"]


def test_abstaining_is_counted_in_each_part() -> None:
    gold = np.zeros(10, dtype=np.int64)
    sure = np.where(np.arange(10) < 4, 0.9, 0.2)
    found = slice_figures(outcomes_of(gold, gold, sure), {"kind": ["咨询"] * 5 + ["投诉"] * 5}, np.arange(10))[0]
    kept = {part.value: (part.kept, part.precision_kept) for part in found.parts}
    assert kept == {"咨询": (0.8, 1.0), "投诉": (0.0, None)}


def test_macro_f1_of_a_part_is_of_the_departments_that_have_orders_in_it() -> None:
    gold = np.array([0] * 20 + [1] * 10 + [2] * 5)
    first = np.where(np.arange(35) % 10 == 0, (gold + 1) % 3, gold)
    found = slice_figures(
        outcomes_of(gold, first), made_columns(["问"] * 35, list("甲" * 20 + "乙" * 10 + "丙" * 5)), gold
    )
    (sizes,) = (one for one in found if one.name.startswith("单位件数"))
    assert {part.value: part.macro_f1 for part in sizes.parts}["11–50"] == pytest.approx(36 / 38)


def test_near_duplicates_widen_an_interval_and_single_orders_do_not() -> None:
    right = np.arange(200) % 4 < 3
    alone = share_interval(right, np.arange(200))
    assert alone == pytest.approx(wilson_interval(150, 200), abs=0.002)
    ten_times = np.repeat(np.arange(20) % 4 < 3, 10)
    grouped = share_interval(ten_times, np.repeat(np.arange(20), 10))
    assert grouped[1] - grouped[0] > 2 * (alone[1] - alone[0])


def test_an_interval_is_never_a_point_where_all_are_right() -> None:
    low, high = share_interval(np.ones(12, dtype=np.bool_), np.repeat(np.arange(3), 4))
    assert low == pytest.approx(wilson_interval(3, 3)[0])
    assert high == 1.0


def test_one_group_says_no_more_than_one_order() -> None:
    right = np.array([True, True, True, False])
    assert share_interval(right, np.zeros(4, dtype=np.int64)) == wilson_interval(0.75, 1)


def test_mistakes_are_named_by_number_the_surest_first() -> None:
    table = np.array([[0.2, 0.7, 0.1], [0.05, 0.9, 0.05], [0.8, 0.1, 0.1], [0.1, 0.3, 0.6]])
    outcomes = outcomes_of_probabilities(LABELS, np.array([0, 0, 0, 1]), table, 0.8)
    first, second = confusion_pairs(outcomes, ["a", "b", "c", "d"])
    assert (first.gold, first.given, first.count, first.ids) == ("水务", "交警", 2, ("b", "a"))
    assert (first.share, first.second, first.sure) == (pytest.approx(2 / 3), 2, 1)
    assert (second.gold, second.given, second.ids) == ("交警", "城管", ("d",))


def test_a_ranker_that_said_nothing_has_no_pair() -> None:
    assert confusion_pairs(outcomes_of(np.zeros(3, dtype=np.int64), np.full(3, -1)), ["a", "b", "c"]) == ()


def test_outcomes_of_folds_whose_labels_differ_are_joined_under_common_numbers() -> None:
    one = Outcomes(("水务", "交警"), np.array([1]), np.array([[1, 0, -1]]), np.array([0.9]), 0.6)
    other = Outcomes(
        ("交警", "城管"), np.array([0, 1]), np.array([[0, 1, -1], [-1, -1, -1]]), np.array([0.8, 0.0]), 0.7
    )
    both = joined([one, other])
    assert both.labels == ("水务", "交警", "城管")
    assert both.correct.tolist() == [True, True, False]
    assert both.ranked[2].tolist() == [-1, -1, -1]
    assert both.threshold == 0.6
