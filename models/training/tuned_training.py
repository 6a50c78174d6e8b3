"""Training a router on an encoder of its own: tune it, measure it on folds it has not seen, export it, fit the heads.

Linear margins on the words and the tuned encoder are pooled, beside the duties where they are known: these three fail
differently (docs/decisions/0005). Duties are compared in the vectors of the untouched encoder, which is served beside
the tuned one from the same lower half. Appeals that nobody labelled teach the encoder and not the words: the two are
pooled because they fail differently, and a teacher's opinion in both makes them fail alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.routing.calibration import Ints
from models.routing.features import WordGrams
from models.routing.learned_heads import TUNED_HEADS, LearnedHeads
from models.sentence_embedder import OnnxEmbedder
from models.training.encoder_tuning import EncoderTuner, SoftRows, TunedLayers, TuningPlan
from models.training.examples import TrainingTable
from models.training.head_fitting import fit_word_margins
from models.training.self_training import Lesson
from models.training.tuned_export import export_tuned, head_on_both
from models.weights.manifest import Precision

TUNED_FOLDS = 3
SERVED_PRECISION = Precision.BLOCK8_TABLE4  # the folds are scored in finer arithmetic still

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Tuning:
    """Tune the sentence-transformers folder ``encoder``; the result is written to ``scratch``, an empty folder."""

    encoder: Path | str
    scratch: Path
    plan: TuningPlan = field(default_factory=TuningPlan)
    precision: Precision = SERVED_PRECISION
    folds: int = TUNED_FOLDS


@dataclass(frozen=True)
class TunedParts:
    """What tuning made: the exported encoder, the heads on it, and ``scores`` (heads, n, labels) out of fold.

    The first ``plain`` numbers of the encoder's vectors are the untouched encoder's.
    """

    embedder: OnnxEmbedder
    grams: WordGrams
    heads: LearnedHeads
    scores: npt.NDArray[np.float64]
    folds: Ints
    plain: int


def tune_router(rows: TrainingTable, tuning: Tuning, progress: Progress, lesson: Lesson | None = None) -> TunedParts:
    """Everything that a tuned router consists of but its pool. Raises ModelProblem where the encoder cannot be read.

    The encoder is tuned on the appeals of ``lesson`` as well; its folds are ``rows.folds(tuning.folds)``.
    """
    folds = rows.folds(tuning.folds)
    texts = [*rows.texts, *(lesson.texts if lesson else ())]
    tuner = EncoderTuner(tuning.encoder, texts, tuning.plan, lambda d, t: progress("encoder", d, t))
    numbers = np.unique(folds)
    scores = np.zeros((len(TUNED_HEADS), len(rows.gold), rows.labels))
    for number in numbers:
        held, rest = np.flatnonzero(folds == number), np.flatnonzero(folds != number)
        scores[0, held] = _word_scores(rows, rest, held)
        step = _part(progress, int(number), len(numbers) + 1)
        soft = _soft(rows, lesson.by_fold[int(number)]) if lesson else None
        tuned = tuner.tune(rest, rows.gold, rows.labels, rows.weights, step, soft)
        scores[1, held] = tuner.scores(tuned, held)
    every = np.arange(len(rows.gold))
    step = _part(progress, len(numbers), len(numbers) + 1)
    soft = _soft(rows, lesson.whole) if lesson else None
    tuned = tuner.tune(every, rows.gold, rows.labels, rows.weights, step, soft)
    grams, heads = _heads(rows, tuned)
    return TunedParts(_exported(tuner, tuned, tuning, progress), grams, heads, scores, folds, tuner.width)


def _soft(rows: TrainingTable, shares: npt.NDArray[np.float64]) -> SoftRows:
    """The appeals stand after the orders."""
    return SoftRows(np.arange(len(rows.gold), len(rows.gold) + len(shares)), shares)


def _word_scores(rows: TrainingTable, rest: Ints, held: Ints) -> npt.NDArray[np.float64]:
    known = rows.at(rest)
    grams = WordGrams.fit(known.texts)
    weights, bias = fit_word_margins(grams.of_words(known.tokens), known.gold, rows.labels, known.weights)
    heads = LearnedHeads.of_words_and_encoder(weights, bias)
    return heads.word_head(grams.of_words(rows.at(held).tokens))


def _heads(rows: TrainingTable, tuned: TunedLayers) -> tuple[WordGrams, LearnedHeads]:
    grams = WordGrams.fit(rows.texts)
    weights, bias = fit_word_margins(grams.of_words(rows.tokens), rows.gold, rows.labels, rows.weights)
    return grams, LearnedHeads.of_words_and_encoder(weights, bias, *head_on_both(tuned))


def _exported(tuner: EncoderTuner, tuned: TunedLayers, tuning: Tuning, progress: Progress) -> OnnxEmbedder:
    export_tuned(tuner, tuned, tuning.scratch, tuning.precision, lambda d, t: progress("export", d, t))
    return OnnxEmbedder(tuning.scratch)


def _part(progress: Progress, part: int, parts: int) -> Callable[[int, int], None]:
    """The progress of one tuning among several, on one bar in hundredths of each."""
    return lambda done, total: progress("tuning", 100 * part + 100 * done // total, 100 * parts)
