"""The database of the service, for commands that read or write it beside the service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from copilot.settings import Settings
    from copilot.store import Store


@contextmanager
def opened_store(settings: Settings) -> Iterator[Store]:
    """The configured database, its tables brought up to date."""
    from copilot.store import Store

    store = Store(settings.url, settings.order_prefix)
    try:
        store.upgrade()
        yield store
    finally:
        store.close()
