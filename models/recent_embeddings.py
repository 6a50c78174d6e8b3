"""An embedder that keeps the vectors of what was asked last.

During a call several parts look at the same words: passages are searched with a sentence that is also compared with the
sentences before it, and what was said so far is ranked, ranked by a challenger, and compared again after the next
sentence. Each text costs tens of milliseconds of processor time, its vector a few kilobytes of memory. The texts
themselves are not kept: they are what citizens said, and stay in memory no longer than their calls.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b
from secrets import token_bytes
from threading import Lock

import numpy as np

from models.sentence_embedder import SentenceEmbedder, Vectors

_KEPT = 512
_A_FEW = 4  # texts at once; more are a batch of a training or an import, which asks for each but once


class RecentEmbeddings:
    """Wraps ``embedder``. May be shared between threads; the ``kept`` questions that were asked last are in memory.

    A question is embedded by itself, so that its vector does not depend on what happens to be asked beside it.
    """

    def __init__(self, embedder: SentenceEmbedder, kept: int = _KEPT) -> None:
        self._embedder = embedder
        self._kept = kept
        self._vectors: OrderedDict[bytes, Vectors] = OrderedDict()
        self._secret = token_bytes(16)  # without it, a short text could be guessed from its digest
        self._lock = Lock()
        self.dimension = embedder.dimension
        self.fingerprint = embedder.fingerprint

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, float32 ``[n, dimension]``."""
        if not 0 < len(texts) <= _A_FEW:
            return self._embedder.embed_queries(texts)
        return np.stack([self._vector(text) for text in texts])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what is searched, float32 ``[n, dimension]``; none is kept."""
        return self._embedder.embed_passages(texts)

    def _vector(self, text: str) -> Vectors:
        key = blake2b(text.encode(), digest_size=16, key=self._secret).digest()
        with self._lock:
            known = self._vectors.get(key)
            if known is not None:
                self._vectors.move_to_end(key)
                return known
        vector: Vectors = self._embedder.embed_queries([text])[0]
        with self._lock:
            self._vectors[key] = vector
            while len(self._vectors) > self._kept:
                self._vectors.popitem(last=False)
        return vector
