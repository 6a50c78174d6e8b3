"""Answers are quoted, not composed: passages of the knowledge base that are in force, with their source, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

from copilot.appeal import Situation
from copilot.asking import Wanted, wanted
from copilot.suggestion import Case, Choice, Citation, FollowUp, Reason, Slot, Span, Suggestion
from knowledge_base.policy import Passage
from knowledge_base.search.answering_sentence import Part, point
from knowledge_base.search.cases import Distinction
from knowledge_base.validity import covers

SURE_IF_TOLD = 0.85
"""Where a card is on the screen and the citizen goes on telling, what is told brings another only from here on."""

SAYS_WHICH = 0.1
"""Of score: by so much the last words must find one passage of an article better than the next, to say which it is."""

_NEXT = 0.12
_DEPTH = 100
_DISTRICTS = 4


class Found(Protocol):
    """A passage that answers, how likely it is the right one, and which characters of it match."""

    @property
    def passage(self) -> Passage:
        """The passage, in force and in the caller's area."""
        ...

    @property
    def probability(self) -> float:
        """The calibrated probability that it answers."""
        ...

    @property
    def highlight(self) -> tuple[Span, ...]:
        """``[start, end)`` spans of the passage's text that match."""
        ...

    @property
    def sentence(self) -> Span | None:
        """``[start, end)`` of the one sentence of the passage's text that answers."""
        ...


class Ranked(Protocol):
    """A passage in an order, before anything is decided about showing it."""

    @property
    def passage(self) -> Passage:
        """The passage, in force and in the caller's area."""
        ...

    @property
    def score(self) -> float:
        """How well it was found; of one query the differences mean something."""
        ...

    @property
    def cosine(self) -> float:
        """How near its meaning is to the query's."""
        ...


class Retriever(Protocol):
    """Finds passages; returns none below its calibrated threshold."""

    @property
    def versions(self) -> dict[str, str]:
        """What an answer depends on: index, embedder, library."""
        ...

    def search(
        self, query: str, *, day: date, area: str | None, limit: int = 3, typed: bool = False, marking: str = ""
    ) -> Sequence[Found]:
        """The best passages that hold on ``day`` in ``area``; ``typed`` by somebody who reads them first.

        ``marking`` is what the sentence to be marked must answer, where that is not the whole ``query``.
        """
        ...

    def rank(self, query: str, *, day: date | None, area: str | None, limit: int = 10) -> Sequence[Ranked]:
        """The nearest passages that hold on ``day`` in ``area``, however unlikely they are."""
        ...


class Cases(Protocol):
    """Knows which articles distinguish cases."""

    def of(self, passage: Passage) -> Distinction | None:
        """What to ask before quoting ``passage``; ``None`` where it holds for everybody."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """A passage that may answer, and how likely it is the right one."""

    passage: Passage
    probability: float
    highlight: tuple[Span, ...]
    sentence: Span | None


def _in_order(found: Sequence[Found]) -> list[Answer]:
    """What one search found, in its order: it knows more than the probabilities, which only say whether to show it."""
    answers: list[Answer] = []
    surest = 0.0
    for hit in reversed(found):
        surest = max(surest, hit.probability)
        answers.append(Answer(hit.passage, surest, hit.highlight, hit.sentence))
    return answers[::-1]


def _say_which(best: Sequence[Ranked]) -> bool:
    """Whether the first of one article's passages was found clearly better than the next."""
    scores = [candidate.score for candidate in best[:2]]
    return bool(scores) and scores[0] - (scores[1] if len(scores) > 1 else 0.0) >= SAYS_WHICH


