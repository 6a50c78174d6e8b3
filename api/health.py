"""Whether the process lives and whether each part is ready. Versions and plain words, nothing of any call.

Two questions, since two things follow: who does not live is started anew, who is not ready gets no calls meanwhile. A
full disk is no reason to start a process anew that still has words in memory which were not recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import APIRouter, Request, Response

from api.dependencies import services_of, workers_of
from api.errors import log_unforeseen, told_to_anybody
from api.services import Services
from copilot.errors import EXPECTED

router = APIRouter(tags=["around"])

_PART = {"ready": True, "version": "whisper-base 0a1b2c"}
_EXAMPLE = {"ready": True, "version": "0.1.0", "parts": {"database": {"ready": True, "version": ""}, "speech": _PART}}
_ALIVE = {"alive": True, "version": "0.1.0"}


def program_version() -> str:
    """The version of this program, where it is installed."""
    try:
        return version("hotline-copilot")
    except PackageNotFoundError:
        return "not installed"


@router.get(
    "/alive",
    summary="Whether the process answers",
    responses={200: {"content": {"application/json": {"example": _ALIVE}}}},
)
async def alive() -> dict[str, Any]:
    """200 as long as this process answers at all: nothing is looked at, no disk, no database."""
    return {"alive": True, "version": program_version()}


@router.get(
    "/health",
    summary="Whether each part is ready",
    responses={200: {"content": {"application/json": {"example": _EXAMPLE}}}, 503: {"description": "A part is not"}},
)
async def health(request: Request, response: Response) -> dict[str, Any]:
    """200 where all parts are ready, else 503; either way each part says how it is."""
    services = services_of(request)
    kept = await workers_of(request).quick(lambda: _kept(services))
    parts = {**kept, **_parts(services)}
    if behind := request.app.state.knowledge.problem:  # what was indexed is searched all the same
        parts["index"]["message"] = behind.partition("\n")[0]  # anybody may ask; editors see every fault at the desk
    ready = all(part["ready"] for part in parts.values())
    response.status_code = 200 if ready else 503
    return {"ready": ready, "version": program_version(), "parts": parts}


def _kept(services: Services) -> dict[str, Any]:
    return {
        "database": _checked(services.store.check, "checking the store"),
        "storage": _checked(lambda: services.store.check_room(services.settings.data_dir), "checking the disk"),
    }


def _checked(check: Callable[[], None], doing: str) -> dict[str, Any]:
    try:
        check()
    except EXPECTED as error:
        return {"ready": False, "version": "", "message": told_to_anybody(error)}
    except Exception as error:  # a health check reports, it does not fail
        return {
            "ready": False,
            "version": "",
            "message": f"See the log: {log_unforeseen(error, doing)}.",
        }
    return {"ready": True, "version": ""}


def _parts(services: Services) -> dict[str, Any]:
    index, router_ = services.retriever, services.classifier
    return {
        "speech": {"ready": True, "version": services.copilot.speech.version},
        "catalogue": {"ready": bool(services.catalogue.departments), "version": services.catalogue.version},
        "index": _optional(None if index is None else ", ".join(f"{k} {v}" for k, v in sorted(index.versions.items()))),
        "router": _optional(None if router_ is None else router_.version),
    }


def _optional(found: str | None) -> dict[str, Any]:
    return {"ready": found is not None, "version": found or ""}
