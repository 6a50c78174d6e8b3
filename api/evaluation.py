"""The evaluator's page: what people made of the suggestions, and how good the served router measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter

from api.dependencies import Evaluator, ServicesDep, WorkersDep, answers
from api.services import Services
from copilot.codec import to_plain
from evaluation.retrieval.kept import kept_report

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
    "answers": {
        "weeks": [
            {
                "monday": "2026-11-16",
                "calls": 30,
                "shown": 52,
                "adopted": 31,
                "edited": 4,
                "not_relevant": 6,
                "out_of_date": 1,
                "refused_otherwise": 0,
                "taken_back": 7,
                "untouched": 3,
                "by_hand": 6,
                "missed": 4,
            }
        ],
        "delay": {"n": 52, "p50": 0.9, "p95": 1.6},
        "decided_after": {"n": 42, "p50": 6.2, "p95": 21.0},
    },
    "retrieval": None,
}


@router.get("/evaluation", summary="How often the copilot was right", responses=answers(_EXAMPLE, 403))
async def evaluation(_: Evaluator, services: ServicesDep, workers: WorkersDep) -> dict[str, Any]:
    """``online`` counts the journal; ``offline`` is the served router's ``evaluation.json``, ``null`` without one.

    ``answers`` counts answer cards by week, and apart from them answers that agents found ``by_hand``: the cards should
    have shown those that they ``missed``. ``retrieval`` is what ``hotline evaluate retrieval --keep`` kept, with
    ``library_in_force``, the version that is searched now.
    """
    online = await workers.quick(services.store.queries.suggestion_outcomes)
    answered = await workers.quick(lambda: services.store.queries.answer_outcomes(services.today))
    offline = await workers.quick(lambda: _offline(services.settings.router_dir / "evaluation.json"))
    retrieval = await workers.quick(lambda: _retrieval(services))
    return {"online": to_plain(online), "offline": offline, "answers": to_plain(answered), "retrieval": retrieval}


def _retrieval(services: Services) -> dict[str, Any] | None:
    kept = kept_report(services.settings.index_dir)
    knowledge = services.knowledge
    return kept and {**kept, "library_in_force": knowledge.current.version if knowledge else ""}


def _offline(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
