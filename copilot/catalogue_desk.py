"""The desk at which the responsibility catalogue is edited: small edits on a draft, checked before it is submitted.

The service and the command line work through it, so that both refuse the same. Like the rest of the core it reads no
clock: whoever calls says when and on which day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from copilot.errors import BadInput, Conflict
from copilot.store.catalogue_editions import CatalogueEditions, Edition, EditionState
from knowledge_base.catalogue.catalogue import ResponsibilityCatalogue
from knowledge_base.catalogue.difference import Change, difference
from knowledge_base.catalogue.edits import Document, Edit, described, edited
from knowledge_base.catalogue.file import plain_catalogue, read_catalogue
from knowledge_base.errors import BadLibrary
from knowledge_base.gazetteer import Gazetteer


class CatalogueDesk:
    """What people do with editions. ``gazetteer`` says which areas the city has."""

    def __init__(self, editions: CatalogueEditions, gazetteer: Gazetteer) -> None:
        self.editions = editions
        self._gazetteer = gazetteer

    def catalogue(self, number: int) -> ResponsibilityCatalogue:
        """The catalogue that an edition makes. Raises NotFound, BadLibrary with every fault of a draft."""
        return self._read(number, self.editions.document(number))

    def faults(self, number: int, document: Document) -> tuple[str, ...]:
        """Everything that keeps a draft from being submitted, one sentence each."""
        try:
            self._read(number, document)
        except BadLibrary as error:
            return tuple(fault.removeprefix(f"edition {number}: ") for fault in error.faults)
        return ()

    def _read(self, number: int, document: Document) -> ResponsibilityCatalogue:
        return read_catalogue(document, f"edition {number}", self._gazetteer)

    def difference(self, number: int, against: int | None = None) -> tuple[Change, ...]:
        """What an edition changes, compared with ``against`` or else with the one it began from."""
        edition, document = self.editions.with_document(number)
        base = edition.base if against is None else against
        return () if base is None else self._difference(base, number, document)

    def _difference(self, base: int, number: int, document: Document) -> tuple[Change, ...]:
        before, after = self._plain(base, self.editions.document(base)), self._plain(number, document)
        return difference(before, after)

    def _plain(self, number: int, document: Document) -> Document:
        """The document as the catalogue is written: what a file says although it goes without saying is no change."""
        try:
            return dict(plain_catalogue(self._read(number, document)))
        except BadLibrary:
            return document

    def edit(self, number: int, revision: int, edits: Sequence[Edit], by: str, at: datetime) -> Edition:
        """Do all ``edits`` to the draft that was seen at ``revision``, or none of them.

        Raises Conflict where somebody else was first, BadTable where an edit does not fit the draft.
        """
        edition, document = self.editions.with_document(number)
        if not edits:
            raise BadInput("There is nothing to change. Send at least one edit.")
        # Before the edits are tried: where somebody was first, that is the reason why one does not fit.
        if edition.state is EditionState.DRAFT and edition.revision == revision and edition.base is not None:
            base = self.editions.document(edition.base)
            for step in edits:
                document = edited(document, step, base)
        said = "; ".join(described(step) for step in edits)
        return self.editions.change(number, revision, document, [asdict(step) for step in edits], by, at, said)

    def submit(
        self, number: int, revision: int, effective_from: date | None, by: str, at: datetime, day: date, said: str = ""
    ) -> Edition:
        """Ask another person to check the draft; in force from ``effective_from``, or as soon as it is approved.

        Raises BadLibrary with every fault, BadInput for a day that has passed or a draft that changes nothing.
        """
        if effective_from is not None and effective_from < day:
            raise BadInput(f"{effective_from} has passed. Name today or a later day.")
        edition, document = self.editions.with_document(number)
        catalogue = self._read(number, document)
        if edition.base is not None and not self._difference(edition.base, number, document):
            raise BadInput(f"Edition {number} is the same as edition {edition.base}. Change something, or discard it.")
        first = effective_from or self._soonest(edition, day)
        return self.editions.submit(number, revision, catalogue.version, first, by, at, said)

    def _soonest(self, edition: Edition, day: date) -> date:
        base = None if edition.base is None else self.editions.get(edition.base)
        return day if base is None or base.effective_from is None else max(day, base.effective_from)

    def approve(self, number: int, revision: int, by: str, at: datetime, day: date) -> Edition:
        """Put it in force. Raises NotAllowed for one of its makers, BadLibrary where the city's areas have changed."""
        self.catalogue(number)
        return self.editions.approve(number, revision, by, at, day)

    def _was_edited(self, last: Edition, configured: ResponsibilityCatalogue) -> bool:
        """Whether people have gone on from the configured file. A file that is put back is adopted again."""
        return last.origin != "imported" and any(e.digest == configured.version for e in self.editions.all())

    def adopt(self, configured: ResponsibilityCatalogue, source: str, at: datetime, day: date) -> str:
        """Take the configured file as the edition in force, unless people have edited the catalogue since.

        Returns a sentence for the operator where the file is not what is in force, else the empty string.
        """
        last = self.editions.approved_last()
        if last is not None and (last.digest == configured.version or self._was_edited(last, configured)):
            return ""
        try:
            if last is None or last.origin == "imported":
                self.editions.adopt(plain_catalogue(configured), configured.version, source, at, day)
                return ""
        except Conflict:
            # Another process adopted it at the same moment, or a draft is open; what is in the database holds.
            pass
        return (
            f"The catalogue in force is edition {last.number if last else 1} of the database, not {source}. "
            "To use the file, import it: hotline catalogue import FILE"
        )
