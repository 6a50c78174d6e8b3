"""The questions of one call, and what of that which was shown, searched and decided belongs to each.

Each question counts for itself. Cards belong to the question that the copilot had heard last when it found them, and
once more to each later one that it finds them for (``CardsArranged.found``). An adopted card answers the question asked
last before that, of those that it was found for, those that it was the surest answer to, and those that find it again
later; what an agent answered by hand, the last question, which counts apart: no card answered it. Else cards were
refused, were left unused, or there was none: also where another card of the appeal was adopted. What was taken back was
not adopted.

What an agent searched for by hand was asked too: for the citizen's last question where it has words of it and nothing
answered that yet, for the search before it where nothing came between, else as a question of its own.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from copilot.suggestion import Verdict
from knowledge_base.words import pairs, strip_fillers

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")
_ASKS = re.compile(
    r"[？?]|[吗呢么]\W*$|什么|啥|怎么|咋|怎样|如何|多少|多久|多长|几[个天点次月号年]|哪|谁|为何|能不能|可不可以|"
    r"要不要|行不行|是不是|有没有|用不用|需不需要|算不算|该不该|想问|请问|咨询"
)
# "听得到吗", "对吗", "你好是12345吗": asked of the agent, not of the knowledge base.
_PHATIC = re.compile(
    r"听得?[到见清]|在吗|对[吗吧]|是[吗吧]\W*$|好[吗吧]\W*$|行[吗吧]\W*$|(?<!\d)12345(?!\d)|热线[吗吧]|还有什么|你们.{0,4}(?:工号|姓)"
)
# "那要带什么呢？": what it is about was said before. 那 at the beginning is often heard as 哪.
_LEANS = re.compile(r"那|哪(?=要|我|需|还)|这个?(?=要|需)")
_SHORTEST = 5


class AnswerOutcome(StrEnum):
    """What became of a question: a card answered it, an agent who searched by hand did, or nothing."""

    ANSWERED = "answered"
    FOUND_BY_HAND = "found_by_hand"
    REFUSED = "refused"
    UNUSED = "unused"
    SILENT = "silent"


ANSWERED = (AnswerOutcome.ANSWERED, AnswerOutcome.FOUND_BY_HAND)
"""Outcomes of questions to which the library had an answer that an agent gave."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a citizen, masked. ``department`` is where its appeal went, or the empty string.

    ``found`` is the article in which an agent found the answer by hand, empty where none did. A question that leans on
    the one before it ("那要多少钱呢？") has that in front.
    """

    text: str
    day: date
    outcome: AnswerOutcome
    department: str
    found: str = ""


@dataclass(slots=True)
class Said:
    """What a citizen said: its parts by appeal as they are allotted now, and every appeal that it ever belonged to."""

    text: str
    start: float
    place: int
    parts: list[tuple[int, int, str]]
    ever: set[str]


@dataclass(slots=True)
class Question:
    """``cards`` were found for it, the surest of the last look-up first.

    ``since`` is the place in the journal from which on a card was known to answer it: people adopt one while the
    question is still being asked. ``by_hand``: nobody said it, an agent searched for it. ``listed``: a search by hand
    for it brought something, and ``found`` is the article of which that was adopted.
    """

    said: Said
    appeal: str
    text: str
    cards: list[str] = field(default_factory=list)
    since: dict[str, int] = field(default_factory=dict)
    outcome: AnswerOutcome | None = None
    by_hand: bool = False
    listed: bool = False
    found: str = ""

    @property
    def place(self) -> int:
        """In the call's journal."""
        return self.said.place


@dataclass(frozen=True, slots=True)
class Found:
    """Cards that a look-up brought, the surest first; the copilot had listened up to the second ``until``."""

    place: int
    appeal: str
    until: float
    cards: tuple[str, ...]

    def may_be_of(self, question: Question) -> bool:
        """Whether the question had begun; what is typed begins and ends in the second of what came before."""
        begun = question.said.start < self.until
        return self.appeal in question.said.ever and (
            begun or (question.said.start == self.until and question.place < self.place)
        )


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a card, or of a passage that an agent had found by hand (``card`` is ``None`` then).

    ``article`` is that of what was taken, ``carded`` whether a card of the appeal had shown that article by then.
    """

    place: int
    appeal: str
    card: str | None
    verdict: str
    article: str
    search: str
    carded: bool


@dataclass(frozen=True, slots=True)
class Searched:
    """``text`` was looked for by hand; ``listed`` says whether that brought anything."""

    place: int
    appeal: str
    search: str
    text: str
    listed: bool


def name_the_matter(asked: list[Question]) -> None:
    """Put the question before it in front of one that leans on it: alone it tells an editor nothing."""
    before: dict[str, str] = {}
    for question in asked:
        earlier = before.get(question.appeal)
        if earlier is not None and _LEANS.match(question.text):
            question.text = f"{earlier} {question.text}"
        else:
            before[question.appeal] = question.text


def owner(asked: list[Question], searched: Searched) -> Question:
    """The question that a search by hand was for: one that is there, or its own, which is put among them."""
    before = [q for q in asked if q.place < searched.place and searched.appeal in q.said.ever]
    last = before[-1] if before else None
    if last is not None and last.outcome not in ANSWERED:
        if last.by_hand:
            last.text = searched.text  # worded better: what it is called in the end is what an editor should read
        if last.by_hand or set(pairs(last.text)) & set(pairs(searched.text)):
            last.listed = last.listed or searched.listed
            return last
    said = Said(searched.text, math.inf, searched.place, [], {searched.appeal})
    own = Question(said, searched.appeal, searched.text, by_hand=True, listed=searched.listed)
    asked.append(own)
    asked.sort(key=lambda question: question.place)
    return own


def settle(asked: list[Question], decided: Decided, searched: Question | None) -> None:
    """Give the questions that one decision answers their outcome; ``searched`` is the one that was searched for."""
    before = [q for q in asked if q.place < decided.place and decided.appeal in q.said.ever]
    card = decided.card
    if card is None:
        meant = before[-1:] if searched is None else [searched]
    else:
        of_card = [q for q in asked if card in q.cards]
        last = [q for q in of_card if q in before or q.since[card] < decided.place][-1:]
        # Of those asked earlier a card answers the ones that it was the surest answer to. Of those asked later all that
        # find it again: who has told the citizen what it says adopts no other for it.
        told = decided.verdict != Verdict.REJECT.value
        again = (q for q in of_card if q.cards[0] == card or (told and q.since[card] > decided.place))
        meant = [*last, *(q for q in again if q not in last)]
    for question in meant:
        if card is None and question.outcome is not AnswerOutcome.ANSWERED:
            question.outcome, question.found = AnswerOutcome.FOUND_BY_HAND, decided.article
        elif decided.verdict != Verdict.REJECT.value:
            question.outcome, question.found = AnswerOutcome.ANSWERED, ""
        elif question.outcome is None:
            question.outcome = AnswerOutcome.REFUSED


def outcome(question: Question) -> AnswerOutcome:
    """What became of it after all that was decided in the call."""
    return question.outcome or (AnswerOutcome.UNUSED if question.cards or question.listed else AnswerOutcome.SILENT)


def question_in(text: str) -> str:
    """The sentences of an utterance that ask for something to be known, without their padding; or nothing."""
    asking = [s for s in _SENTENCE.findall(text) if _ASKS.search(s) and not _PHATIC.search(s)]
    found = strip_fillers("".join(asking))
    return found if len(found) >= _SHORTEST else ""
