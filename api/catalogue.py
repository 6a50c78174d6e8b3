"""The responsibility catalogue (派单目录): its editions, what they change, and how one comes into force.

Dispatchers and editors make editions and check them; nobody checks what they helped to make.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import HTTPConnection

from api.catalogue_schemas import NewDocument, NewDraft, NewEdits, Refusal, Submission
from api.catalogue_watch import CatalogueWatch
from api.dependencies import AnyAccount, ServicesDep, WorkersDep, answers, has_role
from api.error_words import in_chinese
from api.review_schemas import Step
from api.services import Services
from copilot.codec import to_plain
from copilot.store import Account, Edition, EditionState, Role
from knowledge_base.catalogue.edits import Edit, ReplaceDocument

router = APIRouter(prefix="/api/catalogue", tags=["catalogue"])


def watch_of(connection: HTTPConnection) -> CatalogueWatch:
    """What keeps the catalogue in force."""
    found: CatalogueWatch = connection.app.state.catalogue
    return found


WatchDep = Annotated[CatalogueWatch, Depends(watch_of)]
Maker = Annotated[Account, Depends(has_role(Role.DISPATCHER, Role.EDITOR))]
Number = Annotated[int, Path(ge=1)]

_EDITION: dict[str, Any] = {
    "number": 3,
    "state": "submitted",
    "standing": "submitted",
    "origin": "edited",
    "base": 2,
    "revision": 4,
    "digest": "5f0c2a9be114",
    "note": "新增市大数据局",
    "effective_from": "2027-01-01",
    "made_by": "paidan01",
    "made_at": "2026-11-22T02:15:00+00:00",
    "submitted_by": "paidan01",
    "submitted_at": "2026-11-22T02:31:00+00:00",
    "checked_by": None,
    "checked_at": None,
    "reason": "",
}
_CHANGE = {"kind": "department_added", "department": "市大数据局", "subject": "", "before": "", "after": "云川市"}
_EDIT = {"do": "add_department", "department": "市大数据局", "area": "云川市", "telephone": "", "effective_from": ""}
_LINE = {"number": 3, "revision": 1, "at": "2026-11-22T02:16:00+00:00", "by": "paidan01", "edits": [_EDIT]}
_DEPARTMENT = {"name": "市大数据局", "area": "云川市", "duties": [{"text": "政务网站", "phrases": ["网站打不开"]}]}
_FULL = {
    "edition": _EDITION,
    "document": {"departments": [_DEPARTMENT], "rules": []},
    "faults": [],
    "changes": [_CHANGE],
    "edits": [_LINE],
}
_NOW = {"today": "2026-11-22", "in_force": _EDITION, "coming": [], "being_made": _EDITION, "router_follows": True}


class Counter:
    """Where the steps on editions are taken, in a thread, each answered with the edition as it is after it."""

    def __init__(self, services: ServicesDep, watch: WatchDep, workers: WorkersDep) -> None:
        self.desk, self.editions = watch.desk, watch.desk.editions
        self._services, self._watch, self._workers = services, watch, workers

    @property
    def now(self) -> datetime:
        """When the step is taken."""
        return self._services.now()

    @property
    def today(self) -> date:
        """The day in the city."""
        return self._services.today

    async def take(self, step: Callable[[], Edition]) -> dict[str, Any]:
        """Do it."""
        return await self._workers.quick(lambda: _in_full(self._watch, self._services, step().number))

    async def edit(self, number: int, revision: int, edits: list[Edit], by: Account) -> dict[str, Any]:
        """Edit a draft."""
        return await self.take(lambda: self.desk.edit(number, revision, edits, by.name, self.now))


CounterDep = Annotated[Counter, Depends()]


def _standing(edition: Edition, served: Edition | None, today: date) -> str:
    if edition.state is not EditionState.APPROVED:
        return edition.state.value
    if served is not None and edition.number == served.number:
        return "in_force"
    return "coming" if edition.effective_from is not None and edition.effective_from > today else "superseded"


def _described(edition: Edition, served: Edition | None, today: date) -> dict[str, Any]:
    return {**to_plain(edition), "standing": _standing(edition, served, today)}


def _in_full(watch: CatalogueWatch, services: Services, number: int) -> dict[str, Any]:
    edition, document = watch.desk.editions.with_document(number)
    served = watch.desk.editions.in_force(services.today)
    checked = edition.state in (EditionState.DRAFT, EditionState.SUBMITTED)
    return {
        "edition": _described(edition, served, services.today),
        "document": document,
        "faults": [_said(fault) for fault in watch.desk.faults(number, document)] if checked else [],
        "changes": [to_plain(change) for change in watch.desk.difference(number)],
        "edits": [to_plain(line) for line in watch.desk.editions.edits(number)],
    }


def _said(fault: str) -> dict[str, str]:
    return {"message": fault, "chinese": in_chinese(fault, "bad_library")}


@router.get("", summary="Which edition is in force, which come, which is being made", responses=answers(_NOW))
async def now(_: AnyAccount, services: ServicesDep, watch: WatchDep, workers: WorkersDep) -> dict[str, Any]:
    """``router_follows`` is false for the seconds in which the router still reads the duties of a new edition."""
    return await workers.quick(lambda: _overview(watch, services))


def _overview(watch: CatalogueWatch, services: Services) -> dict[str, Any]:
    editions, today = watch.desk.editions, services.today
    served, being_made = editions.in_force(today), editions.being_made()
    described = [_described(edition, served, today) for edition in editions.all()]
    return {
        "today": today.isoformat(),
        "in_force": None if served is None else _described(served, served, today),
        "coming": [edition for edition in described if edition["standing"] == "coming"],
        "being_made": None if being_made is None else _described(being_made, served, today),
        "router_follows": watch.router_follows,
    }


@router.get("/editions", summary="All editions, the latest first", responses=answers({"editions": [_EDITION]}))
async def editions(
    _: AnyAccount,
    services: ServicesDep,
    watch: WatchDep,
    workers: WorkersDep,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> dict[str, Any]:
    """Who made, submitted and checked each, and when. ``standing``: how an approved one stands today."""

    def listed() -> list[dict[str, Any]]:
        served = watch.desk.editions.in_force(services.today)
        return [_described(edition, served, services.today) for edition in watch.desk.editions.all(limit)]

    return {"editions": await workers.quick(listed)}


@router.get("/editions/{number}", summary="One edition in full", responses=answers(_FULL, 404))
async def edition(
    number: Number, _: AnyAccount, services: ServicesDep, watch: WatchDep, workers: WorkersDep
) -> dict[str, Any]:
    """Its document, what it changes, who edited what, and the faults that keep a draft from being submitted."""
    return await workers.quick(lambda: _in_full(watch, services, number))


@router.get(
    "/editions/{number}/difference",
    summary="What an edition changes",
    responses=answers({"number": 3, "against": 2, "changes": [_CHANGE]}, 404),
)
async def difference(
    number: Number,
    _: AnyAccount,
    watch: WatchDep,
    workers: WorkersDep,
    against: Annotated[int | None, Query(ge=1, description="default the edition it began from")] = None,
) -> dict[str, Any]:
    """Departments, fields, duties, legal bases, phrases and rules that are others than in edition ``against``."""
    changes = await workers.quick(lambda: watch.desk.difference(number, against))
    return {"number": number, "against": against, "changes": [to_plain(change) for change in changes]}


@router.post("/drafts", status_code=201, summary="Begin a draft", responses=answers(_FULL, 403, 404, 409, status=201))
async def begin(wanted: NewDraft, maker: Maker, counter: CounterDep) -> dict[str, Any]:
    """One at a time: ``409`` names who is making one already."""
    return await counter.take(
        lambda: counter.editions.begin(maker.name, counter.now, wanted.note, wanted.copy_of),
    )


@router.post("/editions/{number}/edits", summary="Edit a draft", responses=answers(_FULL, 403, 404, 409))
async def edit(number: Number, wanted: NewEdits, maker: Maker, counter: CounterDep) -> dict[str, Any]:
    """All edits or none. ``409`` where somebody else edited it meanwhile: load it again and look."""
    return await counter.edit(number, wanted.revision, wanted.edits, maker)


@router.put("/editions/{number}/document", summary="Upload a whole catalogue", responses=answers(_FULL, 403, 404, 409))
async def upload(number: Number, wanted: NewDocument, maker: Maker, counter: CounterDep) -> dict[str, Any]:
    """In the place of the draft's document; the answer lists every fault and every change."""
    edits: list[Edit] = [ReplaceDocument(wanted.document)]
    return await counter.edit(number, wanted.revision, edits, maker)


