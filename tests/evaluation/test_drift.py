from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.routing.drift import drift, half_of_months, jensen_shannon, population_stability
from evaluation.routing.judged_orders import JudgedOrders
from evaluation.routing.outcomes import Outcomes

WORDS = {"水务": "自来水发黄有异味", "交警": "路口红绿灯坏了堵车", "城管": "楼下烧烤摊占道"}
LABELS = tuple(WORDS)
COUNTS = st.lists(st.integers(0, 50), min_size=4, max_size=4)


def orders_of(labels: list[str], groups: list[int] | None = None) -> JudgedOrders:
    return JudgedOrders(
        tuple(f"{WORDS[label]}，第{i}次来电" for i, label in enumerate(labels)),
        tuple(labels),
        np.array(groups or range(len(labels))),
        tuple(f"#{i}" for i in range(len(labels))),
    )


def test_two_halves_of_one_stream_do_not_drift() -> None:
    labels = [LABELS[i % 3] for i in range(120)]
    found = drift(orders_of(labels), np.arange(120) >= 60, ("before", "after"))
    distances = {d.name: d for d in found.distances}
    assert set(distances) == {"department_mix_psi", "vocabulary_js"}
    assert not distances["department_mix_psi"].beyond_chance
    assert distances["department_mix_psi"].band == "stable"
    assert (found.before.n, found.after.n, found.change) == (60, 60, None)


def test_a_matter_that_comes_up_is_seen_in_the_mix_and_in_the_words() -> None:
    labels = [LABELS[i % 2] for i in range(60)] + ["城管"] * 40 + ["水务"] * 20
    found = drift(orders_of(labels), np.arange(120) >= 60, ("before", "after"))
    distances = {d.name: d for d in found.distances}
    assert distances["department_mix_psi"].beyond_chance
    assert distances["department_mix_psi"].band == "moved"
    assert distances["vocabulary_js"].beyond_chance
    assert (found.shifts[0].department, found.shifts[0].before) == ("城管", 0.0)


def test_a_router_that_gets_worse_is_seen_with_its_interval() -> None:
    labels = [LABELS[i % 3] for i in range(200)]
    gold = np.arange(200) % 3
    ranked = np.full((200, 3), -1)
    ranked[:, 0] = np.where((np.arange(200) >= 100) & (np.arange(200) % 2 == 0), (gold + 1) % 3, gold)
    outcomes = Outcomes(LABELS, gold, ranked, np.where(np.arange(200) < 100, 0.9, 0.5), 0.8)
    found = drift(orders_of(labels), np.arange(200) >= 100, ("before", "after"), outcomes)
    assert found.change == pytest.approx(-0.5)
    assert found.change_interval is not None
    assert found.change_interval[1] < -0.3
    assert (found.before.accuracy, found.after.accuracy) == (1.0, 0.5)
    assert (found.before.recommended, found.after.recommended, found.after.precision) == (1.0, 0.0, None)
    assert {d.name for d in found.distances} == {"department_mix_psi", "vocabulary_js", "confidence_psi"}


def test_one_matter_told_forty_times_is_no_drift_beyond_chance() -> None:
    labels = ["水务", "交警"] * 20 + ["城管"] * 40
    groups = [*range(40), *([40] * 40)]
    found = drift(orders_of(labels, groups), np.arange(80) >= 40, ("before", "after"))
    mix = found.distances[0]
    alone = drift(orders_of(labels), np.arange(80) >= 40, ("before", "after")).distances[0]
    assert mix.value == alone.value
    assert mix.by_chance > alone.by_chance


def test_months_are_parted_where_the_orders_are_halved() -> None:
    assert half_of_months(["2026-01"] * 5 + ["2026-02"] * 4 + ["2026-03"]) == "2026-02"
    assert half_of_months(["2026-03", "2026-01", "2026-02", "2026-04"]) == "2026-03"
    assert half_of_months(["2026-01"] * 3) == ""
    assert half_of_months([]) == ""


@given(COUNTS, COUNTS)
def test_distances_are_never_negative_and_the_same_either_way(first: list[int], second: list[int]) -> None:
    before, after = np.array(first, dtype=float), np.array(second, dtype=float)
    assert population_stability(before, after) >= -1e-12
    assert population_stability(before, after) == pytest.approx(population_stability(after, before))
    if before.sum() and after.sum():
        assert -1e-12 <= jensen_shannon(before, after) <= 1 + 1e-12
        assert jensen_shannon(before, after) == pytest.approx(jensen_shannon(after, before))
        assert jensen_shannon(before, before) == pytest.approx(0)


def test_periods_that_share_no_word_are_one_bit_apart() -> None:
    assert jensen_shannon(np.array([3.0, 0.0]), np.array([0.0, 7.0])) == pytest.approx(1.0)
