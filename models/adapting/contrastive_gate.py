"""Whether an adapted embedder finds the right article sooner than the untouched one, or chance made the difference.

A question's score is the reciprocal rank of the first passage of its article among all passages. The paired test flips
signs (Fisher's randomisation test; for retrieval, Smucker, Allan and Carterette, 2007) of whole articles, since
questions of one article are alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

Floats32 = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEVEL = 0.05
FEWEST_QUESTIONS = 30
FEWEST_ARTICLES = 8
_ROUNDS = 10_000
_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Gate:
    """Mean reciprocal ranks and shares of first ranks on ``questions`` of ``articles`` that were never learned from.

    ``p`` is the chance of so large a gain, or a larger one, where nothing was gained (one-sided).
    """

    questions: int
    articles: int
    untouched_mrr: float
    adapted_mrr: float
    untouched_hit1: float
    adapted_hit1: float
    p: float
    asked: str

    @property
    def passed(self) -> bool:
        """Whether it is better, and on enough questions to say so."""
        enough = self.questions >= FEWEST_QUESTIONS and self.articles >= FEWEST_ARTICLES
        return enough and self.adapted_mrr > self.untouched_mrr and self.p < LEVEL

    def as_json(self) -> dict[str, object]:
        """For the folder's ``adaptation.json``."""
        return {**asdict(self), "passed": self.passed}


def reciprocal_ranks(questions: Floats32, passages: Floats32, gold: Sequence[frozenset[int]], articles: Ints) -> Floats:
    """For unit vectors ``(n, d)`` and ``(m, d)``; ``gold`` (n,) and ``articles`` (m,) number articles. Shape ``(n,)``.

    Ties count against the question, so that a constant embedder gains nothing.
    """
    ranks = np.zeros(len(questions))
    for start in range(0, len(questions), _AT_ONCE):
        cosines = questions[start : start + _AT_ONCE] @ passages.T
        for row, scores in enumerate(cosines, start=start):
            right = np.isin(articles, list(gold[row]))
            ahead = scores[~right] >= scores[right].max(initial=-np.inf)
            ranks[row] = 1.0 / (1 + len(np.unique(articles[~right][ahead])))
    return ranks


def judge(untouched: Floats, adapted: Floats, groups: Ints, asked: str, seed: int = 0) -> Gate:
    """Compare reciprocal ranks ``(n,)`` of the same questions; ``groups`` (n,) are their articles."""
    sums = np.array([(adapted - untouched)[groups == group].sum() for group in np.unique(groups)])
    chance = np.random.default_rng(seed)
    signs = chance.integers(0, 2, size=(_ROUNDS, len(sums))) * 2 - 1
    as_large = (signs @ sums >= sums.sum() - 1e-12).sum() if len(sums) else _ROUNDS
    first = [float((ranks == 1.0).mean()) if len(ranks) else 0.0 for ranks in (untouched, adapted)]
    mean = [float(ranks.mean()) if len(ranks) else 0.0 for ranks in (untouched, adapted)]
    p = float((1 + as_large) / (1 + _ROUNDS))
    return Gate(len(untouched), len(sums), mean[0], mean[1], first[0], first[1], p, asked)
