"""The challenger, for the evaluator's desk: how it compares on calls that people decided, and what to type."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.dependencies import Evaluator, ServicesDep, WorkersDep, answers
from api.error_words import in_chinese
from api.services import Services
from copilot.store import Duel
from models.errors import ModelsError
from models.routers.registry import RouterRegistry
from models.routers.stored import StoredRouter

router = APIRouter(prefix="/api", tags=["around"])

# The page is looked at often, the command line's report once: it draws fewer samples of the latest orders.
_ROUNDS = 300
_LATEST = 5000
_FIGURES = ("n", "accuracy", "top3", "macro_f1", "ece", "coverage_at_95")
_PROMOTE = "hotline models promote --by NAME --data HELD_OUT.csv"
_ROLL_BACK = "hotline models rollback --by NAME --reason WHY"

_ROUTER = {"version": "3f2a9c0d11e2", "created": "2026-11-01", "figures": {"n": 557, "accuracy": 0.91}, "asked": True}
_EXAMPLE: dict[str, Any] = {
    "served": _ROUTER,
    "challenger": {**_ROUTER, "version": "77aa0b12cd34"},
    "former": [],
    "problem": "",
    "problem_zh": "",
    "ranked": 431,
    "comparison": None,
    "missing": {"to_promote": 30, "to_decide": None},
    "promote": _PROMOTE,
    "roll_back": _ROLL_BACK,
}


@router.get("/challenger", summary="The router in service and its challenger", responses=answers(_EXAMPLE, 403))
async def challenger(
    _: Evaluator,
    services: ServicesDep,
    workers: WorkersDep,
    since: Annotated[date | None, Query(description="day of the first call that counts")] = None,
) -> dict[str, Any]:
    """``comparison`` is on orders that people settled, ``null`` while there are none; ``ranked`` counts appeals.

    ``missing`` orders are to be settled yet: before a challenger may be promoted on them, and about how many before a
    difference like the one found could be shown (``null``: it is shown, there is none, or too few to tell its size).
    """
    return await workers.aside(lambda: _found(services, since))


def _found(services: Services, since: date | None) -> dict[str, Any]:
    keeper = services.router_keeper
    if keeper is None:
        return {**_nothing(), **_problem("This service runs without a router that could be replaced.")}
    registry, now = keeper.registry, keeper.routers.now
    rival = now.challenger.version if now.challenger is not None else ""
    duels = {(duel.served, duel.challenger): duel for duel in services.store.challengers.duels()}
    duel = duels.get((now.served.version, rival))
    comparison = _compared(services, duel, since) if duel else None
    return {
        **_nothing(),
        "served": _described(_look(registry, "served"), now.served.version),
        "challenger": _described(_look(registry, "challenger"), rival),
        "former": [_described(former, "") for former in registry.formers()],
        **_problem(keeper.problem),
        "ranked": duel.appeals if duel else 0,
        "comparison": comparison,
        "missing": _missing(comparison),
    }


def _missing(comparison: dict[str, Any] | None) -> dict[str, int | None]:
    from evaluation.routing.comparison import FEWEST_ORDERS  # noqa: PLC0415 - SciPy is not needed by a call

    found = comparison["n"] if comparison else 0
    undecided = comparison is not None and comparison["verdict"] == "undecided" and found >= FEWEST_ORDERS
    needed = comparison["orders_needed"] if comparison and undecided else None
    return {
        "to_promote": max(0, FEWEST_ORDERS - found),
        "to_decide": None if needed is None else max(1, needed - found),
    }


def _problem(message: str) -> dict[str, str]:
    return {"problem": message, "problem_zh": in_chinese(message, "model_problem") if message else ""}


def _nothing() -> dict[str, Any]:
    empty: dict[str, Any] = {
        "served": None,
        "challenger": None,
        "former": [],
        **_problem(""),
        "ranked": 0,
        "comparison": None,
        "missing": _missing(None),
    }
    return {**empty, "promote": _PROMOTE, "roll_back": _ROLL_BACK}


def _look(registry: RouterRegistry, which: str) -> StoredRouter | None:
    try:
        return registry.served() if which == "served" else registry.challenger()
    except ModelsError:
        return None


def _described(stored: StoredRouter | None, asked: str) -> dict[str, Any] | None:
    """``asked`` is the version in memory: a folder that was written to since is not what answers."""
    if stored is None:
        return {"version": asked, "created": "", "figures": {}, "asked": True} if asked else None
    figures = {name: stored.figures[name] for name in _FIGURES if name in stored.figures}
    return {
        "version": stored.version,
        "created": stored.created,
        "figures": figures,
        "asked": stored.version == asked,
    }


def _compared(services: Services, duel: Duel, since: date | None) -> dict[str, Any] | None:
    from evaluation.routing.stream import compare_stream  # noqa: PLC0415 - SciPy is not needed by a call

    pairs = services.store.challengers.pairs(duel.served, duel.challenger, since, _LATEST)
    if not pairs:
        return None
    return compare_stream(pairs, _ROUNDS).as_json()
