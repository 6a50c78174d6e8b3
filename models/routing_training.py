"""Training the department classifier: folds that keep near-duplicates together, heads, pool, threshold."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.calibration import Ints, abstention_threshold, cross_fitted, fit_pool
from models.cold_start import DutyMatcher, duty_phrases
from models.department_classifier import DepartmentClassifier, Embedder
from models.errors import ModelProblem
from models.head_fitting import fit_heads
from models.learned_heads import HEADS
from models.routing_examples import Examples, group_folds
from models.routing_features import Floats, normalised, words

__all__ = ["Examples", "OutOfFold", "Progress", "Trained", "train", "train_from_duties"]

Progress = Callable[[str, int, int], None]
"""Called with a step (groups, orders, duties, folds, calibration, all), how much is done, and of how much."""

FOLDS = 5
PRECISION_TARGET = 0.95
_FEWEST_GROUPS = 4
_EMBED_AT_ONCE = 64


@dataclass(frozen=True)
class OutOfFold:
    """What the classifier says of orders it has not seen, nor anything like them; one row an order.

    ``probabilities`` has shape ``(n, labels)``; ``gold``, ``groups`` and ``folds`` are numbers. ``scores``, shape
    ``(heads, n, labels)``, are what the probabilities were pooled from, in the order of ``HEADS`` and then duties.
    """

    labels: tuple[str, ...]
    gold: Ints
    groups: Ints
    probabilities: npt.NDArray[np.float64]
    scores: npt.NDArray[np.float64]
    folds: Ints


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
) -> Trained:
    """Fit everything on ``examples``, department → phrases ``duties`` being optional. Raises ModelProblem."""
    usable = examples.usable()
    labels = tuple(sorted(set(usable.labels)))
    gold = np.array([labels.index(label) for label in usable.labels], dtype=np.int64)
    groups = _groups(usable, progress)
    tokens = [words(normalised(text)) for text in usable.texts]
    vectors = embed(usable.texts, embedder, progress, "orders")
    matcher = _matcher(duties, embedder, progress) if duties else None
    folds = group_folds(gold, groups, min(FOLDS, len(np.unique(groups))))
    scores = _out_of_fold_scores(_Rows(usable.texts, tokens, vectors, gold), folds, len(labels), progress)
    if matcher is not None:
        scores = np.concatenate([scores, matcher.columns(matcher.scores(tokens, vectors), labels)[None]])
    progress("calibration", 0, 1)
    probabilities = cross_fitted(scores, gold, folds)
    right = probabilities.argmax(axis=1) == gold
    progress("calibration", 1, 1)
    grams, heads = fit_heads(usable.texts, tokens, vectors, gold, len(labels))
    classifier = DepartmentClassifier(
        learned=labels,
        grams=grams,
        heads=heads,
        pool=fit_pool(scores, gold),
        duties=matcher,
        threshold=abstention_threshold(probabilities.max(axis=1), right, PRECISION_TARGET),
        embedder=embedder,
        data_digest=usable.digest(),
        created=created,
    )
    progress("all", 1, 1)
    return Trained(classifier, OutOfFold(labels, gold, groups, probabilities, scores, folds), _notes(usable))


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


@dataclass(frozen=True)
class _Rows:
    texts: Sequence[str]
    tokens: Sequence[Sequence[str]]
    vectors: Floats
    gold: Ints

    def at(self, numbers: Ints) -> _Rows:
        chosen = numbers.tolist()
        texts, tokens = [self.texts[i] for i in chosen], [self.tokens[i] for i in chosen]
        return _Rows(texts, tokens, self.vectors[numbers], self.gold[numbers])


def _out_of_fold_scores(rows: _Rows, folds: Ints, labels: int, progress: Progress) -> npt.NDArray[np.float64]:
    scores = np.zeros((len(HEADS), len(rows.gold), labels))
    numbers = np.unique(folds)
    for done, fold in enumerate(numbers):
        progress("folds", done, len(numbers))
        inside = np.flatnonzero(folds == fold)
        held, rest = rows.at(inside), rows.at(np.flatnonzero(folds != fold))
        if len(np.unique(rest.gold)) > 1:
            grams, heads = fit_heads(rest.texts, rest.tokens, rest.vectors, rest.gold, labels)
            scores[:, inside] = heads.scores(grams.of_words(held.tokens), held.vectors)
    progress("folds", len(numbers), len(numbers))
    return scores


def _matcher(duties: Mapping[str, Sequence[str]], embedder: Embedder, progress: Progress) -> DutyMatcher:
    return DutyMatcher.fit(duties, embed(duty_phrases(duties), embedder, progress, "duties"))


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
