"""Keeps the library that is searched what files and desk say it is today, in every process that serves calls."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Protocol

from copilot.store.articles import ArticleVersions
from knowledge_base.library import Library, overlaid


class ServedLibrary(Protocol):
    """What searches look in; :class:`knowledge_base.library_in_force.LibraryInForce` is one."""

    @property
    def current(self) -> Library:
        """The library in force."""
        ...

    def replace(self, library: Library) -> None:
        """From now on ``library`` is searched."""
        ...


class ArticleKeeper:
    """Looks at the database when told to; a look that finds nothing new is one small query.

    ``base`` is the library of the files as they are now.
    """

    def __init__(self, articles: ArticleVersions, base: Callable[[], Library], in_force: ServedLibrary) -> None:
        self._articles = articles
        self._base = base
        self._in_force = in_force
        self._seen = ("", "")
        self._one_at_a_time = threading.Lock()

    def look(self, day: date) -> bool:
        """Let searches find what counts on ``day``; whether that is another library than before.

        Raises StorageProblem, BadLibrary or KnowledgeError; what was searched before is then searched further, and the
        next look tries again.
        """
        with self._one_at_a_time:
            base = self._base()
            if self._seen == (base.version, self._articles.stamp(day)):
                return False
            desk = self._articles.overlay(day)
            library = overlaid(base, desk.articles, desk.withdrawn)
            replaced = library.version != self._in_force.current.version
            first = not any(self._seen)  # after a start the index has the desk's articles, the library not yet
            if replaced or first:
                self._in_force.replace(library)
            self._seen = (base.version, desk.stamp)
            return replaced
