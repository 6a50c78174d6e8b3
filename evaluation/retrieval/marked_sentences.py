"""Is what a card marks what answers? Judged by words that a person copied out of the article for that question.

Of the questions whose first card is of a right article: whether the passage on it has the answer at all, whether a
sentence is marked, and whether the answer stands in what is marked. Words are the same whatever white space is between.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.measures import wilson_interval
from evaluation.retrieval.search import Judgement, Question


@dataclass(frozen=True, slots=True)
class Marks:
    """Counts of first cards.

    ``cards`` are of a right article whose answering words are known; ``quoted`` have the answer in their passage,
    ``marked`` have something marked, ``right`` have the answer in it. ``length`` is the mean number of characters that
    are marked where something is, ``whole`` that of all these passages.
    """

    cards: int
    quoted: int
    marked: int
    right: int
    length: float
    whole: float

    def as_json(self) -> dict[str, Any]:
        """Counts, and shares with their 95 % intervals (Wilson)."""
        shares = {
            "passage_answers": (self.quoted, self.cards),
            "marked_share": (self.marked, self.cards),
            "mark_right": (self.right, self.marked),
            "wrong_mark": (self.marked - self.right, self.cards),
        }
        return {
            "first_cards_of_a_right_article": self.cards,
            "passage_has_the_answer": self.quoted,
            "something_is_marked": self.marked,
            "the_mark_has_the_answer": self.right,
            "shares": {name: hits / of if of else None for name, (hits, of) in shares.items()},
            "intervals": {name: list(wilson_interval(hits, of)) for name, (hits, of) in shares.items()},
            "marked_characters": self.length,
            "passage_characters": self.whole,
        }


def marks_of(questions: Sequence[Question], judged: Sequence[Judgement], served: float) -> Marks | None:
    """Of the cards that reach ``served``; ``None`` where nobody has said for any question which words answer it."""
    if not any(question.answered_by for question in questions):
        return None
    firsts = (
        (question.answered_by.get(each.cards[0].doc_id, ()), each.cards[0])
        for question, each in zip(questions, judged, strict=True)
        if each.cards and each.cards[0].probability >= served
    )
    cards = [(quotes, card) for quotes, card in firsts if quotes]
    marked = [card.marked for _, card in cards if card.marked]
    return Marks(
        len(cards),
        sum(has(card.passage, quotes) for quotes, card in cards),
        len(marked),
        sum(has(card.marked, quotes) for quotes, card in cards),
        sum(map(len, marked)) / max(1, len(marked)),
        sum(len(card.passage) for _, card in cards) / max(1, len(cards)),
    )


def has(text: str, quotes: Iterable[str]) -> bool:
    """Whether ``text`` has one of ``quotes``."""
    written = _bare(text)
    return any(_bare(quote) in written for quote in quotes)


def _bare(text: str) -> str:
    return "".join(text.split())
