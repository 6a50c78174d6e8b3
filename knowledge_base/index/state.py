"""An index while it is kept: its base, what came since, and which rows are still in force of something.

Not for several threads at once: :class:`knowledge_base.index.keeper.IndexKeeper` sees to that. Readers get snapshots.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from knowledge_base.errors import IndexMismatch
from knowledge_base.index import log as index_log
from knowledge_base.index.base import Base, Rows, Stretch, searched_text
from knowledge_base.index.index import Embedder, Index
from knowledge_base.index.log import Change
from knowledge_base.index.manifest import FILE, REBUILD, Manifest, check, read_manifest
from knowledge_base.index.passage_columns import Mask
from knowledge_base.index.recent_rows import RecentRows
from knowledge_base.index.vector_search import Vector
from knowledge_base.library import Library
from knowledge_base.policy import Passage

Stamp = tuple[int, int, int]
DAMAGED = (OSError, ValueError, KeyError, TypeError, RuntimeError)
"""What reading a damaged index raises."""


@dataclass(frozen=True)
class Moment:
    """What the next base is made of: everything up to ``end`` of the log."""

    base: Base
    manifest: Manifest
    rows: Rows
    alive: Mask
    end: int

    @property
    def waste(self) -> float:
        """The part of all rows that is no longer in force of anything."""
        return 1 - int(self.alive.sum()) / max(1, len(self.alive))


class IndexState:
    """Base and changes of one manifest, as far as they were read."""

    def __init__(self, folder: Path, manifest: Manifest, base: Base, stamp: Stamp) -> None:
        self.folder = folder
        self.manifest = manifest
        self.base = base
        self.stamp = stamp
        self.end = 0
        self._recent = RecentRows(base)
        self._alive = base.alive
        self._articles: dict[str, Stretch] | None = None

    @staticmethod
    def open(folder: Path, embedder: Embedder, library: str | None = None, known: Base | None = None) -> IndexState:
        """What is in ``folder``, checked as :func:`open_index` says.

        ``known`` is used again where it is still the base. Raises IndexMismatch.
        """
        manifest = read_manifest(folder)
        check(folder, manifest, embedder.fingerprint, embedder.dimension, None)
        try:
            state = _read(folder, manifest, known)
        except DAMAGED as error:
            if read_manifest(folder) != manifest:  # another process has just put the next base in force
                return IndexState.open(folder, embedder, library, known)
            raise IndexMismatch(f"The index in {folder} cannot be read. {REBUILD}") from error
        check(folder, state.manifest, embedder.fingerprint, embedder.dimension, library)
        return state

    @property
    def articles(self) -> dict[str, Stretch]:
        """Where each article that is searched is."""
        if self._articles is None:
            self._articles = dict(self.base.articles)
        return self._articles

    @property
    def recent(self) -> int:
        """How many rows came since the base was written."""
        return len(self._recent)

    def snapshot(self) -> Index:
        """The index as it is now."""
        return Index(self.folder, self.manifest, self.base, self._recent.view(), self._alive)

    def is_current(self) -> bool:
        """Whether nobody else changed the index on disk since."""
        return self.stamp_now() == self.stamp

    def stamp_now(self) -> Stamp:
        """What the disk says now."""
        return stamp_of(self.folder, self.manifest)

    def read_on(self) -> bool:
        """Take over the changes behind those that were read; False where the base is another one now.

        Raises what is :data:`DAMAGED`; this state is then of no use any more.
        """
        now = self.stamp_now()
        if now[:2] != self.stamp[:2] or now[2] < self.end:
            return False
        for change, end in index_log.changes(self.folder / self.manifest.log, self.manifest.dimension, self.end):
            self.apply(change, end)
        self.stamp = now
        return True

    def difference(self, library: Library, embedder: Embedder) -> Change:
        """What makes this index one of ``library``. Only texts that no replaced passage had are embedded."""
        wanted = library.editions
        known = {article: stretch.edition for article, stretch in self.articles.items()}
        changed = [article for article, edition in wanted.items() if known.get(article) != edition]
        cut = {article: library.passages_of(article) for article in changed}
        passages = [passage for article in changed for passage in cut[article]]
        return Change(
            library=library.version,
            source=library.base,
            removed=sorted(known.keys() - wanted.keys()),
            articles={article: (wanted[article], len(cut[article])) for article in changed},
            passages=passages,
            vectors=self._vectors_of(passages, changed, embedder),
        )

    def apply(self, change: Change, end: int) -> None:
        """Take over ``change``, whose record ends at ``end``."""
        articles, count = self.articles, len(self._alive)
        alive: Mask = np.concatenate([self._alive, np.ones(len(change.passages), np.bool_)])
        for article in (*change.removed, *change.articles):
            gone = articles.pop(article, None)
            if gone is not None:
                alive[gone.first : gone.first + gone.count] = False
        for article, (edition, passages) in change.articles.items():
            articles[article] = Stretch(edition, count, passages)
            count += passages
        self._recent.add(change.passages, change.vectors)
        self._alive, self.end = alive, end
        searched = int(alive.sum())
        self.manifest = replace(self.manifest, library=change.library, source=change.source, passages=searched)

    def moment(self) -> Moment:
        """Everything up to now, for the next base."""
        view = self._recent.view()
        rows = Rows(view.passages[: len(view)], view.vectors, dict(self.articles))
        return Moment(self.base, self.manifest, rows, self._alive, self.end)

    def likeness(self, library: Library) -> float:
        """The part of the published articles of ``library`` that is indexed as it is, 0 to 1."""
        same = sum(self._edition(article) == edition for article, edition in library.editions.items())
        return same / max(1, len(library.editions))

    def _edition(self, article: str) -> str | None:
        stretch = self.articles.get(article)
        return stretch.edition if stretch else None

    def _vectors_of(self, passages: list[Passage], changed: list[str], embedder: Embedder) -> Vector:
        texts = [searched_text(passage) for passage in passages]
        known = self._known_vectors(changed)
        missing = list(dict.fromkeys(text for text in texts if text not in known))
        if missing:
            known.update(zip(missing, embedder.embed_passages(missing), strict=True))
        vectors = np.empty((len(texts), embedder.dimension), np.float32)
        for row, text in enumerate(texts):
            vectors[row] = known[text]
        return vectors

    def _known_vectors(self, changed: list[str]) -> dict[str, Vector]:
        """Vectors by text of the passages that these articles have now."""
        index = self.snapshot()
        rows = [row for article in changed if article in self.articles for row in self.articles[article].rows]
        return dict(zip((searched_text(index.passages[row]) for row in rows), index.rows(rows), strict=True))


def open_index(folder: Path, embedder: Embedder, library: str | None = None) -> Index:
    """The index in ``folder``. ``library`` is the version that it must be of (``None``: whatever it is of).

    An index of a library with articles from the desk over it is one of that library too.

    Raises IndexMismatch where there is none, or it was made with another embedder, precision or library.
    """
    return IndexState.open(folder, embedder, library).snapshot()


def stamp_of(folder: Path, manifest: Manifest) -> Stamp:
    """What changes whenever somebody changes the index: cheap to ask for. All 0 where it is not there."""
    try:
        told = (folder / FILE).stat()
        return told.st_mtime_ns, told.st_ino, (folder / manifest.log).stat().st_size
    except OSError:
        return 0, 0, 0


def _read(folder: Path, manifest: Manifest, known: Base | None) -> IndexState:
    stamp = stamp_of(folder, manifest)
    same = known is not None and known.folder == folder / manifest.base
    base = known if known is not None and same else Base(folder / manifest.base)
    state = IndexState(folder, manifest, base, stamp)
    if not state.read_on() or read_manifest(folder) != manifest:
        raise OSError("it was replaced meanwhile")
    if base.vectors.rows.shape[1] != manifest.dimension or int(base.alive.sum()) != manifest.passages:
        raise ValueError("it is incomplete")
    return state
