"""The knowledge editor's desk for commands that run beside the service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from copilot.articles.desk import ArticleDesk
    from copilot.settings import Settings
    from copilot.store import Store


@contextmanager
def opened_article_desk(settings: Settings) -> Iterator[tuple[Store, ArticleDesk]]:
    """The configured database and the desk over it, with the catalogue that is in force there.

    Raises BadLibrary or BadTable where the library's files cannot be used.
    """
    from api.cli.stores import opened_store
    from api.services import utc_now
    from copilot.articles.desk import ArticleDesk
    from copilot.assembly import assemble_city
    from copilot.catalogue_desk import CatalogueDesk
    from copilot.city_time import city_day

    city = assemble_city(settings)
    with opened_store(settings) as store:
        edition = store.catalogue.in_force(city_day(utc_now()))
        catalogue = city.catalogue
        if edition is not None:
            catalogue = CatalogueDesk(store.catalogue, city.gazetteer).catalogue(edition.number)
        yield store, ArticleDesk(store.articles, lambda: city.library, lambda: catalogue, city.gazetteer)
