"""A router's pools and its history of categories as named arrays, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from models.routing.calibration import Pool
from models.routing.category_history import CategoryHistory, HistoryExpert
from models.routing.sureness import Sureness

Arrays = dict[str, npt.NDArray[Any]]

_HISTORY = "history."


def pool_arrays(pool: Pool, prefix: str = "") -> Arrays:
    """The arrays of a fitted pool; ``prefix`` keeps two pools of one router apart."""
    arrays: Arrays = {"pool.weights": pool.weights, "pool.bias": pool.bias}
    if (sure := pool.sureness) is not None:
        arrays |= {"sure.slopes": sure.slopes, "sure.shift": np.array(sure.shift), "sure.by_label": sure.by_label}
    return {prefix + name: array for name, array in arrays.items()}


def pool_from(arrays: Mapping[str, npt.NDArray[Any]], platt: Sequence[float] | None = None, prefix: str = "") -> Pool:
    """``platt``: slope and shift, all that routers of earlier releases have. Raises KeyError where an array lacks."""
    weights, bias = arrays[f"{prefix}pool.weights"], arrays[f"{prefix}pool.bias"]
    if f"{prefix}sure.slopes" in arrays:
        shift = float(arrays[f"{prefix}sure.shift"])
        return Pool(weights, bias, Sureness(arrays[f"{prefix}sure.slopes"], shift, arrays[f"{prefix}sure.by_label"]))
    if platt is None:
        return Pool(weights, bias)
    return Pool(weights, bias, Sureness(np.array([platt[0], *np.zeros(len(weights))]), platt[1], np.zeros(len(bias))))


def history_arrays(expert: HistoryExpert) -> Arrays:
    """Counts and pool; the paths and the cuts are kept as JSON."""
    counts = {_HISTORY + name: array for name, array in expert.history.arrays().items()}
    return counts | pool_arrays(expert.pool, _HISTORY)


def history_cuts(expert: HistoryExpert | None) -> dict[str, float] | None:
    """The two probabilities that hold where a category is known."""
    return None if expert is None else {"threshold": expert.threshold, "likely_cut": expert.likely_cut}


def history_from(
    paths: Sequence[Sequence[str]], cuts: Mapping[str, float], arrays: Mapping[str, npt.NDArray[Any]]
) -> HistoryExpert:
    """The expert that was taken apart. Raises KeyError where something is missing, ValueError where it does not fit."""
    history = CategoryHistory(
        tuple(tuple(path) for path in paths),
        arrays[f"{_HISTORY}weighted"],
        arrays[f"{_HISTORY}orders"],
        arrays[f"{_HISTORY}every"],
    )
    if len(history.paths) != len(history.weighted):
        raise ValueError("the categories are not those of the counts")
    return HistoryExpert(history, pool_from(arrays, prefix=_HISTORY), cuts["threshold"], cuts["likely_cut"])
