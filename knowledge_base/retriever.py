"""Search: what was asked → the passages that answer it, in force on the day and in the caller's area, or nothing.

::

    "哎，那个，我想问一下居住证怎么办？"
        strip_fillers → "居住证怎么办？"
            ├─ pairs of characters → BM25 (tantivy)  ─┐  each only over what holds on the day and in the area
            ├─ syllables           → BM25 (tantivy)  ─┤  颁居住整 sounds like 办居住证: recognisers err by homophones
            └─ vectors             → cosine (FAISS)  ─┴→ to one scale, added → calibrated → below the threshold: nothing

The three channels are :mod:`knowledge_base.search.channels`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from knowledge_base import calibration
from knowledge_base.articles.closing_lines import asks_when_it_holds, only_closes
from knowledge_base.calibration import Calibration, Judged, Signals
from knowledge_base.errors import IndexMismatch
from knowledge_base.index.base import searched_text
from knowledge_base.index.index import Embedder, Index
from knowledge_base.index.passage_columns import Mask
from knowledge_base.policy import Passage, Secrecy
from knowledge_base.search.agreement import Agreement
from knowledge_base.search.answering_sentence import Part, Pointed, Span, point
from knowledge_base.search.channels import Channels, look_through, question_in
from knowledge_base.search.elsewhere import is_about_elsewhere
from knowledge_base.search.everyday_terms import EverydayTerms
from knowledge_base.search.fusion import Shares, fuse
from knowledge_base.search.papers import AskedPapers
from knowledge_base.sounds import sounding_spans
from knowledge_base.words import merged, spans_of, strip_fillers, without_asking, words

_log = logging.getLogger(__name__)

TYPED = 0.1
"""Probability from which on a passage is listed for somebody who looks for it, and reads it with its figure.

A few words typed are rated lower than a question: of those between 0.1 and 0.2 most lead to the right article.
"""

_NEAR = 0.6  # of the first passage's score: what else whoever typed the question may have meant
_DEPTH = 100
_OF_THE_ARTICLE = 30  # passages from the first on, among which the others of an article are looked for
_READ = 60  # passages of the order that are read: what is shown, and what stands so far behind it that nothing comes up
_SAME = 0.99
_BEHIND = 10
_JUDGED = 3
_SHARES = Shares()


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that answers: how likely it is the right one, its fused score, and which characters match.

    ``sentence`` is ``[start, end)`` of the one sentence of the passage's text that answers (or of two neighbours),
    where one leads clearly.
    """

    passage: Passage
    probability: float
    score: float
    highlight: tuple[Span, ...] = ()
    sentence: Span | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ranked passage before anything is decided about showing it."""

    passage: Passage
    score: float
    signals: Signals
    same: bool

    @property
    def cosine(self) -> float:
        """With the question, after the corpus's common direction was taken out."""
        return self.signals.cosine

    def probability(self, calibrated: Calibration) -> float:
        """How likely it is the right one; nearly certain where its own question was asked word for word."""
        probability = calibrated.probability(self.signals)
        return max(probability, _SAME) if self.same else probability


@dataclass(frozen=True, slots=True)
class Example:
    """A question, the articles that answer it (none: there is no answer), asked on ``day`` in ``area``."""

    question: str
    articles: frozenset[str]
    day: date | None = None
    area: str | None = None


class Source(Protocol):
    """Where the index to search comes from: an index that never changes, or the library in force."""

    @property
    def snapshot(self) -> Index:
        """The index in force now. It never changes: each search takes one and uses it throughout."""
        ...


