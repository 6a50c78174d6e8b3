from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.routing.calibration import Pool, abstention_threshold, cross_fitted, fit_pool, likely_set_cut, log_softmax
from models.routing.sureness import Sureness


def made_up(cases: int = 3000, labels: int = 5, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Scores of a good head that promises far too much and of one that is noise, and the right labels."""
    generator = np.random.default_rng(seed)
    truth = generator.normal(size=(cases, labels)) * 1.5
    gold = np.array([generator.choice(labels, p=p) for p in np.exp(log_softmax(truth))])
    return np.stack([4 * truth, generator.normal(size=(cases, labels))]), gold


def test_the_pool_finds_the_head_that_knows_and_takes_back_what_it_promises_too_much() -> None:
    scores, gold = made_up()
    pool = fit_pool(scores, gold)
    assert pool.weights[0] == pytest.approx(0.25, abs=0.03)
    assert pool.weights[1] == pytest.approx(0.0, abs=0.05)
    table = pool.probabilities(scores)
    confidence, right = table.max(axis=1), table.argmax(axis=1) == gold
    assert confidence.mean() == pytest.approx(right.mean(), abs=0.02)


def test_cross_fitted_probabilities_keep_their_word_for_cases_that_had_no_part_in_the_fit() -> None:
    scores, gold = made_up(1500)
    table = cross_fitted(scores, gold, np.arange(len(gold)) % 5)
    assert table.max(axis=1).mean() == pytest.approx((table.argmax(axis=1) == gold).mean(), abs=0.04)


def test_a_faultless_sample_does_not_make_the_pool_certain() -> None:
    gold = np.arange(40) % 2
    scores = np.where(np.arange(2) == gold[:, None], 1.0, 0.0)[None]
    assert fit_pool(scores, gold).probabilities(scores).max() < 1.0


def test_nothing_is_answered_alone_until_nineteen_of_nineteen_were_right() -> None:
    assert abstention_threshold(np.full(18, 0.9), np.ones(18, bool)) > 1
    assert abstention_threshold(np.full(19, 0.9), np.ones(19, bool)) == 0.9


def test_the_threshold_is_the_lowest_that_keeps_the_precision() -> None:
    confidence = np.linspace(1.0, 0.0, 201)
    right = np.arange(201) < 120
    threshold = abstention_threshold(confidence, right, 0.95)
    kept = confidence >= threshold
    assert 0.95 <= right[kept].mean() < 0.965


@given(
    st.integers(2, 6).flatmap(
        lambda labels: st.lists(
            st.lists(st.floats(-20, 20), min_size=labels, max_size=labels), min_size=1, max_size=5
        ).map(np.array)
    ),
    st.floats(0.2, 5),
    st.floats(-3, 3),
    st.floats(-1, 1),
)
@settings(deadline=None)
def test_whatever_the_correction_probabilities_add_up_and_the_first_stays_first(
    scores: np.ndarray, slope: float, shift: float, lead: float
) -> None:
    labels = scores.shape[1]
    sure = Sureness(np.array([slope, lead]), shift, np.linspace(-1, 1, labels))
    table = Pool(np.array([1.0]), np.zeros(labels), sure).probabilities(scores[None])
    assert table.sum(axis=1) == pytest.approx(1.0)
    assert (table >= 0).all()
    raw = np.exp(log_softmax(scores))
    first = raw.argmax(axis=1)
    assert (table[np.arange(len(table)), first] >= table.max(axis=1) - 1e-9).all()


def test_one_threshold_means_the_same_for_every_department_once_their_promises_were_compared() -> None:
    """Of the first department's orders a third are another's, whatever the pool believes."""
    scores, gold = made_up(4000, labels=4)
    generator = np.random.default_rng(1)
    gold = np.where((gold == 0) & (generator.random(len(gold)) < 0.35), 1, gold)
    folds = np.arange(len(gold)) % 5
    table = cross_fitted(scores, gold, folds)
    first, confidence = table.argmax(axis=1), table.max(axis=1)
    for label in range(4):
        own = first == label
        assert confidence[own].mean() == pytest.approx((gold[own] == label).mean(), abs=0.05)


def test_likely_sets_have_the_right_department_as_often_as_they_promise() -> None:
    scores, gold = made_up(6000, labels=8)
    table = cross_fitted(scores, gold, np.arange(len(gold)) % 5)
    known, unseen = slice(0, 3000), slice(3000, None)
    cut = likely_set_cut(table[known], gold[known], 0.9)
    held = table[unseen][np.arange(3000), gold[unseen]] >= cut
    assert held.mean() == pytest.approx(0.9, abs=0.02)


def test_too_few_orders_promise_no_set() -> None:
    assert likely_set_cut(np.full((18, 2), 0.5), np.zeros(18, np.int64)) == 0.0
    assert likely_set_cut(np.full((19, 2), 0.5), np.zeros(19, np.int64)) == 0.5
