"""Vectors of length one, whose products are cosines."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

_SHORTEST = 1e-9


def unit(vectors: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float32]:
    """``vectors`` ``[n, dimension]`` with rows of length one; a row of zeros stays as it is."""
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), _SHORTEST)
    return np.asarray(vectors / lengths, np.float32)
