"""Search: what was asked → the passages that answer it, in force on the day and in the caller's area, or nothing.

::

    "哎，那个，我想问一下居住证怎么办？"
        strip_fillers → "居住证怎么办？"
            ├─ pairs of characters → BM25 (tantivy)  ─┐  each only over what holds on the day and in the area
            ├─ syllables           → BM25 (tantivy)  ─┤  颁居住整 sounds like 办居住证: recognisers err by homophones
            └─ vectors             → cosine (FAISS)  ─┴→ to one scale, added → calibrated → below the threshold: nothing

Vectors are of the question as the passages write it that sound most like it
(:mod:`knowledge_base.search.sound_feedback`).
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from knowledge_base import calibration
from knowledge_base.asked import key
from knowledge_base.calibration import Calibration, Judged, Signals
from knowledge_base.errors import IndexMismatch
from knowledge_base.index.base import searched_text
from knowledge_base.index.index import Embedder, Index, Terms
from knowledge_base.index.passage_columns import Mask
from knowledge_base.index.term_scores import LARGEST_TF, rarity
from knowledge_base.policy import Passage, Secrecy
from knowledge_base.search.agreement import Agreement
from knowledge_base.search.answering_sentence import Part, Pointed, Span, point
from knowledge_base.search.elsewhere import is_about_elsewhere
from knowledge_base.search.everyday_terms import EverydayTerms
from knowledge_base.search.fusion import Shares, centred_cosines, fuse
from knowledge_base.search.numerals import as_known
from knowledge_base.search.sound_feedback import PASSAGES, as_written
from knowledge_base.search.word_odds import fluency
from knowledge_base.sounds import sound_terms, sounding_spans
from knowledge_base.words import asked_pairs, merged, pairs, spans_of, strip_fillers, words

_log = logging.getLogger(__name__)

TYPED = 0.1
"""Probability from which on a passage is listed for somebody who looks for it, and reads it with its figure.

