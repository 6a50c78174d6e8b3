"""Keeps the catalogue in force what the database says it is today, in every process that serves calls."""

from __future__ import annotations

import threading
from datetime import date

from copilot.catalogue_desk import CatalogueDesk
from copilot.store.catalogue_editions import Edition
from knowledge_base.catalogue.in_force import CatalogueInForce


class CatalogueKeeper:
    """Looks at the database when told to; a look that finds nothing new is one small query."""

    def __init__(self, desk: CatalogueDesk, in_force: CatalogueInForce) -> None:
        self._desk = desk
        self._in_force = in_force
        self._edition: Edition | None = None
        self._one_at_a_time = threading.Lock()

    @property
    def edition(self) -> Edition | None:
        """The edition that was in force at the last look; ``None`` before the first."""
        return self._edition

    def look(self, day: date) -> bool:
        """Put the edition of ``day`` in force; whether it is another than before.

        Raises StorageProblem, or BadLibrary where the city's areas do not fit it; the catalogue stays what it was then.
        """
        with self._one_at_a_time:
            found = self._desk.editions.in_force(day)
            if found is None or (self._edition is not None and found.number == self._edition.number):
                return False
            replaced = found.digest != self._in_force.current.version
            if replaced:
                self._in_force.replace(self._desk.catalogue(found.number))
            self._edition = found
            return replaced
