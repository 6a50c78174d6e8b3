"""An index made from nothing, and the next base of one that is there: written beside it, then put in force at once."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import numpy as np

from knowledge_base import calibration
from knowledge_base.errors import IndexMismatch, KnowledgeError
from knowledge_base.files import sync
from knowledge_base.index import log as index_log
from knowledge_base.index.background import measured
from knowledge_base.index.base import Base, Rows, Stretch, extend_base, searched_text, write_base
from knowledge_base.index.index import Embedder, Index
from knowledge_base.index.manifest import Manifest, read_manifest, write_manifest
from knowledge_base.index.state import IndexState, Moment
from knowledge_base.index.vector_search import Vector
from knowledge_base.policy import Passage

_AT_ONCE = 256
_OURS = re.compile(r"base-\d{6}|changes-\d{6}\.log")
_BEFORE = ("passages.jsonl", "vectors.faiss", "words", "sounds")  # what indices of format 3 had here
_WASTE = 0.4
"""The part of dead rows from which on the next base is made of the living ones alone."""

MAKING = ".making"
"""The lock of who writes a base."""

_CHANGING = ".changing"


def make_index(
    folder: Path,
    passages: Sequence[Passage],
    embedder: Embedder,
    library: str,
    report: Callable[[int, int], None] | None = None,
    *,
    source: str = "",
    editions: Mapping[str, str] | None = None,
) -> Index:
    """Embed and index ``passages`` of the library version ``library`` into ``folder``, replacing what is there.

    ``report`` is told (embedded, total). ``source`` and ``editions`` are the library's, where it is to be kept level
    later. Raises KnowledgeError where the disk refuses; the old index then stays.
    """
    vectors = embedded(passages, embedder, report)
    rows = Rows(passages, vectors, _stretches(passages, editions or {}))
    with refused(folder), locked(folder, MAKING):
        manifest = Manifest(
            embedder.fingerprint, embedder.dimension, library, len(passages), source or library, _next_number(folder)
        )
        with new_base(folder, manifest) as made:
            write_base(made, rows)
            base = measured(made, embedder)
            with locked(folder, _CHANGING), _without_calibration(folder):
                put_in_force(folder, manifest)
        tidy(folder, manifest)
    return IndexState.open(folder, embedder, library, known=base).snapshot()


def write_next(folder: Path, moment: Moment, embedder: Embedder) -> tuple[Manifest, Base]:
    """Write the base that is to follow; its manifest is not in force yet. Raises OSError where the disk refuses."""
    manifest = replace(moment.manifest, number=_next_number(folder))
    made = folder / manifest.base
    if moment.waste > _WASTE:
        write_base(made, _living(moment))
    else:
        extend_base(made, moment.base, moment.rows, moment.alive)
    return manifest, measured(made, embedder)


def put_in_force(folder: Path, manifest: Manifest, later: bytes = b"") -> None:
    """Put a base that was written in force, with the records that came ``later``. Raises OSError."""
    index_log.create(folder / manifest.log, later)
    sync(folder)  # what the manifest names must be there before it is
    write_manifest(folder, manifest)


@contextmanager
def new_base(folder: Path, manifest: Manifest) -> Iterator[Path]:
    """Where the base of ``manifest`` is to be written; gone again where the block fails before it counts."""
    made = folder / manifest.base
    try:
        yield made
    except BaseException:
        if _number_in_force(folder) != manifest.number:
            shutil.rmtree(made, ignore_errors=True)
            (folder / manifest.log).unlink(missing_ok=True)
        raise


def tidy(folder: Path, manifest: Manifest) -> None:
    """Remove bases and logs that are not in force: earlier ones, and what a killed process left. Who reads them may."""
    for path in folder.iterdir():
        ours = _OURS.fullmatch(path.name) and path.name not in (manifest.base, manifest.log)
        if ours or path.name in _BEFORE:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def locked(folder: Path, name: str, *, wait: bool = True) -> Iterator[bool]:
    """One process at a time; whether it is this one. Without ``wait`` it may be another. A killed one lets go.

    Raises OSError where the disk refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    opened = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(opened)


@contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Nobody else changes the index meanwhile. Raises KnowledgeError where the disk refuses."""
    with refused(folder), locked(folder, _CHANGING):
        yield


@contextmanager
def refused(folder: Path) -> Iterator[None]:
    """Say what a disk that refuses means."""
    try:
        yield
    except OSError as error:
        raise KnowledgeError(
            f"The index could not be written to {folder} ({error}). Free some space or choose another folder; "
            "the index that was there is unchanged."
        ) from error


@contextmanager
def _without_calibration(folder: Path) -> Iterator[None]:
    """A calibration belongs to the index that it was fitted on; it is back where the next one does not come about."""
    old, aside = folder / calibration.FILE, folder / f".{calibration.FILE}.before"
    if old.exists():
        old.rename(aside)
    try:
        yield
    except BaseException:
        if aside.exists():
            aside.rename(old)
        raise
    aside.unlink(missing_ok=True)


def embedded(
    passages: Sequence[Passage], embedder: Embedder, report: Callable[[int, int], None] | None = None
) -> Vector:
    """Vectors of ``passages``, float32 ``[passages, dimension]``. ``report`` is told (done, of all)."""
    vectors = np.empty((len(passages), embedder.dimension), np.float32)
    if report:
        report(0, len(passages))
    for start in range(0, len(passages), _AT_ONCE):
        texts = [searched_text(passage) for passage in passages[start : start + _AT_ONCE]]
        vectors[start : start + len(texts)] = embedder.embed_passages(texts)
        if report:
            report(start + len(texts), len(passages))
    return vectors


def _stretches(passages: Sequence[Passage], editions: Mapping[str, str]) -> dict[str, Stretch]:
    """Where each article is; of one whose passages are not all together, where its last ones are."""
    found = {}
    first = 0
    for article, its in groupby(passages, key=lambda passage: passage.article_id):
        count = sum(1 for _ in its)
        found[article] = Stretch(editions.get(article, ""), first, count)
        first += count
    return found


def _living(moment: Moment) -> Rows:
    """The rows that are in force of something, numbered anew."""
    rows = np.flatnonzero(moment.alive)
    old, recent = rows[rows < moment.base.count], rows[rows >= moment.base.count] - moment.base.count
    passages = [moment.base.passages[int(row)] for row in old] + [moment.rows.passages[int(row)] for row in recent]
    vectors = np.concatenate([moment.base.vectors.rows[old], moment.rows.vectors[recent]])
    number = np.cumsum(moment.alive) - 1
    articles = {
        article: replace(stretch, first=int(number[stretch.first]) if stretch.count else 0)
        for article, stretch in moment.rows.articles.items()
    }
    return Rows(passages, vectors, articles)


def _next_number(folder: Path) -> int:
    """Above the one in force and all that a killed process left."""
    left = [int(re.sub(r"\D", "", path.name)) for path in folder.iterdir() if _OURS.fullmatch(path.name)]
    return max([_number_in_force(folder), *left]) + 1


def _number_in_force(folder: Path) -> int:
    """0 where there is none."""
    try:
        return read_manifest(folder).number
    except IndexMismatch:
        return 0
