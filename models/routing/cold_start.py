"""Routing from duties alone: how close a text is to what each department says it answers for.

Three similarities, each standardised over the departments and added: TF-IDF against all of a department's duties,
centred embedding against its closest duty, centred embedding against the mean of its duties. Where the usual matters of
cities are given, what :mod:`models.routing.matter_transfer` makes of them is added and weighs most. Used alone where
no order was ever labelled, as one head among others where some were, and as the fallback of departments without labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from models.errors import ModelProblem
from models.routing.calibration import Pool, log_softmax
from models.routing.features import Floats, WordGrams, centred
from models.routing.matter_transfer import MatterTransfer

# Found on orders of a real city routed by 212 duty phrases (docs/decisions/0003-routing-fusion.md): the sharpness of
# the greatest likelihood, and the slope that takes back what the first choice promises too much.
_SHARPNESS, _SLOPE = 0.5, 0.5
# With usual matters four of five are right however clear the case: a sharp view, and a share of doubt about all of it.
_SHARP, _BLUNT, _DOUBT = 0.5, 0.2, 0.3
_DUTIES_SHARE, _VOTES_SHARE = 0.5, 2.0  # beside the regression on usual matters, all standardised
# Duties alone never reach 95 %; from this probability on four of five were right.
COLD_THRESHOLD = 0.75


@dataclass(frozen=True)
class DutyMatcher:
    """The duties of departments, ready to be compared with.

    ``owner[i]`` is the department number of ``phrases[i]``; ``vectors`` are their unit vectors around ``mean``, shape
    ``(phrases, dimension)``, and ``middles`` those of each department's mean; ``documents`` is the TF-IDF of each
    department's duties, shape ``(departments, n-grams)``.
    """

    labels: tuple[str, ...]
    phrases: tuple[str, ...]
    owner: npt.NDArray[np.int64]
    vectors: Floats
    middles: Floats
    mean: Floats
    grams: WordGrams
    documents: sparse.csr_matrix
    usual: MatterTransfer | None = None

    @classmethod
    def fit(
        cls, duties: Mapping[str, Sequence[str]], vectors: Floats, usual: Floats | MatterTransfer | None = None
    ) -> DutyMatcher:
        """Learn from ``duties``, department → phrases, and the embeddings of :func:`duty_phrases`, in that order.

        ``usual`` are the embeddings of :func:`models.routing.matter_transfer.usual_phrases`, or another matcher's
        ``usual``.
        """
        phrases = duty_phrases(duties)
        mean = vectors.mean(axis=0)
        grams = WordGrams.fit(phrases, fewest=1)
        counts = [len(own) for own in duties.values()]
        if isinstance(usual, MatterTransfer):
            transfer: MatterTransfer | None = usual.under(duties, vectors)
        else:
            transfer = None if usual is None else MatterTransfer.fit(duties, vectors, usual)
        return cls.assembled(tuple(duties), counts, phrases, centred(vectors, mean), mean, grams, transfer)

    @classmethod
    def assembled(
        cls,
        labels: tuple[str, ...],
        counts: Sequence[int],
        phrases: tuple[str, ...],
        vectors: Floats,
        mean: Floats,
        grams: WordGrams,
        usual: MatterTransfer | None = None,
    ) -> DutyMatcher:
        """The same from its stored parts; ``counts`` is how many phrases each department has."""
        owner = np.repeat(np.arange(len(labels)), counts)
        numbers = range(len(labels))
        own = [np.flatnonzero(owner == number) for number in numbers]
        documents = grams.transform(["，".join(phrases[i] for i in inside) for inside in own])
        means = np.stack([vectors[inside].mean(axis=0) for inside in own])
        middles = centred(means, np.zeros_like(mean))
        return cls(labels, phrases, owner, vectors, middles, mean, grams, documents, usual)

    def holds(self, duties: Mapping[str, Sequence[str]]) -> bool:
        """Whether these are the very duties that it was fitted on."""
        own = zip((self.labels[n] for n in self.owner.tolist()), self.phrases, strict=True)
        return list(own) == [(label, phrase) for label, phrases in duties.items() for phrase in phrases]

    def scores(self, words: Sequence[Sequence[str]], vectors: Floats) -> npt.NDArray[np.float64]:
        """Sums of standardised similarities, shape ``(n, departments)``; ``vectors`` as embedded."""
        moved = centred(vectors, self.mean)
        each = moved @ self.vectors.T
        closest = np.stack([each[:, self.owner == n].max(axis=1) for n in range(len(self.labels))], axis=1)
        by_words = np.asarray((self.grams.of_words(words) @ self.documents.T).todense())
        by_duty = _standard(by_words) + _standard(closest) + _standard(moved @ self.middles.T)
        if self.usual is None:
            return by_duty
        regression, votes = self.usual.scores(words, vectors)
        return _standard(regression) + _VOTES_SHARE * _standard(votes) + _DUTIES_SHARE * by_duty

    def word_scores(self, words: Sequence[Sequence[str]], *, unit_length: bool = True) -> npt.NDArray[np.float64]:
        """What the words alone bring, shape ``(n, departments)``."""
        rows = self.grams.of_words(words, unit_length=unit_length)
        by_duty = np.asarray((rows @ self.documents.T).todense(), dtype=np.float64)
        return by_duty if self.usual is None else by_duty + self.usual.word_scores(words, unit_length=unit_length)

    def columns(self, table: npt.NDArray[np.float64], labels: Sequence[str]) -> npt.NDArray[np.float64]:
        """The columns of ``labels`` from a table by department; zeros, the middle, for a label without duties."""
        places = {name: place for place, name in enumerate(self.labels)}
        nothing = np.zeros(len(table))
        return np.stack([table[:, places[label]] if label in places else nothing for label in labels], axis=1)

    def probabilities(self, scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Probabilities where nothing but duties is known."""
        if self.usual is not None:
            return (1 - _DOUBT) * np.exp(log_softmax(_SHARP * scores)) + _DOUBT * np.exp(log_softmax(_BLUNT * scores))
        pool = Pool(np.array([_SHARPNESS]), np.zeros(len(self.labels)), slope=_SLOPE)
        return pool.probabilities(scores[None])

    def closest_phrase(self, words: Sequence[str], vector: Floats, label: str) -> str:
        """The duty of department ``label`` that is closest to a text, for a person to read; empty where it has none."""
        if label not in self.labels:
            return ""
        own = np.flatnonzero(self.owner == self.labels.index(label))
        by_vector = self.vectors[own] @ centred(vector[None, :], self.mean)[0]
        rows = self._phrase_rows[own] @ self.grams.of_words([words]).T
        closest = int(own[np.argmax(by_vector + np.asarray(rows.todense())[:, 0])])
        return self.phrases[closest]

    @cached_property
    def _phrase_rows(self) -> sparse.csr_matrix:
        """The TF-IDF of each phrase: cutting them into words anew for every appeal took as long as embedding it."""
        return self.grams.transform(self.phrases)


def duty_phrases(duties: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """All phrases in order. Raises ModelProblem naming the departments that have none."""
    bare = [name for name, phrases in duties.items() if not any(p.strip() for p in phrases)]
    if bare:
        raise ModelProblem(f"No duty is given for {', '.join(bare)}. Add at least one phrase each, or leave them out.")
    if len(duties) < 2:  # noqa: PLR2004 - a choice needs two
        raise ModelProblem("Duties of at least two departments are needed to route between them. Add departments.")
    return tuple(phrase for phrases in duties.values() for phrase in phrases)


def _standard(values: npt.NDArray[np.float64] | Floats) -> npt.NDArray[np.float64]:
    wide = values.astype(np.float64)
    spread = wide.std(axis=1, keepdims=True)
    return np.where(spread > 1e-9, (wide - wide.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-9), 0.0)  # noqa: PLR2004 - nothing in common
