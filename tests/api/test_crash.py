"""The service is killed in the middle of a call, for real, and what it acknowledged is there afterwards."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from copilot.store import Store


class Process:
    def __init__(self, database: Path, token: str, log: Path) -> None:
        program = Path(__file__).with_name("crash_service.py")
        self._log = log.open("a")
        self.process = subprocess.Popen(
            [sys.executable, program, str(database)],
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            cwd=Path(__file__).parents[2],
            env={"PYTHONPATH": str(Path(__file__).parents[2])},
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        assert self.address, log.read_text()
        self.headers = {"Authorization": f"Bearer {token}"}
        self.client = httpx.Client(base_url=self.address, headers=self.headers, timeout=20)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        answer = self.client.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def get(self, path: str) -> Any:
        return self.client.get(path).json()

    @contextmanager
    def live(self, call: str, after: int = 0) -> Iterator[ClientConnection]:
        url = f"{self.address.replace('http', 'ws')}/api/calls/{call}/live?after={after}"
        with connect(url, additional_headers=self.headers, open_timeout=20) as socket:
            yield socket

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        status = self.process.wait(20)
        self.process.stdout.close()
        self.client.close()
        self._log.close()
        return status


@pytest.fixture
def start(tmp_path: Path, prepared_database: Path) -> Iterator[Any]:
    database = tmp_path / "hotline.db"
    database.write_bytes(prepared_database.read_bytes())
    store = Store(f"sqlite:///{database}")
    token = store.accounts.open_session(store.accounts.get("zuoxi01"), datetime.now(UTC), 1.0)
    store.close()
    started: list[Process] = []

    def run() -> Process:
        started.append(Process(database, token, tmp_path / "log"))
        return started[-1]

    yield run
    for process in started:
        if process.process.poll() is None:
            process.end(signal.SIGKILL)


def _until(socket: ClientConnection, name: str, frames: list[dict[str, Any]]) -> dict[str, Any]:
    while True:
        frame = json.loads(socket.recv(timeout=20))
        frames.append(frame)
        if name in (frame.get("name"), frame["type"]):
            return frame


def _rest(socket: ClientConnection, frames: list[dict[str, Any]]) -> int:
    """Read until the connection ends; the close code that came, 1006 where none did."""
    try:
        while True:
            frames.append(json.loads(socket.recv(timeout=20)))
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd is not None else 1006


def _talk_until_killed(process: Process, call: str, sound: bytes) -> tuple[list[dict[str, Any]], dict[str, Any], Any]:
    """What the screen showed, the decision that was sent, and the answer to it."""
    seen: list[dict[str, Any]] = []
    with process.live(call) as socket:
        socket.send(json.dumps({"type": "listen", "sample_rate": 8000}))
        for begin in range(0, len(sound), 3201):
            socket.send(sound[begin : begin + 3201])
        made = _until(socket, "suggestion_made", seen)["data"]
        decision = {
            "decision_id": "d1",
            "appeal_id": "1",
            "slot": made["suggestion"]["slot"],
            "verdict": "accept",
            "suggestion_id": made["suggestion_id"],
        }
        acknowledged = process.post(f"/api/calls/{call}/decisions", decision)
        _until(socket, "urgency_flagged", seen)
        assert process.end(signal.SIGKILL) == -signal.SIGKILL
        assert _rest(socket, seen) == 1006
    return [frame for frame in seen if frame["type"] == "event"], decision, acknowledged


def _go_on(process: Process, call: str, after: int, recording: bytes) -> None:
    """The sender comes back and sends again from where the service had heard it."""
    frames: list[dict[str, Any]] = []
    with process.live(call, after=after) as socket:
        heard = _until(socket, "hello", frames)["heard_until"]
        assert heard == {"citizen": 3.0, "agent": 0.4}
        socket.send(json.dumps({"type": "listen", "sample_rate": 8000, "from": heard}))
        socket.send(recording[int(heard["agent"] * 8000) * 4 :])
        socket.send(json.dumps({"type": "hang_up"}))
        _until(socket, "call_ended", frames)


def test_what_was_acknowledged_before_a_kill_is_there_after_it_and_the_call_goes_on(start, parts, tmp_path):
    pause = (0, 0.5)
    citizen = parts.sound(pause, (2, 1.0), pause, (3, 1.0), pause, (4, 2.0), pause)
    recording = bytes(parts.stereo(citizen, parts.sound((1, 0.4))))
    killed_at = int(4.4 * 8000) * 4 + 1  # in the middle of a sentence, and of a sample
    first = start()
    call = first.post("/api/calls", {"channel": "telephone"})["call_id"]
    shown, decision, acknowledged = _talk_until_killed(first, call, recording[:killed_at])

    second = start()
    kept = second.get(f"/api/calls/{call}/events")["events"]
    assert [event["seq"] for event in kept] == list(range(1, len(kept) + 1))
    assert kept[: len(shown)] == shown
    assert sum(event["name"] == "utterance_heard" for event in kept) == 3
    assert second.post(f"/api/calls/{call}/decisions", decision) == acknowledged

    _go_on(second, call, shown[-1]["seq"], recording)
    whole = second.get(f"/api/calls/{call}")
    said = [(u["speaker"], u["start"], u["end"]) for u in whole["utterances"]]
    assert said == [("agent", 0.0, 0.4), ("citizen", 0.5, 1.5), ("citizen", 2.0, 3.0), ("citizen", 3.5, 5.5)]
    assert whole["ended"] is True
    assert second.end(signal.SIGTERM) in (0, -signal.SIGTERM)
    log = (tmp_path / "log").read_text()
    assert not [words for words in parts.SENTENCES.values() if words in log]


def test_a_service_that_is_asked_to_stop_sends_its_watchers_away_to_come_back(start):
    running = start()
    call = running.post("/api/calls", {"channel": "telephone"})["call_id"]
    with running.live(call) as socket:
        _until(socket, "appeal_opened", [])
        assert running.end(signal.SIGTERM) in (0, -signal.SIGTERM)
        assert _rest(socket, []) == 1012
