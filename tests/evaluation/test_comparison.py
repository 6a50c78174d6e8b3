from __future__ import annotations

import json
import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.measures import Bools, Floats, Ints
from evaluation.routing.comparison import (
    Paired,
    Side,
    compare,
    detectable_difference,
    disagreements,
    mcnemar,
    orders_needed,
    paired,
    paired_bootstrap,
)
from evaluation.routing.comparison_words import as_json, left_out_words, p_words, verdict

LABELS = ("市水务局", "市公安局", "市城管局")


def side(right: Bools, gold: Ints, confidence: Floats | None = None) -> Side:
    """Says the right department where ``right``, and the next one elsewhere."""
    first = np.where(right, gold, (gold + 1) % len(LABELS))
    ranked = np.stack([first, (first + 1) % len(LABELS), (first + 2) % len(LABELS)], axis=1)
    sure = np.full(len(gold), 0.8) if confidence is None else confidence
    return Side(ranked, sure, np.asarray(sure >= 0.5))


def pairs_of(first_right: Bools, second_right: Bools) -> Paired:
    gold = np.arange(len(first_right)) % len(LABELS)
    return Paired(LABELS, gold, side(first_right, gold), side(second_right, gold))


def rights(both: int, first_only: int, second_only: int, neither: int) -> tuple[Bools, Bools]:
    first = np.repeat([True, True, False, False], [both, first_only, second_only, neither])
    second = np.repeat([True, False, True, False], [both, first_only, second_only, neither])
    return first, second


def test_the_exact_test_is_the_binomial_one_of_the_textbook() -> None:
    found = mcnemar(*rights(50, 2, 10, 5))
    tail = sum(math.comb(12, k) for k in range(3)) / 2**12
    assert (found.first_only, found.second_only) == (2, 10)
    assert found.p == pytest.approx(2 * tail)
    assert found.mid_p == pytest.approx(2 * tail - math.comb(12, 2) / 2**12)


@given(st.integers(0, 60), st.integers(0, 60))
def test_swapping_the_two_changes_nothing_but_the_names(first_only: int, second_only: int) -> None:
    first, second = rights(10, first_only, second_only, 10)
    one, other = mcnemar(first, second), mcnemar(second, first)
    assert (one.p, one.mid_p) == (other.p, other.mid_p)
    assert (one.first_only, one.second_only) == (other.second_only, other.first_only)
    assert 0 < one.mid_p <= one.p <= 1


def test_a_challenger_that_is_right_far_more_often_is_called_better_and_the_other_way_round_worse() -> None:
    first, second = rights(200, 5, 40, 55)
    ahead, behind = compare(pairs_of(first, second), rounds=200), compare(pairs_of(second, first), rounds=200)
    assert ahead.better
    assert not ahead.worse
    assert behind.worse
    assert verdict(ahead).kind == "better"
    assert verdict(ahead).english.startswith("Better: accuracy +11.7 points")
    assert "更差" in verdict(behind).chinese


def test_where_chance_could_have_made_the_difference_the_sentence_says_what_so_many_orders_could_show() -> None:
    compared = compare(pairs_of(*rights(380, 10, 14, 8)), rounds=200)
    said = verdict(compared)
    assert said.kind == "undecided"
    assert said.english.startswith("No difference that 412 orders could show")
    assert compared.needed is not None
    assert f"about {compared.needed}" in said.english
    assert compared.needed > 412


def test_a_difference_that_rests_on_copies_of_one_order_is_not_believed() -> None:
    """Twenty copies of one order look like twenty wins to McNemar's test; drawn together they are one."""
    first, second = rights(60, 0, 20, 20)
    copies = np.array([*range(60), *[60] * 20, *range(61, 81)])
    alone = compare(pairs_of(first, second), rounds=300)
    together = compare(pairs_of(first, second), groups=copies, rounds=300)
    assert alone.better
    assert together.mcnemar.p < 0.001
    assert not together.significant
    assert together.groups == 81


def test_so_many_orders_as_are_said_to_be_needed_do_show_the_difference_four_times_out_of_five() -> None:
    generator = np.random.default_rng(0)
    shares = [0.78, 0.06, 0.10, 0.06]
    first, second = rights(780, 60, 100, 60)
    needed = orders_needed(mcnemar(first, second), 1000)
    assert needed is not None
    shown = 0
    for _ in range(400):
        drawn = generator.multinomial(needed, shares)
        shown += mcnemar(*rights(*(int(n) for n in drawn))).p < 0.05
    assert 0.72 < shown / 400 < 0.88


def test_what_is_said_to_be_detectable_is_what_would_need_just_so_many_orders() -> None:
    test = mcnemar(*rights(780, 60, 100, 60))
    smallest = detectable_difference(test, 1000)
    apart = test.second_only - test.first_only
    needed = orders_needed(test, 1000)
    assert needed is not None
    assert (smallest < apart / 1000) == (needed < 1000)
    assert detectable_difference(mcnemar(*rights(10, 0, 0, 0)), 10) == 1.0


