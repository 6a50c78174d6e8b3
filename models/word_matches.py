"""Which texts share words with a question: BM25 (Robertson and Zaragoza, 2009; k1 = 1.2, b = 0.75) in memory.

For finding near misses to learn from, many questions at a time; search itself has its own index.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from scipy import sparse

from models.routing_features import normalised, words

_K1, _B = 1.2, 0.75
_AT_ONCE = 256


class WordMatches:
    """``texts``, weighted once."""

    def __init__(self, texts: Sequence[str]) -> None:
        counted = [Counter(words(normalised(text))) for text in texts]
        known = sorted({word for counts in counted for word in counts})
        self._places = {word: place for place, word in enumerate(known)}
        lengths = np.array([sum(counts.values()) for counts in counted], dtype=np.float64)
        share = _K1 * (1 - _B + _B * lengths / max(1.0, float(lengths.mean() if len(lengths) else 1.0)))
        frequency = Counter(word for counts in counted for word in counts)
        rows, columns, values = [], [], []
        for row, counts in enumerate(counted):
            for word, count in counts.items():
                rarity = np.log(1 + (len(texts) - frequency[word] + 0.5) / (frequency[word] + 0.5))
                rows.append(row)
                columns.append(self._places[word])
                values.append(rarity * count * (_K1 + 1) / (count + share[row]))
        self._weights = sparse.csr_matrix((values, (rows, columns)), shape=(len(texts), len(known)), dtype=np.float32)

    def nearest(self, questions: Sequence[str], most: int) -> Iterator[list[int]]:
        """For each question the numbers of at most ``most`` texts that share words with it, best first."""
        for start in range(0, len(questions), _AT_ONCE):
            scores = (self._asked(questions[start : start + _AT_ONCE]) @ self._weights.T).toarray()
            order = np.argsort(-scores, axis=1, kind="stable")[:, :most]
            for own, ranked in zip(scores, order.tolist(), strict=True):
                yield [row for row in ranked if own[row] > 0]

    def _asked(self, questions: Sequence[str]) -> sparse.csr_matrix:
        found = [{self._places[w] for w in words(normalised(q)) if w in self._places} for q in questions]
        rows = [row for row, places in enumerate(found) for _ in places]
        columns = [place for places in found for place in places]
        ones = np.ones(len(rows), np.float32)
        return sparse.csr_matrix((ones, (rows, columns)), shape=(len(questions), len(self._places)))
