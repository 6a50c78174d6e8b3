"""The search index: vectors in FAISS, words in tantivy, passages beside them, and a manifest that says whose it all is.

::

    index/
      manifest.json    embedder, dimension, library, number of passages, format
      passages.jsonl   in the order of the vectors
      vectors.faiss    inner product: exact up to 50,000 passages, HNSW beyond
      words/           tantivy, BM25 over jieba's words
      calibration.json where one was fitted (:mod:`knowledge_base.calibration`)

An index belongs to one embedder at one precision and to one library: anything else is refused, since its answers would
look right and be wrong. It is built beside its place and then takes it, so a reader sees the old or the new one whole.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge_base.asked import keys_of
from knowledge_base.errors import IndexMismatch, KnowledgeError
from knowledge_base.policy import Passage, Secrecy
from knowledge_base.sounds import sound_terms
from knowledge_base.term_index import TermIndex
from knowledge_base.words import words

Vector = NDArray[np.float32]
Mask = NDArray[np.bool_]
Hits = list[tuple[int, float]]

_FORMAT = 3
_EXACT_UP_TO = 50_000
_HNSW_LINKS = 16
_HNSW_BUILD = 80
_HNSW_SEARCH = 160
_AT_ONCE = 256
_REBUILD = "Build it again with `hotline kb index`."


class Embedder(Protocol):
    """Turns texts into vectors of length one; queries and passages may be treated differently."""

    @property
    def dimension(self) -> int:
        """Numbers in one vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """Name, precision and weights: vectors of different fingerprints are not compared."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vector:
        """Float32 ``[n, dimension]``."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vector:
        """Float32 ``[n, dimension]``."""
        ...


@dataclass(frozen=True, slots=True)
class Manifest:
    """Whose index it is."""

    embedder: str
    dimension: int
    library: str
    passages: int
    format: int = _FORMAT


class Index:
    """A built index, open for reading; may be shared between threads. Positions count passages from 0."""

    def __init__(self, folder: Path, manifest: Manifest, passages: tuple[Passage, ...], vectors: Any) -> None:
        self.folder = folder
        self.manifest = manifest
        self.passages = passages
        self._vectors = vectors
        self.words = TermIndex.open(folder / "words")
        self.sounds = TermIndex.open(folder / "sounds")
        self._mask = lru_cache(maxsize=64)(self._make_mask)
        self._asked: dict[str, list[int]] = defaultdict(list)
        for position, passage in enumerate(passages):
            for known in keys_of(passage):
                self._asked[known].append(position)

    @property
    def snapshot(self) -> Index:
        """Itself: an index never changes, the one in force is replaced by another."""
        return self

    def asked(self, key: str) -> Sequence[int]:
        """Positions of the passages that answer the question of that key word for word."""
        return self._asked.get(key, ())

    @staticmethod
    def build(
        folder: Path,
        passages: Sequence[Passage],
        embedder: Embedder,
        library: str,
        report: Callable[[int, int], None] | None = None,
    ) -> Index:
        """Embed and index ``passages`` of the library version ``library`` into ``folder``, replacing what is there.

        ``report`` is told (embedded, total). Raises KnowledgeError where the disk refuses; the old index then stays.
        """
        vectors = _embed(passages, embedder, report or _silent)
        manifest = Manifest(embedder.fingerprint, embedder.dimension, library, len(passages))
        with _replacing(folder) as made:
            _write_vectors(made / "vectors.faiss", vectors)
            _write_terms(made / "words", [words(indexed_text(passage)) for passage in passages])
            _write_terms(made / "sounds", [sound_terms(indexed_text(passage)) for passage in passages])
            lines = [json.dumps(asdict(p), ensure_ascii=False, default=date.isoformat) for p in passages]
            (made / "passages.jsonl").write_text("".join(line + "\n" for line in lines), encoding="utf-8")
            (made / "manifest.json").write_text(json.dumps(asdict(manifest), indent=1) + "\n", encoding="utf-8")
        return Index.open(folder, embedder, library)

    @staticmethod
    def open(folder: Path, embedder: Embedder, library: str | None = None) -> Index:
        """The index in ``folder``. ``library`` is the version that it must be of (``None``: whatever it is of).

        Raises IndexMismatch where there is none, or it was made with another embedder, precision or library.
        """
        faiss = _faiss()
        manifest = _read_manifest(folder)
        _check(folder, manifest, embedder, library)
        try:
            lines = (folder / "passages.jsonl").read_text(encoding="utf-8").splitlines()
            passages = tuple(_passage(json.loads(line)) for line in lines)
            vectors = faiss.read_index(str(folder / "vectors.faiss"))
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise IndexMismatch(f"The index in {folder} cannot be read. {_REBUILD}") from error
        if not len(passages) == vectors.ntotal == manifest.passages:
            raise IndexMismatch(f"The index in {folder} is incomplete. {_REBUILD}")
        return Index(folder, manifest, passages, vectors)

    def allowed(self, day: date | None, area: str | None, clearance: Secrecy = Secrecy.RESTRICTED) -> Mask:
        """Bool ``[passages]``: those that may be quoted on ``day`` in ``area`` to somebody of ``clearance``.

        On any day and in any area where ``day`` is ``None``.
        """
        return self._mask(day, area, clearance)

    def nearest(self, vector: Vector, allowed: Mask, limit: int) -> Hits:
        """Positions and cosines of the allowed passages nearest to ``vector``, float32 ``[dimension]``."""
        faiss = _faiss()
        count = min(limit, int(allowed.sum()))
        if not count:
            return []
        chosen = None if allowed.all() else faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
        if isinstance(self._vectors, faiss.IndexHNSW):
            parameters = faiss.SearchParametersHNSW(sel=chosen, efSearch=max(_HNSW_SEARCH, count))
        else:
            parameters = faiss.SearchParameters(sel=chosen)
        cosines, positions = self._vectors.search(vector[None, :], count, params=parameters)
        return [(int(p), float(c)) for p, c in zip(positions[0], cosines[0], strict=True) if p >= 0]

    def cosines(self, vector: Vector, positions: Sequence[int]) -> list[float]:
        """The cosines of ``vector`` with the passages at ``positions``."""
        return [float(self._vectors.reconstruct(position) @ vector) for position in positions]

    def _make_mask(self, day: date | None, area: str | None, clearance: Secrecy) -> Mask:
        may = (p.visible_to(clearance) and (day is None or p.holds(day, area)) for p in self.passages)
        return np.fromiter(may, np.bool_, len(self.passages))