def test_two_that_always_agree_have_no_difference_and_none_to_look_for() -> None:
    compared = compare(pairs_of(*rights(20, 0, 0, 5)), rounds=100)
    assert compared.mcnemar.p == 1.0
    assert compared.needed is None
    assert all(found.difference == 0 and found.interval == (0, 0) for found in compared.differences.values())
    assert verdict(compared).kind == "undecided"


def test_resamples_in_which_one_of_the_two_recommends_nothing_are_left_out_and_counted() -> None:
    gold = np.arange(60) % len(LABELS)
    rare = np.where(np.arange(60) == 7, 0.9, 0.2)
    always, seldom = side(gold < 2, gold), side(gold < 2, gold, confidence=rare)
    compared = compare(Paired(LABELS, gold, always, seldom), rounds=200)
    found = compared.differences["precision_of_recommended"]
    assert found.difference == pytest.approx(1 - 2 / 3)
    assert 0.2 < found.left_out < 0.55  # one of sixty orders is in no draw of sixty about 37 times in 100
    assert compared.differences["accuracy"].left_out == 0
    said = left_out_words(compared)
    assert said is not None
    assert f"{found.left_out:.1%}" in said[1]
    assert as_json(compared)["differences"]["precision_of_recommended"]["left_out"] == found.left_out


def test_a_router_that_recommends_nothing_has_no_precision_to_compare() -> None:
    gold = np.arange(30) % len(LABELS)
    never = side(gold < 2, gold, confidence=np.full(30, 0.2))
    compared = compare(Paired(LABELS, gold, side(gold < 2, gold), never), rounds=100)
    assert "precision_of_recommended" not in compared.differences
    assert compared.differences["share_recommended"].second == 0
    json.dumps(as_json(compared), allow_nan=False)
    assert left_out_words(compared) is None


def test_wins_and_losses_are_counted_for_each_department() -> None:
    gold = np.array([0, 0, 0, 1, 1, 2])
    first, second = np.array([True, True, False, True, False, False]), np.array([True, False, True, True, True, False])
    compared = compare(Paired(LABELS, gold, side(first, gold), side(second, gold)), rounds=100)
    scores = {score.department: score for score in compared.departments}
    assert [score.orders for score in compared.departments] == [3, 2, 1]
    assert (scores["市水务局"].first_only, scores["市水务局"].second_only) == (1, 1)
    assert (scores["市公安局"].first_right, scores["市公安局"].second_right) == (1, 2)


@dataclass(frozen=True)
class Said:
    labels: tuple[str, ...]
    gold: Ints
    ranked: Ints
    confidence: Floats
    recommended: Bools


def test_routers_that_know_different_departments_are_compared_under_one_numbering() -> None:
    sure = np.array([0.9, 0.4])
    one = Said(("甲局", "乙局", "丙局"), np.array([0, 1]), np.array([[0, 1, -1], [0, -1, -1]]), sure, sure > 0.5)
    other = Said(("乙局", "丁局", "甲局"), np.array([2, 0]), np.array([[2, 0, 1], [0, 2, -1]]), sure, sure > 0.5)
    pairs = paired(one, other)
    assert pairs.first_correct.tolist() == [True, False]
    assert pairs.second_correct.tolist() == [True, True]
    assert pairs.second.ranked.tolist() == [[0, 1, 3], [1, 0, -1]]
    assert disagreements(pairs).tolist() == [1]


def test_answers_to_different_orders_are_not_compared() -> None:
    sure = np.array([0.9])
    one = Said(("甲局", "乙局"), np.array([0]), np.array([[0, 1, -1]]), sure, sure > 0.5)
    other = Said(("甲局", "乙局"), np.array([1]), np.array([[0, 1, -1]]), sure, sure > 0.5)
    with pytest.raises(ValueError, match="same orders"):
        paired(one, other)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 100)), min_size=2, max_size=40))
def test_the_interval_belongs_to_the_difference_that_is_shown(rows: list[tuple[bool, bool, int]]) -> None:
    first, second = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    gold = np.arange(len(rows)) % len(LABELS)
    sure = np.array([row[2] / 100 for row in rows])
    found = paired_bootstrap(Paired(LABELS, gold, side(first, gold, sure), side(second, gold, sure)), rounds=100)
    accuracy = found["accuracy"]
    assert accuracy.difference == pytest.approx(second.mean() - first.mean())
    assert accuracy.interval[0] - 1e-9 <= accuracy.interval[1]
    assert found["share_recommended"].difference == 0


def test_a_comparison_is_plain_json() -> None:
    told = as_json(compare(pairs_of(*rights(20, 2, 3, 5)), rounds=100))
    assert told["n"] == 30
    assert set(told["differences"]) >= {"accuracy", "macro_f1", "top3", "ece", "coverage_at_95"}
    assert told["verdict"] == "undecided"


def test_a_p_is_never_said_to_be_nought() -> None:
    assert (p_words(0.0), p_words(0.0123)) == ("< 0.001", "= 0.012")
