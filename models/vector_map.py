"""A linear map on the vectors of an embedder: what a city's own articles teach about which of them lie near each other.

Sentence vectors share a direction that says nothing (Mu and Viswanath, 2018, arXiv:1702.01417): the mean of the
questions is taken from questions, that of the passages from passages. What is left is turned a little by one matrix for
both sides. It costs microseconds, and what is embedded already needs no embedding again.

Cosines would then lie around 0, where those of E5 lie around 0.8 and are read so elsewhere: one number that all mapped
vectors share brings them back, without a change of any order.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from models.errors import ModelProblem
from models.unit_vectors import unit

Vectors = npt.NDArray[np.float32]

MAP = "map.npz"
_NAMES = ("query_mean", "passage_mean", "matrix", "shared")
_MOST_SHARED = 0.95
_AGAIN = "Adapt the embedder again with `hotline train embedder`."


@dataclass(frozen=True)
class VectorMap:
    """``query_mean`` and ``passage_mean`` (d,) are taken away, ``matrix`` (d, d) is multiplied, length is one again.

    ``shared`` (0 to 1) is the square of the number put before each vector: a cosine c becomes shared + (1 - shared) c.
    """

    query_mean: Vectors
    passage_mean: Vectors
    matrix: Vectors
    shared: float = 0.0

    @staticmethod
    def centring(questions: Vectors, passages: Vectors) -> VectorMap:
        """The map that takes the means of ``questions`` (n, d) and ``passages`` (m, d) away and turns nothing."""
        unturned = np.eye(passages.shape[1], dtype=np.float32)
        return VectorMap(questions.mean(axis=0), passages.mean(axis=0), unturned)

    def of_queries(self, vectors: Vectors) -> Vectors:
        """Questions' vectors ``(n, d)``, mapped: ``(n, d + 1)``."""
        return self._with_shared(unit((vectors - self.query_mean) @ self.matrix))

    def of_passages(self, vectors: Vectors) -> Vectors:
        """Passages' vectors ``(n, d)``, mapped: ``(n, d + 1)``."""
        return self._with_shared(unit((vectors - self.passage_mean) @ self.matrix))

    def with_cosines_like(self, questions: Vectors, passages: Vectors) -> VectorMap:
        """The map under which pairs, the rows of ``questions`` and ``passages`` (n, d), are as near as they were."""
        before = float((questions * passages).sum(axis=1).mean())
        bare = replace(self, shared=0.0)
        after = float((bare.of_queries(questions) * bare.of_passages(passages)).sum(axis=1).mean())
        return replace(self, shared=float(np.clip((before - after) / max(1.0 - after, 1e-6), 0.0, _MOST_SHARED)))

    def _with_shared(self, vectors: Vectors) -> Vectors:
        first = np.full((len(vectors), 1), np.sqrt(self.shared), np.float32)
        return np.concatenate([first, np.float32(np.sqrt(1.0 - self.shared)) * vectors], axis=1)

    def save(self, path: Path) -> None:
        """Write it to ``path``."""
        np.savez(
            path,
            query_mean=self.query_mean,
            passage_mean=self.passage_mean,
            matrix=self.matrix,
            shared=np.float32(self.shared),
        )

    @staticmethod
    def load(path: Path, dimension: int) -> VectorMap:
        """The map in ``path``. Raises ModelProblem where it is none for vectors of ``dimension`` numbers."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                parts = [np.asarray(stored[name], np.float32) for name in _NAMES]
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise ModelProblem(f"{path} cannot be read. {_AGAIN}") from error
        if [part.shape for part in parts] != [(dimension,), (dimension,), (dimension, dimension), ()]:
            raise ModelProblem(f"{path} is not for vectors of {dimension} numbers. {_AGAIN}")
        return VectorMap(parts[0], parts[1], parts[2], float(parts[3]))

    @property
    def digest(self) -> str:
        """Twelve hexadecimal digits of the SHA-256 of its numbers."""
        whole = b"".join(part.tobytes() for part in (self.query_mean, self.passage_mean, self.matrix))
        whole += np.float32(self.shared).tobytes()
        return hashlib.sha256(whole).hexdigest()[:12]
