"""The service as an operator runs it, with real models, is killed in the middle of a recorded call and goes on."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import httpx
import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from api.services import shipped_recordings
from copilot.call import Speaker
from evaluation.calls.gold_calls import GoldCall, load_calls
from models.hearing.audio import Recording, read_recording

pytestmark = pytest.mark.weights

PATIENCE_S = 300  # for an answer of a machine that has much else to do
RECORDING = "9"
KILLED_AFTER = 5  # sentences on the screen

Frames = list[dict[str, Any]]


class Client:
    """An agent's screen without the screen: sends the sound of a recording, and keeps what comes down."""

    def __init__(self, address: str, token: str, recording: Recording) -> None:
        self._address = address
        self._headers = {"Authorization": f"Bearer {token}"}
        self._recording = recording
        self.http = httpx.Client(base_url=address, headers=self._headers, timeout=PATIENCE_S)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        answer = self.http.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def get(self, path: str) -> Any:
        return self.http.get(path).json()

    @contextmanager
    def live(self, call: str, after: int = 0) -> Iterator[ClientConnection]:
        url = f"{self._address.replace('http', 'ws')}/api/calls/{call}/live?after={after}"
        with connect(url, additional_headers=self._headers, open_timeout=PATIENCE_S, max_size=None) as socket:
            yield socket

    def play(self, socket: ClientConnection, heard: dict[str, float], frames: Frames) -> Iterator[None]:
        """Send a second of sound a step, from where the service had heard; told that it is too much, wait."""
        rate, samples = self._recording.sample_rate, self._recording.samples
        self._listen(socket, heard)
        at = int(min(heard.values()) * rate)
        while at < len(samples):
            socket.send(np.ascontiguousarray(samples[at : at + rate], dtype="<i2").tobytes())
            at += rate
            yield
            for frame in _arrived(socket):
                frames.append(frame)
                if again := frame.get("from"):
                    _until(socket, lambda f: f == {"type": "lag", "seconds": 0.0}, frames)
                    self._listen(socket, again)
                    at = int(min(again.values()) * rate)

    def _listen(self, socket: ClientConnection, begins: dict[str, float]) -> None:
        message = {"type": "listen", "sample_rate": self._recording.sample_rate, "from": begins}
        socket.send(json.dumps(message))


def _arrived(socket: ClientConnection) -> Iterator[dict[str, Any]]:
    """What has come by now; at least a moment is waited, so that sound is sent at some ten times its speed."""
    try:
        while True:
            yield json.loads(socket.recv(timeout=0.1))
    except TimeoutError:
        return


def _until(socket: ClientConnection, wanted: Any, frames: Frames) -> dict[str, Any]:
    while True:
        frame: dict[str, Any] = json.loads(socket.recv(timeout=PATIENCE_S))
        frames.append(frame)
        if wanted(frame):
            return frame


def _rest(socket: ClientConnection, frames: Frames) -> None:
    """What was on its way to the screen when the service died."""
    try:
        while True:
            frames.append(json.loads(socket.recv(timeout=PATIENCE_S)))
    except ConnectionClosed:
        return


def _named(frames: Frames, name: str) -> Frames:
    return [frame for frame in frames if frame.get("name") == name]


def _accept(client: Client, call: str, made: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """The decision that was sent, and the service's word that it is safe."""
    decision = {
        "decision_id": "d1",
        "appeal_id": made["appeal_id"],
        "slot": made["suggestion"]["slot"],
        "verdict": "accept",
        "suggestion_id": made["suggestion_id"],
    }
    return decision, client.post(f"/api/calls/{call}/decisions", decision)


@pytest.fixture(scope="module")
def gold() -> GoldCall:
    return next(call for call in load_calls(shipped_recordings() / "calls.jsonl") if call.call_id == RECORDING)


def _talk_until_killed(client: Client, service: Any, call: str) -> tuple[Frames, dict[str, Any], Any]:
    frames: Frames = []
    decided: tuple[dict[str, Any], Any] | None = None
    with client.live(call) as socket:
        heard = _until(socket, lambda f: f["type"] == "hello", frames)["heard_until"]
        for _ in client.play(socket, heard, frames):
            if decided is None and (made := _named(frames, "suggestion_made")):
                decided = _accept(client, call, made[0]["data"])
            if decided and len(_named(frames, "utterance_heard")) >= KILLED_AFTER:
                break
        assert decided is not None, "the recording was over before there was anything to decide"
        assert service.end(signal.SIGKILL) == -signal.SIGKILL
        _rest(socket, frames)
    return [frame for frame in frames if frame["type"] == "event"], *decided


def _go_on_to_the_end(client: Client, call: str, after: int) -> dict[str, float]:
    """Where the sound was taken up again."""
    frames: Frames = []
    with client.live(call, after) as socket:
        heard: dict[str, float] = _until(socket, lambda f: f["type"] == "hello", frames)["heard_until"]
        for _ in client.play(socket, heard, frames):
            pass
        socket.send(json.dumps({"type": "hang_up"}))
        if not _named(frames, "call_ended"):
            _until(socket, lambda f: f.get("name") == "call_ended", frames)
    return heard


def test_a_recorded_call_survives_the_kill_of_the_service_that_hears_it(real_service: Any, gold: GoldCall) -> None:
    password = real_service.add_account("zuoxi01", "agent")
    recording = read_recording(gold.recording(telephone=False))
    real_service.start()
    login = httpx.post(
        f"{real_service.address}/api/login", json={"name": "zuoxi01", "password": password}, timeout=PATIENCE_S
    ).json()
    first = Client(real_service.address, login["token"], recording)
    call = first.post("/api/calls", {"channel": "recording", "recording": RECORDING})["call_id"]
    shown, decision, acknowledged = _talk_until_killed(first, real_service, call)
    first.http.close()

    real_service.start()
    second = Client(real_service.address, login["token"], recording)
    kept = second.get(f"/api/calls/{call}/events")["events"]
    assert kept[: len(shown)] == shown
    assert [event["seq"] for event in kept] == list(range(1, len(kept) + 1))
    assert second.post(f"/api/calls/{call}/decisions", decision) == acknowledged
    assert not _named(kept, "call_ended")

    heard = _go_on_to_the_end(second, call, shown[-1]["seq"])
    said = second.get(f"/api/calls/{call}")
    second.http.close()
    assert said["ended"] is True
    assert 0 < heard["citizen"] < gold.seconds
    before = _named(kept, "utterance_heard")
    assert said["utterances"][: len(before)] == [event["data"]["utterance"] for event in before]
    _assert_heard_once_and_whole(said["utterances"], gold)
    assert real_service.end(signal.SIGTERM) in (0, -signal.SIGTERM)
    assert not [u["text"] for u in said["utterances"] if u["text"] in real_service.log]


def _assert_heard_once_and_whole(said: Frames, gold: GoldCall) -> None:
    """Most of each turn of the recording was heard (people pause in them), and no sound twice."""
    for speaker in Speaker:
        times = [(u["start"], u["end"]) for u in said if u["speaker"] == speaker.value]
        assert all(end <= start + 0.05 for (_, end), (start, _) in pairwise(times)), times
        for turn in gold.turns:
            if turn.speaker is speaker:
                covered = sum(max(0.0, min(end, turn.end) - max(start, turn.start)) for start, end in times)
                assert covered > (turn.end - turn.start) / 2, (turn, times)