@router.post("/editions/{number}/submit", summary="Ask for a check", responses=answers(_FULL, 403, 404, 409))
async def submit(number: Number, wanted: Submission, maker: Maker, counter: CounterDep) -> dict[str, Any]:
    """Refused with every fault of the draft, one a line."""
    return await counter.take(
        lambda: counter.desk.submit(
            number,
            wanted.revision,
            wanted.effective_from,
            maker.name,
            counter.now,
            counter.today,
            wanted.note,
        ),
    )


@router.post("/editions/{number}/approve", summary="Put it in force", responses=answers(_FULL, 403, 404, 409))
async def approve(number: Number, wanted: Step, checker: Maker, counter: CounterDep, watch: WatchDep) -> dict[str, Any]:
    """From its day on, the next suggestion obeys it, in every process. ``403`` for whoever helped to make it."""

    def approved() -> Edition:
        done = counter.desk.approve(number, wanted.revision, checker.name, counter.now, counter.today)
        watch.look()
        return done

    described = await counter.take(approved)
    watch.wake()
    return described


@router.post("/editions/{number}/refuse", summary="Refuse it", responses=answers(_FULL, 403, 404, 409))
async def refuse(number: Number, wanted: Refusal, checker: Maker, counter: CounterDep) -> dict[str, Any]:
    """Its maker can begin again from it, and reads the reason."""
    return await counter.take(
        lambda: counter.editions.refuse(number, wanted.revision, checker.name, counter.now, wanted.reason),
    )


@router.post("/editions/{number}/take-back", summary="Edit it again", responses=answers(_FULL, 403, 404, 409))
async def take_back(number: Number, wanted: Step, maker: Maker, counter: CounterDep) -> dict[str, Any]:
    """A submitted edition becomes a draft again."""
    return await counter.take(
        lambda: counter.editions.take_back(number, wanted.revision, maker.name, counter.now),
    )


@router.post("/editions/{number}/discard", summary="Give a draft up", responses=answers(_FULL, 403, 404, 409))
async def discard(number: Number, wanted: Step, maker: Maker, counter: CounterDep) -> dict[str, Any]:
    """It stays readable, and a new draft may begin as its copy."""
    return await counter.take(
        lambda: counter.editions.discard(number, wanted.revision, maker.name, counter.now),
    )


@router.post(
    "/editions/{number}/withdraw", summary="Keep an approved one from coming", responses=answers(_FULL, 403, 404, 409)
)
async def withdraw(number: Number, wanted: Step, maker: Maker, counter: CounterDep) -> dict[str, Any]:
    """Only until its day has come."""
    return await counter.take(
        lambda: counter.editions.withdraw(number, wanted.revision, maker.name, counter.now, counter.today),
    )
