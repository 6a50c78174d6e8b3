"""What a running service holds. :mod:`copilot.assembly` makes the parts; here they meet the clock and the folders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from copilot.answering import Retriever
from copilot.city_time import city_day
from copilot.ports import Copilot
from copilot.precedents import Precedents
from copilot.router_keeper import RouterKeeper
from copilot.routing import Classifier
from copilot.settings import Settings
from copilot.store import Store
from knowledge_base.catalogue.catalogue import ResponsibilityCatalogue
from knowledge_base.catalogue.in_force import CatalogueInForce
from knowledge_base.gazetteer import Gazetteer
from knowledge_base.index.index import Embedder
from knowledge_base.library_in_force import LibraryInForce
from knowledge_base.taxonomy import Taxonomy

WEB = Path(__file__).parent / "web"


def utc_now() -> datetime:
    """The only clock of the service."""
    return datetime.now(UTC)


def shipped_recordings() -> Path:
    """The folder of the recordings that come with the sample city."""
    import evaluation  # noqa: PLC0415 - only its folder is wanted

    return Path(evaluation.__path__[0]) / "sample" / "calls"


@dataclass(frozen=True, slots=True)
class Services:
    """What all requests share. ``retriever``, ``knowledge``, ``classifier``: ``None`` where there are none."""

    settings: Settings
    store: Store
    copilot: Copilot
    catalogue_in_force: CatalogueInForce
    gazetteer: Gazetteer
    retriever: Retriever | None = None
    knowledge: LibraryInForce | None = None
    classifier: Classifier | None = None
    precedents: Precedents | None = None
    router_keeper: RouterKeeper | None = None
    embedder: Embedder | None = None
    taxonomy: Taxonomy = field(default_factory=lambda: Taxonomy(()))
    recordings: Path = field(default_factory=shipped_recordings)
    web: Path = WEB
    now: Callable[[], datetime] = utc_now

    @property
    def catalogue(self) -> ResponsibilityCatalogue:
        """The catalogue that suggestions and decisions obey now; ask for it once per request."""
        return self.catalogue_in_force.current

    @property
    def today(self) -> date:
        """The day in the city."""
        return city_day(self.now())
