"""The service as a process of its own, real but for its recogniser: started, and killed, by ``test_crash.py``."""

from __future__ import annotations

import sys
from pathlib import Path

import scripted_parts as parts  # beside this file, which is run as a program
from served import serve

from api.services import Services
from copilot.ports import Copilot
from copilot.settings import Settings
from copilot.store import Store
from knowledge_base.catalogue.in_force import CatalogueInForce


def main(database: str) -> None:
    store = Store(f"sqlite:///{database}")
    store.upgrade()
    services = Services(
        settings=Settings(data_dir=Path(database).parent, _env_file=None),
        store=store,
        copilot=Copilot(parts.ScriptedEngine(), (parts.ScriptedAdvisor(),), parts.ScriptedEmergencies()),
        catalogue_in_force=CatalogueInForce(parts.CATALOGUE),
        gazetteer=parts.GAZETTEER,
        retriever=parts.ScriptedRetriever(),
        classifier=parts.ScriptedClassifier(),
    )
    serve(services)


if __name__ == "__main__":
    main(sys.argv[1])
