from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.rank_measures import hit_at, ndcg_at, percentile, reciprocal_rank

RANKED = ("a", "b", "c", "d")


def test_a_hit_needs_only_one_right_document_in_time() -> None:
    assert hit_at(1, {"a", "z"}, RANKED) == 1
    assert hit_at(1, {"b"}, RANKED) == 0
    assert hit_at(5, {"d"}, RANKED) == 1


def test_the_reciprocal_rank_is_that_of_the_first_right_document() -> None:
    assert reciprocal_rank(10, {"c", "d"}, RANKED) == pytest.approx(1 / 3)
    assert reciprocal_rank(2, {"c"}, RANKED) == 0


def test_gain_is_discounted_by_rank() -> None:
    assert ndcg_at(10, {"a"}, RANKED) == 1
    assert ndcg_at(10, {"b"}, RANKED) == pytest.approx(0.6309, abs=1e-4)
    assert ndcg_at(10, {"a", "b"}, ("b", "a")) == 1
    assert ndcg_at(10, set(), RANKED) == 0


@given(st.permutations(list("abcdefghijkl")), st.sets(st.sampled_from("abcdefghijklm"), min_size=1))
def test_measures_lie_between_nothing_and_all(ranked: list[str], gold: set[str]) -> None:
    for value in (hit_at(5, gold, ranked), reciprocal_rank(10, gold, ranked), ndcg_at(10, gold, ranked)):
        assert 0 <= value <= 1 + 1e-9
    assert hit_at(1, gold, ranked) <= hit_at(5, gold, ranked) <= hit_at(10, gold, ranked)


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([3, 1, 2, 4], 0.5) == 2
    assert percentile([5], 0.95) == 5
    assert percentile([], 0.5) == 0