A few words typed are rated lower than a question: of those between 0.1 and 0.2 most lead to the right article.
"""

_DEPTH = 100
_OF_THE_ARTICLE = 30  # passages from the first on, among which the others of an article are looked for
_SAME = 0.99
_BEHIND = 10
_JUDGED = 3
_TERMS = 64  # the rarest of a long question: the others cost the most time and say the least


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


@dataclass(frozen=True, slots=True)
class _Rankings:
    """Position to score in each channel, each to its scale; the nearest passage's cosine; the question's length.

    ``telling`` is the part of the question that was looked up: of small talk, hardly any. ``fluent`` is how likely its
    wording is at all.
    """

    words: Mapping[int, float]
    sounds: Mapping[int, float]
    vectors: Mapping[int, float]
    nearest: float
    length: float
    telling: float
    fluent: float

    def signals(
        self, position: int, behind: float, lead: float, article: str, agreement: Agreement, *, other: bool
    ) -> Signals:
        """What is known of one passage of ``article``; ``other``: it is of another article than the first one."""
        standing = agreement.of(article)
        return Signals(
            self.nearest,
            behind,
            self.vectors[position],
            self.words.get(position, 0.0) * self.telling,
            self.sounds.get(position, 0.0),
            lead,
            self.length,
            float(other),
            standing.ahead,
            standing.apart,
            agreement.alike,
            self.fluent,
        )


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
        shares: Shares | None = None,
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
        self._shares = shares or Shares()
        self._precision = precision
        self._terms = terms or EverydayTerms()
        self._follows = calibrated is None
        self._written = calibration.written(source.snapshot.folder)
        self.calibration = self._promising(calibrated or calibration.load(source.snapshot.folder))

    @property
    def versions(self) -> dict[str, str]:
        """What an answer depends on."""
        manifest = self._source.snapshot.manifest
        return {"index": manifest.library, "embedder": manifest.embedder}

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
        for them everything from ``TYPED`` on is listed.
        ``marking`` is what the sentence to be marked must answer, where that is not the whole ``query``.
        """
        index = self._source.snapshot
        self._follow(index.folder)
        found: list[Found] = []
        if not typed and _is_elsewhere(index, query, self._places):
            return found
        ranked = self._rank(index, query, index.allowed(day, area, clearance), max(limit, _OF_THE_ARTICLE))
        least = min(TYPED, self.calibration.threshold) if typed else self.calibration.threshold
        if not ranked or self._probability(ranked[0]) < least:
            return found
        asked = _numbered(index, query)
        articles = {candidate.passage.article_id for candidate in ranked[:limit]}
        pointed = _pointed(ranked, articles, _numbered(index, marking) or asked)
        surest = 1.0
        for in_its_place, candidate in list(zip(ranked, _answering_first(ranked, pointed), strict=True))[:limit]:
            surest = min(self._probability(in_its_place), surest)
            if surest >= least:
                found.append(_found(asked, candidate, surest, pointed[candidate.passage.passage_id].sentence))
        return found

    def rank(
        self,
        query: str,
        *,
        day: date | None = None,
        area: str | None = None,
        limit: int = 10,
        clearance: Secrecy = Secrecy.INTERNAL,
    ) -> list[Candidate]:
        """The ``limit`` nearest passages, best first, without a threshold; without a day, of all that are indexed."""
        index = self._source.snapshot
        return self._rank(index, query, index.allowed(day, area, clearance), limit)

    def _rank(self, index: Index, query: str, allowed: Mask, limit: int) -> list[Candidate]:
        asked = _numbered(index, query)
        if not asked:
            return []
        depth = max(_DEPTH, limit)
        heard = self._rankings(index, asked, allowed, depth)
        fused = fuse(heard.words, heard.sounds, heard.vectors, self._shares, depth)
        same = {p for p in index.asked(key(asked)) if allowed[p]}
        order = [*(p for p in fused if p in same), *(same - fused.keys()), *(p for p in fused if p not in same)]
        return _candidates(index, heard, fused, order[:limit], same)

    def _rankings(self, index: Index, asked: str, allowed: Mask, depth: int) -> _Rankings:
        """What each of the three channels finds; every passage that any of them finds has its cosine."""
        by_sounds = _covered(index.sounds, sound_terms(asked), allowed, depth)
        meant = _meant(index, asked, by_sounds)
        vector = self._embedder.embed_queries([self._terms.put_to(meant)])[0]
        official = " ".join(self._terms.official(asked))
        by_words = _covered(index.words, [*asked_pairs(asked), *pairs(official)], allowed, depth)
        near = index.nearest(vector, allowed, depth)
        same = [p for p in index.asked(key(asked)) if allowed[p]]
        found = list(dict.fromkeys([*(p for p, _ in near), *by_words, *by_sounds, *same]))
        cosines = centred_cosines(vector, index.rows(found), index.mean(), len(index.passages))
        return _Rankings(
            by_words,
            by_sounds,
            dict(zip(found, map(float, cosines), strict=True)),
            near[0][1] if near else 0.0,
            math.log1p(len(pairs(asked))),
            _weighed(index.words, asked_pairs(asked))[1] / (_weighed(index.words, pairs(asked))[1] or 1.0),
            fluency(asked),
        )

    def calibrate(self, examples: Iterable[Example], small_talk: Iterable[str] = ()) -> Calibration:
        """Fit the calibration to questions with known answers and utterances without any; use and store it.

        Raises KnowledgeError where that is too little to learn from or the disk refuses.
        """
        none: frozenset[str] = frozenset()
        cases = [*examples, *(Example(utterance, none) for utterance in small_talk)]
        fitted = calibration.fit([judged for case in cases for judged in self.judge(case)])
        fitted.save(self._source.snapshot.folder)
        self._written = calibration.written(self._source.snapshot.folder)
        self.calibration = self._promising(fitted)
        return self.calibration

    def _follow(self, folder: Path) -> None:
        """Take up a calibration that was written since; while a new index is being put there, the former one holds."""
        written = calibration.written(folder)
        if not self._follows or not written or written == self._written:
            return
        self._written = written
        try:
            self.calibration = self._promising(calibration.load(folder))
        except IndexMismatch:
            _log.warning("The calibration beside the index cannot be used; the one from before holds.")

    def _promising(self, calibrated: Calibration) -> Calibration:
        return calibrated if self._precision is None else calibrated.promising(self._precision)

    def judge(self, example: Example) -> list[Judged]:
        """The passages that an agent would be shown first, each right or not; none of another city."""
        if _is_elsewhere(self._source.snapshot, example.question, self._places):
            return []
        candidates = self.rank(example.question, day=example.day, area=example.area, limit=_JUDGED)
        return [
            Judged(c.signals, self.passage(c).article_id in example.articles, off_topic=not example.articles)
            for c in candidates[: _JUDGED if example.articles else 1]
        ]

    def passage(self, candidate: Candidate) -> Passage:
        """The passage that a candidate stands for."""
        return candidate.passage

    def _probability(self, candidate: Candidate) -> float:
        probability = self.calibration.probability(candidate.signals)
        return max(probability, _SAME) if candidate.same else probability


