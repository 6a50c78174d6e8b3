"""Which categories of the taxonomy an appeal may belong to: by what citizens call them, and by past orders like it.

Two voices, averaged as far as the second has anything to say. The phrases and names of each category are compared with
the appeal as sentence vectors, both seen from the middle of the taxonomy, and a phrase that was said word for word
counts more. Past orders whose category a person confirmed vote by how much they resemble the appeal, so that a city's
own habits take over as its orders grow in number.

Which department the router would choose is left out on purpose: a category guessed from the department would come back
to the router as if it were news (docs/decisions/0013).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from knowledge_base.embedding import QueryEmbedder
from knowledge_base.taxonomy import MatterCategory, Taxonomy
from knowledge_base.words import normalise

Floats = NDArray[np.float64]

# Chosen on one city's orders, in which 898 categories were in use (docs/decisions/0013-category.md).
_PHRASE_SHARPNESS = 12.0
_SAID_SO = 0.25  # added to the cosine of a phrase of four characters or more that was said word for word
_WHOLE_PHRASE = 4  # characters; 水表 is said of many things, 水表冻裂 of one
_VOTE_SHARPNESS = 100.0
_ALIKE = 0.94  # cosine at which one past order weighs as much as all phrases
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Vote:
    """A past order that resembles the appeal: the code of its category, its cosine and its number."""

    code: str
    cosine: float
    number: str = ""


@dataclass(frozen=True, slots=True)
class FoundCategory:
    """A category, how likely it is the right one, and why: the closest phrase, and past orders of the category."""

    category: MatterCategory
    probability: float
    phrase: str
    said: bool
    orders: tuple[str, ...] = ()


class CategoryFinder:
    """Ranks the categories of one taxonomy. Threads may share it.

    The phrases are embedded by :meth:`warm`, else when the first appeal comes. ``for_phrases`` embeds them as
    ``embedder`` does the appeals: it may be one that remembers on disk.
    """

    def __init__(self, taxonomy: Taxonomy, embedder: QueryEmbedder, for_phrases: QueryEmbedder | None = None) -> None:
        self.taxonomy = taxonomy
        self._embedder = embedder
        self._for_phrases = for_phrases or embedder
        pairs = [(place, phrase) for place, c in enumerate(taxonomy.categories) for phrase in (*c.phrases, _named(c))]
        self._owner = np.array([place for place, _ in pairs], dtype=np.int64)
        self._phrases = [phrase for _, phrase in pairs]
        self._plain = [normalise(phrase) for phrase in self._phrases]
        self._wholeness = np.array([min(len(phrase), _WHOLE_PHRASE) / _WHOLE_PHRASE for phrase in self._phrases])
        self._vectors: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None
        self._lock = Lock()

    def warm(self) -> None:
        """Embed the phrases now: seconds for hundreds of categories, unless they are remembered."""
        if self._phrases:
            self._read()

    def rank(self, text: str, votes: Sequence[Vote] = (), limit: int = 3) -> list[FoundCategory]:
        """The ``limit`` likeliest categories, best first; none for a blank text or an empty taxonomy."""
        if not text.strip() or not self._phrases:
            return []
        phrases, mean = self._read()
        asked = self._embedder.embed_queries([text])[0] - mean
        plain = normalise(text)
        said = np.array([phrase in plain for phrase in self._plain])
        cosines = phrases @ (asked / max(float(np.linalg.norm(asked)), 1e-9)) + _SAID_SO * said * self._wholeness
        closest = self._closest(cosines)
        shares = _softmax(_PHRASE_SHARPNESS * cosines[closest])
        voted = self._voted(votes)
        total = (shares + voted) / (1.0 + voted.sum())
        order = np.argsort(-total, kind="stable")[:limit]
        return [self._found(int(place), float(total[place]), int(closest[place]), said, votes) for place in order]

    def _read(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        with self._lock:
            if self._vectors is None:
                parts = [self._phrases[i : i + _AT_ONCE] for i in range(0, len(self._phrases), _AT_ONCE)]
                raw = np.concatenate([self._for_phrases.embed_queries(part) for part in parts]).astype(np.float32)
                mean = raw.mean(axis=0)
                moved = raw - mean
                lengths = np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
                self._vectors = (moved / lengths).astype(np.float32), mean
            return self._vectors

    def _closest(self, cosines: Floats) -> NDArray[np.int64]:
        """The place of each category's closest phrase; every category has at least its name."""
        order = np.argsort(cosines, kind="stable")
        closest = np.zeros(len(self.taxonomy.categories), dtype=np.int64)
        closest[self._owner[order]] = order  # the last to be written is the closest
        return closest

    def _voted(self, votes: Sequence[Vote]) -> Floats:
        """Shares of the past orders' votes, summing up to less than 1 where none is much like the appeal."""
        places = {category.code: place for place, category in enumerate(self.taxonomy.categories)}
        found = np.zeros(len(places))
        for vote in votes:
            if (place := places.get(vote.code)) is not None:
                found[place] += np.exp(_VOTE_SHARPNESS * (vote.cosine - _ALIKE))
        return np.asarray(found / (1.0 + found.sum()))

    def _found(
        self, place: int, probability: float, phrase: int, said: NDArray[np.bool_], votes: Sequence[Vote]
    ) -> FoundCategory:
        category = self.taxonomy.categories[place]
        orders = tuple(vote.number for vote in votes if vote.code == category.code and vote.number)
        return FoundCategory(category, probability, self._phrases[phrase], bool(said[phrase]), orders)


def _named(category: MatterCategory) -> str:
    """Its name with the one above it, which says what 其他 is other than."""
    return " ".join(dict.fromkeys(category.path[-2:]))


def _softmax(values: Floats) -> Floats:
    moved = np.exp(values - values.max())
    return np.asarray(moved / moved.sum())
