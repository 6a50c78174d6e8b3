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
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date

from knowledge_base import calibration
from knowledge_base.calibration import Calibration, Judged, Signals
from knowledge_base.fusion import Shares, fuse
from knowledge_base.index import Embedder, Index, Mask
from knowledge_base.policy import Passage
from knowledge_base.sounds import sound_terms, sounding_spans
from knowledge_base.words import merged, normalise, spans_of, strip_fillers, words

_DEPTH = 100
_SAME = 0.99
_SHORTEST_SAME = 4
_BEHIND = 10
_JUDGED = 3
_NOT_TEXT = re.compile(r"[\W_]+")
_QUESTION = re.compile(r"^\s*(?:\d{1,3}[.、]\s*)?(?:问|[Qq])?\d{0,3}[:：]?\s*([^\n？?]{2,60})[？?\n]")


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

    position: int
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


class Retriever:
    """Hybrid search over one index; may be shared between threads."""

    def __init__(
        self,
        index: Index,
        embedder: Embedder,
        calibrated: Calibration | None = None,
        shares: Shares | None = None,
    ) -> None:
        self._index = index
        self._embedder = embedder
        self._shares = shares or Shares()
        self.calibration = calibrated or calibration.load(index.folder)
        self._same = _by_question(index.passages)

    @property
    def versions(self) -> dict[str, str]:
        """What an answer depends on."""
        manifest = self._index.manifest
        return {"index": manifest.library, "embedder": manifest.embedder}

    def search(self, query: str, *, day: date, area: str | None, limit: int = 3) -> list[Found]:
        """At most ``limit`` passages that hold on ``day`` in ``area``, best first; none below the threshold."""
        found = []
        for candidate in self.rank(query, day=day, area=area, limit=limit):
            probability = self._probability(candidate)
            if probability >= self.calibration.threshold:
                found.append(self._found(query, candidate, probability))
        return found

    def rank(self, query: str, *, day: date | None = None, area: str | None = None, limit: int = 10) -> list[Candidate]:
        """The ``limit`` nearest passages, best first, without a threshold; without a day, of all that are indexed."""
        asked = strip_fillers(query)
        if not asked:
            return []
        allowed = self._index.allowed(day, area)
        heard = self._rankings(asked, allowed, max(_DEPTH, limit))
        fused = fuse((heard.words, heard.sounds, heard.vectors), astuple(self._shares))
        same = {p for p in self._same.get(_key(asked), ()) if allowed[p]}
        order = [*(p for p in fused if p in same), *(same - fused.keys()), *(p for p in fused if p not in same)]
        behind = list(fused.values())[1 : _BEHIND + 1]
        base = sum(behind) / len(behind) if behind else 0.0
        return [
            Candidate(p, fused.get(p, 0.0), heard.signals(p, fused.get(p, 0.0) - base), same=p in same)
            for p in order[:limit]
        ]

    def _rankings(self, asked: str, allowed: Mask, depth: int) -> _Rankings:
        """What each of the three channels finds; every passage that any of them finds has its cosine."""
        index = self._index
        wanted, sounding = words(asked), sound_terms(asked)
        vector = self._embedder.embed_queries([asked])[0]
        by_words = dict(index.words.search(wanted, allowed, depth))
        by_sounds = dict(index.sounds.search(sounding, allowed, depth))
        by_vectors = dict(index.nearest(vector, allowed, depth))
        same = [p for p in self._same.get(_key(asked), ()) if allowed[p]]
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
        self.calibration.save(self._index.folder)
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
        return self._index.passages[candidate.position]

    def _probability(self, candidate: Candidate) -> float:
        probability = self.calibration.probability(candidate.signals)
        return max(probability, _SAME) if candidate.same else probability

    def _found(self, query: str, candidate: Candidate, probability: float) -> Found:
        passage = self.passage(candidate)
        asked = strip_fillers(query)
        matching = [*spans_of(passage.text, words(asked)), *sounding_spans(passage.text, asked)]
        return Found(passage, probability, candidate.score, merged(matching))


def _by_question(passages: Sequence[Passage]) -> Mapping[str, tuple[int, ...]]:
    """What a caller may ask word for word: a title, the last heading, the question that a passage opens with."""
    found: dict[str, list[int]] = defaultdict(list)
    for position, passage in enumerate(passages):
        asked = {passage.title, passage.heading.rsplit("\u203a", 1)[-1]}
        opening = _QUESTION.match(passage.text)
        if opening:
            asked.add(opening[1])
        for key in {_key(strip_fillers(text)) for text in asked}:
            if len(key) >= _SHORTEST_SAME and position not in found[key]:
                found[key].append(position)
    return {key: tuple(positions) for key, positions in found.items()}


def _key(text: str) -> str:
    """A text without punctuation, spaces, width and case, and without the mark of a question."""
    return re.sub(r"^(?:问|q)\d*", "", _NOT_TEXT.sub("", normalise(text)))