def _candidates(
    index: Index, heard: _Rankings, fused: Mapping[int, float], order: Sequence[int], same: Set[int]
) -> list[Candidate]:
    scores = list(fused.values())
    rest = scores[1 : _BEHIND + 1]
    first, base = (scores[0] if scores else 0.0), (sum(rest) / len(rest) if rest else 0.0)
    channels = (heard.words, heard.sounds, heard.vectors)
    agreement = Agreement(fused, channels, lambda position: index.passages[position].article_id)
    made: list[Candidate] = []
    for position in order:
        score = fused.get(position, base)
        passage = index.passages[position]
        other = bool(made) and passage.article_id != made[0].passage.article_id
        signals = heard.signals(position, first - score, score - base, passage.article_id, agreement, other=other)
        made.append(Candidate(passage, score, signals, same=position in same))
    return made


def _pointed(ranked: Sequence[Candidate], articles: Set[str], asked: str) -> dict[str, Pointed]:
    """What is to be marked in each passage of ``articles``, by passage."""
    found: dict[str, Pointed] = {}
    for article in articles:
        own = [candidate for candidate in ranked if candidate.passage.article_id == article]
        parts = [Part(candidate.passage.text, candidate.score, candidate.cosine) for candidate in own]
        found.update((c.passage.passage_id, where) for c, where in zip(own, point(parts, asked), strict=True))
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
    matching = [*spans_of(passage.text, words(asked)), *sounding_spans(passage.text, asked)]
    return Found(passage, probability, candidate.score, merged(matching), sentence)


def _is_elsewhere(index: Index, query: str, own: Set[str]) -> bool:
    return is_about_elsewhere(strip_fillers(query), lambda pair: index.words.statistics(pair).having, own)


def _numbered(index: Index, query: str) -> str:
    """What was asked, its numbers as the passages write them."""
    return as_known(strip_fillers(query), lambda pair: index.words.statistics(pair).having)


def _meant(index: Index, asked: str, by_sounds: Mapping[int, float]) -> str:
    """What was asked, as those passages write it that sound most like it: vectors know no sounds."""
    texts = [searched_text(index.passages[position]) for position in list(by_sounds)[:PASSAGES]]
    return as_written(asked, texts, lambda pair: index.words.statistics(pair).having)


def _weighed(channel: Terms, terms: Iterable[str]) -> tuple[dict[str, float], float]:
    """How rare each of ``terms`` is, the rarest that some passage has; and the sum of all that count."""
    told = {term: channel.statistics(term) for term in dict.fromkeys(terms)}
    known = {term: rarity(told[term]) for term in told if told[term].having}
    kept = dict(sorted(known.items(), key=lambda item: -item[1])[:_TERMS])
    return kept, sum(kept.values()) + sum(rarity(which) for which in told.values() if not which.having)


def _covered(channel: Terms, terms: Iterable[str], allowed: Mask, depth: int) -> dict[int, float]:
    """Position to how much of ``terms`` a passage has, as a part of the best possible BM25 score, 0 to 1.

    What no passage has is a part of what was asked all the same: without it, a question about something else would look
    answered by the little that is known.
    """
    weighed, whole = _weighed(channel, terms)
    most = whole * LARGEST_TF or 1.0
    return {position: score / most for position, score in channel.search(list(weighed), allowed, depth)}
