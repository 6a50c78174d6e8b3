"""What words, syllables and vectors find of a question, each passage with its score in each of these three channels.

Syllables are looked up as they were asked. Words are looked up so, and as articles put it
(:mod:`knowledge_base.search.everyday_terms`). Vectors are of the question as the passages write it that sound most like
it (:mod:`knowledge_base.search.sound_feedback`): a second one, of how articles put it, would take as long as the first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge_base.asked import key
from knowledge_base.calibration import Signals
from knowledge_base.index.base import searched_text
from knowledge_base.index.index import Embedder, Index, Terms
from knowledge_base.index.passage_columns import Mask
from knowledge_base.index.term_scores import LARGEST_TF, rarity
from knowledge_base.search.agreement import Agreement
from knowledge_base.search.everyday_terms import EverydayTerms
from knowledge_base.search.fusion import centred_cosines
from knowledge_base.search.numerals import as_known
from knowledge_base.search.sound_feedback import PASSAGES, as_written
from knowledge_base.search.word_odds import fluency
from knowledge_base.sounds import asked_sound_terms
from knowledge_base.words import asked_pairs, pairs, strip_fillers

_TERMS = 64  # the rarest of a long question: the others cost the most time and say the least
_AS_ARTICLES_PUT_IT = 0.8  # of what the citizen's own words count: the table does not know what was meant


@dataclass(frozen=True, slots=True)
class Channels:
    """Position to score in each channel, each to its scale; every position that any of them found has its cosine.

    ``same`` are the passages that were asked for word for word. ``nearest`` is the cosine of the nearest passage,
    ``length`` the logarithm of the question's pairs of characters, ``telling`` the part of the question that was looked
    up (of small talk, hardly any), ``fluent`` how likely its wording is at all.
    """

    words: Mapping[int, float]
    sounds: Mapping[int, float]
    vectors: Mapping[int, float]
    same: frozenset[int]
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


def question_in(index: Index, query: str) -> str:
    """The question inside ``query``, its numbers as the passages write them; empty where nothing is asked."""
    return as_known(strip_fillers(query), lambda pair: index.words.statistics(pair).having)


def look_through(
    index: Index, asked: str, allowed: Mask, depth: int, embedder: Embedder, terms: EverydayTerms
) -> Channels:
    """The first ``depth`` allowed passages of each channel. ``asked`` is what :func:`question_in` gives, not empty."""
    by_sounds = _covered(index.sounds, asked_sound_terms(asked), allowed, depth)
    vector = embedder.embed_queries([_meant(index, asked, by_sounds)])[0]
    by_words = _by_words(index, terms.readings(asked), allowed, depth)
    near = index.nearest(vector, allowed, depth)
    same = [position for position in index.asked(key(asked)) if allowed[position]]
    found = list(dict.fromkeys([*(position for position, _ in near), *by_words, *by_sounds, *same]))
    cosines = centred_cosines(vector, index.rows(found), index.mean(), len(index.passages))
    return Channels(
        by_words,
        by_sounds,
        dict(zip(found, map(float, cosines), strict=True)),
        frozenset(same),
        near[0][1] if near else 0.0,
        math.log1p(len(pairs(asked))),
        _weighed(index.words, asked_pairs(asked))[1] / (_weighed(index.words, pairs(asked))[1] or 1.0),
        fluency(asked),
    )


def _by_words(index: Index, readings: Sequence[str], allowed: Mask, depth: int) -> dict[int, float]:
    """How much a passage has of the first of ``readings``, or, where that is more, of another one."""
    found: dict[int, float] = {}
    for number, reading in enumerate(readings):
        worth = _AS_ARTICLES_PUT_IT if number else 1.0
        for position, share in _covered(index.words, asked_pairs(reading), allowed, depth).items():
            found[position] = max(found.get(position, 0.0), worth * share)
    return found


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
