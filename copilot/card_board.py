"""Which answer cards are on the screen, and in which order: few, steady, and never taken from under a hand.

A card that is new every second is not read. So a card stays until another is *clearly* surer of what is asked now, new
cards go below those that are there, and only what answers surely better goes to the top (hysteresis: two thresholds
instead of one, as in Schmitt 1938, so that a value that wavers around one of them switches nothing).

Where life and limb are at stake, two articles side by side may tell people opposite things (out of the building; back
into the room). Passages of one article were written to be read together. So there the board holds one article.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_CARDS = 3

CLEARLY = 0.10
"""Of probability: how much surer a card must be of what is asked now to go where another one is."""

SURE_WHILE_SPEAKING = 0.80
"""Below it, half a sentence moves nothing that is on the screen already; in an emergency, not even a whole one."""


@dataclass(frozen=True, slots=True)
class OpenCard:
    """A card on the screen. ``held``: a person has it in hand.

    ``passage`` is any name that one passage has on cards and hits alike, also where they quote two versions of it.
    """

    key: str
    passage: str
    held: bool = False
    article: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that answers what is asked now, and how sure that is."""

    passage: str
    probability: float
    article: str = ""


@dataclass(frozen=True, slots=True)
class Seating:
    """``order``: passages from the top. ``gone``: keys of cards that left. Both empty of what did not change place.

    ``kept_back`` are articles that were found and not shown, because an emergency leaves room for one.
    """

    order: tuple[str, ...]
    gone: tuple[str, ...]
    kept_back: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lead:
    """The article that is on the screen, or was adopted, while an emergency goes on; empty as long as there is none.

    ``sure`` is its probability at most since the emergency was heard, ``now`` that for what is asked now.
    """

    article: str = ""
    sure: float = 0.0
    now: float = 0.0


def seat_in_emergency(cards: Sequence[OpenCard], found: Sequence[Hit], lead: Lead, *, settled: bool) -> Seating:
    """As :func:`seat`, with the cards of one article only: of the ``lead``, until another is surely meant.

    Another takes over where it is clearly surer of what is asked now, and either sure in itself or clearly surer than
    the lead ever was: panic and half-heard words do not take life-saving advice away, and one that was wrong from the
    beginning does not stay. That is stronger than a hand: a person may have turned to a card before anybody smelt gas.
    """
    article = _leading(found, lead)
    theirs = [card for card in cards if card.article == article]
    of_it = [hit for hit in found if hit.article == article]
    seating = seat(theirs, of_it, settled=settled)
    others = tuple(card.key for card in cards if card.article != article)
    kept_back = tuple(dict.fromkeys(hit.article for hit in found if hit.article != article))
    return Seating(seating.order, others + seating.gone, kept_back)


def _leading(found: Sequence[Hit], lead: Lead) -> str:
    best = max(found, key=lambda hit: hit.probability, default=None)
    if best is None or not lead.article:
        return best.article if best is not None else lead.article
    sure = best.probability >= min(SURE_WHILE_SPEAKING, lead.sure + CLEARLY)
    return best.article if sure and best.probability >= lead.now + CLEARLY else lead.article


def seat(cards: Sequence[OpenCard], found: Sequence[Hit], *, settled: bool) -> Seating:
    """Where everything goes. ``cards`` from the top; ``found`` each passage once; ``settled``: the sentence is over.

    Where nothing is found, nothing changes: who says thanks does not want the answer gone.
    """
    sure = {hit.passage: hit.probability for hit in found}
    board = _Board(list(cards), sure, settled=settled)
    for hit in sorted(found, key=lambda hit: -hit.probability):
        if all(card.passage != hit.passage for card in cards):
            board.admit(hit)
    if found:
        board.raise_the_surest()
    return Seating(tuple(card.passage for card in board.cards), tuple(board.gone))


class _Board:
    def __init__(self, cards: list[OpenCard], sure: dict[str, float], *, settled: bool) -> None:
        self.cards = cards
        self.gone: list[str] = []
        self._sure = sure
        self._settled = settled
        self._surest = max(sure.values(), default=0.0)

    def admit(self, hit: Hit) -> None:
        """Put a new card into a free place, or into that of one that it is clearly surer than."""
        new = OpenCard("", hit.passage)
        if len(self.cards) < MOST_CARDS:
            self.cards.append(new)
            return
        loser = self._loser(hit)
        if loser is not None:
            self.gone.append(self.cards[loser].key)
            self.cards[loser] = new

    def _loser(self, hit: Hit) -> int | None:
        """The place of the card that is least sure of what is asked now; of those that say nothing of it, the last."""
        if not self._settled and hit.probability < SURE_WHILE_SPEAKING:
            return None
        free = [n for n, card in enumerate(self.cards) if card.key and not card.held]
        place = min(free, key=lambda n: (self._of(n), -n), default=None)
        return place if place is not None and hit.probability >= self._of(place) + CLEARLY else None

    def raise_the_surest(self) -> None:
        """To the top with what answers clearly better than what is there."""
        if not self.cards or self.cards[0].held:
            return
        best = max(range(len(self.cards)), key=lambda n: (self._of(n), -n))
        if best == 0 or self._of(best) < self._of(0) + CLEARLY:
            return
        first_is_new = not self.cards[0].key
        if self._settled or first_is_new or self._of(best) >= SURE_WHILE_SPEAKING:
            self.cards.insert(0, self.cards.pop(best))

    def _of(self, place: int) -> float:
        return self._sure.get(self.cards[place].passage, 0.0)
