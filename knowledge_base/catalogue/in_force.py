"""The catalogue that suggestions obey now: one for the whole process, replaced whole by the next edition."""

from __future__ import annotations

from knowledge_base.catalogue.catalogue import ResponsibilityCatalogue


class CatalogueInForce:
    """Holds the catalogue of the day. Readers take ``current`` once per suggestion and see one edition throughout.

    Replacing it is a single assignment, so threads need no lock.
    """

    def __init__(self, catalogue: ResponsibilityCatalogue) -> None:
        self._current = catalogue

    @property
    def current(self) -> ResponsibilityCatalogue:
        """The edition in force."""
        return self._current

    def replace(self, catalogue: ResponsibilityCatalogue) -> None:
        """From now on ``catalogue`` is in force."""
        self._current = catalogue