class Retriever:
    """Hybrid search over the index that is in force; may be shared between threads."""

    def __init__(
        self,
        source: Source,
        embedder: Embedder,
        calibrated: Calibration | None = None,
        precision: float | None = None,
        terms: EverydayTerms | None = None,
        places: Set[str] = frozenset(),
    ) -> None:
        """``precision`` is the share of cards that must be right, 0 to 1; by default as it was calibrated.

        Without ``calibrated`` the calibration beside the index holds, also one that another process writes later.

        ``terms`` are what citizens call a thing and what articles call it, ``places`` the city's own
        (:func:`knowledge_base.search.elsewhere.own_places`).
        """
        self._source = source
        self._places = places
        self._embedder = embedder
        self._precision = precision
        self._terms = terms or EverydayTerms()
        self._follows = calibrated is None
        index = source.snapshot
        self._learned = _learned_at(index)
        self.calibration = self._promising(calibrated or _learned(index))

    @property
    def versions(self) -> dict[str, str]:
        """What an answer depends on."""
        manifest = self._source.snapshot.manifest
        return {"index": manifest.library, "embedder": manifest.embedder}

    def over(self, index: Index) -> Retriever:
        """The same search, with the calibration of now, over another index."""
        return Retriever(index, self._embedder, self.calibration, terms=self._terms, places=self._places)

    def search(
        self,
        query: str,
        *,
        day: date,
        area: str | None,
        limit: int = 3,
        clearance: Secrecy = Secrecy.INTERNAL,
        typed: bool = False,
        marking: str = "",
    ) -> list[Found]:
        """At most ``limit`` passages that hold on ``day`` in ``area``, best first; none below the threshold.

        None is surer than the one before it. Which passage of the first article comes first is judged by its sentences
        (:mod:`knowledge_base.search.answering_sentence`): how sure it is, is said of the article.
        Nothing is found that somebody of ``clearance`` may not see, nor where another city is asked about; but whoever
        ``typed`` the question means this library, whatever place it names, and reads what is found before saying it:
        for them everything from ``TYPED`` on is listed, and beside it what lies nearly as near, however unlikely. Else
        an article that has the very word 丢失 stood alone before the one on the document that was lost (丢了).
        ``marking`` is what the sentence to be marked must answer, where that is not the whole ``query``.
        """
        index = self._source.snapshot
        calibrated = self._followed(index)
        found: list[Found] = []
        if not typed and _is_elsewhere(index, query, self._places):
            return found
        asked = question_in(index, query)
        ranked = self._rank(index, asked, index.allowed(day, area, clearance), max(limit, _OF_THE_ARTICLE))
        if not typed:
            ranked = self._about(asked, ranked)
        least = min(TYPED, calibrated.threshold) if typed else calibrated.threshold
        if not ranked or ranked[0].probability(calibrated) < least:
            return found
        articles = {candidate.passage.article_id for candidate in ranked[:limit]}
        pointed = _pointed(ranked, articles, question_in(index, marking) or asked, asked)
        surest = 1.0
        for in_its_place, candidate in list(zip(ranked, _answering_first(ranked, pointed), strict=True))[:limit]:
            surest = min(in_its_place.probability(calibrated), surest)
            if surest >= least or (typed and in_its_place.score >= _NEAR * ranked[0].score):
                found.append(_found(asked, candidate, surest, pointed[candidate.passage.passage_id].sentence))
        return found

    def rank(self, query: str, *, day: date | None = None, area: str | None = None, limit: int = 10) -> list[Candidate]:
        """The ``limit`` nearest passages that staff may see, best first, however unlikely they are.

        Without a day, of all that are indexed.
        """
        index = self._source.snapshot
        return self._rank(index, question_in(index, query), index.allowed(day, area, Secrecy.INTERNAL), limit)

    def _rank(self, index: Index, asked: str, allowed: Mask, limit: int) -> list[Candidate]:
        if not asked:
            return []
        depth = max(_DEPTH, limit)
        found = look_through(index, asked, allowed, depth, self._embedder, self._terms)
        fused = fuse(found.words, found.sounds, found.vectors, _SHARES, depth)
        if not asks_when_it_holds(asked):
            fused = _without_closing(index, fused)
        if papers := AskedPapers.of(asked, self._terms):
            fused = papers.first(fused, lambda position: searched_text(index.passages[position]))
        order = sorted(fused, key=lambda position: position not in found.same)
        return _candidates(index, found, fused, order[:limit])

    def _about(self, asked: str, ranked: Sequence[Candidate]) -> list[Candidate]:
        """Without those that are about another paper than the one that was asked about."""
        papers = AskedPapers.of(asked, self._terms)
        return [one for one in ranked if one.same or not papers.another(searched_text(one.passage))]

    def calibrate(self, examples: Iterable[Example], small_talk: Iterable[str] = ()) -> Calibration:
        """Fit the calibration to questions with known answers and utterances without any; use and store it.

        Raises KnowledgeError where that is too little to learn from or the disk refuses.
        """
        none: frozenset[str] = frozenset()
        cases = [*examples, *(Example(utterance, none) for utterance in small_talk)]
        fitted = calibration.fit([judged for case in cases for judged in self.judge(case)])
        fitted.save(self._source.snapshot.folder)
        self._learned = _learned_at(self._source.snapshot)
        self.calibration = self._promising(fitted)
        return self.calibration

    def _followed(self, index: Index) -> Calibration:
        """The calibration in force: one that was written since, the former one while a new index is being put there.

        The default goes with the base.
        """
        learned = written, _ = _learned_at(index)
        if self._follows and learned != self._learned and (written or not self._learned[0]):
            self._learned = learned
            try:
                self.calibration = self._promising(_learned(index))
            except IndexMismatch:
                _log.warning("The calibration beside the index cannot be used; the one from before holds.")
        return self.calibration

    def _promising(self, calibrated: Calibration) -> Calibration:
        return calibrated if self._precision is None else calibrated.promising(self._precision)

    def judge(self, example: Example) -> list[Judged]:
        """The passages that an agent would be shown first, each right or not; none of another city."""
        index = self._source.snapshot
        if _is_elsewhere(index, example.question, self._places):
            return []
        ranked = self.rank(example.question, day=example.day, area=example.area, limit=_JUDGED)
        candidates = self._about(question_in(index, example.question), ranked)
        return [
            Judged(c.signals, c.passage.article_id in example.articles, off_topic=not example.articles)
            for c in (candidates if example.articles else candidates[:1])
        ]


