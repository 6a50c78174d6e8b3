"""Two small real routers beside a real service: the challenger is asked in the shadow, and no call notices it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from api.challenger import _missing
from api.cli import app
from api.services import Services
from copilot.appeal import Situation
from copilot.errors import NotFound
from copilot.events import ChallengerRanked
from copilot.ports import Copilot
from copilot.router_keeper import RouterKeeper
from copilot.routers_in_use import RoutersInUse
from copilot.suggestion import Choice, Slot, Suggestion
from models.baselines import HashingEmbedder
from models.department_classifier import DepartmentClassifier, Ranking
from models.routers.files import load_router, save_router
from models.routers.registry import RouterRegistry
from models.training.routing import train_from_duties

EMBEDDER = HashingEmbedder(64)
TYPED = "Lake-and-Cloud-7\n"
"""The password of every account of these tests."""


class Speaks:
    """What a router says of an appeal, from a few words on."""

    def __init__(self, router: Any) -> None:
        self._router = router

    def advise(self, situation: Situation) -> Sequence[Suggestion[Any]]:
        ranking = self._router.rank(situation.citizen_text)
        choices = tuple(Choice(c.label, c.probability) for c in ranking.choices)
        return [Suggestion(Slot.DEPARTMENT, choices, {"router": self._router.version})] if choices else []


class Broken:
    """A challenger that fails whatever it is asked."""

    version = "broken"

    def rank(self, text: str, limit: int = 3) -> Ranking:
        raise RuntimeError(text)


class Slow:
    """A challenger that answers when its door is opened."""

    def __init__(self, router: Any) -> None:
        self._router = router
        self.version = router.version
        self.door = threading.Event()

    def rank(self, text: str, limit: int = 3) -> Ranking:
        assert self.door.wait(20)
        found: Ranking = self._router.rank(text, limit)
        return found


def made(folder: Path, created: str, duties: dict[str, list[str]]) -> str:
    def quiet(step: str, done: int, total: int) -> None:
        pass

    return save_router(train_from_duties(duties, EMBEDDER, quiet, created=created).classifier, folder).version


@pytest.fixture
def keeper(tmp_path: Path) -> RouterKeeper:
    """Served: residence permits go to the police. Its challenger: they go to the city managers."""
    made(tmp_path / "router", "2026-01-01", {"市公安局": ["居住证办理"], "市城管局": ["路灯坏了"]})
    made(tmp_path / "trained", "2026-02-02", {"市城管局": ["居住证办理"], "市公安局": ["路灯坏了"]})
    registry = RouterRegistry(tmp_path / "router")
    registry.challenge(tmp_path / "trained")

    def load(folder: Path) -> DepartmentClassifier:
        return load_router(folder, EMBEDDER)

    found = RouterKeeper(registry, load, RoutersInUse(Speaks, load(tmp_path / "router")), registry.in_use())
    found.look()
    return found


@contextmanager
def _serving(services: Services, keeper: RouterKeeper, desk_at: Callable[..., Any]) -> Iterator[Callable[[str], Any]]:
    copilot = Copilot(services.copilot.speech, (keeper.routers,), services.copilot.emergencies)
    # The scripted classifier stays, so that these routers keep the duties that they were made with.
    running = replace(services, copilot=copilot, router_keeper=keeper)
    with TestClient(create_app(running), raise_server_exceptions=False) as client:
        yield lambda name: desk_at(client, running, name)


def _asks(live: Any, parts: Any) -> dict[str, Any]:
    """The citizen asks for a residence permit; the suggestion that the agent's screen gets."""
    live.listen()
    live.hear(parts.stereo(parts.sound((2, 1.0), (0, 0.5))))
    found: dict[str, Any] = live.until_event("suggestion_made")["data"]
    return found


