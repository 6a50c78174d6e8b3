"""Fitting the learned heads. scikit-learn is imported here and nowhere else, inside the functions that fit."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
from scipy import sparse

from models.routing.calibration import Ints
from models.routing.features import Floats, WordGrams
from models.routing.learned_heads import VECTOR_SCALE, LearnedHeads, standardised
from models.unit_vectors import unit

_MARGIN_COST = 0.4
_LOGISTIC_COST = 0.01
_ORDERS_PER_CENTRE = 4
_MOST_CENTRES = 400


def fit_heads(
    texts: Sequence[str],
    tokens: Sequence[Sequence[str]],
    vectors: Floats,
    gold: Ints,
    labels: int,
    weights: npt.NDArray[np.float64] | None = None,
) -> tuple[WordGrams, LearnedHeads]:
    """The heads on these rows, ``vectors`` (rows, d) and ``gold`` (rows,) below ``labels``.

    A label without rows gets the lowest scores that occur.

    ``weights`` (rows,) say how far each label is to be believed; without them all alike.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - training only
    from sklearn.svm import LinearSVC  # noqa: PLC0415 - training only

    grams = WordGrams.fit(texts)
    mean, spread = vectors.mean(axis=0), np.maximum(vectors.std(axis=0), 1e-6)
    standard = standardised(vectors, mean, spread)
    features = sparse.hstack([grams.of_words(tokens), sparse.csr_matrix(standard * VECTOR_SCALE)]).tocsr()
    weight = _half_balanced(gold)
    with _quiet():
        margins = LinearSVC(C=_MARGIN_COST, class_weight=weight, random_state=0).fit(
            features, gold, sample_weight=weights
        )
        logistic = LogisticRegression(C=_LOGISTIC_COST, class_weight=weight, max_iter=200, tol=1e-3).fit(
            standard, gold, sample_weight=weights
        )
    margin_weights, margin_bias = _columns(margins.coef_, margins.intercept_, margins.classes_, labels, -1.5)
    logistic_weights, logistic_bias = _columns(logistic.coef_, logistic.intercept_, logistic.classes_, labels, -10.0)
    centres, owner, sizes = _centres(unit(standard), gold, np.ones(len(gold)) if weights is None else weights)
    known = len(grams.places)
    heads = LearnedHeads(
        mean.astype(np.float32),
        spread.astype(np.float32),
        margin_weights[:known],
        margin_weights[known:],
        margin_bias,
        logistic_weights,
        logistic_bias,
        centres,
        owner,
        sizes,
    )
    return grams, heads


def fit_word_margins(
    features: sparse.csr_matrix, gold: Ints, labels: int, weights: npt.NDArray[np.float64]
) -> tuple[Floats, Floats]:
    """One-vs-rest margins on TF-IDF alone: weights (n-grams, labels) and bias (labels,)."""
    from sklearn.svm import LinearSVC  # noqa: PLC0415 - training only

    if len(np.unique(gold)) < 2:  # noqa: PLR2004 - a margin needs two sides
        return np.zeros((features.shape[1], labels), np.float32), np.zeros(labels, np.float32)
    with _quiet():
        svm = LinearSVC(C=_MARGIN_COST, class_weight=_half_balanced(gold), random_state=0)
        svm.fit(features, gold, sample_weight=weights)
    return _columns(svm.coef_, svm.intercept_, svm.classes_, labels, -1.5)


def _columns(
    coefficients: npt.NDArray[np.float64],
    intercepts: npt.NDArray[np.float64],
    classes: Ints,
    labels: int,
    absent: float,
) -> tuple[Floats, Floats]:
    """Weights of shape ``(features, labels)`` and biases; two classes come as one row, an absent one as none."""
    if len(classes) == 2 and len(coefficients) == 1:  # noqa: PLR2004 - scikit-learn's short form of two
        coefficients = np.concatenate([-coefficients, coefficients])
        intercepts = np.concatenate([-intercepts, intercepts])
    weights = np.zeros((coefficients.shape[1], labels), np.float32)
    bias = np.full(labels, absent, np.float32)
    weights[:, classes] = coefficients.T
    bias[classes] = intercepts
    return weights, bias


def _centres(directions: Floats, gold: Ints, weights: npt.NDArray[np.float64]) -> tuple[Floats, Ints, Floats]:
    from sklearn.cluster import KMeans  # noqa: PLC0415 - training only

    centres, owner, sizes = [], [], []
    for label in np.unique(gold):
        own, heeded = directions[gold == label], weights[gold == label]
        wanted = min(max(1, len(own) // _ORDERS_PER_CENTRE), _MOST_CENTRES)
        with _quiet():  # identical orders make fewer clusters than asked for
            found = KMeans(wanted, n_init=1, max_iter=20, random_state=0).fit(own, sample_weight=heeded)
        counts = np.bincount(found.labels_, weights=heeded, minlength=wanted)
        centres.append(found.cluster_centers_[counts > 0])
        sizes.append(counts[counts > 0])
        owner.append(np.full(len(sizes[-1]), label))
    return unit(np.concatenate(centres)), np.concatenate(owner), np.concatenate(sizes).astype(np.float32)


def _half_balanced(gold: Ints) -> dict[int, float]:
    """Weights between none and balanced: rare departments are heard, frequent ones not shouted down."""
    counts = Counter(gold.tolist())
    return {label: float(np.sqrt(len(gold) / len(counts) / count)) for label, count in counts.items()}


@contextmanager
def _quiet() -> Iterator[None]:
    """One thread, and no warnings of small classes and of stopping early, which are expected here and harmless."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # noqa: PLC0415 - training only

    # Hundreds of small fits: threads would wait for each other longer than they work, worst where cores are shared.
    with warnings.catch_warnings(), threadpool_limits(limits=1):
        warnings.simplefilter("ignore")
        yield
