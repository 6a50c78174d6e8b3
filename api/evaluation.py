"""The evaluator's page: what people made of the suggestions, and how good the served router measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter

from api.dependencies import Evaluator, ServicesDep, WorkersDep, answers
from copilot.codec import to_plain

router = APIRouter(prefix="/api", tags=["around"])

_SLOT = {"made": 40, "accepted": 31, "amended": 5, "rejected": 2, "superseded": 1, "undecided": 1}
_EXAMPLE = {
    "online": {
        "by_slot": {"department": _SLOT},
        "department_ranks": {"first": 31, "second": 3, "third": 1, "other": 1},
        "agreed": 30,
        "overrode": 2,
    },
    "offline": None,
}


@router.get("/evaluation", summary="How often the copilot was right", responses=answers(_EXAMPLE, 403))
async def evaluation(_: Evaluator, services: ServicesDep, workers: WorkersDep) -> dict[str, Any]:
    """``online`` counts the journal; ``offline`` is the served router's ``evaluation.json``, ``null`` without one."""
    online = await workers.quick(services.store.queries.suggestion_outcomes)
    offline = await workers.quick(lambda: _offline(services.settings.router_dir / "evaluation.json"))
    return {"online": to_plain(online), "offline": offline}


def _offline(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
