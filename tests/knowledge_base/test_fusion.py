from __future__ import annotations

import numpy as np
import pytest

from knowledge_base.search.fusion import Shares, centred_cosines, fuse


def test_a_question_that_no_passage_has_the_words_of_is_decided_by_vectors() -> None:
    assert next(iter(fuse({1: 0.05, 2: 0.04}, {}, {1: 0.2, 2: 0.6}, Shares()))) == 2


def test_a_question_that_quotes_a_passage_is_decided_by_words() -> None:
    assert next(iter(fuse({1: 0.8, 2: 0.1}, {}, {1: 0.5, 2: 0.6}, Shares()))) == 1


def test_a_misheard_question_counts_as_much_as_one_that_was_written() -> None:
    written = fuse({1: 0.8, 2: 0.3}, {1: 0.7, 2: 0.3}, {}, Shares(other=0))
    misheard = fuse({1: 0.1, 2: 0.3}, {1: 0.8, 2: 0.3}, {}, Shares(other=0))
    assert written == misheard


def test_a_passage_that_a_ranking_lacks_gets_its_lowest_score_or_nothing_where_it_is_whole() -> None:
    cut, whole = (fuse({1: 0.5, 2: 0.3}, {}, {3: 0.9}, Shares(1.0, 0.0, 1.0), depth) for depth in (2, 3))
    assert cut[3] == pytest.approx(1.2)
    assert whole[3] == pytest.approx(0.9)


def test_what_all_rankings_prefer_comes_first_and_nothing_comes_of_nothing() -> None:
    fused = fuse({1: 0.9, 2: 0.8}, {1: 0.9}, {1: 0.8, 2: 0.9, 3: 0.1}, Shares())
    assert [*fused] == [1, 2, 3]
    assert fuse({}, {}, {}, Shares()) == {}


def test_taking_off_what_all_passages_share_leaves_what_tells_them_apart() -> None:
    common = np.array([10, 0, 0], np.float32)
    rows = common + np.array([[0, 1, 0], [0, 0, 1]], np.float32)
    many = centred_cosines(rows[0], rows, common, 10_000)
    assert many[0] - many[1] > 0.9
    few = centred_cosines(rows[0], rows, common, 1)
    assert few[0] - few[1] < 0.1


def test_vectors_without_length_have_no_cosine() -> None:
    assert centred_cosines(np.zeros(2, np.float32), np.zeros((1, 2), np.float32), np.zeros(2, np.float32), 0)[0] == 0
