"""Vectors filed under centres (an inverted file), one byte a number: which rows are near, whatever is allowed.

Each row is filed under the nearest of some centres, which k-means finds; a search looks through the lists of the
centres nearest to what is asked, and there at allowed rows only (Sivic and Zisserman, "Video Google", 2003; Jégou,
Douze and Schmid, "Product quantization for nearest neighbor search", 2011, section IV, here without products). The
fewer are allowed, the more lists are looked through, so that as many are found. A graph (HNSW) is a little quicker
where all is allowed; where little is, it ends among rows that are not, with a tenth of what was wanted (0007).
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.index.passage_columns import Mask

Vector = NDArray[np.float32]

_CENTRES = 2.0
"""Times the square root of the number of rows: finding the centres then costs about as much as the lists they name."""
_GROWN = 1.5
"""Times as many centres as there are: from then on, with more than twice the rows, centres are found anew."""
_LEARNT_FROM = 64  # rows for each centre
_ROUNDS = 10
_BLOCK = 8192
_LOOKED_THROUGH = 96
"""Lists, where all is allowed: whatever their number is, so a search costs as the root of the number of rows."""
_LEAST_ALLOWED = 1e-6


class VectorLists:
    """The lists in one file, mapped; may be shared between threads. Raises RuntimeError where it cannot be read."""

    def __init__(self, path: Path) -> None:
        self._lists: Any = faiss().read_index(str(path), faiss().IO_FLAG_MMAP_IFC)

    def __len__(self) -> int:
        return int(self._lists.ntotal)

    def near(self, vector: Vector, allowed: Mask, limit: int) -> NDArray[np.int64]:
        """Up to ``limit`` of the allowed rows nearest to ``vector``, float32 ``[dimension]``, roughly in order."""
        chosen = faiss().IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
        looked = _looked_through(self._lists.nlist, np.count_nonzero(allowed) / max(1, len(allowed)))
        parameters = faiss().SearchParametersIVF(sel=chosen, nprobe=looked)
        rows = self._lists.search(vector[None, :], limit, params=parameters)[1][0]
        return np.asarray(rows[rows >= 0], np.int64)


def write_lists(path: Path, rows: Vector, before: Path | None = None) -> None:
    """File ``rows``, float32 ``[n, dimension]``, the first of which are in the file ``before`` already.

    Raises OSError where the disk refuses.
    """
    lists = _known(before, len(rows)) or _trained(rows)
    for start in range(int(lists.ntotal), len(rows), _BLOCK):
        lists.add(np.ascontiguousarray(rows[start : start + _BLOCK]))
    try:
        faiss().write_index(lists, str(path))
    except RuntimeError as error:  # how FAISS reports a disk that refuses
        raise OSError(str(error)) from error


def faiss() -> Any:
    """FAISS, without the types it ships: they miss half of what it has."""
    import faiss  # noqa: PLC0415 - a second of loading that only search needs

    return faiss


def _looked_through(centres: int, allowed: float) -> int:
    """How many lists: more with the root of what is left out, which keeps what is found alike (0007)."""
    return min(centres, math.ceil(_LOOKED_THROUGH / math.sqrt(max(allowed, _LEAST_ALLOWED))))


def _known(before: Path | None, rows: int) -> Any:
    """The lists to be grown; ``None`` where there are none, or too few for so many rows."""
    if before is None or not before.exists():
        return None
    lists = faiss().read_index(str(before))
    return lists if lists.ntotal <= rows and lists.nlist * _GROWN >= _centres_for(rows) else None


def _trained(rows: Vector) -> Any:
    library = faiss()
    centres, product = _centres_for(len(rows)), library.METRIC_INNER_PRODUCT
    lists = library.IndexIVFScalarQuantizer(
        library.IndexFlatIP(rows.shape[1]), rows.shape[1], centres, library.ScalarQuantizer.QT_8bit, product
    )
    lists.cp.niter = _ROUNDS
    step = max(1, len(rows) // (_LEARNT_FROM * centres))
    lists.train(np.ascontiguousarray(rows[::step]))
    return lists


def _centres_for(rows: int) -> int:
    return max(1, round(_CENTRES * math.sqrt(rows)))
