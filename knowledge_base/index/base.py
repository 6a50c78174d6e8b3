"""The large, unchanging part of an index: a folder that is written once, and opened without being read.

::

    base-000003/
      base.json        how many passages, mean lengths, the areas that are numbered
      passages.jsonl   offsets.npy          read when shown
      vectors.npy      lists.faiss          the lists only for large libraries
      words/           sounds/              tantivy, BM25 over pairs of characters and over syllables
      columns.npz      days, areas, secrecy; which rows are no longer in force of anything (``alive``)
      asked.npz        hashes of the questions that passages answer word for word
      articles.json    edition, first row and number of passages of each article
      background.json  what the library does not answer comes to in it (:mod:`knowledge_base.index.background`)

The next base is made from this one and the rows that came since: passages keep their rows, and only what is new is
segmented, embedded and linked. Rows that were replaced stay behind, unseen, until they are many; then the next base
is made of the living ones alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.asked import keys_of
from knowledge_base.calibration import Background
from knowledge_base.files import sync_tree
from knowledge_base.index.passage_columns import Columns, Mask
from knowledge_base.index.stored_passages import StoredPassages, write_passages
from knowledge_base.index.term_index import TermIndex
from knowledge_base.index.vector_search import Vector, VectorSearch, write_vectors
from knowledge_base.policy import Passage
from knowledge_base.sounds import sound_terms
from knowledge_base.words import pairs

Cut = Callable[[str], list[str]]
CHANNELS: dict[str, Cut] = {"words": pairs, "sounds": lambda text: list(dict.fromkeys(sound_terms(text)))}
"""The term indices by the names of their folders, and what makes terms of a text."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where an article's passages are, one after another, and which edition of the article they come from."""

    edition: str
    first: int
    count: int

    @property
    def rows(self) -> range:
        """The rows of the passages."""
        return range(self.first, self.first + self.count)


@dataclass(frozen=True)
class Rows:
    """What is written: passages, their vectors, float32 ``[passages, dimension]``, and the articles they make up."""

    passages: Sequence[Passage]
    vectors: Vector
    articles: Mapping[str, Stretch]


class Base:
    """An open base; may be shared between threads. Raises ValueError, KeyError or OSError where it is damaged."""

    BACKGROUND = "background.json"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        told = json.loads((folder / "base.json").read_text(encoding="utf-8"))
        self.count = int(told["passages"])
        self.passages = StoredPassages(folder)
        self.vectors = VectorSearch(folder)
        self.terms = {name: TermIndex.open(folder / name, float(told["lengths"][name])) for name in CHANNELS}
        with np.load(folder / "columns.npz") as arrays:
            self.columns = Columns.of_arrays(arrays, told["areas"])
            self.alive: Mask = arrays["alive"]
        with np.load(folder / "asked.npz") as arrays:
            self._hashes, self._positions = arrays["hashes"], arrays["positions"]
        self.background = _read_background(folder / self.BACKGROUND)
        self.allowed = lru_cache(maxsize=32)(self.columns.allowed)
        if not self.count == len(self.passages) == len(self.vectors.rows) == len(self.columns) == len(self.alive):
            raise ValueError("its parts are of different lengths")

    @cached_property
    def articles(self) -> dict[str, Stretch]:
        """Where each article is. Only who changes the index asks."""
        told = json.loads((self.folder / "articles.json").read_text(encoding="utf-8"))
        return {article: Stretch(*stretch) for article, stretch in told.items()}

    def asked(self, key: str) -> list[int]:
        """Rows of the passages that answer the question of that key word for word."""
        wanted = hash_of(key)
        start, stop = np.searchsorted(self._hashes, wanted, "left"), np.searchsorted(self._hashes, wanted, "right")
        return [int(row) for row in self._positions[start:stop]]

    def asked_arrays(self) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
        """Hashes in order, and the row of each."""
        return self._hashes, self._positions


