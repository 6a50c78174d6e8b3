"""Keeps what is searched level with the library's files, with the desk and with the day, whoever changed them where.

It looks when the service starts, when it is woken by a publication, and every two seconds: another process may have
published or withdrawn an article, imported files, or built the index again. What changed is searched when the look
ends; searches go on meanwhile. An article that ends at midnight needs nobody to look: searches ask for the day.
"""

from __future__ import annotations

import asyncio
import logging
from threading import Lock

from api.looking import Looking
from api.services import Services
from copilot.articles.keeper import ArticleKeeper
from knowledge_base import sample
from knowledge_base.errors import BadLibrary, BadTable, OtherFiles
from knowledge_base.library import Library, load_library, make_library
from knowledge_base.library_files import LibraryFiles
from knowledge_base.library_in_force import LibraryInForce

LOOK_EVERY_SECONDS = 2.0
APART_FOR_LOOKS = 15
_log = logging.getLogger(__name__)


class KnowledgeWatch:
    """Made, started and closed with the service, on its event loop. ``problem`` says what is wrong."""

    def __init__(self, services: Services) -> None:
        self._of_files = self._of_index = ""
        self._apart = 0
        self._services = services
        self._knowledge = services.knowledge
        self._files = self._files_of(services, services.knowledge) if services.knowledge else None
        self._keeper = (
            ArticleKeeper(services.store.articles, self.base, services.knowledge) if services.knowledge else None
        )
        self._looking = Lock()
        self._watch = Looking(self._look_again, LOOK_EVERY_SECONDS, "looking at the knowledge base")

    @property
    def problem(self) -> str:
        """What keeps the knowledge base from being searched as it is now; empty where nothing does."""
        return self._of_files or self._of_index

    def base(self) -> Library:
        """The library of the files as they are now, without what was done at the desk."""
        return self._files.library if self._files else make_library(())

    def look(self) -> bool:
        """Search what counts today; whether that is something else than before. What is published is then searched.

        Raises StorageProblem, BadLibrary or KnowledgeError; what was searched before then stays so.
        """
        if self._knowledge is None or self._keeper is None:
            return False
        with self._looking:
            self._look_at_files()
            try:
                changed = self._keeper.look(self._services.today)
                changed = self._knowledge.look() or changed
            except OtherFiles as error:
                self._of_index = str(error)
                raise
            self._of_index = ""
            return changed

    def _look_again(self) -> None:
        """Services that share an index read new files a moment apart: only one that stays apart is worth a warning."""
        try:
            self.look()
        except OtherFiles as error:
            self._apart += 1
            if self._apart == APART_FOR_LOOKS:
                _log.warning("%s", error)
        else:
            self._apart = 0

    def wake(self) -> None:
        """Something was published: look now. To be called on the event loop."""
        self._watch.wake()

    def begin(self) -> None:
        """Look for the first time. A service whose database refuses serves what is indexed."""
        self._watch.once()

    def start(self) -> None:
        """Begin to look; nothing waits for it."""
        if self._knowledge is not None:
            self._watch.start()

    async def close(self) -> None:
        """The service stops. A base that is being written is finished first."""
        await self._watch.close()
        if self._knowledge is not None:
            await asyncio.get_running_loop().run_in_executor(None, self._knowledge.settle)

    @staticmethod
    def _files_of(services: Services, knowledge: LibraryInForce) -> LibraryFiles:
        path = services.settings.library or sample.articles()
        return LibraryFiles(path, knowledge.files, lambda: load_library(path, services.catalogue, services.gazetteer))

    def _look_at_files(self) -> None:
        if self._files is None:
            return
        try:
            self._files.look()
        except (BadLibrary, BadTable) as error:
            self._of_files = str(error)
            first = self._of_files.partition("\n")[0]
            _log.warning("The library's files were changed and are not searched yet: %s", first)
        if self._files.understood:
            self._of_files = ""
