"""The library that is searched now, and the index that goes with it: one for the whole process, replaced whole."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from knowledge_base.index import Embedder, Index
from knowledge_base.library import Library


class LibraryInForce:
    """Holds the library and its index. Readers take ``snapshot`` once per search and see one library throughout.

    Readers never wait; writers wait for one another.
    """

    def __init__(self, library: Library, folder: Path, embedder: Embedder) -> None:
        self._embedder = embedder
        self._folder = folder
        self._writing = Lock()
        self._in_force = (library, Index.open(folder, embedder, library.version))

    @property
    def current(self) -> Library:
        """The library in force."""
        return self._in_force[0]

    @property
    def snapshot(self) -> Index:
        """Its index. It never changes; the next library has another."""
        return self._in_force[1]

    def replace(self, library: Library) -> None:
        """From now on ``library`` is searched. Raises KnowledgeError where the disk refuses; the old one then stays."""
        with self._writing:
            if library.version != self.current.version:
                index = Index.build(self._folder, library.passages(), self._embedder, library.version)
                self._in_force = (library, index)
