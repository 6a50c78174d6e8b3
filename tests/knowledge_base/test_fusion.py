from __future__ import annotations

import numpy as np
import pytest

from knowledge_base.fusion import centred_cosines, fuse


def test_a_question_that_no_passage_has_the_words_of_is_decided_by_vectors() -> None:
    words = {1: 0.05, 2: 0.04}
    vectors = {1: 0.2, 2: 0.6}
    assert next(iter(fuse((words, vectors), (1.5, 1.0)))) == 2


def test_a_question_that_quotes_a_passage_is_decided_by_words() -> None:
    words = {1: 0.8, 2: 0.1}
    vectors = {1: 0.5, 2: 0.6}
    assert next(iter(fuse((words, vectors), (1.5, 1.0)))) == 1


def test_a_passage_that_one_ranking_lacks_gets_its_lowest_score() -> None:
    assert fuse(({1: 0.5, 2: 0.3}, {3: 0.9}), (1.0, 1.0))[3] == pytest.approx(1.2)


def test_taking_off_what_all_passages_share_leaves_what_tells_them_apart() -> None:
    common, apart = np.float32([10, 0, 0]), np.float32([[0, 1, 0], [0, 0, 1]])
    rows = common + apart
    many = centred_cosines(common + np.float32([0, 1, 0]), rows, common, 10_000)
    assert many[0] - many[1] > 0.9
    few = centred_cosines(common + np.float32([0, 1, 0]), rows, common, 1)
    assert few[0] - few[1] < 0.1


def test_vectors_without_length_have_no_cosine() -> None:
    assert centred_cosines(np.zeros(2, np.float32), np.zeros((1, 2), np.float32), np.zeros(2, np.float32), 0)[0] == 0


def test_fusion_prefers_what_both_rankings_prefer() -> None:
    fused = fuse(({1: 9.0, 2: 8.0}, {1: 0.8, 2: 0.9, 3: 0.85}), (0.5, 0.5))
    assert next(iter(fused)) in {1, 2}
    assert list(fused)[-1] == 3
    assert fuse(({}, {}), (0.5, 0.5)) == {}
