"""Keeps the served catalogue and router level with the edition that is in force today, whoever approved it where.

It looks when the service starts, when it is woken by an approval, and every two seconds: another process may have
approved one, or the city's midnight may have brought the day of one. The router takes seconds to read new duties; it
does so in a thread of its own, and the old one ranks meanwhile.
"""

from __future__ import annotations

from dataclasses import replace

from api.looking import Looking
from api.services import Services
from copilot.catalogue_desk import CatalogueDesk
from copilot.catalogue_keeper import CatalogueKeeper
from copilot.routers_in_use import RoutersInUse
from copilot.store import Edition
from evaluation.routing.router_making import duties_of
from knowledge_base import sample

LOOK_EVERY_SECONDS = 2.0


class CatalogueWatch:
    """Made, started and closed with the service, on its event loop."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.desk = CatalogueDesk(services.store.catalogue, services.gazetteer)
        self._keeper = CatalogueKeeper(self.desk, services.catalogue_in_force)
        self._followed: dict[str, list[str]] | None = None
        self._looking = Looking(self._level, LOOK_EVERY_SECONDS, "looking at the catalogue")

    @property
    def edition(self) -> Edition | None:
        """The edition that is served."""
        return self._keeper.edition

    @property
    def router_follows(self) -> bool:
        """Whether the router has read the duties of the catalogue that is served."""
        return self._followed == self._duties()

    def begin(self) -> str:
        """Take the configured catalogue into the database where nobody has edited it there, and serve what is in force.

        Returns what an operator should know, if anything. Raises as :meth:`look`.
        """
        services = self._services
        source = str(services.settings.catalogue or sample.departments().name)
        told = self.desk.adopt(services.catalogue, source, services.now(), services.today)
        self.look()
        return told

    def look(self) -> bool:
        """Serve the edition of today; whether it is another than before. The router follows a little later.

        Raises StorageProblem, or BadLibrary where the edition does not fit this city.
        """
        return self._keeper.look(self._services.today)

    def follow(self) -> None:
        """Let the router read the duties of the departments that are in force today, where they are others."""
        router, catalogue, duties = self._services.classifier, self._services.catalogue, self._duties()
        if duties != self._followed and isinstance(router, RoutersInUse):
            router.follow(catalogue, duties)
        self._followed = duties

    def _duties(self) -> dict[str, list[str]]:
        catalogue = self._services.catalogue
        return duties_of(replace(catalogue, departments=catalogue.on(self._services.today)))

    def wake(self) -> None:
        """An edition was approved: the router has something to read."""
        self._looking.wake()

    def start(self) -> None:
        """Begin to look; nothing waits for it."""
        self._looking.start()

    async def close(self) -> None:
        """The service stops."""
        await self._looking.close()

    def _level(self) -> None:
        self.look()
        self.follow()
