"""``hotline serve``: the service, on this machine only unless an operator says otherwise."""

from __future__ import annotations

import contextlib
import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.output import console

if TYPE_CHECKING:
    import uvicorn

    from api.services import Services
    from copilot.router_keeper import RouterKeeper
    from copilot.settings import Settings
    from copilot.store import Store

LARGEST_FRAME = 4 * 1024 * 1024
FAREWELL_SECONDS = 10


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; default HOTLINE_HOST or 127.0.0.1.")] = "",
    port: Annotated[
        int | None, typer.Option(help="Port; default HOTLINE_PORT or 8012. 0 takes any that is free.", min=0, max=65535)
    ] = None,
) -> None:
    """Start the service and say where it is. Stop it with Ctrl+C: calls can be taken up again afterwards."""
    from copilot.settings import load_settings
    from knowledge_base.errors import IndexMismatch
    from models.errors import ModelProblem

    changes: dict[str, object] = {}
    if host:
        changes["host"] = host
    if port is not None:
        changes["port"] = port
    try:
        run_service(load_settings().model_copy(update=changes), _introduce)
    except (ModelProblem, IndexMismatch):
        console.print("hotline build makes what is missing: models, index and, for the sample city, the router.")
        raise


def _introduce(store: Store, address: str) -> None:
    console.print(f"Open {address}")
    if not store.accounts.all():
        console.print("There is no account yet. Make one: hotline users add NAME --role agent --role dispatcher")


def run_service(settings: Settings, introduce: Callable[[Store, str], None] | None = None) -> None:
    """Serve until Ctrl+C or SIGTERM; ``introduce`` is called with the store and the address when all is ready.

    Raises ModelProblem, IndexMismatch, StorageProblem or BadInput before anything is served, saying what to do.
    """
    with prepare_service(settings) as (server, store):
        if introduce is not None:
            introduce(store, address_of(server))
        with contextlib.suppress(KeyboardInterrupt):
            server.run()
        console.print("Stopped. Every call can be taken up where it was.")


@contextmanager
def prepare_service(settings: Settings) -> Iterator[tuple[uvicorn.Server, Store]]:
    """A server that is ready to ``run()``, and its store. The port is taken first, since models take seconds."""
    from api.app import create_app

    with listen_on(settings.host, settings.port) as listening, _opened_store(settings) as store:
        services = _assembled(settings, store)
        _serve_catalogue_in_force(services)
        yield make_server(create_app(services), listening), store


def _assembled(settings: Settings, store: Store) -> Services:
    from api.cli.memory import few_arenas, hand_back
    from api.services import Services
    from copilot.assembly import assemble

    few_arenas()
    started = time.monotonic()
    console.print("Loading the models …")
    assembly = assemble(settings)
    hand_back()
    for part, version in assembly.versions.items():
        console.print(f"  {part}: {version}")
    _say_challenger(assembly.router_keeper)
    console.print(f"Ready after {time.monotonic() - started:.1f} s")
    return Services(
        settings=settings,
        store=store,
        copilot=assembly.copilot,
        catalogue_in_force=assembly.catalogue_in_force,
        gazetteer=assembly.gazetteer,
        retriever=assembly.retriever,
        knowledge=assembly.knowledge,
        classifier=assembly.router,
        precedents=assembly.precedents,
        router_keeper=assembly.router_keeper,
        embedder=assembly.embedder,
        taxonomy=assembly.city.taxonomy,
    )


def _say_challenger(keeper: RouterKeeper) -> None:
    challenger = keeper.routers.now.challenger
    if challenger is not None:
        console.print(f"  challenger, in the shadow: {challenger.version}")
    if keeper.problem:
        console.print(f"  No challenger is asked: {keeper.problem}", markup=False)


def _serve_catalogue_in_force(services: Services) -> None:
    from api.catalogue_watch import CatalogueWatch

    watch = CatalogueWatch(services)
    if told := watch.begin():
        console.print(told, markup=False)
    if watch.edition is not None:
        console.print(f"The catalogue in force is edition {watch.edition.number} ({watch.edition.digest}).")


@contextmanager
def _opened_store(settings: Settings) -> Iterator[Store]:
    from copilot.store import Store

    console.print("Opening the database …")
    store = Store(settings.url, settings.order_prefix)
    try:
        store.upgrade()
        store.check()
        yield store
    finally:
        store.close()


@contextmanager
def listen_on(host: str, port: int) -> Iterator[socket.socket]:
    """The port, taken. Raises BadInput where another program has it or the address is not this machine's."""
    from copilot.errors import BadInput

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((host, port))
            taken.listen(128)
        except OSError as error:
            raise BadInput(
                f"The service cannot listen on {host} port {port} ({error.strerror}). "
                "Stop the program that uses it, or set HOTLINE_PORT (and HOTLINE_HOST) to others."
            ) from error
        if host not in ("127.0.0.1", "::1", "localhost"):
            console.print(f"Listening on {host}: other machines can reach it. Put a proxy with TLS in front of it.")
        yield taken


def make_server(app: object, listening: socket.socket) -> uvicorn.Server:
    """A server for ``app`` on a socket that listens already. It keeps no log of addresses that were asked for."""
    import uvicorn

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")

    class Server(uvicorn.Server):
        """Runs on the socket that was taken before the models were loaded."""

        def run(self, sockets: list[socket.socket] | None = None) -> None:
            super().run(sockets or [listening])

    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        log_config=None,
        access_log=False,
        server_header=False,
        ws="websockets-sansio",
        ws_max_size=LARGEST_FRAME,
        timeout_graceful_shutdown=FAREWELL_SECONDS,
    )
    server = Server(config)
    server.listening = listening  # type: ignore[attr-defined]
    return server


def address_of(server: uvicorn.Server) -> str:
    """``http://127.0.0.1:8012``."""
    host, port = server.listening.getsockname()[:2]  # type: ignore[attr-defined]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
