"""Fitting a :class:`models.vector_map.VectorMap` by gradient descent in numpy: a minute, no torch, no GPU.

InfoNCE (van den Oord et al., 2018, arXiv:1807.03748) between questions and the passages that answer them, among some
two thousand others drawn anew each step; other passages of the right article and passages that nearly repeat the right
one are no negatives (de Souza P. Moreira et al., 2024, arXiv:2407.15831). The matrix starts as the identity and is
drawn back to it (AdamW: Loshchilov and Hutter, 2019, arXiv:1711.05101), and the fit ends when held-out articles gain
no more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.unit_vectors import unit
from models.vector_map import VectorMap, Vectors

Ints = npt.NDArray[np.int64]
Step = Callable[[int, int], None]

_REPEATS = 0.97  # cosine of two passages that say the same, before anything is taken from them
_HIDDEN = -1e4
_FIRST, _SECOND, _TINY = 0.9, 0.999, 1e-8  # AdamW's usual constants


@dataclass(frozen=True, slots=True)
class FittingPlan:
    """How to fit; ``candidates`` are passages a step, ``every`` how many steps lie between two looks."""

    steps: int = 400
    every: int = 20
    patience: int = 4
    rate: float = 3e-4
    decay: float = 0.1
    temperature: float = 0.05
    batch: int = 64
    candidates: int = 2048
    seed: int = 0


@dataclass(frozen=True)
class Lesson:
    """Unit vectors of ``questions`` (n, d) and ``passages`` (m, d), and what belongs to what.

    ``articles`` (m,) number the passages' articles; ``positives`` (n,) are rows of passages, ``weights`` (n,) say how
    often a question is drawn.
    """

    questions: Vectors
    passages: Vectors
    articles: Ints
    positives: Ints
    weights: npt.NDArray[np.float64]


def fit_map(
    lesson: Lesson, rows: Ints, measured: Callable[[VectorMap], float], plan: FittingPlan, progress: Step
) -> VectorMap:
    """Learn from the questions ``rows``; the map that ``measured`` best, which may be the one that turns nothing.

    ``rows`` (n,) are places in the lesson's questions. The same plan and lesson give the same result.
    """
    generator = np.random.default_rng(plan.seed)
    start = VectorMap.centring(lesson.questions[rows], lesson.passages)
    centred = _Centred(unit(lesson.questions - start.query_mean), unit(lesson.passages - start.passage_mean))
    chances = lesson.weights[rows] / lesson.weights[rows].sum()
    best, value, without = start, measured(start), 0
    matrix, descent = start.matrix.copy(), _AdamW(plan)
    for step in range(plan.steps):
        progress(step, plan.steps)
        batch = generator.choice(rows, plan.batch, p=chances)
        offered = _offered(lesson, batch, plan, generator)
        matrix = descent.step(matrix, _gradient(lesson, centred, batch, offered, matrix, plan.temperature))
        if (step + 1) % plan.every == 0:
            looked = VectorMap(start.query_mean, start.passage_mean, matrix.copy())
            reached = measured(looked)
            without = 0 if reached > value else without + 1
            if reached > value:
                best, value = looked, reached
            elif without >= plan.patience:
                break
    progress(plan.steps, plan.steps)
    return best


@dataclass(frozen=True)
class _Centred:
    questions: Vectors
    passages: Vectors


def _offered(lesson: Lesson, batch: Ints, plan: FittingPlan, generator: np.random.Generator) -> Ints:
    count = len(lesson.passages)
    others = generator.choice(count, min(plan.candidates, count), replace=False)
    return np.unique(np.concatenate([lesson.positives[batch], others]))


def _gradient(
    lesson: Lesson, centred: _Centred, batch: Ints, offered: Ints, matrix: Vectors, temperature: float
) -> Vectors:
    """Of the mean loss, by the matrix; shape ``(d, d)``."""
    asked, told = centred.questions[batch], centred.passages[offered]
    turned_asked, turned_told = asked @ matrix, told @ matrix
    question, passage = unit(turned_asked), unit(turned_told)
    logits = question @ passage.T / temperature
    right = np.searchsorted(offered, lesson.positives[batch])
    logits[_no_negatives(lesson, batch, offered, right)] = _HIDDEN
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    shares[np.arange(len(batch)), right] -= 1.0
    shares /= temperature * len(batch)
    by_asked = _through_unit(shares @ passage, question, turned_asked)
    by_told = _through_unit(shares.T @ question, passage, turned_told)
    return np.asarray(asked.T @ by_asked + told.T @ by_told, np.float32)


def _no_negatives(lesson: Lesson, batch: Ints, offered: Ints, right: Ints) -> npt.NDArray[np.bool_]:
    own = lesson.positives[batch]
    hidden = lesson.articles[offered][None, :] == lesson.articles[own][:, None]
    hidden |= lesson.passages[own] @ lesson.passages[offered].T > _REPEATS
    hidden[np.arange(len(batch)), right] = False
    return np.asarray(hidden)


def _through_unit(gradient: Vectors, unit_rows: Vectors, rows: Vectors) -> Vectors:
    """The gradient by ``rows`` from that by ``unit_rows``, which are ``rows`` brought to length one."""
    lengths = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    along = (gradient * unit_rows).sum(axis=1, keepdims=True)
    return np.asarray((gradient - along * unit_rows) / lengths, np.float32)


class _AdamW:
    """The step of the optimiser, its decay towards the identity."""

    def __init__(self, plan: FittingPlan) -> None:
        self._plan = plan
        self._taken = 0
        self._mean: Vectors | None = None
        self._square: Vectors | None = None

    def step(self, matrix: Vectors, gradient: Vectors) -> Vectors:
        """The matrix after one step."""
        mean = self._mean if self._mean is not None else np.zeros_like(matrix)
        square = self._square if self._square is not None else np.zeros_like(matrix)
        self._taken += 1
        self._mean = _FIRST * mean + (1 - _FIRST) * gradient
        self._square = _SECOND * square + (1 - _SECOND) * gradient**2
        unbiased = self._mean / (1 - _FIRST**self._taken)
        spread = np.sqrt(self._square / (1 - _SECOND**self._taken)) + _TINY
        back = self._plan.decay * (matrix - np.eye(len(matrix), dtype=np.float32))
        return np.asarray(matrix - self._plan.rate * (unbiased / spread + back), np.float32)
