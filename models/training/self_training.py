"""Appeals that nobody labelled, as teachers read them who learned from the labelled ones.

Self-training with soft labels (Scudder, 1965; as "noisy student": Xie et al., 2020, arXiv:1911.04252). The teachers are
light routers: they know words, prototypes and duties, and hand on to the encoder what it would need more labels to see.
No student hears a teacher that learned from the orders the student is tried on, so figures out of fold stay true.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.routing.calibration import Ints, fit_pool
from models.routing.features import Floats, WordGrams, normalised
from models.routing.learned_heads import HEADS, LearnedHeads
from models.training.examples import TrainingTable
from models.training.head_fitting import fit_heads
from models.training.near_duplicates import repeats_of

Progress = Callable[[str, int, int], None]
Table = npt.NDArray[np.float64]

_MOST_TAUGHT = 5_000  # more, and labelled orders would be gone through too seldom in the time
_MOST_PER_ORDER = 4


@dataclass(frozen=True)
class Read:
    """Texts as light heads see them: words, ``vectors`` (n, d), and by duty (n, labels) where duties are known."""

    tokens: Sequence[Sequence[str]]
    vectors: Floats
    by_duty: Table | None = None

    @property
    def heads(self) -> int:
        """How many heads score it."""
        return len(HEADS) + (self.by_duty is not None)

    def scores(self, grams: WordGrams, heads: LearnedHeads) -> Table:
        """Shape ``(heads, n, labels)``, duties last."""
        own = heads.scores(grams.of_words(self.tokens), self.vectors)
        return own if self.by_duty is None else np.concatenate([own, self.by_duty[None]])

    def at(self, rows: Ints) -> Read:
        """Those rows alone."""
        by_duty = None if self.by_duty is None else self.by_duty[rows]
        return Read([self.tokens[i] for i in rows.tolist()], self.vectors[rows], by_duty)


@dataclass(frozen=True)
class Lesson:
    """Appeals and what teachers say of them, ``(appeals, labels)``, each row summing to 1.

    ``by_fold`` are the teachers that have not seen that fold; ``whole`` is the one that knows every order.
    """

    texts: Sequence[str]
    by_fold: Mapping[int, Table]
    whole: Table


def new_appeals(texts: Sequence[str], known: Sequence[str]) -> list[str]:
    """Those of ``texts`` that repeat neither a labelled order nor one another, a sample where they are many."""
    labelled = {normalised(text) for text in known}
    new = [text for key, text in {normalised(text): text for text in texts}.items() if key and key not in labelled]
    most = min(_MOST_TAUGHT, _MOST_PER_ORDER * len(known))
    if len(new) > most:
        chosen = np.random.default_rng(0).choice(len(new), most, replace=False)
        new = [new[i] for i in np.sort(chosen).tolist()]
    if not new:
        return []
    return [text for text, repeat in zip(new, repeats_of(new, known).tolist(), strict=True) if not repeat]


def teach(
    table: TrainingTable, orders: Read, texts: Sequence[str], appeals: Read, folds: Ints, progress: Progress
) -> Lesson:
    """Let light routers that learned from ``table`` read the appeals: one without each fold, and one that knows all.

    The heads of a fold's teacher never saw that fold, and its pool is fitted on the other folds' scores alone.
    """
    numbers = np.unique(folds).tolist()
    scores = np.zeros((orders.heads, len(table.gold), table.labels))
    said = {}
    for done, fold in enumerate(numbers):
        progress("teaching", done, len(numbers) + 1)
        inside, outside = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        fitted = _fitted(table.at(outside), orders.at(outside))
        scores[:, inside] = _said(fitted, orders.at(inside), table.labels)
        said[fold] = _said(fitted, appeals, table.labels)
    progress("teaching", len(numbers), len(numbers) + 1)
    by_fold = {
        fold: fit_pool(scores[:, folds != fold], table.gold[folds != fold]).probabilities(said[fold])
        for fold in numbers
    }
    whole = fit_pool(scores, table.gold).probabilities(_said(_fitted(table, orders), appeals, table.labels))
    progress("teaching", len(numbers) + 1, len(numbers) + 1)
    return Lesson(texts, by_fold, whole)


def _fitted(table: TrainingTable, orders: Read) -> tuple[WordGrams, LearnedHeads] | None:
    if len(np.unique(table.gold)) < 2:  # noqa: PLR2004 - there is nothing to tell apart
        return None
    return fit_heads(table.texts, table.tokens, orders.vectors, table.gold, table.labels, table.weights)


def _said(fitted: tuple[WordGrams, LearnedHeads] | None, read: Read, labels: int) -> Table:
    return np.zeros((read.heads, len(read.tokens), labels)) if fitted is None else read.scores(*fitted)
