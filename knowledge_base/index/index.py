"""The search index as a reader sees it: vectors, words, syllables and passages of one library, at one moment.

::

    index/
      manifest.json     whose index it is: embedder, dimension, library, format; and of which files it is made
      base-000003/      the large part (:mod:`knowledge_base.index.base`)
      changes-000003.log  what came since (:mod:`knowledge_base.index.log`)
      calibration.json  where one was fitted (:mod:`knowledge_base.calibration`)

An index belongs to one embedder at one precision and to one library: anything else is refused, since its answers would
look right and be wrong. It never changes. One is made by :mod:`knowledge_base.index.making`, opened by
:mod:`knowledge_base.index.state`, and followed by the next one that :mod:`knowledge_base.index.keeper` makes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Protocol, overload

import numpy as np

from knowledge_base.calibration import Background
from knowledge_base.index.base import Base
from knowledge_base.index.manifest import Manifest
from knowledge_base.index.passage_columns import Mask
from knowledge_base.index.recent_rows import RecentView
from knowledge_base.index.term_index import TermIndex
from knowledge_base.index.term_scores import RecentTerms, Statistics, rarity
from knowledge_base.index.vector_search import Hits, Vector, best
from knowledge_base.policy import Passage, Secrecy

_MASKS = 64
"""So many days, areas and clearances are kept: a day's calls ask for a few."""


class Embedder(Protocol):
    """Turns texts into vectors of length one; queries and passages may be treated differently."""

    @property
    def dimension(self) -> int:
        """Numbers in one vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """Name, precision and weights: vectors of different fingerprints are not compared."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vector:
        """Float32 ``[n, dimension]``."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vector:
        """Float32 ``[n, dimension]``."""
        ...


class Index:
    """An index, open for reading; may be shared between threads. Positions count passages from 0."""

    def __init__(self, folder: Path, manifest: Manifest, base: Base, recent: RecentView, alive: Mask) -> None:
        self.folder = folder
        self.manifest = manifest
        self.passages: Sequence[Passage] = _Passages(base, recent)
        self.words = Terms(base.terms["words"], recent.terms["words"], base.count, len(recent))
        self.sounds = Terms(base.terms["sounds"], recent.terms["sounds"], base.count, len(recent))
        self._base, self._recent, self._alive = base, recent, alive
        self._masks: dict[tuple[date | None, str | None, Secrecy], Mask] = {}

    @property
    def snapshot(self) -> Index:
        """Itself: an index never changes, the one in force is replaced by another."""
        return self

    @property
    def living(self) -> Mask:
        """Bool ``[passages]``: those that were not replaced since."""
        return self._alive

    def without(self, positions: Sequence[int]) -> Index:
        """The same index, as if the passages at ``positions`` were no longer in force."""
        alive = self._alive.copy()
        alive[list(positions)] = False
        return Index(self.folder, self.manifest, self._base, self._recent, alive)

    def asked(self, key: str) -> Sequence[int]:
        """Positions of the passages that answer that question (a key of :mod:`knowledge_base.asked`) word for word."""
        recent = (self._base.count + row for row in self._recent.asked.get(key, ()) if row < len(self._recent))
        return [position for position in (*self._base.asked(key), *recent) if self._alive[position]]

    def allowed(self, day: date | None, area: str | None, clearance: Secrecy = Secrecy.RESTRICTED) -> Mask:
        """Bool ``[passages]``: those that may be quoted on ``day`` in ``area`` to somebody of ``clearance``.

        On any day and in any area where ``day`` is ``None``.
        """
        asked = day, area, clearance
        mask = self._masks.get(asked)
        if mask is None:
            if len(self._masks) >= _MASKS:
                self._masks.clear()
            mask = self._masks[asked] = self._make_mask(day, area, clearance)
        return mask

    def nearest(self, vector: Vector, allowed: Mask, limit: int) -> Hits:
        """Positions and cosines of the allowed passages nearest to ``vector``, float32 ``[dimension]``, best first."""
        count = self._base.count
        hits = self._base.vectors.nearest(vector, allowed[:count], limit)
        if len(self._recent) and limit:
            scores = np.where(allowed[count:], self._recent.vectors @ vector, -np.inf)
            hits = _joined(hits, [(count + row, cosine) for row, cosine in best(scores, limit)], limit)
        return hits

    def rows(self, positions: Sequence[int]) -> Vector:
        """The vectors of the passages at ``positions``, float32 ``[positions, dimension]``."""
        count = self._base.count
        wanted = np.asarray(positions, np.int64)
        found = np.empty((len(wanted), self.manifest.dimension), np.float32)
        old = wanted < count
        found[old] = self._base.vectors.rows[wanted[old]]
        found[~old] = self._recent.vectors[wanted[~old] - count]
        return found

    def mean(self) -> Vector:
        """The mean of the vectors of the base, float32 ``[dimension]``; all 0 where it is empty."""
        return self._base.vectors.mean

    @property
    def background(self) -> Background | None:
        """What the base's library does not answer comes to in it, where that was measured."""
        return self._base.background

    def _make_mask(self, day: date | None, area: str | None, clearance: Secrecy) -> Mask:
        wide = self._base.allowed(day, area, clearance)
        mask: Mask = np.concatenate([wide, self._recent.columns.allowed(day, area, clearance)]) & self._alive
        mask.flags.writeable = False
        return mask


class Terms:
    """One channel of terms over base and recent passages; a term weighs the same in both."""

    def __init__(self, base: TermIndex, recent: RecentTerms, first: int, count: int) -> None:
        self._base = base
        self._recent = recent
        self._first = first
        self._count = count

    def search(self, wanted: Sequence[str], allowed: Mask, limit: int) -> Hits:
        """Positions and BM25 scores of allowed passages with some of ``wanted``, best first."""
        hits = self._base.search(wanted, allowed[: self._first], limit)
        if not self._count:
            return hits
        weighed = {word: rarity(self.statistics(word)) for word in dict.fromkeys(wanted)}
        recent = self._recent.search(weighed, allowed[self._first :])
        return _joined(hits, [(self._first + row, score) for row, score in recent], limit)

    def statistics(self, word: str) -> Statistics:
        """How many passages there are and how many have ``word``: in the base; of a word that it lacks, in all."""
        told = self._base.statistics(word)
        if told.having or not self._count:
            return told
        return Statistics(told.texts + self._count, self._recent.having(word, self._count))


class _Passages(Sequence[Passage]):
    """Those of the base, read when asked for, and the recent ones."""

    def __init__(self, base: Base, recent: RecentView) -> None:
        self._base = base
        self._recent = recent

    def __len__(self) -> int:
        return self._base.count + len(self._recent)

    @overload
    def __getitem__(self, position: int) -> Passage: ...

    @overload
    def __getitem__(self, position: slice) -> Sequence[Passage]: ...

    def __getitem__(self, position: int | slice) -> Passage | Sequence[Passage]:
        if isinstance(position, slice):
            return [self[at] for at in range(*position.indices(len(self)))]
        if not 0 <= position < len(self):
            raise IndexError(position)
        behind = position - self._base.count
        return self._base.passages[position] if behind < 0 else self._recent.passages[behind]


def _joined(hits: Hits, more: Hits, limit: int) -> Hits:
    return sorted([*hits, *more], key=lambda hit: (-hit[1], hit[0]))[:limit]
