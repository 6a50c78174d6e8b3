"""A fresh database of each kind, and a call taken from hello to the filed order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from databases import empty_schema
from session_parts import Desk, make_desk

from copilot.appeal import AppealKind, Urgency
from copilot.call import Call, Channel, Speaker, Utterance
from copilot.events import (
    AppealOpened,
    CallStarted,
    SuggestionDecided,
    SuggestionMade,
    UrgencyFlagged,
    UtteranceHeard,
    WorkOrderFiled,
)
from copilot.journal import Journal
from copilot.store import Store
from copilot.suggestion import Choice, Confirmed, Decision, Reason, Slot, Suggestion, Verdict
from copilot.work_order import WorkOrder

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 2)

TakeCall = Callable[..., WorkOrder]


@pytest.fixture
def desk() -> Desk:
    """A call that was just answered, on scripted parts."""
    return make_desk()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database: a file of its own, or a schema of its own that goes with the test."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'hotline.db'}"
        return
    with empty_schema() as url:
        yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'hotline.db'}"


def _ranking(*departments: str) -> Suggestion[str]:
    choices = tuple(
        Choice(name, 0.6 / rank, (Reason("duty", f"{name}的职责"),)) for rank, name in enumerate(departments, start=1)
    )
    return Suggestion(Slot.DEPARTMENT, choices, {"router": "r1"})


@pytest.fixture
def take_call() -> TakeCall:
    """A function that takes one call, from "hello" to the filed order, on any journal."""

    def take(
        journal: Journal,
        call_id: str = "c1",
        department: str = "市水务局",
        ranking: tuple[str, ...] = ("市水务局", "市住建局", "市城管局"),
        urgency: Urgency | None = None,
        flagged: bool = False,
        at: datetime = NOON,
        more: dict[Slot, Any] | None = None,
    ) -> WorkOrder:
        call = Call(call_id, Channel.RECORDING, "agent.li", DAY, "云川市")
        heard = Utterance("u1", Speaker.CITIZEN, "我家停水两天了", 0.0, 2.0, "1")
        journal.append(call_id, [CallStarted(call), AppealOpened("1", ""), UtteranceHeard(heard)], at)
        if flagged:
            journal.append(call_id, [UrgencyFlagged("1", "燃气", "煤气味", "119", "先离开", Speaker.CITIZEN, 1.5)], at)
        journal.append(call_id, [SuggestionMade("s1", "1", _ranking(*ranking), (), 2.0)], at)
        verdict = Verdict.ACCEPT if department == ranking[0] else Verdict.AMEND
        values: dict[Slot, Any] = {
            Slot.KIND: AppealKind.HELP,
            Slot.TITLE: "停水两天",
            Slot.SUMMARY: "来电人家中停水两天。",
            **(more or {}),
        }
        if urgency is not None:
            values[Slot.URGENCY] = urgency
        decisions = [Decision("d-department", "1", Slot.DEPARTMENT, verdict, "s1", department, "agent.li")]
        decisions += [
            Decision(f"d-{slot.value}", "1", slot, Verdict.AMEND, None, value, "agent.li")
            for slot, value in values.items()
        ]
        journal.append(call_id, [SuggestionDecided(decision) for decision in decisions], at)
        confirmed: dict[str, Confirmed[Any]] = {d.slot.value: d.confirmed(at) for d in decisions}
        number = journal.next_order_number(DAY)
        order = WorkOrder(number, call_id, "1", filed_by="agent.li", filed_at=at, **confirmed)
        journal.append(call_id, [WorkOrderFiled(f"r-{call_id}", order)], at)
        return order

    return take
