"""Confident learning on probabilities with known faults."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evaluation.labels.issues import confident_labels, label_issues


def _noisy(seed: int, rows: int = 400, labels: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probabilities that mostly know the truth, labels of which a tenth are moved on by one, and which those are."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, labels, rows)
    wrong = generator.random(rows) < 0.1
    gold = np.where(wrong, (truth + 1) % labels, truth)
    logits = generator.normal(0, 1, (rows, labels))
    logits[np.arange(rows), truth] += 4
    odds = np.exp(logits)
    return odds / odds.sum(axis=1, keepdims=True), gold, wrong


def test_moved_labels_are_found_and_said_to_be_what_they_were() -> None:
    probabilities, gold, wrong = _noisy(0)
    issues = label_issues(probabilities, gold, np.arange(len(gold)))
    found = {issue.row for issue in issues}
    assert len(found & set(np.flatnonzero(wrong))) > 0.7 * wrong.sum()
    assert len(found & set(np.flatnonzero(wrong))) > 0.8 * len(found)
    assert all((issue.likelier + 1) % 4 == issue.given for issue in issues[:15])


def test_the_least_self_confident_comes_first() -> None:
    probabilities, gold, _ = _noisy(1)
    confidence = [issue.self_confidence for issue in label_issues(probabilities, gold, np.arange(len(gold)))]
    assert confidence == sorted(confidence)


def test_a_row_is_confidently_of_the_likeliest_label_above_its_mean_self_confidence() -> None:
    probabilities = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.3, 0.7]])
    gold = np.array([0, 0, 0, 1])
    # The thresholds are the mean self-confidences: (0.9 + 0.6 + 0.2) / 3 and 0.7.
    assert confident_labels(probabilities, gold).tolist() == [0, 0, 1, 1]
    assert [issue.row for issue in label_issues(probabilities, gold, np.arange(4))] == [2]


def test_near_identical_orders_of_two_departments_are_both_doubted() -> None:
    probabilities = np.array([[0.9, 0.1], [0.4, 0.6], [0.8, 0.2], [0.1, 0.9]])
    first, second = label_issues(probabilities, np.array([0, 1, 0, 1]), np.array([7, 7, 1, 2]))
    assert {first.row, second.row} == {0, 1}
    assert (first.alike, second.alike) in {((1,), (0,)), ((0,), (1,))}
    assert first.likelier != first.given


def test_a_label_that_no_row_has_is_never_the_likelier_one() -> None:
    probabilities = np.array([[0.1, 0.2, 0.7], [0.3, 0.1, 0.6]])
    issues = label_issues(probabilities, np.array([0, 1]), np.array([0, 1]))
    assert [(issue.row, issue.likelier) for issue in issues] == [(0, 1), (1, 0)]


@given(st.integers(0, 10_000), st.integers(2, 40), st.integers(2, 5))
def test_an_issue_always_names_another_label_than_the_given_one(seed: int, rows: int, labels: int) -> None:
    probabilities, gold, _ = _noisy(seed, rows, labels)
    groups = np.random.default_rng(seed).integers(0, rows, rows)
    for issue in label_issues(probabilities, gold, groups):
        assert issue.likelier != issue.given == gold[issue.row]
        assert all(gold[other] != issue.given for other in issue.alike)
