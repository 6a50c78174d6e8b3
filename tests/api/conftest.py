"""A whole service on a scripted recogniser: real database, real sockets, no weights."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import anyio
import pytest
import room_parts
import scripted_parts as scripted
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession

from api.app import create_app
from api.services import Services
from copilot.ports import Copilot
from copilot.settings import Settings
from copilot.store import Accounts, Store
from knowledge_base.catalogue.in_force import CatalogueInForce

PASSWORD = "Lake-and-Cloud-7"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PEOPLE = {
    "zuoxi01": ("agent",),
    "paidan01": ("dispatcher",),
    "pinggu01": ("evaluator",),
    "guanli01": ("administrator",),
}


@pytest.fixture
def baseline_embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is started from now on embeds without weights."""
    monkeypatch.setenv("HOTLINE_EMBEDDER", "hashing")


@pytest.fixture(scope="session")
def parts() -> ModuleType:
    """The scripted parts, and how to make sound for them."""
    return scripted


@pytest.fixture
def in_room() -> Callable[..., None]:
    """Run a story in a fresh room on its own event loop."""
    return room_parts.tell_in_room


@pytest.fixture
def in_rooms() -> Callable[..., None]:
    """Run a story in a service whose calls are let go as soon as nobody needs them."""
    return room_parts.tell_in_rooms


