from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copilot.card_board import CLEARLY, MOST_CARDS, Hit, OpenCard, seat

THREE = (OpenCard("s1", "a"), OpenCard("s2", "b"), OpenCard("s3", "c"))


def order(*found: Hit, cards: tuple[OpenCard, ...] = THREE, settled: bool = True) -> tuple[str, ...]:
    return seat(cards, found, settled=settled).order


def test_where_nothing_is_found_nothing_changes() -> None:
    seating = seat(THREE, (), settled=True)
    assert (seating.order, seating.gone) == (("a", "b", "c"), ())


def test_what_is_found_first_goes_on_an_empty_board_in_order_of_sureness() -> None:
    assert order(Hit("x", 0.7), Hit("y", 0.9), cards=()) == ("y", "x")


def test_a_card_that_is_only_a_little_surer_does_not_go_above_another() -> None:
    assert order(Hit("a", 0.80), Hit("b", 0.80 + CLEARLY / 2)) == ("a", "b", "c")
    assert order(Hit("a", 0.70), Hit("b", 0.70 + 1.5 * CLEARLY)) == ("b", "a", "c")


def test_a_new_card_takes_the_place_of_one_that_says_nothing_of_what_is_asked_now() -> None:
    seating = seat(THREE, (Hit("a", 0.9), Hit("x", 0.8)), settled=True)
    assert seating.order == ("a", "b", "x")
    assert seating.gone == ("s3",)


def test_the_answer_to_a_new_question_goes_on_top() -> None:
    assert order(Hit("x", 0.8)) == ("x", "a", "b")


def test_a_card_in_a_persons_hand_neither_goes_nor_is_pushed_down() -> None:
    held = (OpenCard("s1", "a", held=True), OpenCard("s2", "b", held=True), OpenCard("s3", "c", held=True))
    assert order(Hit("x", 0.99), cards=held) == ("a", "b", "c")
    assert order(Hit("x", 0.99), cards=(held[0], THREE[1], THREE[2])) == ("a", "b", "x")


def test_half_a_sentence_replaces_a_card_only_where_it_is_sure() -> None:
    assert order(Hit("x", 0.7), settled=False) == ("a", "b", "c")
    assert order(Hit("x", 0.9), settled=False) == ("x", "a", "b")


HITS = st.lists(st.builds(Hit, st.sampled_from("abcdefgh"), st.floats(0, 1)), unique_by=lambda hit: hit.passage)


@given(st.lists(HITS, max_size=6), st.sets(st.sampled_from("abcdefgh")), st.booleans())
def test_there_are_never_more_than_three_cards_and_held_ones_stay(
    rounds: list[list[Hit]], hands: set[str], settled: bool
) -> None:
    cards: list[OpenCard] = []
    for found in rounds:
        seating = seat(cards, found, settled=settled)
        assert len(seating.order) <= MOST_CARDS
        assert len(set(seating.order)) == len(seating.order)
        assert {card.passage for card in cards if card.held} <= set(seating.order)
        gone = {card.passage for card in cards} - set(seating.order)
        assert {card.key for card in cards if card.passage in gone} == set(seating.gone)
        cards = [OpenCard(f"s-{p}", p, p in hands) for p in seating.order]


@given(HITS)
def test_the_same_question_asked_again_changes_nothing(found: list[Hit]) -> None:
    first = seat((), found, settled=True)
    cards = [OpenCard(f"s-{p}", p) for p in first.order]
    assert seat(cards, found, settled=True).order == first.order
