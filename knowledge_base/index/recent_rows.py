"""The small part of an index that grows: passages that came since the base was written, in memory.

One thread adds, any others read what they knew of when they took their :class:`RecentView`; nothing that a reader
knows of ever changes, so nobody waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge_base.asked import keys_of
from knowledge_base.index.base import CHANNELS, Base, indexed_text
from knowledge_base.index.passage_columns import Columns
from knowledge_base.index.term_scores import RecentTerms
from knowledge_base.index.vector_search import Vector
from knowledge_base.policy import Passage

_ROOM = 64


@dataclass(frozen=True)
class RecentView:
    """The first recent rows: their vectors, float32 ``[rows, dimension]``, and what they are filtered by.

    ``passages``, ``terms`` and ``asked`` may meanwhile hold more.
    """

    passages: Sequence[Passage]
    vectors: Vector
    columns: Columns
    terms: dict[str, RecentTerms]
    asked: dict[str, list[int]]

    def __len__(self) -> int:
        return len(self.columns)


class RecentRows:
    """Rows behind those of ``base``, numbered from 0."""

    def __init__(self, base: Base) -> None:
        self._passages: list[Passage] = []
        self._vectors: Vector = np.empty((_ROOM, base.vectors.rows.shape[1]), np.float32)
        self._columns = Columns.of((), base.columns.areas)
        self._terms = {name: RecentTerms(base.terms[name].average_length) for name in CHANNELS}
        self._asked: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self._passages)

    def add(self, passages: Sequence[Passage], vectors: Vector) -> None:
        """Add ``passages`` and their ``vectors``, float32 ``[passages, dimension]``."""
        first = len(self)
        self._make_room(first + len(passages))
        self._vectors[first : first + len(passages)] = vectors
        for row, passage in enumerate(passages, first):
            text = indexed_text(passage)
            for name, cut in CHANNELS.items():
                self._terms[name].add(row, cut(text))
            for key in keys_of(passage):
                self._asked.setdefault(key, []).append(row)
        self._columns = self._columns.extended(Columns.of(passages, self._columns.areas))
        self._passages.extend(passages)

    def view(self) -> RecentView:
        """What is there now."""
        return RecentView(self._passages, self._vectors[: len(self)], self._columns, self._terms, self._asked)

    def _make_room(self, rows: int) -> None:
        """Readers keep the array that they have; the larger one is a copy."""
        if rows > len(self._vectors):
            larger = np.empty((max(rows, 2 * len(self._vectors)), self._vectors.shape[1]), np.float32)
            larger[: len(self)] = self._vectors[: len(self)]
            self._vectors = larger