@pytest.fixture(scope="session")
def prepared_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables and accounts, made once: hashing passwords takes its time on purpose."""
    path = tmp_path_factory.mktemp("database") / "hotline.db"
    store = Store(f"sqlite:///{path}")
    store.upgrade()
    accounts = Accounts(store._database, CHEAP)
    for name, roles in PEOPLE.items():
        accounts.add(name, name, roles, PASSWORD, datetime.now(UTC))
    store.close()
    return path


@pytest.fixture
def services(tmp_path: Path, prepared_database: Path) -> Iterator[Services]:
    path = tmp_path / "hotline.db"
    path.write_bytes(prepared_database.read_bytes())
    settings = Settings(data_dir=tmp_path, workers=2, _env_file=None)
    store = Store(f"sqlite:///{path}")
    store.accounts = Accounts(store._database, CHEAP)
    yield Services(
        settings=settings,
        store=store,
        copilot=Copilot(scripted.ScriptedEngine(), (scripted.ScriptedAdvisor(),), scripted.ScriptedEmergencies()),
        catalogue_in_force=CatalogueInForce(scripted.CATALOGUE),
        gazetteer=scripted.GAZETTEER,
        retriever=scripted.ScriptedRetriever(),
        classifier=scripted.ScriptedClassifier(),
    )
    store.close()


@dataclass
class Desk:
    """The service as one person's browser sees it."""

    client: TestClient
    token: str

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.client.get(path, headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    def post(self, path: str, body: dict[str, Any] | None = None, status: int | None = None) -> Any:
        answer = self.client.post(path, json=body or {}, headers=self.headers)
        assert answer.status_code in ((status,) if status else (200, 201)), answer.text
        return answer.json()

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def begin(self) -> str:
        return str(self.post("/api/calls", {"channel": "telephone"})["call_id"])

    def decide(self, call_id: str, status: int | None = None, **decision: Any) -> Any:
        return self.post(f"/api/calls/{call_id}/decisions", {"appeal_id": "1", **decision}, status)

    def call_with_suggestions(self) -> str:
        """A call that is over, with suggestions on the screen."""
        call_id = self.begin()
        with self.live(call_id) as live:
            live.listen()
            live.hear(scripted.stereo(scripted.sound((2, 1.0), (0, 0.5), (3, 1.0), (0, 0.5))))
            live.until_suggested("telephone")
            live.hang_up()
        return call_id

    def open(self, call_id: str) -> dict[str, str]:
        """The open suggestions: slot → suggestion id."""
        appeal = self.get(f"/api/calls/{call_id}")["appeals"][0]
        return {suggestion["slot"]: key for key, suggestion in appeal["open"].items()}

    def events(self, call_id: str, name: str) -> list[dict[str, Any]]:
        """What the journal says of that name."""
        return [e["data"] for e in self.get(f"/api/calls/{call_id}/events")["events"] if e["name"] == name]

    def filed(self) -> tuple[str, Any]:
        """A call and its order, for which every suggestion was accepted."""
        call_id = self.call_with_suggestions()
        for slot, suggestion in self.open(call_id).items():
            self.decide(call_id, decision_id=f"d-{slot}", slot=slot, verdict="accept", suggestion_id=suggestion)
        return call_id, self.file(call_id)

    def file(self, call_id: str, status: int | None = None) -> Any:
        return self.post(f"/api/calls/{call_id}/work-orders", {"request_id": "r1", "appeal_id": "1"}, status)

    @contextmanager
    def live(self, call_id: str, after: int = 0) -> Iterator[Live]:
        with self.client.websocket_connect(f"/api/calls/{call_id}/live?after={after}", headers=self.headers) as socket:
            yield Live(socket)


class Live:
    """The socket of a call; remembers all frames that came."""

    def __init__(self, socket: WebSocketTestSession) -> None:
        self.socket = socket
        self.frames: list[dict[str, Any]] = []

    def listen(self, rate: int = 8000, **begins: float) -> None:
        self.say({"type": "listen", "sample_rate": rate, **({"from": begins} if begins else {})})

    def say(self, frame: Any) -> None:
        self.socket.send_text(json.dumps(frame))

    def hear(self, data: bytes) -> None:
        self.socket.send_bytes(data)

    def until(self, found: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Read frames until one fits."""
        while True:
            frame = json.loads(self._next())
            self.frames.append(frame)
            if found(frame):
                return frame

    def _next(self) -> str:
        """A frame that never comes fails the test instead of holding it up."""

        async def receive() -> Any:
            with anyio.fail_after(10):
                return await self.socket._send_rx.receive()

        message = self.socket.portal.call(receive)
        self.socket._raise_on_close(message)
        return str(message["text"])

    def until_event(self, name: str) -> dict[str, Any]:
        return self.until(lambda frame: frame.get("name") == name)

    def until_suggested(self, slot: str) -> dict[str, Any]:
        return self.until(lambda f: f.get("name") == "suggestion_made" and f["data"]["suggestion"]["slot"] == slot)

    def until_problem(self) -> dict[str, Any]:
        return self.until(lambda frame: frame["type"] == "problem")

    def hang_up(self) -> dict[str, Any]:
        self.say({"type": "hang_up"})
        return self.until_event("call_ended")

    @property
    def seqs(self) -> list[int]:
        return [frame["seq"] for frame in self.frames if frame["type"] == "event"]

    @property
    def said(self) -> list[tuple[str, str]]:
        """Who said what, of the finished sentences that came."""
        utterances = [f["data"]["utterance"] for f in self.frames if f.get("name") == "utterance_heard"]
        return [(u["speaker"], u["text"]) for u in utterances]


@pytest.fixture
def desk_at() -> Callable[..., Desk]:
    """``desk_at(client, services, "zuoxi01")`` is that person, logged in at any service."""

    def log_in(client: TestClient, services: Services, name: str) -> Desk:
        accounts = services.store.accounts
        return Desk(client, accounts.open_session(accounts.get(name), services.now(), 1.0))

    return log_in


@pytest.fixture
def service(services: Services) -> Iterator[Callable[..., Desk]]:
    """``service("zuoxi01")`` is that person, logged in at the one service of this test."""
    with TestClient(create_app(services), raise_server_exceptions=False) as client:
        tokens: dict[str, str] = {}

        def desk(name: str) -> Desk:
            if name and name not in tokens:
                account = services.store.accounts.get(name)
                tokens[name] = services.store.accounts.open_session(account, services.now(), 1.0)
            return Desk(client, tokens.get(name, ""))

        yield desk


@pytest.fixture
def agent(service: Callable[..., Desk]) -> Desk:
    return service("zuoxi01")


@pytest.fixture
def restarted(services: Services) -> Callable[[], Any]:
    """A further service on the same database, as after a restart."""

    @contextmanager
    def start() -> Iterator[Desk]:
        again = replace(services, copilot=replace(services.copilot, speech=scripted.ScriptedEngine()))
        token = services.store.accounts.open_session(services.store.accounts.get("zuoxi01"), services.now(), 1.0)
        with TestClient(create_app(again)) as client:
            yield Desk(client, token)

    return start
