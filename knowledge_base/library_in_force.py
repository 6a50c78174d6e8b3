"""The library that is searched now, and the index that goes with it: one for the whole process, replaced whole."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from knowledge_base.index.index import Embedder, Index
from knowledge_base.index.keeper import IndexKeeper
from knowledge_base.library import Library


class LibraryInForce:
    """Holds the library and its index. Readers take ``snapshot`` once per search and see one library throughout.

    Readers never wait; writers wait for one another. Raises IndexMismatch where the index in ``folder`` is of another
    library or embedder; one of ``library`` with articles of the desk over it will do, until :meth:`replace` is told of
    them. ``files`` is what it was made with.
    """

    def __init__(self, library: Library, folder: Path, embedder: Embedder) -> None:
        self._keeper = IndexKeeper(folder, embedder, library.version)
        self.files = library
        # The articles of the desk that are indexed are not known yet; that they are there must be.
        self._library = dataclasses.replace(library, version=self._keeper.snapshot.manifest.library)

    @property
    def current(self) -> Library:
        """The library in force."""
        return self._library

    @property
    def snapshot(self) -> Index:
        """Its index. It never changes; the next library has another."""
        return self._keeper.snapshot

    def replace(self, library: Library) -> None:
        """From now on ``library`` is searched.

        Only passages whose text is new are embedded. Raises KnowledgeError where the disk refuses, OtherFiles where
        another process has put other files into the index; the old library then stays.
        Errors of the embedder pass, with the same effect.
        """
        self._keeper.level(library)
        self._library = library

    def look(self) -> bool:
        """Whether another process changed the index on disk; if so, it is level with ``current`` again.

        Cheap where nothing happened. Raises IndexMismatch where the index is now another embedder's, OtherFiles as long
        as another process keeps it level with other files.
        """
        if not self._keeper.look() and not self._keeper.estranged:
            return False
        self._keeper.level(self._library)
        return True

    def settle(self) -> None:
        """Wait for work in the background."""
        self._keeper.settle()

    def condense(self) -> None:
        """Write the index anew from what is there, as happens by itself when much has changed. Readers do not wait."""
        self._keeper.make_next()
