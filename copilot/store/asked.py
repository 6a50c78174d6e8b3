"""What citizens asked and what became of the answers that were shown: read from the journal, masked at once.

Each question counts for itself. Cards belong to the question that the copilot had heard last when it found them, and
once more to each later one that it finds them for (``CardsArranged.found``). An adopted card answers the question asked
last before that, of those that it was found for, and those that it was the surest answer to; what an agent answered by
hand, the last question. Else cards were refused, were left unused, or there was none: also where another card of the
appeal was adopted. What was taken back was not adopted.

What an agent searched for by hand was asked too: for the citizen's last question where it has words of it and nothing
answered that yet, for the search before it where nothing came between, else as a question of its own.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
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
_READ = (
    "utterance_heard",
    "appeals_rearranged",
    "suggestion_made",
    "cards_arranged",
    "case_chosen",
    "suggestion_decided",
    "library_searched",
    "answer_taken_back",
    "routing_decided",
)


class AnswerOutcome(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"
    REFUSED = "refused"
    UNUSED = "unused"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a citizen, masked. ``department`` is where its appeal went, or the empty string.

    One that leans on the question before it ("那要多少钱呢？") has that in front.
    """

    text: str
    day: date
    outcome: AnswerOutcome
    department: str


@dataclass(frozen=True, slots=True)
class ArticleUse:
    """In how many appeals an article was on a card, and what agents did with it; of cases, the one that was chosen."""

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
            select(journal.c.call_id, journal.c.seq, journal.c.name, journal.c.payload, call.c.day)
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
                    talk.take(row.seq, row.name, json.loads(row.payload))
                questions += talk.questions()
                uses.count(talk)
        return AskedInPeriod(calls, tuple(questions), uses.by_article())


@dataclass(slots=True)
class _Said:
    """What a citizen said: its parts by appeal as they are allotted now, and every appeal that it ever belonged to."""

    text: str
    start: float
    place: int
    parts: list[tuple[int, int, str]]
    ever: set[str]


@dataclass(slots=True)
class _Question:
    """``place`` is that in the call's journal; ``cards`` were found for it, the surest of the last look-up first.

    ``by_hand``: nobody said it, an agent searched for it. ``listed``: a search by hand for it brought something.
    """

    said: _Said
    appeal: str
    text: str
    cards: list[str] = field(default_factory=list)
    outcome: AnswerOutcome | None = None
    by_hand: bool = False
    listed: bool = False

    @property
    def place(self) -> int:
        return self.said.place


@dataclass(frozen=True, slots=True)
class _Found:
    """Cards that a look-up brought, the surest first; the copilot had listened up to the second ``until``."""

    place: int
    appeal: str
    until: float
    cards: tuple[str, ...]

    def may_be_of(self, question: _Question) -> bool:
        """Whether the question had begun; what is typed begins and ends in the second of what came before."""
        begun = question.said.start < self.until
        return self.appeal in question.said.ever and (
            begun or (question.said.start == self.until and question.place < self.place)
        )


@dataclass(frozen=True, slots=True)
class _Decided:
    """What became of a card, or of a passage that a search by hand had found; ``article`` is that of what was taken."""

    place: int
    appeal: str
    card: str | None
    verdict: str
    article: str
    search: str


@dataclass(frozen=True, slots=True)
class _Searched:
    place: int
    appeal: str
    search: str
    text: str
    listed: bool


