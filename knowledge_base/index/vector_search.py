"""Vectors on disk, searched exactly while few, and in lists when many (:mod:`knowledge_base.index.vector_lists`).

``vectors.npy`` holds float32 ``[n, dimension]`` rows of length one, memory-mapped: only what is compared is ever read.
``lists.faiss`` is there beyond :data:`LISTS_FROM` rows; it keeps each vector in one byte a number, so what it finds is
compared again with the exact rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.index.passage_columns import Mask
from knowledge_base.index.vector_lists import VectorLists, write_lists

Vector = NDArray[np.float32]
Hits = list[tuple[int, float]]

LISTS_FROM = 20_000
"""Rows from which on looking through lists is quicker than comparing with every row."""

_ROWS = "vectors.npy"
_MEAN = "mean.npy"
_LISTS = "lists.faiss"
_GATHERED = 10_000  # where no more are allowed, comparing with each is quicker than passing over all others
_BLOCK = 8192


class VectorSearch:
    """The vectors of one folder; may be shared between threads."""

    def __init__(self, folder: Path) -> None:
        self.rows: Vector = np.load(folder / _ROWS, mmap_mode="r")
        self.mean: Vector = np.load(folder / _MEAN)
        path = folder / _LISTS
        self._lists = VectorLists(path) if path.exists() else None
        if self._lists is not None and len(self._lists) != len(self.rows):
            raise ValueError("the lists are not of these vectors")

    def nearest(self, vector: Vector, allowed: Mask, limit: int) -> Hits:
        """Positions and cosines of the allowed rows nearest to ``vector``, float32 ``[dimension]``, best first."""
        count = int(np.count_nonzero(allowed))
        if not count:
            return []
        if count <= _GATHERED:
            return self._exact(vector, np.flatnonzero(allowed), limit)
        if self._lists is None:
            return best(np.where(allowed, self.rows @ vector, -np.inf), limit)
        return self._exact(vector, self._lists.near(vector, allowed, limit), limit)

    def _exact(self, vector: Vector, positions: NDArray[np.int64], limit: int) -> Hits:
        chosen = best(self.rows[positions] @ vector, limit)
        return [(int(positions[at]), cosine) for at, cosine in chosen]


def best(scores: NDArray[np.floating[Any]], limit: int) -> Hits:
    """Positions and values of the ``limit`` largest finite ``scores``, largest first; of equals the earlier first."""
    count = min(limit, len(scores))
    chosen = np.sort(np.argpartition(scores, -count)[-count:]) if count < len(scores) else np.arange(count)
    chosen = chosen[np.argsort(-scores[chosen], kind="stable")]
    return [(int(at), float(scores[at])) for at in chosen if np.isfinite(scores[at])]


def write_vectors(folder: Path, vectors: Vector, before: Path | None = None) -> None:
    """Write ``vectors`` into ``folder``, behind those of ``before``, whose lists grow by them.

    Raises OSError where the disk refuses.
    """
    old = np.load(before / _ROWS, mmap_mode="r") if before is not None else vectors[:0]
    total = len(old) + len(vectors)
    np.save(folder / _MEAN, _write_rows(folder / _ROWS, (old, vectors), total))
    if total >= LISTS_FROM:
        rows = np.load(folder / _ROWS, mmap_mode="r")
        write_lists(folder / _LISTS, rows, before / _LISTS if before is not None else None)


def _write_rows(path: Path, parts: Sequence[Vector], total: int) -> Vector:
    """Write the rows of all ``parts``; returns their mean, float32 ``[dimension]``."""
    added = np.zeros(parts[0].shape[1])
    with path.open("wb") as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": (total, parts[0].shape[1])}
        np.lib.format.write_array_header_2_0(file, header)
        for part in parts:
            for start in range(0, len(part), _BLOCK):
                block = np.ascontiguousarray(part[start : start + _BLOCK], np.float32)
                file.write(block.data)
                added += block.sum(axis=0, dtype=np.float64)
    return (added / max(1, total)).astype(np.float32)
