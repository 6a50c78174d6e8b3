"""What citizens asked and what became of the answers that were shown: read from the journal, masked at once.

A question is good as answered where an agent adopted a card that was on the screen since it was asked, or answered by
hand; else cards were refused, were left unused, or there was none.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import func, select

from copilot.masking import mask
from copilot.store.engine import Database
from copilot.store.tables import call, journal
from copilot.suggestion import Slot, Verdict
from knowledge_base.words import strip_fillers

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")
_ASKS = re.compile(
    r"[？?]|[吗呢么]\W*$|什么|啥|怎么|咋|怎样|如何|多少|多久|多长|几[个天点次月号年]|哪|谁|为何|能不能|可不可以|"
    r"要不要|行不行|是不是|有没有|用不用|需不需要|算不算|该不该|想问|请问|咨询"
)
# "听得到吗", "对吗", "你好是12345吗": asked of the agent, not of the knowledge base.
_PHATIC = re.compile(
    r"听得?[到见清]|在吗|对[吗吧]|是[吗吧]\W*$|好[吗吧]\W*$|行[吗吧]\W*$|(?<!\d)12345(?!\d)|热线[吗吧]|还有什么|你们.{0,4}(?:工号|姓)"
)
_SHORTEST = 5
_READ = ("utterance_heard", "suggestion_made", "suggestion_decided", "routing_decided", "cards_arranged")


class AnswerOutcome(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"
    REFUSED = "refused"
    UNUSED = "unused"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a citizen, masked. ``department`` is where its appeal went, or the empty string."""

    text: str
    day: date
    outcome: AnswerOutcome
    department: str


@dataclass(frozen=True, slots=True)
class ArticleUse:
    """In how many appeals an article was on a card, and what agents did with it."""

    shown: int = 0
    adopted: int = 0
    edited: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class AskedInPeriod:
    """All of a period, the earliest questions first; ``uses`` by article id."""

    calls: int
    questions: tuple[Asked, ...]
    uses: dict[str, ArticleUse]


class AskedQuestions:
    """Reads the journal of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def between(self, first: date, last: date) -> AskedInPeriod:
        """The calls of these days, both included."""
        inside = (call.c.day >= first, call.c.day <= last)
        wanted = (
            select(journal.c.call_id, journal.c.name, journal.c.payload, call.c.day)
            .join(call, call.c.call_id == journal.c.call_id)
            .where(*inside, journal.c.name.in_(_READ))
            .order_by(call.c.day, journal.c.call_id, journal.c.seq)
        )
        questions: list[Asked] = []
        uses = _Uses()
        with self._database.reading() as connection:
            calls = connection.execute(select(func.count()).select_from(call).where(*inside)).scalar_one()
            rows = connection.execute(wanted.execution_options(yield_per=1000))
            # One call after another: a city's hotline has more of them in a quarter than memory should hold.
            for (_, day), of_call in groupby(rows, key=lambda row: (row.call_id, row.day)):
                talk = _Talk(day)
                for row in of_call:
                    talk.take(row.name, json.loads(row.payload))
                questions += talk.questions()
                uses.count(talk)
        return AskedInPeriod(calls, tuple(questions), uses.by_article())


@dataclass(slots=True)
class _Question:
    appeal: str
    text: str
    cards: set[str]
    outcome: AnswerOutcome | None = None


@dataclass(slots=True)
class _Talk:
    """One call, event by event."""

    day: date
    asked: list[_Question] = field(default_factory=list)
    open: dict[str, str] = field(default_factory=dict)  # answer cards on the screen, with their appeal
    article: dict[str, str] = field(default_factory=dict)
    shown: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    verdicts: list[tuple[str, str]] = field(default_factory=list)
    departments: dict[str, str] = field(default_factory=dict)
    routed: str = ""

    def take(self, name: str, payload: dict[str, Any]) -> None:
        """Fold one event in."""
        match name:
            case "utterance_heard":
                self._hear(payload["utterance"])
            case "suggestion_made":
                self._show(payload)
            case "suggestion_decided":
                self._decide(payload["decision"])
            case "routing_decided":
                self.departments[str(payload["decision"]["appeal_id"])] = payload["department"]
            case "cards_arranged":
                for card in payload.get("withdrawn", ()):
                    self.open.pop(card, None)

    def _hear(self, said: dict[str, Any]) -> None:
        text = question_in(said["text"]) if said["speaker"] == "citizen" else ""
        if text:
            appeal = said["appeal_id"]
            cards = {card for card, of in self.open.items() if of == appeal}
            self.asked.append(_Question(appeal, mask(text, addresses=True), cards))

    def _show(self, made: dict[str, Any]) -> None:
        if made["suggestion"]["slot"] != Slot.ANSWER.value:
            return
        card, appeal = made["suggestion_id"], made["appeal_id"]
        for old in made["supersedes"]:
            self.open.pop(old, None)
        self.open[card] = appeal
        self.article[card] = made["suggestion"]["choices"][0]["value"]["article_id"]
        self.shown[self.article[card]].add(appeal)
        last = next((question for question in reversed(self.asked) if question.appeal == appeal), None)
        if last is not None:
            last.cards.add(card)

    def _decide(self, decision: dict[str, Any]) -> None:
        slot, verdict, appeal = decision["slot"], decision["verdict"], decision["appeal_id"]
        if slot == Slot.DEPARTMENT.value and verdict != Verdict.REJECT.value:
            self.departments.setdefault(appeal, decision["value"])
        if slot != Slot.ANSWER.value:
            return
        card = decision["suggestion_id"]
        self.open.pop(card, None)
        if card in self.article:
            self.verdicts.append((self.article[card], verdict))
        self._settle(appeal, card, verdict)

    def _settle(self, appeal: str, card: str | None, verdict: str) -> None:
        meant = [question for question in self.asked if card in question.cards]
        if card is None:
            meant = [question for question in self.asked if question.appeal == appeal][-1:]
        for question in meant:
            if verdict != Verdict.REJECT.value:
                question.outcome = AnswerOutcome.ANSWERED
            elif question.outcome is None:
                question.outcome = AnswerOutcome.REFUSED

    def questions(self) -> Iterator[Asked]:
        """What was asked, with what became of it."""
        for question in self.asked:
            outcome = question.outcome or (AnswerOutcome.UNUSED if question.cards else AnswerOutcome.SILENT)
            yield Asked(question.text, self.day, outcome, self.departments.get(question.appeal, ""))


def question_in(text: str) -> str:
    """The sentences of an utterance that ask for something to be known, without their padding; or nothing."""
    asking = [s for s in _SENTENCE.findall(text) if _ASKS.search(s) and not _PHATIC.search(s)]
    found = strip_fillers("".join(asking))
    return found if len(found) >= _SHORTEST else ""


class _Uses:
    """Adds up over the calls what became of each article."""

    def __init__(self) -> None:
        self._shown: Counter[str] = Counter()
        self._decided: Counter[tuple[str, str]] = Counter()

    def count(self, talk: _Talk) -> None:
        """Add a call that is over."""
        for article, appeals in talk.shown.items():
            self._shown[article] += len(appeals)
        self._decided.update(talk.verdicts)

    def by_article(self) -> dict[str, ArticleUse]:
        """The sums."""
        return {
            article: ArticleUse(
                number,
                self._decided[article, Verdict.ACCEPT.value],
                self._decided[article, Verdict.AMEND.value],
                self._decided[article, Verdict.REJECT.value],
            )
            for article, number in self._shown.items()
        }
