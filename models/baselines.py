"""What runs without weights, and is the number to beat."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_SPACE = re.compile(r"\s+")
_LONGEST = 3


class HashingEmbedder:
    """Character 1- to 3-grams hashed into a vector: no weights, no training, the same on every machine.

    The hashing trick with signs (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", 2009), counts
    damped by a logarithm. Rows have length one; a text without characters gives a row of zeros.
    """

    def __init__(self, dimension: int = 1024) -> None:
        self.dimension = dimension
        self.fingerprint = f"hashing/{_LONGEST}-grams/{dimension}"

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions, float32 ``[n, dimension]``."""
        return self._embed(texts)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of what is searched, float32 ``[n, dimension]``."""
        return self._embed(texts)

    def _embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for gram, count in _grams(text).items():
                number = int.from_bytes(hashlib.blake2b(gram.encode(), digest_size=8).digest(), "little")
                sign = 1.0 if number >> 63 else -1.0
                vectors[row, number % self.dimension] += sign * len(gram) * (1.0 + np.log(count))
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        np.divide(vectors, lengths, out=vectors, where=lengths > 0)
        return vectors


def _grams(text: str) -> Counter[str]:
    clean = _SPACE.sub("", text).lower()
    return Counter(clean[at : at + n] for n in range(1, _LONGEST + 1) for at in range(len(clean) - n + 1))