class AnsweringAdvisor:
    """Looks up what the citizen just asked; of the ways to ask it, the surer passages win.

    Who asks a second question about a matter names the matter no more. So which *article* it is about is judged by the
    whole talk, and which of its passages answers by the last words: the best of them takes the article's probability.
    """

    def __init__(self, retriever: Retriever, cards: int = 2, cases: Cases | None = None) -> None:
        self._retriever = retriever
        self._cards = cards
        self._cases = cases

    def advise(self, situation: Situation) -> list[Suggestion[Any]]:
        """At most ``cards`` passages, each its own suggestion, best first."""
        best: dict[str, Answer] = {}
        found = [answer for ask in _readings(situation) for answer in self._answers(ask, situation)]
        for answer in sorted(found, key=lambda answer: -answer.probability):
            best.setdefault(answer.passage.passage_id, answer)
        answers = list(best.values())[: self._cards]
        elsewhere = self._elsewhere(situation) if answers else []
        return [self._card(answer, elsewhere if n == 0 else []) for n, answer in enumerate(answers)]

    def _answers(self, ask: Wanted, situation: Situation) -> list[Answer]:
        telling = bool(situation.topic) and not ask.whole
        alone = [hit for hit in self._search(ask.alone, situation) if not telling or hit.probability >= SURE_IF_TOLD]
        whole = self._search(ask.whole, situation, ask.marking)
        return [*_in_order(alone), *self._within(whole, ask, situation)]

    def _elsewhere(self, situation: Situation) -> list[Passage]:
        """What holds in one district alone, for a caller whose district nobody knows; once the sentence is over."""
        ask = wanted(situation)
        query = ask.whole or ask.alone
        if situation.unfinished or not query:
            return []
        hits = self._retriever.search(query, day=situation.day, area=None, limit=_DISTRICTS)
        areas = [hit.passage for hit in hits if _is_part(hit.passage.area, situation.area)]
        return list({passage.area: passage for passage in reversed(areas)}.values())

    def _search(self, query: str, situation: Situation, marking: str = "") -> Sequence[Found]:
        if not query:
            return []
        return self._retriever.search(query, day=situation.day, area=situation.area, limit=self._cards, marking=marking)

    def _within(self, found: Sequence[Found], ask: Wanted, situation: Situation) -> list[Answer]:
        """The passages of the article that is found first, in the order in which ``ask.within`` alone would find them.

        As they were found, where the words say nothing to choose by: garbled ones, an address, a yes.
        """
        if not found or not ask.within:
            return _in_order(found)
        article = found[0].passage.article_id
        ranked = self._retriever.rank(ask.within, day=situation.day, area=situation.area, limit=_DEPTH)
        best = [candidate for candidate in ranked if candidate.passage.article_id == article]
        if not _say_which(best):
            return _in_order(found)
        parts = [Part(candidate.passage.text, candidate.score, candidate.cosine) for candidate in best]
        pointed = point(parts, ask.marking, before=ask.whole)
        known = {hit.passage.passage_id: hit.highlight for hit in found}
        return [
            Answer(
                one.passage,
                max(found[0].probability - n * _NEXT, 0.0),
                known.get(one.passage.passage_id, ()),
                where.sentence,
            )
            for n, (one, where) in enumerate(zip(best[: self._cards], pointed, strict=False))
        ]

    def _card(self, hit: Answer, elsewhere: Sequence[Passage]) -> Suggestion[Citation]:
        passage = hit.passage
        versions = self._retriever.versions
        # Where an older index does not know the article's own version, that of everything in it must do.
        version = passage.version or versions.get("index", "")
        citation = replace(citation_of(passage, hit.highlight, hit.sentence), article_version=version)
        citation = replace(citation, follow_up=self._follow_up(passage, citation, elsewhere))
        matched = "、".join(dict.fromkeys(passage.text[start:end] for start, end in hit.highlight))
        reasons = (Reason("quote", matched, passage.document_number),) if matched else ()
        return Suggestion(Slot.ANSWER, (Choice(citation, hit.probability, reasons),), versions)

    def _follow_up(self, passage: Passage, citation: Citation, elsewhere: Sequence[Passage]) -> FollowUp | None:
        other = [p for p in elsewhere if p.article_id != passage.article_id]
        if other:
            here = [_case(p.area.rpartition("/")[2], p, p.text, citation.article_version) for p in other]
            return FollowUp("请问是在哪个区县？", (*here, Case("其他区县", citation)))
        return follow_up_of(passage, citation.article_version, self._cases)


def follow_up_of(passage: Passage, version: str, cases: Cases | None) -> FollowUp | None:
    """What to ask before quoting ``passage``; ``version`` stands in where a passage does not know its article's."""
    found = cases.of(passage) if cases is not None else None
    if found is None:
        return None
    return FollowUp(found.question, tuple(_case(o.label, o.passage, o.quote, version) for o in found.options))


def _case(label: str, of: Passage, quote: str, version: str) -> Case:
    return Case(label, replace(citation_of(of), quote=quote, article_version=of.version or version))


def _readings(situation: Situation) -> list[Wanted]:
    """What is wanted as it was heard and, where names sounded like others, as it may have been meant."""
    heard = wanted(situation)
    meant = wanted(replace(situation, utterances=tuple(replace(u, text=u.read_as) for u in situation.utterances)))
    return [heard] if heard == meant else [heard, meant]


def _is_part(area: str, of: str) -> bool:
    return area != of and covers(of, area)


def citation_of(passage: Passage, highlight: tuple[Span, ...] = (), sentence: Span | None = None) -> Citation:
    """A passage as it is quoted, with all that an agent needs to trust it."""
    return Citation(
        passage_id=passage.passage_id,
        article_id=passage.article_id,
        title=passage.title,
        heading=passage.heading,
        document_number=passage.document_number,
        issuer=passage.issuer,
        owner=passage.owner,
        effective_from=passage.effective_from,
        effective_to=passage.effective_to,
        quote=passage.text,
        highlight=highlight,
        sentence=sentence,
        area=passage.area,
        secrecy=passage.secrecy.value,
        source_link=passage.source_link,
        article_version=passage.version,
    )