@dataclass(slots=True)
class _Talk:
    """One call, event by event; what belongs together is told when all of it was read, since words may be moved."""

    day: date
    said: dict[str, _Said] = field(default_factory=dict)
    found: list[_Found] = field(default_factory=list)
    article: dict[str, str] = field(default_factory=dict)  # of a card, as it was narrowed last
    cases: dict[str, dict[str, str]] = field(default_factory=dict)
    shown: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    decided: dict[str, _Decided] = field(default_factory=dict)  # by decision
    searched: list[_Searched] = field(default_factory=list)
    departments: dict[str, str] = field(default_factory=dict)

    def take(self, place: int, name: str, payload: dict[str, Any]) -> None:
        """Fold one event in."""
        match name:
            case "utterance_heard":
                self._hear(place, payload["utterance"])
            case "appeals_rearranged":
                self._move(payload["allotted"])
            case "suggestion_made":
                self._show(place, payload)
            case "cards_arranged":
                cards = tuple(payload.get("found", ()))
                self.found.append(_Found(place, payload["appeal_id"], payload["heard_until"], cards))
            case "case_chosen":
                self._narrow(payload)
            case _:
                self._act(place, name, payload)

    def _act(self, place: int, name: str, payload: dict[str, Any]) -> None:
        """Something that a person did."""
        match name:
            case "suggestion_decided":
                self._decide(place, payload["decision"])
            case "library_searched":
                said, listed = mask(payload["query"], addresses=True), bool(payload["results"])
                self.searched.append(_Searched(place, payload["appeal_id"], payload["search_id"], said, listed))
            case "answer_taken_back":
                self.decided.pop(payload["decision_id"], None)
            case "routing_decided":
                self.departments[str(payload["decision"]["appeal_id"])] = payload["department"]

    def _hear(self, place: int, said: dict[str, Any]) -> None:
        if said["speaker"] == "citizen":
            parts = _parts(said.get("parts", ())) or [(0, len(said["text"]), said["appeal_id"])]
            ever = {appeal for _, _, appeal in parts}
            self.said[said["utterance_id"]] = _Said(said["text"], said["start"], place, parts, ever)

    def _move(self, allotted: Iterable[dict[str, Any]]) -> None:
        for one in allotted:
            said = self.said.get(one["utterance_id"])
            if said is not None:
                said.parts = _parts(one["parts"])
                said.ever |= {appeal for _, _, appeal in said.parts}

    def _show(self, place: int, made: dict[str, Any]) -> None:
        if made["suggestion"]["slot"] != Slot.ANSWER.value:
            return
        card, cited = made["suggestion_id"], made["suggestion"]["choices"][0]["value"]
        cases = (cited.get("follow_up") or {}).get("cases", ())
        self.article[card] = cited["article_id"]
        self.cases[card] = {case["label"]: case["citation"]["article_id"] for case in cases}
        self.cases[card][""] = cited["article_id"]
        self.shown[cited["article_id"]].add(made["appeal_id"])
        self.found.append(_Found(place, made["appeal_id"], made["heard_until"], (card,)))

    def _narrow(self, choice: dict[str, Any]) -> None:
        card = choice["suggestion_id"]
        if card in self.article:
            self.article[card] = self.cases[card].get(choice["case"], self.article[card])
            self.shown[self.article[card]].add(choice["appeal_id"])

    def _decide(self, place: int, decision: dict[str, Any]) -> None:
        slot, verdict, appeal = decision["slot"], decision["verdict"], decision["appeal_id"]
        if slot == Slot.DEPARTMENT.value and verdict != Verdict.REJECT.value:
            self.departments.setdefault(appeal, decision["value"])
        if slot != Slot.ANSWER.value:
            return
        card, value = decision["suggestion_id"], decision["value"] or {}
        # Of a card that distinguishes cases, what was taken may be of another article than what was proposed.
        taken = value.get("article_id") or self.article.get(card or "", "")
        if (search := value.get("search_id", "")) and not value.get("original"):
            verdict = Verdict.ACCEPT.value  # by hand, and as the library has it
        self.decided[decision["decision_id"]] = _Decided(place, appeal, card, verdict, taken, search)
        if taken:
            self.shown[taken].add(appeal)

    def questions(self) -> list[Asked]:
        """What was asked, with what became of it."""
        asked = [
            _Question(said, appeal, mask(text, addresses=True))
            for said in self.said.values()
            for start, end, appeal in said.parts
            if (text := question_in(said.text[start:end]))
        ]
        self._link(asked)
        owners: dict[str, _Question] = {}  # by search
        acts: list[_Decided | _Searched] = [*self.decided.values(), *self.searched]
        for event in sorted(acts, key=lambda event: event.place):
            if isinstance(event, _Searched):
                owners[event.search] = _owner(asked, event)
            else:
                _settle(asked, event, owners.get(event.search))
        _name_the_matter(asked)
        return [Asked(q.text, self.day, _outcome(q), self.departments.get(q.appeal, "")) for q in asked]

    def _link(self, asked: list[_Question]) -> None:
        """Cards belong to the last question that the copilot had heard the beginning of when it found them."""
        for found in self.found:
            question = next((q for q in reversed(asked) if found.may_be_of(q)), None)
            if question is not None:
                question.cards = list(dict.fromkeys([*found.cards, *question.cards]))


def _name_the_matter(asked: list[_Question]) -> None:
    """Put the question before it in front of one that leans on it: alone it tells an editor nothing."""
    before: dict[str, str] = {}
    for question in asked:
        earlier = before.get(question.appeal)
        if earlier is not None and _LEANS.match(question.text):
            question.text = f"{earlier} {question.text}"
        else:
            before[question.appeal] = question.text


def _parts(raw: Iterable[dict[str, Any]]) -> list[tuple[int, int, str]]:
    return [(part["start"], part["end"], part["appeal_id"]) for part in raw]


def _owner(asked: list[_Question], searched: _Searched) -> _Question:
    """The question that a search by hand was for: one that is there, or its own, which is put among them."""
    before = [q for q in asked if q.place < searched.place and searched.appeal in q.said.ever]
    last = before[-1] if before else None
    if last is not None and last.outcome is not AnswerOutcome.ANSWERED:
        if last.by_hand:
            last.text = searched.text  # worded better: what it is called in the end is what an editor should read
        if last.by_hand or set(pairs(last.text)) & set(pairs(searched.text)):
            last.listed = last.listed or searched.listed
            return last
    said = _Said(searched.text, math.inf, searched.place, [], {searched.appeal})
    own = _Question(said, searched.appeal, searched.text, by_hand=True, listed=searched.listed)
    asked.append(own)
    asked.sort(key=lambda question: question.place)
    return own


def _settle(asked: list[_Question], decided: _Decided, searched: _Question | None) -> None:
    """Give the questions that one decision answers their outcome; ``searched`` is the one that was searched for."""
    before = [q for q in asked if q.place < decided.place and decided.appeal in q.said.ever]
    card = decided.card
    if card is None:
        meant = before[-1:] if searched is None else [searched]
    else:
        of_card = [q for q in asked if card in q.cards]
        last = [q for q in before if card in q.cards][-1:]
        # Of those asked earlier, or asked again later, a card answers the ones that it was the surest answer to.
        meant = [*last, *(q for q in of_card if q.cards[0] == card and q not in last)]
    for question in meant:
        if decided.verdict != Verdict.REJECT.value:
            question.outcome = AnswerOutcome.ANSWERED
        elif question.outcome is None:
            question.outcome = AnswerOutcome.REFUSED


def _outcome(question: _Question) -> AnswerOutcome:
    return question.outcome or (AnswerOutcome.UNUSED if question.cards or question.listed else AnswerOutcome.SILENT)


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
        self._decided.update((one.article, one.verdict) for one in talk.decided.values() if one.article)

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