def indexed_text(passage: Passage) -> str:
    """What words and syllables are taken from: what is embedded, and the everyday words of its article."""
    return "\n".join((searched_text(passage), *passage.keywords))


def searched_text(passage: Passage) -> str:
    """What is embedded of a passage: the titles above it and its text."""
    if not passage.heading or passage.text.startswith(passage.heading):
        return passage.text
    return f"{passage.heading}\n{passage.text}"


def _faiss() -> Any:
    """FAISS, without the types it ships: they miss half of what it has."""
    import faiss  # noqa: PLC0415 - a second of loading that only search needs

    return faiss


def _silent(_done: int, _total: int) -> None:
    """Say nothing."""


def _embed(passages: Sequence[Passage], embedder: Embedder, report: Callable[[int, int], None]) -> Vector:
    vectors = np.empty((len(passages), embedder.dimension), np.float32)
    report(0, len(passages))
    for start in range(0, len(passages), _AT_ONCE):
        texts = [searched_text(passage) for passage in passages[start : start + _AT_ONCE]]
        vectors[start : start + len(texts)] = embedder.embed_passages(texts)
        report(start + len(texts), len(passages))
    return vectors


def _write_vectors(path: Path, vectors: Vector) -> None:
    faiss = _faiss()
    count, dimension = vectors.shape
    index: Any = faiss.IndexFlatIP(dimension)
    if count > _EXACT_UP_TO:
        index = faiss.IndexHNSWFlat(dimension, _HNSW_LINKS, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = _HNSW_BUILD
    index.add(vectors)
    try:
        faiss.write_index(index, str(path))
    except RuntimeError as error:  # how FAISS reports a disk that refuses
        raise OSError(str(error)) from error


def _write_terms(folder: Path, texts: Sequence[Sequence[str]]) -> None:
    try:
        TermIndex.build(folder, texts)
    except (RuntimeError, ValueError) as error:  # how tantivy reports a disk that refuses
        raise OSError(str(error)) from error


def _read_manifest(folder: Path) -> Manifest:
    try:
        content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return Manifest(**{field.name: content[field.name] for field in fields(Manifest)})
    except FileNotFoundError as error:
        raise IndexMismatch(f"There is no search index in {folder}. {_REBUILD}") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexMismatch(f"The index in {folder} cannot be read. {_REBUILD}") from error


def _check(folder: Path, manifest: Manifest, embedder: Embedder, library: str | None) -> None:
    if manifest.format != _FORMAT:
        raise IndexMismatch(f"The index in {folder} is of another version of this program. {_REBUILD}")
    if manifest.embedder != embedder.fingerprint or manifest.dimension != embedder.dimension:
        raise IndexMismatch(
            f"The index in {folder} was made with {manifest.embedder}, and {embedder.fingerprint} is in use. "
            f"{_REBUILD[:-1]}, or set the embedder that made it."
        )
    if library is not None and manifest.library != library:
        raise IndexMismatch(
            f"The index in {folder} is of library {manifest.library}, and the library is now {library}. {_REBUILD}"
        )


def _passage(row: dict[str, Any]) -> Passage:
    last = row["effective_to"]
    return Passage(
        **{
            **row,
            "effective_from": date.fromisoformat(row["effective_from"]),
            "effective_to": None if last is None else date.fromisoformat(last),
            "keywords": tuple(row["keywords"]),
            "secrecy": Secrecy(row.get("secrecy", Secrecy.PUBLIC)),
        }
    )


@contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """An empty folder that takes the place of ``folder`` at the end of a clean block, and vanishes otherwise."""
    scratch: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        yield scratch
        scratch.chmod(0o755)
        _take_place(scratch, folder)
    except OSError as error:
        raise KnowledgeError(
            f"The index could not be written to {folder} ({error}). Free some space or choose another folder; "
            "the index that was there is unchanged."
        ) from error
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)


def _take_place(made: Path, folder: Path) -> None:
    """Put ``made`` where ``folder`` is; where that fails, ``folder`` is back as it was."""
    old = made.with_name(made.name + "-old")
    if folder.exists():
        folder.rename(old)
    try:
        made.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
