"""The library of a folder as it is now: read again when its files are others."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from knowledge_base.library import Library

_SHARE = 20  # at most one part in so many of the time goes into looking
_FRESH_SECONDS = 300


class LibraryFiles:
    """Looks at names, sizes and times of the files at ``path``; ``load`` reads them.

    ``library`` is what was read before. Files that changed in the last minutes may have done so after that, so they are
    read once more. ``understood``: whether the files that were read last made a library. Not for several threads at
    once.
    """

    def __init__(self, path: Path, library: Library, load: Callable[[], Library]) -> None:
        self.library = library
        self.understood = True
        self._path = path
        self._load = load
        self._next = 0.0
        self._read, newest = _stamp(path)
        self._before = self._read
        if newest > time.time() - _FRESH_SECONDS:
            self._read = ""

    def look(self) -> bool:
        """Whether the library is another than before. Files that are still being written are left alone.

        Raises what ``load`` raises, once for each state of the files; the library then stays.
        """
        now = time.monotonic()
        if now < self._next:
            return False
        seen, _ = _stamp(self._path)
        self._next = now + _SHARE * (time.monotonic() - now)
        settled, self._before = seen == self._before, seen
        if seen == self._read or not settled:
            return False
        self._read, self.understood = seen, False
        library = self._load()
        self.understood = True
        changed = library.version != self.library.version
        self.library = library
        return changed


def _stamp(path: Path) -> tuple[str, float]:
    """A digest of names, sizes and times of all files, and the time of the latest."""
    found = sorted(_files(path))
    text = "\n".join(f"{name}\t{size}\t{changed}" for name, size, changed in found)
    newest = max((changed for _, _, changed in found), default=0) / 1e9
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(), newest


def _files(path: Path) -> Iterator[tuple[str, int, int]]:
    try:
        if not path.is_dir():
            told = path.stat()
            yield str(path), told.st_size, told.st_mtime_ns
            return
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir():
                    yield from _files(Path(entry.path))
                else:
                    told = entry.stat()
                    yield entry.path, told.st_size, told.st_mtime_ns
    except FileNotFoundError:  # between two looks
        return
