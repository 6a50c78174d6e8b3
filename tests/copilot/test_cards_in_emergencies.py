"""Where life and limb are at stake, cards of two articles never stand side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from session_parts import NOON, Desk, answer, make_desk

from copilot.call import Speaker
from copilot.card_board import CLEARLY, SURE_WHILE_SPEAKING, Hit, Lead, OpenCard, seat_in_emergency
from copilot.card_events import CardAct, CardsArranged, CardTouched
from copilot.overhearing import Interim
from copilot.session import CallSession
from copilot.state import CallState
from copilot.suggestion import Citation, Slot, Suggestion, Verdict

SMELL = "楼道里有煤气味"
LEAVE, VENTILATE = ("leave", "gas"), ("ventilate", "gas")
STAY = ("stay", "fire")


def card(passage: tuple[str, str], probability: float) -> Suggestion[Citation]:
    """A card of ``(passage, article)``."""
    made = answer(passage[0])
    citation = replace(made.best.value, article_id=passage[1], quote=f"{passage[0]}。")
    return replace(made, choices=(replace(made.best, value=citation, probability=probability),))


def board(desk: Desk) -> list[str]:
    return [
        one.best.value.passage_id for one in desk.session.state.appeals["1"].open.values() if one.slot is Slot.ANSWER
    ]


def says(desk: Desk, text: str, *found: Suggestion[Any]) -> list[str]:
    """The citizen says ``text``, for which this is ``found``; the passages on the screen then."""
    desk.advisor.suggestions = list(found)
    desk.advise(text)
    return board(desk)


def arranged(desk: Desk) -> list[CardsArranged]:
    return [r.event for r in desk.journal.read("c1") if isinstance(r.event, CardsArranged)]


def test_the_leaking_gas_stands_without_the_advice_to_stay_in_the_room(desk: Desk) -> None:
    shown = says(desk, SMELL, card(LEAVE, 0.93), card(STAY, 0.6), card(VENTILATE, 0.6))
    assert shown == ["leave", "ventilate"]
    (event,) = arranged(desk)
    assert (event.one_article, event.kept_back) == (True, ("fire",))


def test_without_an_emergency_articles_stand_side_by_side_as_ever(desk: Desk) -> None:
    assert says(desk, "停水了", card(LEAVE, 0.93), card(STAY, 0.6)) == ["leave", "stay"]
    assert not arranged(desk)[0].one_article


def test_what_stood_there_before_the_alarm_makes_room_even_where_somebody_has_it_in_hand(desk: Desk) -> None:
    says(desk, "家里有股怪味", card(STAY, 0.99))
    desk.session.touch(CardTouched("t1", "1", "s1", CardAct.READ, "agent.li"), NOON)
    assert says(desk, SMELL, card(LEAVE, 0.7)) == ["leave"]


def test_a_first_card_that_was_wrong_gives_way_to_one_that_is_clearly_surer(desk: Desk) -> None:
    says(desk, SMELL, card(STAY, 0.6))
    assert says(desk, "怎么办", card(LEAVE, 0.65)) == ["stay"]
    assert says(desk, "煤气味很大怎么办", card(LEAVE, 0.75)) == ["leave"]


def test_half_sure_cards_for_what_is_said_in_panic_do_not_take_the_advice_away(desk: Desk) -> None:
    says(desk, SMELL, card(LEAVE, 0.93))
    assert says(desk, "快一点啊", card(STAY, SURE_WHILE_SPEAKING - 0.01)) == ["leave"]
    assert arranged(desk)[-1].kept_back == ("fire",)
    assert says(desk, "快一点啊", card(STAY, SURE_WHILE_SPEAKING - 0.01)) == ["leave"]
    assert len(arranged(desk)) == 2  # what was kept back before is not told again


def test_who_asks_surely_about_something_else_gets_its_card_alone(desk: Desk) -> None:
    says(desk, SMELL, card(LEAVE, 0.93), card(VENTILATE, 0.7))
    assert says(desk, "居住证怎么办", card(("papers", "permit"), 0.9)) == ["papers"]
    assert set(desk.session.state.withdrawn) >= {"s2"}


def test_a_second_emergency_is_answered_however_sure_the_first_was(desk: Desk) -> None:
    says(desk, SMELL, card(LEAVE, 0.99))
    assert says(desk, "楼下也着火了", card(STAY, 0.7)) == ["stay"]


def test_another_matter_of_the_call_is_answered_as_ever(desk: Desk) -> None:
    says(desk, SMELL, card(LEAVE, 0.93))
    desk.advisor.suggestions = [card(("a", "one"), 0.9), card(("b", "two"), 0.8)]
    desk.advise("还有一件事，路灯不亮了")
    assert [one.best.value.passage_id for one in desk.session.state.appeals["2"].open.values()] == ["a", "b"]


def test_what_contradicts_adopted_advice_does_not_come_beside_it(desk: Desk) -> None:
    says(desk, SMELL, card(LEAVE, 0.93))
    desk.decide(Slot.ANSWER, Verdict.ACCEPT, "s1")
    assert says(desk, "然后呢", card(STAY, 0.7)) == []
    assert says(desk, "然后呢", card(LEAVE, 0.93), card(STAY, 0.9)) == []
    assert says(desk, "楼里着火了", card(STAY, 0.7)) == ["stay"]


def test_once_the_only_card_is_refused_any_other_may_come(desk: Desk) -> None:
    says(desk, SMELL, card(STAY, 0.9), card(LEAVE, 0.6))
    desk.decide(Slot.ANSWER, Verdict.REJECT, "s1", reason="不相关")
    assert says(desk, "怎么办", card(STAY, 0.9), card(LEAVE, 0.6)) == ["leave"]


def test_half_a_sentence_with_the_alarm_in_it_brings_one_article_too() -> None:
    desk = make_desk()
    desk.copilot = replace(desk.copilot, while_speaking=(desk.advisor,))
    desk.session = CallSession.resume(desk.copilot, desk.journal, "c1")
    desk.session.listen(16000)
    desk.advisor.suggestions = [card(LEAVE, 0.93), card(STAY, 0.9)]
    desk.hear(SMELL, final=False)
    desk.session.overhear(Interim(Speaker.CITIZEN, SMELL, 0.0, 1.0), NOON)
    assert board(desk) == ["leave"]


def test_what_the_journal_says_is_enough_to_go_on_after_a_restart(desk: Desk) -> None:
    says(desk, SMELL, card(LEAVE, 0.93), card(STAY, 0.6))
    again = CallState.of(desk.journal.read("c1")).appeals["1"]
    now = desk.session.state.appeals["1"]
    assert (again.since_alarm, again.kept_back) == (now.since_alarm, now.kept_back) == ({"gas": 0.93}, {"fire"})


ARTICLES = st.sampled_from("abc")
FOUND = st.lists(
    st.builds(
        lambda article, n, sure: Hit(f"{article}{n}", sure, article), ARTICLES, st.integers(1, 3), st.floats(0, 1)
    ),
    unique_by=lambda hit: hit.passage,
)


@given(st.lists(st.tuples(FOUND, st.booleans()), max_size=6), st.sets(st.sampled_from(["a1", "b1", "c1"])))
def test_whatever_is_found_there_is_one_article_and_nothing_is_lost_without_a_word(
    rounds: Sequence[tuple[list[Hit], bool]], hands: set[str]
) -> None:
    cards: list[OpenCard] = []
    sure: dict[str, float] = {}
    for found, settled in rounds:
        now = {hit.article: max(h.probability for h in found if h.article == hit.article) for hit in found}
        leading = cards[0].article if cards else ""
        lead = Lead(leading, sure.get(leading, 0.0), now.get(leading, 0.0))
        seating = seat_in_emergency(cards, found, lead, settled=settled)
        shown = {passage[0] for passage in seating.order}
        assert len(shown) <= 1
        assert shown.isdisjoint(seating.kept_back)
        assert set(now) <= shown | set(seating.kept_back)
        assert {card.key for card in cards if card.passage not in seating.order} == set(seating.gone)
        if leading and shown != {leading}:
            (new,) = shown
            assert now[new] >= now.get(leading, 0.0) + CLEARLY
        for article, probability in now.items():
            sure[article] = max(probability, sure.get(article, 0.0))
        cards = [OpenCard(f"s-{p}", p, p in hands, p[0]) for p in seating.order]
