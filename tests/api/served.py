"""A service as a process of its own, for the programs beside this file."""

from __future__ import annotations

import sys

from api.app import create_app
from api.cli.serve import address_of, listen_on, make_server
from api.services import Services


def serve(services: Services) -> None:
    """Say where it is, and serve until the process is told to end."""
    with listen_on("127.0.0.1", 0) as listening:
        server = make_server(create_app(services), listening)
        sys.stdout.write(address_of(server) + "\n")
        sys.stdout.flush()
        server.run()
    services.store.close()
