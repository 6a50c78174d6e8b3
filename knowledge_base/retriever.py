"""Search: what was asked → the passages that answer it, in force on the day and in the caller's area, or nothing.

::

    "哎，那个，我想问一下居住证怎么办？"
        strip_fillers → "居住证怎么办？"
            ├─ words     → BM25 (tantivy)  ─┐  each only over what holds on the day and in the area
            ├─ syllables → BM25 (tantivy)  ─┤  颁居住整 sounds like 办居住证: recognisers err by homophones
            └─ vectors   → cosine (FAISS)  ─┴→ standardised, added → calibrated → below the threshold: nothing
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import date
from typing import Protocol

from knowledge_base import calibration
from knowledge_base.asked import key
from knowledge_base.calibration import Calibration, Judged, Signals
from knowledge_base.fusion import Shares, fuse
from knowledge_base.index import Embedder, Index, Mask
from knowledge_base.policy import Passage, Secrecy
from knowledge_base.sounds import sound_terms, sounding_spans
from knowledge_base.words import merged, spans_of, strip_fillers, words

_DEPTH = 100
_SAME = 0.99
_BEHIND = 10
_JUDGED = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that answers: how likely it is the right one, its fused score, and which characters match."""

    passage: Passage
    probability: float
    score: float
    highlight: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ranked passage before anything is decided about showing it."""

    passage: Passage
    score: float
    signals: Signals
    same: bool


@dataclass(frozen=True, slots=True)
class _Rankings:
    """Position to score in each channel, the best score that a passage could have, and the length of the question."""

    words: Mapping[int, float]
    sounds: Mapping[int, float]
    vectors: Mapping[int, float]
    most_words: float
    most_sounds: float
    length: float

    def signals(self, position: int, lead: float) -> Signals:
        """What is known of one passage."""
        return Signals(
            self.vectors[position],
            self.words.get(position, 0.0) / self.most_words,
            self.sounds.get(position, 0.0) / self.most_sounds,
            lead,
            self.length,
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
    ) -> None:
        self._source = source
        self._embedder = embedder
        self._shares = shares or Shares()
        self.calibration = calibrated or calibration.load(source.snapshot.folder)

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
    ) -> list[Found]:
        """At most ``limit`` passages that hold on ``day`` in ``area``, best first; none below the threshold.

        Nothing is found that somebody of ``clearance`` may not see.
        """
        found = []
        for candidate in self.rank(query, day=day, area=area, limit=limit, clearance=clearance):
            probability = self._probability(candidate)
            if probability >= self.calibration.threshold:
                found.append(self._found(query, candidate, probability))
        return found

    def rank(
        self,
        query: str,
        *,
        day: date | None = None,
        area: str | None = None,
        limit: int = 10,
        clearance: Secrecy = Secrecy.RESTRICTED,
    ) -> list[Candidate]:
        """The ``limit`` nearest passages, best first, without a threshold; without a day, of all that are indexed."""
        asked = strip_fillers(query)
        if not asked:
            return []
        index = self._source.snapshot
        allowed = index.allowed(day, area, clearance)
        heard = self._rankings(index, asked, allowed, max(_DEPTH, limit))
        fused = fuse((heard.words, heard.sounds, heard.vectors), astuple(self._shares))
        same = {p for p in index.asked(key(asked)) if allowed[p]}
        order = [*(p for p in fused if p in same), *(same - fused.keys()), *(p for p in fused if p not in same)]
        behind = list(fused.values())[1 : _BEHIND + 1]
        base = sum(behind) / len(behind) if behind else 0.0
        return [
            Candidate(index.passages[p], fused.get(p, 0.0), heard.signals(p, fused.get(p, 0.0) - base), same=p in same)
            for p in order[:limit]
        ]

    def _rankings(self, index: Index, asked: str, allowed: Mask, depth: int) -> _Rankings:
        """What each of the three channels finds; every passage that any of them finds has its cosine."""
        wanted, sounding = words(asked), sound_terms(asked)
        vector = self._embedder.embed_queries([asked])[0]
        by_words = dict(index.words.search(wanted, allowed, depth))
        by_sounds = dict(index.sounds.search(sounding, allowed, depth))
        by_vectors = dict(index.nearest(vector, allowed, depth))
        same = [p for p in index.asked(key(asked)) if allowed[p]]
        missing = [p for p in dict.fromkeys([*by_words, *by_sounds, *same]) if p not in by_vectors]
        by_vectors.update(zip(missing, index.cosines(vector, missing), strict=True))
        return _Rankings(
            by_words,
            by_sounds,
            by_vectors,
            index.words.best_possible(wanted) or 1.0,
            index.sounds.best_possible(sounding) or 1.0,
            math.log1p(len(wanted)),
        )

    def calibrate(self, examples: Iterable[Example], small_talk: Iterable[str] = ()) -> Calibration:
        """Fit the calibration to questions with known answers and utterances without any; use and store it.

        Raises KnowledgeError where that is too little to learn from or the disk refuses.
        """
        none: frozenset[str] = frozenset()
        cases = [*examples, *(Example(utterance, none) for utterance in small_talk)]
        self.calibration = calibration.fit([judged for case in cases for judged in self.judge(case)])
        self.calibration.save(self._source.snapshot.folder)
        return self.calibration

    def judge(self, example: Example) -> list[Judged]:
        """The passages that an agent would be shown first, each right or not."""
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

    def _found(self, query: str, candidate: Candidate, probability: float) -> Found:
        passage = candidate.passage
        asked = strip_fillers(query)
        matching = [*spans_of(passage.text, words(asked)), *sounding_spans(passage.text, asked)]
        return Found(passage, probability, candidate.score, merged(matching))
