"""Routing by what cities have in common: a text is compared with everyday phrases whose department is known by kind.

Two scores. Votes: each matter by its phrases' closeness, shared out to the departments that answer for it. Kernel ridge
regression (Saunders et al. 1998) on the same phrases and on the city's own duties: closed form, so that another edition
of the catalogue is followed within a second and without scikit-learn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve

from models.routing.features import Floats, WordGrams, centred
from models.routing.usual_matters import usual_matters

# Chosen on one half of the orders of a real city (docs/decisions/0003-routing-fusion.md).
_CLOSENESS = 3.0  # of the exponential kernel on embeddings, to which the TF-IDF cosine is added
_RIDGE = 0.3
_VOTE_SHARPNESS = 18.0
_VOTE_FLOOR = 1e-3


@dataclass(frozen=True)
class MatterTransfer:
    """Fitted on ``rows`` texts, the usual phrases (in order of ``matter``) and then a city's duties.

    ``vectors`` (rows, d) are unit vectors around ``mean``; ``documents`` (rows, n-grams) their TF-IDF; ``weights``
    (rows, departments) the regression's; ``shares`` (matters, departments) who answers for a matter.
    """

    matter: npt.NDArray[np.int64]
    vectors: Floats
    mean: Floats
    grams: WordGrams
    documents: sparse.csr_matrix
    weights: Floats
    shares: npt.NDArray[np.float64]

    @classmethod
    def fit(cls, duties: Mapping[str, Sequence[str]], own: Floats, usual: Floats) -> MatterTransfer:
        """``own`` (phrases, d) embeds the phrases of ``duties`` in order, ``usual`` (phrases, d) the usual ones."""
        mean = usual.mean(axis=0)
        return cls._solved(duties, centred(own, mean), _stored(centred(usual, mean)), mean)

    def under(self, duties: Mapping[str, Sequence[str]], own: Floats) -> MatterTransfer:
        """The same for other duties, whose phrases are embedded as ``own`` (phrases, d); nothing else has to be."""
        return self._solved(duties, centred(own, self.mean), self.vectors[: len(self.matter)], self.mean)

    @classmethod
    def _solved(cls, duties: Mapping[str, Sequence[str]], own: Floats, usual: Floats, mean: Floats) -> MatterTransfer:
        matters = usual_matters()
        vectors = np.concatenate([usual, _stored(own)])
        texts = [*matters.phrases, *(phrase for phrases in duties.values() for phrase in phrases)]
        grams = WordGrams.fit(texts, fewest=1)
        documents = grams.transform(texts)
        shares = matters.shares(tuple(duties))
        owner = np.repeat(np.arange(len(duties)), [len(phrases) for phrases in duties.values()])
        aims = np.concatenate([shares[matters.matter], np.eye(len(duties))[owner]])
        weights = _ridge(_kernel(vectors, documents, vectors, documents), aims)
        return cls(matters.matter, vectors, mean, grams, documents, weights, shares)

    def scores(
        self, words: Sequence[Sequence[str]], vectors: Floats
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Regression and votes, each of shape ``(n, departments)``; ``vectors`` as embedded."""
        moved = centred(vectors, self.mean)
        known = _kernel(moved, self.grams.of_words(words), self.vectors, self.documents)
        return known @ self.weights, self._votes(moved)

    def word_scores(self, words: Sequence[Sequence[str]], *, unit_length: bool = True) -> npt.NDArray[np.float64]:
        """What the words alone bring to the regression, shape ``(n, departments)``."""
        rows = self.grams.of_words(words, unit_length=unit_length)
        return np.asarray(rows @ self._word_weights, dtype=np.float64)

    @cached_property
    def _word_weights(self) -> Floats:
        return np.asarray(self.documents.T @ self.weights, dtype=np.float32)

    def _votes(self, moved: Floats) -> npt.NDArray[np.float64]:
        starts = np.flatnonzero(np.diff(self.matter, prepend=-1))
        sizes = np.diff(np.append(starts, len(self.matter)))
        closeness = np.exp(_VOTE_SHARPNESS * (moved @ self.vectors[: len(self.matter)].T)).astype(np.float64)
        by_matter = np.add.reduceat(closeness, starts, axis=1) / sizes
        votes = by_matter @ self.shares
        return np.asarray(np.log(votes / np.maximum(votes.sum(axis=1, keepdims=True), 1e-9) + _VOTE_FLOOR))

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """What has to be stored, by name; text as arrays of characters, so that no pickle is needed."""
        return {
            "matter": self.matter,
            "vectors": self.vectors.astype(np.float16),
            "mean": self.mean,
            "grams": np.array(list(self.grams.places)),
            "idf": self.grams.idf,
            "values": self.documents.data,
            "columns": self.documents.indices,
            "starts": self.documents.indptr,
            "weights": self.weights,
            "shares": self.shares,
        }

    @classmethod
    def from_arrays(cls, stored: Mapping[str, npt.NDArray[np.generic]]) -> MatterTransfer:
        """What :meth:`arrays` came from. Raises KeyError where one is missing."""
        places = {str(gram): place for place, gram in enumerate(stored["grams"].tolist())}
        grams = WordGrams(places, np.asarray(stored["idf"], np.float32))
        inside = (
            np.asarray(stored["values"], np.float32),
            np.asarray(stored["columns"], np.int32),
            np.asarray(stored["starts"], np.int32),
        )
        return cls(
            np.asarray(stored["matter"], np.int64),
            np.asarray(stored["vectors"], np.float32),
            np.asarray(stored["mean"], np.float32),
            grams,
            sparse.csr_matrix(inside, shape=(len(stored["vectors"]), len(places))),
            np.asarray(stored["weights"], np.float32),
            np.asarray(stored["shares"], np.float64),
        )


def usual_phrases() -> tuple[str, ...]:
    """What has to be embedded once for :meth:`MatterTransfer.fit`, in order."""
    return usual_matters().phrases


def _kernel(
    some: Floats, some_words: sparse.csr_matrix, others: Floats, other_words: sparse.csr_matrix
) -> npt.NDArray[np.float64]:
    by_words = np.asarray((some_words @ other_words.T).todense(), dtype=np.float64)
    return np.asarray(np.exp(_CLOSENESS * (some @ others.T - 1)) + by_words, dtype=np.float64)


def _ridge(kernel: npt.NDArray[np.float64], aims: npt.NDArray[np.float64]) -> Floats:
    """Weights of the rows; half-way balanced, so that a department with few phrases is heard."""
    taught = np.flatnonzero(aims.sum(axis=1) > 0)
    known = aims[taught]
    totals = known.sum(axis=0)
    worth = np.sqrt(known @ (1 / np.maximum(totals, 1e-9)) * totals.mean())
    inside = kernel[np.ix_(taught, taught)].copy()
    inside[np.diag_indices(len(taught))] += _RIDGE / worth
    weights = np.zeros(aims.shape, np.float32)
    weights[taught] = cho_solve(cho_factor(inside), known - known.mean(axis=0))
    return weights


def _stored(vectors: Floats) -> Floats:
    """As precise as they are stored, so that a router answers alike before and after."""
    return vectors.astype(np.float16).astype(np.float32)
