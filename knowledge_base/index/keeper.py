"""Keeps an index level with the library: a change is searched at once, and made part of the base later.

Who changes the index waits for others who do, in this process and in others; who searches never waits. A change costs
what is new: its passages are embedded, written behind the log, and added to what is in memory. When that has grown, the
next base is written in the background from this one, and put in force at one stroke.

Services that share an index read the same files, some a little sooner than others. Who has read new files moves the
index on to them; who has not yet leaves it there and searches what it has. None takes the index away from files that it
never had, so two services of different files do not write it to and fro: the second is told.
"""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Lock, Thread

from knowledge_base.errors import KnowledgeError, OtherFiles
from knowledge_base.index import log as index_log
from knowledge_base.index.base import Base
from knowledge_base.index.index import Embedder, Index
from knowledge_base.index.making import MAKING, changing, locked, new_base, put_in_force, refused, tidy, write_next
from knowledge_base.index.state import DAMAGED, IndexState, Moment
from knowledge_base.library import Library

RECENT_ENOUGH = 1000
"""Recent passages from which on the next base is written; of large bases, the fiftieth part.

Of small ones, as many as they have: what is unanswered must be measured in what the library has become. By what it came
to beside one article, one in six of the utterances without an answer got a card in the fifteen that there were later.
"""

_SHARE, _FEW = 50, 5
_log = logging.getLogger(__name__)


class IndexKeeper:
    """The one writer of an index in this process; may be shared between threads. Raises IndexMismatch as open_index."""

    def __init__(self, folder: Path, embedder: Embedder, library: str | None = None) -> None:
        self._folder = folder
        self._embedder = embedder
        self._lock = Lock()
        self._state = IndexState.open(folder, embedder, library)
        self._files = self._state.manifest.source
        self._snapshot = self._state.snapshot()
        self._making: Thread | None = None
        self._tried: Base | None = None

    @property
    def snapshot(self) -> Index:
        """The index as it is now."""
        return self._snapshot

    @property
    def estranged(self) -> bool:
        """Whether another process has made the index one of other files; what it was before is searched on."""
        return self._state.manifest.source != self._files

    def likeness(self, library: Library) -> float:
        """The part of the published articles of ``library`` that is indexed as it is, 0 to 1."""
        with self._lock:
            return self._state.likeness(library)

    def level(self, library: Library) -> bool:
        """Make it an index of ``library``; whether it was another's. It is searched when this returns.

        Raises KnowledgeError where the disk refuses, or another process has made it one of other files meanwhile; the
        index then stays as it was. Errors of the embedder pass.
        """
        with self._lock, changing(self._folder):
            self._catch_up()
            manifest = self._state.manifest
            if manifest.source not in (library.base, self._files):
                raise OtherFiles(self._folder, manifest.source, library.base)
            differs = (manifest.library, manifest.source) != (library.version, library.base)
            if differs:
                change = self._state.difference(library, self._embedder)
                end = index_log.append(self._folder / manifest.log, self._state.end, change)
                self._state.apply(change, end)
            if differs or self._files != library.base:
                self._files = library.base
                self._publish()
        self._make_next_where_due()
        return differs

    def look(self) -> bool:
        """Take over what another process did to the index; whether there was anything. Costs two looks at the disk.

        Raises IndexMismatch where it is now another embedder's.
        """
        if self._state.is_current():
            return False
        with self._lock, changing(self._folder):
            return self._catch_up()

    def settle(self) -> None:
        """Wait until no next base is being written."""
        making = self._making
        if making is not None:
            making.join()

    def make_next(self) -> bool:
        """Write the next base and put it in force; whether this process did. Raises KnowledgeError."""
        with refused(self._folder), locked(self._folder, MAKING, wait=False) as alone:
            if not alone:
                return False
            with self._lock, changing(self._folder):
                self._catch_up()  # what another process has put in force since is not to be tidied away
                moment = self._state.moment()
            tidy(self._folder, moment.manifest)
            return self._written(moment)

    def _written(self, moment: Moment) -> bool:
        manifest, base = write_next(self._folder, moment, self._embedder)
        with new_base(self._folder, manifest), self._lock, changing(self._folder):
            self._catch_up()
            if self._state.manifest.number != moment.manifest.number:
                raise KnowledgeError(f"The index in {self._folder} was built again meanwhile. Nothing is lost.")
            later = (self._folder / moment.manifest.log).read_bytes()[moment.end : self._state.end]
            put_in_force(self._folder, manifest, later)
            self._state = IndexState.open(self._folder, self._embedder, known=base)
            self._publish()
        tidy(self._folder, manifest)
        return True

    def _catch_up(self) -> bool:
        if self._state.is_current():
            return False
        if not self._read_on():
            self._state = IndexState.open(self._folder, self._embedder, known=self._state.base)
        self._publish()
        return True

    def _read_on(self) -> bool:
        try:
            return self._state.read_on()
        except DAMAGED:  # opening it says what is wrong
            return False

    def _publish(self) -> None:
        """Let the index be searched, unless it is one of other files now."""
        self._state.stamp = self._state.stamp_now()
        if self._state.manifest.source == self._files:
            self._snapshot = self._state.snapshot()

    def _make_next_where_due(self) -> None:
        base = self._state.base
        enough = max(min(RECENT_ENOUGH, max(base.count, _FEW)), base.count // _SHARE)
        # As bases of earlier releases are. Tried once: a disk that refuses is not asked every two seconds.
        unmeasured = base.background is None and bool(base.alive.any()) and base is not self._tried
        if (self._state.recent >= enough or unmeasured) and (self._making is None or not self._making.is_alive()):
            self._tried = base
            self._making = Thread(target=self._make_next_aside, name="index")
            self._making.start()

    def _make_next_aside(self) -> None:
        try:
            self.make_next()
        except KnowledgeError as error:  # what is searched stays searched, and the next change tries again
            _log.warning("The next base of the index was not written: %s", error)
        except Exception as error:  # an embedder's own
            _log.warning("The next base of the index was not written (%s)", type(error).__name__)
