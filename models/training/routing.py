"""Training the department classifier: folds that keep near-duplicates together, heads, pool, threshold."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from models.department_classifier import DepartmentClassifier, Embedder
from models.errors import ModelProblem
from models.routing.calibration import (
    Ints,
    Pool,
    abstention_threshold,
    cross_fitted,
    fit_pool,
    likely_set_cut,
)
from models.routing.cold_start import DutyMatcher, duty_phrases
from models.routing.features import Floats, WordGrams, for_duties, normalised, words
from models.routing.learned_heads import HEADS, LearnedHeads
from models.routing.matter_transfer import usual_phrases
from models.routing.seen_orders import SeenOrders
from models.training.department_shares import DepartmentShares, appeals_to_read, department_shares
from models.training.examples import Examples, TrainingTable
from models.training.head_fitting import fit_heads
from models.training.history_fitting import FEWEST_ORDERS, FittedHistory, fit_history
from models.training.self_training import Lesson, Read, new_appeals, teach

if TYPE_CHECKING:
    from models.training.tuned_training import Tuning

__all__ = ["Examples", "OutOfFold", "Progress", "Trained", "train", "train_from_duties"]

Progress = Callable[[str, int, int], None]
"""Called with a step (groups, read, unlabelled, teaching, orders, duties, usual, folds, encoder, tuning, export,
calibration, appeals, all), how much of it is done, and of how much."""

FOLDS = 5
PRECISION_TARGET = 0.95
_FEWEST_GROUPS = 4
_EMBED_AT_ONCE = 64


@dataclass(frozen=True)
class OutOfFold:
    """What the classifier says of orders it has not seen, nor anything like them; one row an order.

    ``probabilities`` has shape ``(n, labels)``; ``gold``, ``groups`` and ``folds`` are numbers. ``scores``, shape
    ``(heads, n, labels)``, are what the probabilities were pooled from, in the order of ``HEADS`` and then duties,
    or of ``TUNED_HEADS`` and duties. ``history`` is what it says where a category was told too, ``None`` where none
    could be learned from.
    """

    labels: tuple[str, ...]
    gold: Ints
    groups: Ints
    probabilities: npt.NDArray[np.float64]
    scores: npt.NDArray[np.float64]
    folds: Ints
    history: FittedHistory | None = None


@dataclass(frozen=True)
class Trained:
    """A classifier, its out-of-fold predictions (``None`` where duties alone were given), and what was noticed."""

    classifier: DepartmentClassifier
    out_of_fold: OutOfFold | None
    notes: tuple[str, ...] = ()


def train(
    examples: Examples,
    embedder: Embedder,
    duties: Mapping[str, Sequence[str]] | None,
    progress: Progress,
    *,
    created: str,
    tuning: Tuning | None = None,
    unlabelled: Sequence[str] = (),
) -> Trained:
    """Fit everything on ``examples``, department → phrases ``duties`` being optional. Raises ModelProblem.

    With ``tuning`` it gets an encoder of its own, better and after minutes to an hour; without, heads on ``embedder``.
    ``unlabelled`` are the city's appeals as they come, of which nobody said where they went: they say how often each
    department is needed (:mod:`models.training.department_shares`).
    """
    usable = examples.usable()
    appeals = appeals_to_read(unlabelled) if unlabelled else []
    labels = tuple(sorted(set(usable.labels)))
    gold = np.array([labels.index(label) for label in usable.labels], dtype=np.int64)
    groups = _groups(usable, progress)
    tokens = [words(normalised(text)) for text in usable.texts]
    table = TrainingTable(usable.texts, tokens, gold, groups, usable.sample_weights(), len(labels))
    made = (
        _tuned(table, labels, embedder, duties, tuning, appeals, progress)
        if tuning
        else _light(table, labels, embedder, duties, progress)
    )
    progress("calibration", 0, 1)
    sure = _calibrated(made, labels, gold, appeals, progress)
    right = sure.probabilities.argmax(axis=1) == gold
    history = fit_history(usable.categories, gold, table.weights, made.scores, made.folds, PRECISION_TARGET, sure.moved)
    progress("calibration", 1, 1)
    classifier = DepartmentClassifier(
        learned=labels,
        grams=made.grams,
        heads=made.heads,
        pool=sure.pool,
        duties=made.matcher,
        threshold=abstention_threshold(sure.probabilities.max(axis=1), right, PRECISION_TARGET),
        embedder=made.embedder,
        data_digest=_digest(usable, appeals),
        created=created,
        encoder_folder=tuning.scratch if tuning else None,
        plain=made.plain,
        likely_cut=likely_set_cut(sure.probabilities, gold),
        history=history.expert if history else None,
        seen=SeenOrders.of(usable.as_written().texts),
    )
    progress("all", 1, 1)
    held = OutOfFold(labels, gold, groups, sure.probabilities, made.scores, made.folds, history)
    told = () if sure.shares is None else (sure.shares.note(), *_about_taught(made))
    return Trained(classifier, held, (*_notes(usable), *_about_categories(usable, history), *told))


@dataclass(frozen=True)
class _Made:
    """What one of the two ways made: heads on an embedder, and their scores ``(heads, n, labels)`` out of fold.

    ``taught`` is how many unlabelled appeals an encoder learned from.
    """

    embedder: Embedder
    grams: WordGrams
    heads: LearnedHeads
    matcher: DutyMatcher | None
    scores: npt.NDArray[np.float64]
    folds: Ints
    plain: int = 0
    taught: int = 0


def _light(
    table: TrainingTable,
    labels: Sequence[str],
    embedder: Embedder,
    duties: Mapping[str, Sequence[str]] | None,
    progress: Progress,
) -> _Made:
    vectors = embed(table.texts, embedder, progress, "orders")
    matcher = _matcher(duties, embedder, progress) if duties else None
    folds = table.folds(FOLDS)
    scores = _out_of_fold_scores(table, vectors, folds, progress)
    if matcher is not None:
        scores = np.concatenate([scores, matcher.columns(matcher.scores(table.tokens, vectors), labels)[None]])
    grams, heads = fit_heads(table.texts, table.tokens, vectors, table.gold, table.labels, table.weights)
    return _Made(embedder, grams, heads, matcher, scores, folds)


def _tuned(
    table: TrainingTable,
    labels: Sequence[str],
    embedder: Embedder,
    duties: Mapping[str, Sequence[str]] | None,
    tuning: Tuning,
    appeals: Sequence[str],
    progress: Progress,
) -> _Made:
    from models.training.tuned_training import tune_router  # noqa: PLC0415 - brings torch

    new = new_appeals(appeals, table.texts)
    lesson = _lesson(table, labels, embedder, duties, new, table.folds(tuning.folds), progress) if new else None
    parts = tune_router(table, tuning, progress, lesson)
    made = _Made(parts.embedder, parts.grams, parts.heads, None, parts.scores, parts.folds, parts.plain, len(new))
    if not duties:
        return made
    matcher = _matcher(duties, parts.embedder, progress, parts.plain)
    vectors = for_duties(embed(table.texts, parts.embedder, progress, "orders"), parts.plain)
    by_duty = matcher.columns(matcher.scores(table.tokens, vectors), labels)
    return replace(made, matcher=matcher, scores=np.concatenate([parts.scores, by_duty[None]]))


def _lesson(
    table: TrainingTable,
    labels: Sequence[str],
    embedder: Embedder,
    duties: Mapping[str, Sequence[str]] | None,
    appeals: Sequence[str],
    folds: Ints,
    progress: Progress,
) -> Lesson:
    """What light routers on ``embedder`` say of the appeals."""
    matcher = _matcher(duties, embedder, progress) if duties else None

    def read(texts: Sequence[str], tokens: Sequence[Sequence[str]], step: str) -> Read:
        vectors = embed(texts, embedder, progress, step)
        if matcher is None:
            return Read(tokens, vectors)
        return Read(tokens, vectors, matcher.columns(matcher.scores(tokens, vectors), labels))

    orders = read(table.texts, table.tokens, "read")
    own = read(appeals, [words(normalised(text)) for text in appeals], "unlabelled")
    return teach(table, orders, appeals, own, folds, progress)


@dataclass(frozen=True)
class _Calibrated:
    """The pool of all heads, probabilities ``(n, labels)`` out of fold, and what unlabelled appeals said of both.

    ``moved`` (labels,) is what that added to the pool's biases; ``None`` for nothing.
    """

    pool: Pool
    probabilities: npt.NDArray[np.float64]
    shares: DepartmentShares | None
    moved: npt.NDArray[np.float64] | None = None


def _calibrated(
    made: _Made, labels: Sequence[str], gold: Ints, appeals: Sequence[str], progress: Progress
) -> _Calibrated:
    pool = fit_pool(made.scores, gold)
    shares = _shares(made, pool, labels, gold, appeals, progress) if appeals else None
    if shares is None or not shares.believed:
        return _Calibrated(pool, cross_fitted(made.scores, gold, made.folds), shares)
    moved = shares.shift
    return _Calibrated(pool.moved(moved), cross_fitted(made.scores, gold, made.folds, moved), shares, moved)


def _shares(
    made: _Made, pool: Pool, labels: Sequence[str], gold: Ints, appeals: Sequence[str], progress: Progress
) -> DepartmentShares:
    """How often each department is needed, as this router reads appeals of which nobody said where they went."""
    vectors = embed(appeals, made.embedder, progress, "appeals")
    tokens = [words(normalised(text)) for text in appeals]
    scores = made.heads.scores(made.grams.of_words(tokens), vectors)
    if made.matcher is not None:
        by_duty = made.matcher.scores(tokens, for_duties(vectors, made.plain))
        scores = np.concatenate([scores, made.matcher.columns(by_duty, labels)[None]])
    return department_shares(pool.probabilities(scores), gold)


def train_from_duties(
    duties: Mapping[str, Sequence[str]], embedder: Embedder, progress: Progress, *, created: str
) -> Trained:
    """A cold-start router: no order was ever labelled. Raises ModelProblem."""
    matcher = _matcher(duties, embedder, progress)
    digest = hashlib.sha256(repr([(k, tuple(v)) for k, v in duties.items()]).encode()).hexdigest()
    classifier = DepartmentClassifier.cold(matcher, embedder, data_digest=digest, created=created)
    return Trained(classifier, None)


def embed(texts: Sequence[str], embedder: Embedder, progress: Progress, step: str) -> Floats:
    """Embeddings of shape ``(len(texts), dimension)``, with progress."""
    vectors = np.zeros((len(texts), embedder.dimension), np.float32)
    order = np.argsort([len(text) for text in texts], kind="stable")  # like lengths together: little is padded
    for start in range(0, len(texts), _EMBED_AT_ONCE):
        progress(step, start, len(texts))
        rows = order[start : start + _EMBED_AT_ONCE]
        vectors[rows] = embedder.embed_queries([texts[i] for i in rows.tolist()])
    progress(step, len(texts), len(texts))
    return vectors


def _out_of_fold_scores(
    table: TrainingTable, vectors: Floats, folds: Ints, progress: Progress
) -> npt.NDArray[np.float64]:
    scores = np.zeros((len(HEADS), len(table.gold), table.labels))
    numbers = np.unique(folds)
    for done, fold in enumerate(numbers):
        progress("folds", done, len(numbers))
        inside, outside = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        held, rest = table.at(inside), table.at(outside)
        if len(np.unique(rest.gold)) > 1:
            known = vectors[outside]
            grams, heads = fit_heads(rest.texts, rest.tokens, known, rest.gold, table.labels, rest.weights)
            scores[:, inside] = heads.scores(grams.of_words(held.tokens), vectors[inside])
    progress("folds", len(numbers), len(numbers))
    return scores


def _matcher(
    duties: Mapping[str, Sequence[str]], embedder: Embedder, progress: Progress, plain: int = 0
) -> DutyMatcher:
    own = embed(duty_phrases(duties), embedder, progress, "duties")
    usual = embed(usual_phrases(), embedder, progress, "usual")
    return DutyMatcher.fit(duties, for_duties(own, plain), for_duties(usual, plain))


def _groups(examples: Examples, progress: Progress) -> Ints:
    progress("groups", 0, 1)
    groups = examples.numbered_groups()
    progress("groups", 1, 1)
    if (different := len(np.unique(groups))) < _FEWEST_GROUPS:
        raise ModelProblem(
            f"The table has only {different} different orders; at least {_FEWEST_GROUPS} are needed. "
            "Add orders, or train from duties alone with --duties."
        )
    return groups


def _notes(examples: Examples) -> tuple[str, ...]:
    rare = examples.rare(FOLDS)
    if not rare:
        return tuple(examples.notes)
    return (*examples.notes, f"Fewer than {FOLDS} orders each, so that their figures say little: {'、'.join(rare)}.")


def _about_categories(examples: Examples, history: FittedHistory | None) -> tuple[str, ...]:
    told = sum(bool(category) for category in examples.categories)
    if not told:
        return ()
    if history is None:
        return (f"{told} orders have a category, and {FEWEST_ORDERS} of two departments are needed: it is not used.",)
    return (f"{told} of {len(examples.texts)} orders have a category; it counts only where a person confirms one.",)


def _about_taught(made: _Made) -> tuple[str, ...]:
    return (f"{made.taught} of them taught the encoder what light routers see in them.",) if made.taught else ()


def _digest(examples: Examples, appeals: Sequence[str]) -> str:
    """SHA-256 of everything learned from; the same with misheard copies or without, which come of the same table."""
    table = examples.as_written()
    return replace(table, texts=[*table.texts, *appeals], labels=[*table.labels, *[""] * len(appeals)]).digest()