def write_base(folder: Path, rows: Rows) -> None:
    """Write a base of ``rows`` into the new ``folder``. Raises OSError where the disk refuses."""
    folder.mkdir()
    texts = [indexed_text(passage) for passage in rows.passages]
    lengths = {name: TermIndex.build(folder / name, (cut(text) for text in texts)) for name, cut in CHANNELS.items()}
    write_passages(folder, rows.passages)
    write_vectors(folder, rows.vectors)
    columns = Columns.of(rows.passages)
    _write_columns(folder, columns, np.ones(len(rows.passages), np.bool_))
    _write_asked(folder, *_asked_of(rows.passages, 0))
    _write_told(folder, columns, lengths, rows.articles)


def extend_base(folder: Path, before: Base, rows: Rows, alive: Mask) -> None:
    """Write into the new ``folder`` what ``before`` has and then ``rows``.

    ``alive``: bool ``[all rows]``. ``rows.articles`` are all living articles. Raises OSError where the disk refuses.
    """
    folder.mkdir()
    write_passages(folder, rows.passages, before.folder)
    write_vectors(folder, rows.vectors, before.folder)
    gone = np.flatnonzero(before.alive & ~alive[: before.count]).tolist()
    new = [(before.count + at, indexed_text(p)) for at, p in enumerate(rows.passages) if alive[before.count + at]]
    lengths = {
        name: before.terms[name].extended(
            folder / name, before.folder / name, gone, ((row, cut(text)) for row, text in new)
        )
        for name, cut in CHANNELS.items()
    }
    more = Columns.of(rows.passages, before.columns.areas)
    columns = before.columns.extended(more)
    _write_columns(folder, columns, alive)
    _write_asked(folder, *_merged_asked(before, rows.passages))
    _write_told(folder, columns, lengths, rows.articles)


def indexed_text(passage: Passage) -> str:
    """What words and syllables are taken from: what is embedded, and the everyday words of its article."""
    return "\n".join((searched_text(passage), *passage.keywords))


def searched_text(passage: Passage) -> str:
    """What is embedded of a passage: the titles above it and its text."""
    if not passage.heading or passage.text.startswith(passage.heading):
        return passage.text
    return f"{passage.heading}\n{passage.text}"


def hash_of(text: str) -> np.uint64:
    """Eight bytes of BLAKE2: of a million texts two are alike with a probability of one in 30 million."""
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "little"))


def _asked_of(passages: Iterable[Passage], first: int) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    pairs = [(hash_of(key), row) for row, passage in enumerate(passages, first) for key in sorted(keys_of(passage))]
    hashes = np.array([found for found, _ in pairs], np.uint64)
    rows = np.array([row for _, row in pairs], np.int32)
    return hashes, rows


def _merged_asked(before: Base, passages: Sequence[Passage]) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    hashes, rows = before.asked_arrays()
    more, where = _asked_of(passages, before.count)
    return np.concatenate([hashes, more]), np.concatenate([rows, where])


def _read_background(path: Path) -> Background | None:
    """Nothing where it was not measured, as in bases of earlier releases."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Background(float(told["mean"]), float(told["deviation"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_asked(folder: Path, hashes: NDArray[np.uint64], rows: NDArray[np.int32]) -> None:
    order = np.lexsort((rows, hashes))
    np.savez(folder / "asked.npz", hashes=hashes[order], positions=rows[order])


def _write_columns(folder: Path, columns: Columns, alive: Mask) -> None:
    arrays: dict[str, Any] = {"alive": alive, **columns.arrays()}
    np.savez(folder / "columns.npz", **arrays)


def _write_told(folder: Path, columns: Columns, lengths: Mapping[str, float], articles: Mapping[str, Stretch]) -> None:
    """What is left, and all of it on the disk for certain."""
    stretches = {article: [s.edition, s.first, s.count] for article, s in articles.items()}
    _write_json(folder / "articles.json", stretches)
    _write_json(folder / "base.json", {"passages": len(columns), "lengths": lengths, "areas": columns.areas})
    sync_tree(folder)


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")