def _learned(index: Index) -> Calibration:
    """What was fitted for this index, or the default by its background."""
    return calibration.load(index.folder, calibration.default(index.background))


def _learned_at(index: Index) -> tuple[int, int]:
    """When that was written, in nanoseconds; where nothing was fitted, 0 and the number of the base."""
    written = calibration.written(index.folder)
    return written, 0 if written else index.manifest.number


def _without_closing(index: Index, fused: Mapping[int, float]) -> dict[int, float]:
    """``fused`` without the lines near its top that only close a document: they have its title, and answer nothing."""
    closing = {position for position in list(fused)[:_READ] if only_closes(index.passages[position])}
    return {position: score for position, score in fused.items() if position not in closing}


def _candidates(index: Index, found: Channels, fused: Mapping[int, float], order: Sequence[int]) -> list[Candidate]:
    scores = list(fused.values())
    rest = scores[1 : _BEHIND + 1]
    first, base = (scores[0] if scores else 0.0), (sum(rest) / len(rest) if rest else 0.0)
    channels = (found.words, found.sounds, found.vectors)
    agreement = Agreement(fused, channels, lambda position: index.passages[position].article_id)
    made: list[Candidate] = []
    for position in order:
        score = fused[position]
        passage = index.passages[position]
        other = bool(made) and passage.article_id != made[0].passage.article_id
        signals = found.signals(position, first - score, score - base, passage.article_id, agreement, other=other)
        made.append(Candidate(passage, score, signals, same=position in found.same))
    return made


def _pointed(ranked: Sequence[Candidate], articles: Set[str], asked: str, before: str) -> dict[str, Pointed]:
    """What is to be marked in each passage of ``articles``, by passage; ``before`` is all that was said of it."""
    found: dict[str, Pointed] = {}
    for article in articles:
        own = [candidate for candidate in ranked if candidate.passage.article_id == article]
        parts = [Part(candidate.passage.text, candidate.score, candidate.cosine) for candidate in own]
        found.update((c.passage.passage_id, where) for c, where in zip(own, point(parts, asked, before), strict=True))
    return found


def _answering_first(ranked: Sequence[Candidate], pointed: Mapping[str, Pointed]) -> list[Candidate]:
    """In their order, but of the first article's passages the one whose sentences answer best before its others.

    How sure a card is goes with the place, not with the passage. Who asked a passage's own question word for word gets
    that passage.
    """
    order = list(ranked)
    if ranked[0].same:
        return order
    places = [n for n, c in enumerate(ranked) if c.passage.article_id == ranked[0].passage.article_id]
    best = max(places, key=lambda n: pointed[ranked[n].passage.passage_id].share)
    for place, of in zip(places, [best, *(n for n in places if n != best)], strict=True):
        order[place] = ranked[of]
    return order


def _found(asked: str, candidate: Candidate, probability: float, sentence: Span | None) -> Found:
    passage = candidate.passage
    matching = [*spans_of(passage.text, words(asked)), *sounding_spans(passage.text, without_asking(asked))]
    return Found(passage, probability, candidate.score, merged(matching), sentence)


def _is_elsewhere(index: Index, query: str, own: Set[str]) -> bool:
    return is_about_elsewhere(strip_fillers(query), lambda pair: index.words.statistics(pair).having, own)
