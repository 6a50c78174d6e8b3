from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from knowledge_base.calibration import DEFAULT, Calibration, Judged, Signals, fit, load


def first(nearest: float, right: bool, *, off_topic: bool = False) -> Judged:
    return Judged(Signals(nearest, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0), right, off_topic)


# Of the questions above 0.90 nine in ten have a right first card, of those below four in ten.
CASES = [
    *(first(0.95 + n * 1e-4, n % 10 > 0) for n in range(100)),
    *(first(0.85 + n * 1e-4, n % 10 < 4) for n in range(100)),
    *(first(0.80 + n * 1e-4, False, off_topic=True) for n in range(100)),
]


def shown(made: Calibration, cases: list[Judged]) -> list[Judged]:
    return [case for case in cases if made.probability(case.signals) >= made.threshold]


def test_cards_are_right_at_least_seven_times_in_ten_and_small_talk_gets_none() -> None:
    made = fit(CASES)
    kept = shown(made, CASES)
    assert sum(case.right for case in kept) >= 0.7 * len(kept) >= 70
    assert sum(case.off_topic for case in kept) <= 5


def test_who_asks_for_more_certainty_gets_fewer_cards_that_are_right_more_often() -> None:
    made = fit(CASES)
    usual, strict = shown(made, CASES), shown(made.promising(0.85), CASES)
    assert len(strict) < len(usual)
    assert sum(case.right for case in strict) >= 0.85 * len(strict)


def test_what_was_never_reached_is_not_promised() -> None:
    made = fit(CASES)
    assert max(share for share, _ in made.promises) < 0.95
    assert shown(made.promising(0.95), CASES) == []


def test_where_no_first_card_was_judged_nothing_is_promised() -> None:
    second = [replace(case, signals=replace(case.signals, behind=0.1)) for case in CASES]
    assert fit(second).promises == ()


def test_promises_survive_the_disk(tmp_path: Path) -> None:
    made = fit(CASES)
    made.save(tmp_path)
    assert load(tmp_path) == made


def test_an_old_calibration_without_promises_keeps_its_threshold() -> None:
    old = replace(DEFAULT, promises=())
    assert old.promising(0.9) == old


@pytest.mark.parametrize("precision", [0.7, 0.75, 0.8, 0.85])
def test_the_default_knows_a_threshold_for_every_usual_wish(precision: float) -> None:
    assert DEFAULT.promising(precision).threshold < 0.9
    assert DEFAULT.promising(precision).threshold >= DEFAULT.threshold


def test_a_second_card_of_another_article_must_be_surer_than_one_of_the_same() -> None:
    first = Signals(0.95, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0)
    behind = Signals(0.95, 0.1, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0)
    assert DEFAULT.probability(first) > DEFAULT.probability(behind) >= DEFAULT.threshold
    assert DEFAULT.probability(replace(behind, nearest=0.92)) >= DEFAULT.threshold
    assert DEFAULT.probability(replace(behind, nearest=0.92, other=1.0)) < DEFAULT.threshold
