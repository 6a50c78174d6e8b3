from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.retrieval.rank_measures import MEASURES, first_right, means, percentile, rank_values

RANKED = ("a", "b", "c", "d")


def value(name: str, gold: set[str], ranked: tuple[str, ...] = RANKED) -> float:
    return float(rank_values([ranked], [gold])[name][0])


def test_a_hit_needs_only_one_right_document_in_time() -> None:
    assert value("hit@1", {"a", "z"}) == 1
    assert value("hit@1", {"b"}) == 0
    assert value("hit@5", {"d"}) == 1


def test_the_reciprocal_rank_is_that_of_the_first_right_document() -> None:
    assert value("mrr@10", {"c", "d"}) == pytest.approx(1 / 3)
    assert value("mrr@10", {"z"}, tuple("abcdefghijz")) == 0


def test_gain_is_discounted_by_rank() -> None:
    assert value("ndcg@10", {"a"}) == 1
    assert value("ndcg@10", {"b"}) == pytest.approx(1 / math.log2(3))
    assert value("ndcg@10", {"a", "b"}, ("b", "a")) == 1
    assert value("ndcg@10", {"b", "z"}) == pytest.approx((1 / math.log2(3)) / (1 + 1 / math.log2(3)))


def test_recall_is_the_share_of_the_right_ones_that_were_found() -> None:
    assert value("recall@10", {"a", "d", "y", "z"}) == 0.5


def test_a_question_without_an_answer_or_without_a_find_counts_nothing_and_shifts_nobody() -> None:
    values = rank_values([("a",), (), ("a",), ("b", "a")], [set(), {"a"}, {"a"}, {"a"}])
    assert values["hit@1"].tolist() == [0, 0, 1, 0]
    assert values["mrr@10"].tolist() == [0, 0, 1, 0.5]
    assert means(values)["hit@5"] == 0.5


def test_of_nothing_every_figure_is_zero() -> None:
    assert means(rank_values([], [])) == dict.fromkeys(MEASURES, 0.0)


def test_any_id_may_be_used() -> None:
    assert value("hit@1", {"\ud800 \x00"}, ("\ud800 \x00", "")) == 1


@given(st.permutations(list("abcdefghijkl")), st.sets(st.sampled_from("abcdefghijklm"), min_size=1))
def test_measures_lie_between_nothing_and_all(ranked: list[str], gold: set[str]) -> None:
    found = means(rank_values([ranked], [gold]))
    assert all(0 <= number <= 1 + 1e-9 for number in found.values())
    assert found["hit@1"] <= found["hit@5"] <= found["hit@10"]
    rank = first_right(gold, ranked)
    assert found["mrr@10"] == pytest.approx(1 / rank if rank is not None and rank <= 10 else 0)


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([3, 1, 2, 4], 0.5) == 2
    assert percentile([5], 0.95) == 5
    assert percentile([], 0.5) == 0
