"""An embedder that remembers on disk, so that a second evaluation of the same texts is quick.

Keys are SHA-256 of the text with the embedder's fingerprint and the role (query or passage), values the vectors: no
text is stored. SQLite in WAL mode, one short connection per call: threads and processes may share a file.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from models.errors import ModelProblem
from models.sentence_embedder import MappedEmbedder, SentenceEmbedder, Vectors

_AT_ONCE = 500  # below SQLite's limit of parameters
_PATIENCE = 60.0


class CachedEmbedder:
    """Wraps ``embedder``; ``file`` is created where it is missing. Raises ModelProblem where the disk refuses."""

    def __init__(self, embedder: SentenceEmbedder, file: Path) -> None:
        # An adapted embedder maps the vectors of another: those are remembered, so that nothing is embedded twice.
        self._map = embedder.map if isinstance(embedder, MappedEmbedder) else None
        self._embedder = embedder.base if isinstance(embedder, MappedEmbedder) else embedder
        self._file = file
        self.dimension = embedder.dimension
        self.fingerprint = embedder.fingerprint
        with self._open() as database:
            database.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, float32 ``[n, dimension]``."""
        vectors = self._cached("query", texts, self._embedder.embed_queries)
        return vectors if self._map is None else self._map.of_queries(vectors)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what is searched, float32 ``[n, dimension]``."""
        vectors = self._cached("passage", texts, self._embedder.embed_passages)
        return vectors if self._map is None else self._map.of_passages(vectors)

    def _cached(self, role: str, texts: Sequence[str], embed: Callable[[Sequence[str]], Vectors]) -> Vectors:
        keys = [self._key(role, text) for text in texts]
        known = self._read(keys)
        wanted = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if wanted:
            made = embed(list(wanted.values()))
            fresh = {key: np.asarray(vector, "<f4") for key, vector in zip(wanted, made, strict=True)}
            self._write(fresh)
            known.update(fresh)
        vectors = np.empty((len(texts), self._embedder.dimension), np.float32)
        for row, key in enumerate(keys):
            vectors[row] = known[key]
        return vectors

    def _key(self, role: str, text: str) -> bytes:
        return hashlib.sha256(
            f"{self._embedder.fingerprint}\x00{role}\x00{text.strip()}".encode("utf-8", "replace")
        ).digest()

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        unique = list(dict.fromkeys(keys))
        with self._open() as database:
            for start in range(0, len(unique), _AT_ONCE):
                some = unique[start : start + _AT_ONCE]
                marks = ",".join("?" * len(some))
                rows = database.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", some)  # noqa: S608 - only question marks
                found.update((key, np.frombuffer(vector, "<f4")) for key, vector in rows)
        return {key: vector for key, vector in found.items() if len(vector) == self._embedder.dimension}

    def _write(self, fresh: dict[bytes, Vectors]) -> None:
        with self._open() as database:
            rows = [(key, vector.tobytes()) for key, vector in fresh.items()]
            database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._file, timeout=_PATIENCE)) as database, database:
                database.execute("PRAGMA journal_mode=WAL")
                database.execute("PRAGMA synchronous=OFF")  # losing a cache costs time only
                yield database
        except (sqlite3.Error, OSError) as error:
            raise ModelProblem(
                f"The cache of embeddings {self._file} cannot be used ({error}). Delete it, or free some space."
            ) from error
