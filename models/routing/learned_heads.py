"""The three heads that labelled orders teach, as plain arrays: serving them needs numpy and scipy only.

1. joint: one-vs-rest linear margins on n-gram TF-IDF beside scaled sentence embeddings, as log-sigmoids
2. logistic: multinomial logistic regression on embeddings alone
3. prototypes: a vote of each department's cluster centres, which knows templates and campaigns

A router on an encoder of its own has two: the margins on words alone, and the head that was tuned with the encoder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
from scipy import sparse

from models.routing.features import Floats
from models.unit_vectors import unit

HEADS = ("joint", "logistic", "prototypes")
TUNED_HEADS = ("words", "encoder")
VECTOR_SCALE = 0.02  # of a standardised embedding beside unit-length TF-IDF
MARGIN_SLOPE = 5.0  # how sharply a margin around 0 turns from no to yes
VOTE_SHARPNESS = 15.0  # of the cosine between a text and a cluster centre
_VOTE_FLOOR = 1e-3


@dataclass(frozen=True)
class LearnedHeads:
    """Arrays for ``L`` labels, ``G`` n-grams and embeddings of dimension ``d``.

    ``word_weights`` (G, L), ``vector_weights`` (d, L) and ``joint_bias`` (L,) make the joint margins;
    ``logistic_weights`` (d, L) and ``logistic_bias`` (L,) the logistic scores; ``centres`` (c, d), ``owner`` (c,) and
    ``sizes`` (c,) are the cluster centres, their labels and how many orders each stands for (none in a tuned router).
    Embeddings are standardised with ``mean`` and ``spread`` (d,) first.
    """

    mean: Floats
    spread: Floats
    word_weights: Floats
    vector_weights: Floats
    joint_bias: Floats
    logistic_weights: Floats
    logistic_bias: Floats
    centres: Floats
    owner: npt.NDArray[np.int64]
    sizes: Floats

    def scores(self, grams: sparse.csr_matrix, vectors: Floats) -> npt.NDArray[np.float64]:
        """Scores of shape ``(3, n, L)`` in the order of ``HEADS``, or ``(2, n, L)`` in that of ``TUNED_HEADS``."""
        standard = standardised(vectors, self.mean, self.spread)
        logistic = standard @ self.logistic_weights + self.logistic_bias
        logistic -= logistic.mean(axis=1, keepdims=True)
        if not len(self.owner):
            return np.stack([self.word_head(grams), logistic]).astype(np.float64)
        margins = self.word_scores(grams) + standard @ self.vector_weights * VECTOR_SCALE + self.joint_bias
        joint = -np.logaddexp(0, -MARGIN_SLOPE * margins)
        return np.stack([joint, logistic, self._votes(standard)]).astype(np.float64)

    def word_head(self, grams: sparse.csr_matrix) -> npt.NDArray[np.float64]:
        """The joint head where nothing but words is in it, shape ``(n, L)``."""
        return np.asarray(-np.logaddexp(0, -MARGIN_SLOPE * (self.word_scores(grams) + self.joint_bias)))

    def word_scores(self, grams: sparse.csr_matrix) -> npt.NDArray[np.float64]:
        """The part of the joint margins that the words bring, shape ``(n, L)``."""
        return np.asarray(grams @ self.word_weights, dtype=np.float64)

    def _votes(self, standard: Floats) -> npt.NDArray[np.float64]:
        weights = np.exp(VOTE_SHARPNESS * (unit(standard) @ self.centres.T)) * self.sizes
        ballot = np.zeros((len(self.owner), len(self.joint_bias)), np.float32)
        ballot[np.arange(len(self.owner)), self.owner] = 1
        votes = weights @ ballot
        return np.asarray(np.log(votes / votes.sum(axis=1, keepdims=True) + _VOTE_FLOOR), dtype=np.float64)

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Every array by its name, to be stored."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def of_words_and_encoder(
        cls,
        word_weights: Floats,
        word_bias: Floats,
        mean: Floats | None = None,
        spread: Floats | None = None,
        weights: Floats | None = None,
        bias: Floats | None = None,
    ) -> LearnedHeads:
        """The heads of a tuned router; without the last four those of its words alone."""
        labels = len(word_bias)
        mean = np.zeros(1, np.float32) if mean is None else mean
        width = len(mean)
        return cls(
            mean=mean,
            spread=np.ones(width, np.float32) if spread is None else spread,
            word_weights=word_weights,
            vector_weights=np.zeros((0, labels), np.float32),
            joint_bias=word_bias,
            logistic_weights=np.zeros((width, labels), np.float32) if weights is None else weights,
            logistic_bias=np.zeros(labels, np.float32) if bias is None else bias,
            centres=np.zeros((0, width), np.float32),
            owner=np.zeros(0, np.int64),
            sizes=np.zeros(0, np.float32),
        )

    @classmethod
    def from_arrays(cls, stored: Mapping[str, npt.NDArray[np.generic]]) -> LearnedHeads:
        """The heads that :meth:`arrays` came from. Raises KeyError where one is missing."""
        return cls(**{field.name: stored[field.name] for field in fields(cls)})  # type: ignore[arg-type]


def standardised(vectors: Floats, mean: Floats, spread: Floats) -> Floats:
    """``vectors`` (n, d), each dimension moved to mean 0 and spread 1 by ``mean`` and ``spread`` (d,)."""
    return ((vectors - mean) / spread).astype(np.float32)
