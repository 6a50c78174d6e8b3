"""A service that searches a library, as a process of its own: started by ``test_library_under_load.py``."""

from __future__ import annotations

import sys
from pathlib import Path

import scripted_parts as parts  # beside this file, which is run as a program
from library_parts import with_library
from served import serve

from api.services import Services, utc_now
from copilot.ports import Copilot
from copilot.settings import Settings
from copilot.store import Store
from knowledge_base.catalogue.in_force import CatalogueInForce


def main(home: Path) -> None:
    store = Store(f"sqlite:///{home / 'hotline.db'}")
    services = Services(
        settings=Settings(data_dir=home, _env_file=None),
        store=store,
        copilot=Copilot(parts.ScriptedEngine(), (), parts.ScriptedEmergencies()),
        catalogue_in_force=CatalogueInForce(parts.CATALOGUE),
        gazetteer=parts.GAZETTEER,
    )
    serve(with_library(services, home / "library", home / "index", utc_now))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
