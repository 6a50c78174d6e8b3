from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.retrieval.abstention import Cards, Mix, abstention, at_threshold, cards_of, threshold_for
from evaluation.retrieval.search import Card, Judgement

# Four questions with an answer: right at once, right on the second card, wrong, and nothing found.
INSIDE = [
    Judgement("a", ("x",), frozenset({"x"}), (Card("x", 0.9), Card("y", 0.6))),
    Judgement("b", ("y", "x"), frozenset({"x"}), (Card("y", 0.7), Card("x", 0.8))),
    Judgement("c", ("y",), frozenset({"x"}), (Card("y", 0.4),)),
    Judgement("d", (), frozenset({"x"})),
]
OUTSIDE = [Judgement(str(n), ("z",), frozenset(), (Card("z", p),)) for n, p in enumerate((0.85, 0.5, 0.3, 0.1))]


def cards(judged: list[Judgement]) -> Cards:
    return cards_of(judged)


def test_a_threshold_shows_what_reaches_it_and_no_more() -> None:
    found = at_threshold(cards(INSIDE), cards(OUTSIDE), 0.7)
    assert found.shown == 0.5  # a and b
    assert found.first_right == 0.5  # b's first card is wrong
    assert found.any_right == 1.0
    assert found.answered == 0.5
    assert found.false_cards == 0.25
    assert found.precision == pytest.approx(1 / 3)  # a right; b and a false card wrong


def test_a_card_that_falls_below_leaves_its_place_to_the_next() -> None:
    found = at_threshold(cards(INSIDE), cards([]), 0.75)
    assert found.shown == 0.5
    assert found.first_right == 1.0  # b's wrong card is gone, its right one is first now
    assert found.false_cards is None


def test_what_shows_nothing_promises_nothing() -> None:
    found = at_threshold(cards(INSIDE), cards([]), 0.95)
    assert (found.shown, found.first_right, found.precision) == (0.0, None, None)


def test_the_threshold_lets_through_no_more_false_cards_than_allowed() -> None:
    outside = cards(OUTSIDE)
    cut = threshold_for(outside, 0.25)
    assert 0.5 < cut <= 0.5 + 1e-9
    assert at_threshold(cards(INSIDE), outside, cut).false_cards == 0.25
    assert threshold_for(outside, 0.05) > 0.85
    assert threshold_for(cards([]), 0.05) == 0.0


def test_questions_without_an_answer_weigh_as_much_as_the_others_unless_they_are_taken_as_given() -> None:
    few = cards(OUTSIDE[:1])
    one_to_one = abstention(cards(INSIDE), few, 0.7)
    as_given = abstention(cards(INSIDE), few, 0.7, Mix.AS_GIVEN)
    assert one_to_one.at_served.precision == pytest.approx(1 / (2 + 4))
    assert as_given.at_served.precision == pytest.approx(1 / (2 + 1))
    assert one_to_one.at_served.false_cards == as_given.at_served.false_cards == 1.0


def test_the_curve_runs_from_silence_to_everything_and_never_takes_a_card_back() -> None:
    found = abstention(cards(INSIDE), cards(OUTSIDE), 0.7)
    assert (found.curve[0].shown, found.curve[0].false_cards) == (0.0, 0.0)
    assert (found.curve[-1].shown, found.curve[-1].false_cards) == (0.75, 1.0)
    assert [point.shown for point in found.curve] == sorted(point.shown for point in found.curve)
    assert 0.7 in [point.threshold for point in found.curve]
    assert found.at_target is not None
    assert found.at_target.false_cards == 0.0


def test_the_diagram_has_every_single_card() -> None:
    found = abstention(cards(INSIDE), cards(OUTSIDE), 0.7)
    assert sum(one.count for one in found.bins) == 5 + 4
    surest = found.bins[-1]
    assert (surest.count, surest.observed) == (1, 1.0)


def test_without_questions_that_have_no_answer_only_precision_is_told() -> None:
    found = abstention(cards(INSIDE), cards([]), 0.7)
    assert found.at_target is None
    assert found.halves is None
    assert found.false_cards_interval is None
    assert found.as_json()["at_5_percent_false_cards"] is None


def test_a_threshold_of_the_other_half_is_as_good_as_it_promised_on_many_questions() -> None:
    inside = [Judgement(str(n), ("x",), frozenset({"x"}), (Card("x", 0.3 + 0.7 * n / 400),)) for n in range(400)]
    outside = [Judgement(str(n), ("z",), frozenset(), (Card("z", 0.7 * n / 400),)) for n in range(400)]
    found = abstention(cards(inside), cards(outside), 0.5).halves
    assert found is not None
    assert found.false_cards == pytest.approx(0.05, abs=0.04)
    assert found.shown == pytest.approx(1 - 0.365 / 0.7, abs=0.06)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30),
    st.lists(st.floats(0, 1), min_size=1, max_size=30),
)
def test_no_more_than_five_in_a_hundred_whatever_the_probabilities(
    inside: list[tuple[float, bool]], outside: list[float]
) -> None:
    asked = [
        Judgement(str(n), ("x",), frozenset({"x" if right else "y"}), (Card("x", p),))
        for n, (p, right) in enumerate(inside)
    ]
    idle = [Judgement(str(n), ("z",), frozenset(), (Card("z", p),)) for n, p in enumerate(outside)]
    found = abstention(cards(asked), cards(idle), 0.5)
    assert found.at_target is not None
    assert found.at_target.false_cards is not None
    assert found.at_target.false_cards <= 0.05
