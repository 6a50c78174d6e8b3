from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Sequence

import httpx
import numpy as np
import pytest
from rich.console import Console
from websockets.asyncio.server import ServerConnection, serve

from api.cli import headless
from api.cli.headless import HeadlessDemo, Heard
from copilot.errors import Conflict, StorageProblem
from models.hearing.audio import Recording

OPENED = {"type": "event", "name": "appeal_opened", "data": {"appeal_id": "1", "cue": ""}}
ENDED = {"type": "event", "name": "call_ended", "data": {}}
SHORT = Recording(np.zeros((800, 2), np.int16), 8000)


def talked(frames: Sequence[object], *, stays: bool = True) -> Heard:
    """A call on a service that answers ``hang_up`` with these frames, a while between them."""

    async def answer(socket: ServerConnection) -> None:
        async for said in socket:
            if isinstance(said, str) and "hang_up" in said:
                for frame in frames:
                    await socket.send(json.dumps(frame))
                    await asyncio.sleep(0.05)
                if not stays:
                    return

    async def play() -> Heard:
        async with serve(answer, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            demo = HeadlessDemo(f"http://127.0.0.1:{port}", "n", "p", Console(file=io.StringIO()))
            return await demo._talk("c", "t", SHORT)

    return asyncio.run(play())


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headless, "QUIET_S", 0.5)


def test_words_in_brackets_are_words() -> None:
    said = {
        "utterance_id": "u1",
        "speaker": "citizen",
        "text": "[音乐][/b]",
        "start": 0.0,
        "end": 1.0,
        "appeal_id": "1",
    }
    frame = {"type": "event", "name": "utterance_heard", "data": {"utterance": said}}
    assert talked([OPENED, frame, ENDED]).ended


def test_what_is_advised_after_the_end_of_the_call_is_still_read() -> None:
    heard = talked([ENDED, OPENED])
    assert heard.ended
    assert heard.appeals == ["1"]


def test_sound_that_was_refused_ends_the_play_with_the_reason() -> None:
    with pytest.raises(Conflict, match="too slow to hear the call in real time"):
        talked([{"type": "problem", "message": "Too much.", "from": {"citizen": 1.0, "agent": 1.0}}, ENDED])


def test_a_warning_does_not_end_the_play() -> None:
    assert talked([{"type": "problem", "message": "Both channels [alike]."}, OPENED, ENDED]).appeals == ["1"]


def test_a_service_that_hangs_up_in_the_middle_is_an_error() -> None:
    with pytest.raises(Conflict, match="hung up"):
        talked([OPENED], stays=False)


@pytest.mark.parametrize(("status", "kind"), [(409, Conflict), (503, StorageProblem)])
def test_a_refused_request_is_a_sentence(status: int, kind: type[Exception]) -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, json={"error": {"message": "Not so."}})

    async def post() -> None:
        async with httpx.AsyncClient(base_url="http://x", transport=httpx.MockTransport(refuse)) as http:
            await HeadlessDemo("http://x", "n", "p", Console(file=io.StringIO()))._post(http, "/api/calls", {})

    with pytest.raises(kind, match="Not so"):
        asyncio.run(post())
