"""An import read, checked and carried out in one step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from knowledge_base.catalogue.catalogue import ResponsibilityCatalogue
from knowledge_base.gazetteer import Gazetteer
from knowledge_base.importing import Imported, prepare_import
from knowledge_base.readers import Surroundings


def import_articles(
    sources: Sequence[Path],
    into: Path,
    catalogue: ResponsibilityCatalogue | None = None,
    gazetteer: Gazetteer | None = None,
    ignore: Iterable[str] = (),
    given: Mapping[str, str] | None = None,
) -> Imported:
    return prepare_import(sources, into, Surroundings(catalogue, gazetteer), ignore, given).carry_out()