def _file(agent: Any, call_id: str, suggestion: dict[str, Any]) -> None:
    """The agent accepts the department, fills the rest in by hand, and files."""
    agent.decide(
        call_id, decision_id="d0", slot="department", verdict="accept", suggestion_id=suggestion["suggestion_id"]
    )
    for n, (slot, value) in enumerate({"kind": "咨询", "title": "居住证", "summary": "咨询居住证"}.items(), start=1):
        agent.decide(call_id, decision_id=f"d{n}", slot=slot, verdict="amend", value=value)
    agent.post(f"/api/calls/{call_id}/work-orders", {"request_id": f"r-{call_id}", "appeal_id": "1"})


def _recorded(services: Services, call_id: str) -> list[ChallengerRanked]:
    return [r.event for r in services.store.journal.read(call_id) if isinstance(r.event, ChallengerRanked)]


def _until(found: Callable[[], bool]) -> None:
    """Something that happens on another thread, soon."""
    deadline = time.monotonic() + 20
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_challenger_is_recorded_beside_the_served_router_and_its_opinion_reaches_no_screen(
    services, keeper, parts, desk_at
):
    with _serving(services, keeper, desk_at) as desk:
        agent = desk("zuoxi01")
        call_id = agent.begin()
        with agent.live(call_id) as live:
            shown = _asks(live, parts)["suggestion"]
            event = live.until_event("challenger_ranked")
            assert event["data"] == {}
            live.hang_up()
            assert live.seqs == list(range(1, len(live.seqs) + 1)), "without a gap for those who watch"
        events = agent.get(f"/api/calls/{call_id}/events")["events"]
        assert [e["data"] for e in events if e["name"] == "challenger_ranked"] == [{}]
    (ranked,) = _recorded(services, call_id)
    assert shown["choices"][0]["value"] == "市公安局"
    assert ranked.served.router == shown["versions"]["router"] == keeper.routers.version
    assert ranked.served.choices[0].department == "市公安局"
    assert ranked.challenger.choices[0].department == "市城管局"
    assert ranked.challenger.router != ranked.served.router
    assert services.store.verify() == []


def test_a_challenger_that_raises_does_not_disturb_the_call_and_is_counted(services, keeper, parts, desk_at):
    keeper.routers.replace(keeper.routers.current, Broken())
    with _serving(services, keeper, desk_at) as desk:
        agent = desk("zuoxi01")
        call_id = agent.begin()
        with agent.live(call_id) as live:
            suggestion = _asks(live, parts)
            live.hang_up()
            assert not [frame for frame in live.frames if frame["type"] == "problem"]
        _file(agent, call_id, suggestion)
        counted = 'hotline_errors_total{doing="challenge",type="RuntimeError"} 1.0'
        _until(lambda: counted in agent.client.get("/metrics").text)
    assert _recorded(services, call_id) == []


def test_a_call_does_not_wait_for_a_challenger_that_takes_its_time(services, keeper, parts, desk_at):
    rival = keeper.routers.now.challenger
    slow = Slow(rival)
    keeper.routers.replace(keeper.routers.current, slow)
    with _serving(services, keeper, desk_at) as desk:
        agent = desk("zuoxi01")
        call_id = agent.begin()
        try:
            with agent.live(call_id) as live:
                suggestion = _asks(live, parts)
                live.hang_up()
            _file(agent, call_id, suggestion)
            assert _recorded(services, call_id) == []
        finally:
            slow.door.set()
        _until(lambda: len(_recorded(services, call_id)) == 1)


def test_the_evaluator_sees_both_on_the_same_orders_and_what_to_type(services, keeper, parts, desk_at):
    with _serving(services, keeper, desk_at) as desk:
        agent, evaluator = desk("zuoxi01"), desk("pinggu01")
        before = evaluator.get("/api/challenger")
        assert before["served"]["version"] == keeper.routers.version
        assert before["challenger"]["asked"] is True
        assert before["missing"] == {"to_promote": 30, "to_decide": None}
        assert (before["ranked"], before["comparison"]) == (0, None)
        call_id = agent.begin()
        with agent.live(call_id) as live:
            suggestion = _asks(live, parts)
            live.until_event("challenger_ranked")
            live.hang_up()
        assert evaluator.get("/api/challenger")["comparison"] is None
        _file(agent, call_id, suggestion)
        found = evaluator.get("/api/challenger")
        assert found["ranked"] == found["comparison"]["n"] == 1
        assert found["comparison"]["verdict"] == "undecided"
        assert found["comparison"]["disputes"]["with_served"] == 1
        assert "flatters" in found["comparison"]["caution"]
        assert found["missing"] == {"to_promote": 29, "to_decide": None}
        assert found["promote"].startswith("hotline models promote")
        agent.get("/api/challenger", 403)


