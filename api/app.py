"""The service as one ASGI application, made from its parts. Nothing is global: two of them can run in one process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from fastapi import FastAPI

from api import (
    accounts,
    appeals,
    article_coverage,
    article_reports,
    article_uploads,
    articles,
    calls,
    cards,
    catalogue,
    challenger,
    errors,
    evaluation,
    health,
    knowledge,
    label_review,
    live,
    metrics,
    pages,
    recordings,
    searches,
    work_orders,
)
from api.article_coverage import KeptCoverage
from api.article_service import desk_for
from api.catalogue_watch import CatalogueWatch
from api.edge import Edge
from api.health import program_version
from api.knowledge_watch import KnowledgeWatch
from api.metrics import Metrics
from api.precedent_keeping import PrecedentKeeper
from api.rooms import Rooms
from api.router_watch import RouterWatch
from api.services import Services
from api.workers import Workers
from copilot.shadow import Shadow

# Argon2 takes 64 MiB for each password on purpose.
PASSWORDS_AT_ONCE = 2

_DESCRIPTION = (
    "Agent copilot for 12345 hotlines: speech becomes text, policies that answer are quoted, departments are ranked, "
    "and a person confirms every suggestion. Live sound and events: WebSocket /api/calls/{call_id}/live (docs/wire.md)."
)


_RESOURCES = (
    accounts,
    calls,
    appeals,
    cards,
    searches,
    live,
    work_orders,
    label_review,
    catalogue,
    articles,
    article_reports,
    article_uploads,
    article_coverage,
    knowledge,
    recordings,
    evaluation,
    challenger,
    health,
    metrics,
)


def create_app(services: Services) -> FastAPI:
    """The application that serves ``services``. Threads and calls begin and end with its lifespan."""
    app = FastAPI(
        title="Hotline Copilot",
        description=_DESCRIPTION,
        version=program_version(),
        lifespan=_at_work,
        docs_url=None,
        redoc_url=None,
    )
    app.state.services, app.state.metrics = services, Metrics()
    app.add_middleware(Edge, metrics=app.state.metrics)
    errors.install(app)
    for module in _RESOURCES:
        app.include_router(module.router)
    pages.install(app, services)
    return app


@contextlib.asynccontextmanager
async def _at_work(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    figures: Metrics = app.state.metrics
    workers = Workers(services.settings.workers)
    shadow = Shadow(services.router_keeper.routers) if services.router_keeper else None
    rooms = Rooms(services.copilot, services.store.journal, workers, figures, services.now, shadow=shadow)
    app.state.workers, app.state.rooms = workers, rooms
    app.state.hashing = asyncio.Semaphore(PASSWORDS_AT_ONCE)
    app.state.precedents = PrecedentKeeper(services.precedents, services.store.settled)
    app.state.catalogue = CatalogueWatch(services)
    app.state.knowledge = KnowledgeWatch(services)
    app.state.articles, app.state.coverage = desk_for(services, app.state.knowledge), KeptCoverage()
    app.state.routers = RouterWatch(services.router_keeper, workers, figures)
    await workers.quick(app.state.catalogue.begin)
    await asyncio.get_running_loop().run_in_executor(None, app.state.knowledge.begin)
    chores = [asyncio.ensure_future(chore) for chore in (rooms.keep_sweeping(), rooms.keep_renewing())]
    watching = (app.state.precedents, app.state.routers, app.state.catalogue, app.state.knowledge)
    for watch in watching:
        watch.start()
    try:
        yield
    finally:
        for chore in chores:
            chore.cancel()
        for watch in watching:
            await watch.close()
        await rooms.close()
        await asyncio.get_running_loop().run_in_executor(None, workers.close)
