"""What the default for a city without judged questions is fitted by."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.default_calibration import Fit, Judged, edge, fit, least_threshold, promise

HALFWAY = 0.93


def corpus(
    nearest: tuple[float, float], others: tuple[tuple[float, float], ...], wrong_below: float, n: int = 200
) -> Judged:
    """``n`` own questions with cosines over ``nearest`` and two other sets' questions, of the second three
    times as many.

    An own question's first card is right from ``wrong_below`` on, its second from ``HALFWAY`` on.
    """
    own = np.linspace(*nearest, n)
    sizes = [n, 3 * n]
    foreign = [np.linspace(*span, size) for span, size in zip(others, sizes, strict=True)]
    cosines = np.concatenate([own, *foreign])
    weight = np.concatenate([np.full(n, 1 / n), *(np.full(size, 1 / size / 2) for size in sizes)])
    mine = np.arange(len(cosines)) < n
    right = mine & (cosines >= wrong_below)
    first = np.ones(len(cosines), bool)
    return Judged(
        np.tile(cosines, 2),
        np.repeat([0.0, 0.1], len(cosines)),
        np.concatenate([right, right & (cosines > HALFWAY)]),
        np.tile(mine, 2),
        np.concatenate([first, ~first]),
        np.tile(weight, 2),
    )


EASY = corpus((0.90, 0.96), ((0.84, 0.88), (0.84, 0.88)), 0.905)
HARD = corpus((0.88, 0.94), ((0.86, 0.91), (0.84, 0.88)), 0.89)


def shares(fitted: Fit, judged: Judged, threshold: float) -> tuple[float, float]:
    """Of the own questions that get a card, and of the others."""
    card, own, weight = (
        fitted.first(judged) >= threshold,
        judged.own[judged.first],
        judged.weight[judged.first],
    )
    return float(card[own].mean()), float(weight[card & ~own].sum() / weight[~own].sum())


def test_in_the_worst_corpus_no_more_than_one_foreign_question_in_twenty_gets_a_card() -> None:
    fitted = fit([EASY, HARD])
    threshold = least_threshold(fitted, [EASY, HARD])
    assert max(shares(fitted, one, threshold)[1] for one in (EASY, HARD)) <= 0.05 + 1e-9
    assert shares(fitted, EASY, threshold)[0] > shares(fitted, HARD, threshold)[0] > 0.4


def test_each_foreign_set_counts_the_same_however_many_questions_it_has() -> None:
    fitted = fit([EASY, HARD])
    cut = edge(fitted, HARD)
    nearer_set = (fitted.first(HARD) >= cut)[200:400].mean()
    assert nearer_set == pytest.approx(0.1, abs=0.01)  # 5 % of both together: none of the other set's are that near


def test_what_no_threshold_reaches_is_not_promised() -> None:
    never = Judged(HARD.nearest, HARD.behind, np.zeros_like(HARD.right), HARD.own, HARD.first, HARD.weight)
    assert promise(fit([EASY, HARD]), [never], 0.7) == 1.0