@pytest.mark.parametrize(
    ("verdict", "orders", "needed", "missing"),
    [
        ("undecided", 40, 500, {"to_promote": 0, "to_decide": 460}),
        ("undecided", 40, None, {"to_promote": 0, "to_decide": None}),
        ("undecided", 12, 500, {"to_promote": 18, "to_decide": None}),
        ("better", 40, 35, {"to_promote": 0, "to_decide": None}),
    ],
)
def test_it_is_counted_how_many_orders_are_missing(verdict, orders, needed, missing):
    assert _missing({"verdict": verdict, "n": orders, "orders_needed": needed}) == missing


def test_a_service_without_replaceable_routers_says_so(service):
    assert "without a router" in service("pinggu01").get("/api/challenger")["problem"]


def test_a_promotion_reaches_the_next_suggestion_of_a_service_that_runs(services, keeper, parts, desk_at, monkeypatch):
    monkeypatch.setattr("api.router_watch.LOOK_EVERY_SECONDS", 0.01)
    with _serving(services, keeper, desk_at) as desk:
        agent = desk("zuoxi01")
        rival = keeper.routers.now.challenger
        keeper.registry.promote(rival.version, lambda old, new: None)
        _until(lambda: keeper.routers.version == rival.version)
        with agent.live(agent.begin()) as live:
            shown = _asks(live, parts)["suggestion"]
            live.hang_up()
    assert shown["versions"]["router"] == rival.version
    assert shown["choices"][0]["value"] == "市城管局"


def test_the_same_is_told_on_the_command_line_and_decides_a_promotion(
    services, keeper, parts, desk_at, tmp_path, monkeypatch
):
    with _serving(services, keeper, desk_at) as desk:
        agent = desk("zuoxi01")
        call_id = agent.begin()
        with agent.live(call_id) as live:
            suggestion = _asks(live, parts)
            live.until_event("challenger_ranked")
            live.hang_up()
        _file(agent, call_id, suggestion)
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    old, new = keeper.routers.version, keeper.routers.now.challenger.version
    files = ("--json", str(tmp_path / "stream.json"), "--report", str(tmp_path / "stream.html"))
    told = CliRunner().invoke(app, ["evaluate", "stream", *files], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    assert "No difference that 1 orders could show" in told.output
    assert f"Accuracy of the served router {old}: online 1.000, offline not measured" in told.output
    figures = json.loads((tmp_path / "stream.json").read_text())
    assert (figures["n"], figures["served"], figures["challenger"]) == (1, old, new)
    assert figures["weeks"][0]["served"] == 1
    page = (tmp_path / "stream.html").read_text()
    assert page.count("<svg ") == 3
    assert "偏向在用模型" in page
    empty = CliRunner().invoke(app, ["evaluate", "stream", "--since", "2099-01-01"])
    assert isinstance(empty.exception, NotFound)
    refused = CliRunner().invoke(
        app, ["models", "promote", "--by", "pinggu01", "--yes", "--reason", "试用"], input=TYPED
    )
    assert "Only 1 orders compare" in str(refused.exception)
    override = ("--without-comparison", "--reason", "试用", "--yes")
    promoted = CliRunner().invoke(app, ["models", "promote", "--by", "pinggu01", *override], input=TYPED)
    assert promoted.exit_code == 0, promoted.output
    assert keeper.registry.served().version == new
    line = services.store.accounts.audit()[-1]
    assert (line.by, line.action) == ("pinggu01", "router_promoted")
    assert "stream: No difference" in line.detail
