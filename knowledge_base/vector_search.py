"""Vectors on disk, searched exactly while they are few and through a graph (HNSW) when they are many.

``vectors.npy`` holds float32 ``[n, dimension]`` rows of length one, memory-mapped: only what is compared is ever read.
``graph.faiss`` (Malkov and Yashunin, 2018) is there beyond :data:`GRAPH_FROM` rows; it keeps each vector in one byte a
number, so what it finds is compared again with the exact rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.passage_columns import Mask

Vector = NDArray[np.float32]
Hits = list[tuple[int, float]]

GRAPH_FROM = 20_000
"""Rows from which on a graph is quicker than comparing with every row."""

_ROWS = "vectors.npy"
_MEAN = "mean.npy"
_GRAPH = "graph.faiss"
_LINKS = 16
_BUILD_DEPTH = 80
_SEARCH_DEPTH = 400
_TRAINED_ON = 50_000
_GATHERED = 10_000  # where no more are allowed, comparing with each is quicker than walking past all others
_BLOCK = 8192


def faiss() -> Any:
    """FAISS, without the types it ships: they miss half of what it has."""
    import faiss  # noqa: PLC0415 - a second of loading that only search needs

    return faiss


class VectorSearch:
    """The vectors of one folder; may be shared between threads."""

    def __init__(self, folder: Path) -> None:
        self.rows: Vector = np.load(folder / _ROWS, mmap_mode="r")
        self.mean: Vector = np.load(folder / _MEAN)
        path = folder / _GRAPH
        self._graph: Any = faiss().read_index(str(path), faiss().IO_FLAG_MMAP_IFC) if path.exists() else None
        if self._graph is not None and self._graph.ntotal != len(self.rows):
            raise ValueError("the graph is not of these vectors")

    def nearest(self, vector: Vector, allowed: Mask, limit: int) -> Hits:
        """Positions and cosines of the allowed rows nearest to ``vector``, float32 ``[dimension]``, best first."""
        count = int(allowed.sum())
        if not count:
            return []
        if count <= _GATHERED:
            return self._exact(vector, np.flatnonzero(allowed), limit)
        if self._graph is None:
            return best(np.where(allowed, self.rows @ vector, -np.inf), limit)
        return self._exact(vector, self._walked(vector, allowed, limit), limit)

    def _exact(self, vector: Vector, positions: NDArray[np.int64], limit: int) -> Hits:
        chosen = best(self.rows[positions] @ vector, limit)
        return [(int(positions[at]), cosine) for at, cosine in chosen]

    def _walked(self, vector: Vector, allowed: Mask, limit: int) -> NDArray[np.int64]:
        chosen = faiss().IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
        parameters = faiss().SearchParametersHNSW(sel=chosen, efSearch=max(_SEARCH_DEPTH, limit))
        positions = self._graph.search(vector[None, :], limit, params=parameters)[1][0]
        return np.asarray(positions[positions >= 0], np.int64)


def best(scores: NDArray[np.floating[Any]], limit: int) -> Hits:
    """Positions and values of the ``limit`` largest finite ``scores``, largest first; of equals the earlier first."""
    count = min(limit, len(scores))
    chosen = np.sort(np.argpartition(scores, -count)[-count:]) if count < len(scores) else np.arange(count)
    chosen = chosen[np.argsort(-scores[chosen], kind="stable")]
    return [(int(at), float(scores[at])) for at in chosen if np.isfinite(scores[at])]


def write_vectors(folder: Path, vectors: Vector, before: Path | None = None) -> None:
    """Write ``vectors`` into ``folder``, behind those of ``before``, whose graph grows by them.

    Raises OSError where the disk refuses.
    """
    old = np.load(before / _ROWS, mmap_mode="r") if before is not None else vectors[:0]
    total = len(old) + len(vectors)
    np.save(folder / _MEAN, _write_rows(folder / _ROWS, (old, vectors), total))
    if total >= GRAPH_FROM:
        graph = _graph_of(before, len(old)) or _empty_graph(np.load(folder / _ROWS, mmap_mode="r"))
        rows = np.load(folder / _ROWS, mmap_mode="r")
        for start in range(graph.ntotal, total, _BLOCK):
            graph.add(np.ascontiguousarray(rows[start : start + _BLOCK]))
        _write_graph(folder / _GRAPH, graph)


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


def _graph_of(before: Path | None, rows: int) -> Any:
    if before is None or not (before / _GRAPH).exists():
        return None
    graph = faiss().read_index(str(before / _GRAPH))
    return graph if graph.ntotal == rows else None


def _empty_graph(rows: Vector) -> Any:
    library = faiss()
    kind = library.ScalarQuantizer.QT_8bit
    graph = library.IndexHNSWSQ(rows.shape[1], kind, _LINKS, library.METRIC_INNER_PRODUCT)
    graph.hnsw.efConstruction = _BUILD_DEPTH
    step = max(1, len(rows) // _TRAINED_ON)
    graph.train(np.ascontiguousarray(rows[::step]))
    return graph


def _write_graph(path: Path, graph: Any) -> None:
    try:
        faiss().write_index(graph, str(path))
    except RuntimeError as error:  # how FAISS reports a disk that refuses
        raise OSError(str(error)) from error
