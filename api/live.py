"""The socket of a call: sound up, events down.

Nothing is lost or doubled between what is read from the journal and what happens meanwhile: the socket first takes its
place among the watchers, then reads the journal, then leaves out of the live frames what it has sent already.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, WebSocket
from pydantic import ValidationError
from starlette.responses import JSONResponse
from starlette.websockets import WebSocketDisconnect

from api import wire
from api.dependencies import (
    READERS,
    account_of,
    has_role,
    metrics_of,
    refuse_foreign_page,
    rooms_of,
    workers_of,
)
from api.ears import TooMuchSound
from api.errors import NotLoggedIn, body_of, log_unforeseen, sentence_of, status_of
from api.rooms import OpenCall
from api.schemas import HangUp, Listen
from api.watchers import Frame, Watcher
from copilot.call import Speaker
from copilot.errors import EXPECTED, BadInput, HotlineError, NotAllowed
from copilot.store import Account, Role

router = APIRouter()

POLICY = 1008
LOGIN_CHECK_SECONDS = 5.0
FAREWELL_SECONDS = 2.0
MOST_TEXT = 10_000


@router.websocket("/api/calls/{call_id}/live")
async def live(socket: WebSocket, call_id: str, after: Annotated[int, Query(ge=0)] = 0) -> None:
    """See ``docs/wire.md``. Whoever may read a call may watch it; only an agent may send its sound or end it."""
    try:
        refuse_foreign_page(socket)
        account = has_role(*READERS)(await account_of(socket))
        async with rooms_of(socket).call(call_id) as call:
            await socket.accept()
            await Visit(socket, call, account).last_until_gone(after)
    except HotlineError as error:
        await _refuse(socket, error)


async def _refuse(socket: WebSocket, error: HotlineError) -> None:
    """Before the handshake is done, refusals are plain HTTP answers."""
    with contextlib.suppress(RuntimeError, WebSocketDisconnect):
        await socket.send_denial_response(JSONResponse(body_of(error), status_of(error)))


class Visit:
    """One socket in one call."""

    def __init__(self, socket: WebSocket, call: OpenCall, account: Account) -> None:
        self._socket = socket
        self._room = call.room
        self._ears = call.ears
        self._account = account
        self._watcher = Watcher()
        self._last_problem = ""

    async def last_until_gone(self, after: int) -> None:
        """Until the socket closes, is too slow, is no longer logged in, or the service stops."""
        self._room.enter(self._watcher)
        metrics = metrics_of(self._socket)
        metrics.watchers.inc()
        tasks = [
            asyncio.ensure_future(work)
            for work in (self._send(after), self._receive(), self._stay_allowed(), self._watcher.dropped.wait())
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._room.leave(self._watcher)
            self._ears.leave(self._watcher)
            metrics.watchers.dec()
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            self._log(tasks)
        await self._say_farewell()

    def _log(self, tasks: Sequence[asyncio.Future[Any]]) -> None:
        for task in tasks:
            fault = None if task.cancelled() else task.exception()
            if fault is not None and not isinstance(fault, WebSocketDisconnect):
                metrics_of(self._socket).error("live", fault)
                log_unforeseen(fault, "serving a socket")

    async def _say_farewell(self) -> None:
        """A socket that does not read is not waited for."""
        if not self._watcher.dropped.is_set():
            return
        with contextlib.suppress(TimeoutError, RuntimeError, WebSocketDisconnect, OSError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                await self._socket.send_text(wire.text_of(wire.problem_frame(self._watcher.farewell)))
                await self._socket.close(self._watcher.close_code)

    # -- down  ---------------------------------------------------------------

    async def _send(self, after: int) -> None:
        hello = self._room.hello()
        await self._socket.send_text(wire.text_of(hello))
        sent = await self._catch_up(min(after, await self._last_seq()) if after > self._room.seq else after)
        while True:
            frame = await self._watcher.next()
            if frame.seq is not None:
                if frame.seq > sent + 1:
                    sent = await self._catch_up(sent)
                if frame.seq <= sent:
                    continue
                sent = frame.seq
            await self._socket.send_text(frame.text)

    async def _last_seq(self) -> int:
        """The journal's own: it is ahead of what was shown for the moment between recording and showing."""
        room = self._room
        recorded = await workers_of(self._socket).quick(lambda: room.journal.read(room.call.call_id))
        return recorded[-1].seq

    async def _catch_up(self, after: int) -> int:
        """Send what the journal has after ``after``; the last seq sent."""
        room, workers = self._room, workers_of(self._socket)

        def read() -> list[Frame]:
            recorded = room.journal.read(room.call.call_id)
            return [Frame(wire.text_of(frame), frame["seq"]) for frame in wire.event_frames(recorded, after)]

        frames = await workers.quick(read)
        for frame in frames:
            await self._socket.send_text(frame.text)
        return frames[-1].seq or after if frames else after

    async def _stay_allowed(self) -> None:
        """A login that ends, an account that is shut or a role that is taken away ends its sockets too."""
        while True:
            await asyncio.sleep(LOGIN_CHECK_SECONDS)
            try:
                self._account = has_role(*READERS)(await account_of(self._socket))
            except (NotLoggedIn, NotAllowed) as error:
                self._watcher.drop(str(error), POLICY)
                return
            except HotlineError:  # the database hiccups: a call is not cut off for that
                continue
            if Role.AGENT not in self._account.roles:
                self._ears.leave(self._watcher)

    # -- up  ---------------------------------------------------------------

    async def _receive(self) -> None:
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            try:
                self._tell(await self._understand(message.get("text"), message.get("bytes")))
            except TooMuchSound as error:
                self._tell(str(error), **{"from": error.resend_from})
            except EXPECTED as error:
                self._tell(str(error))
            except Exception as error:
                metrics_of(self._socket).error("live", error)
                self._tell(self._room.explain(error, "That could not be done."))

    def _tell(self, problem: str, **more: Any) -> None:
        """Say it once: a sender of a hundred frames a second makes the same mistake a hundred times a second."""
        if problem and problem != self._last_problem:
            self._watcher.offer(Frame(wire.text_of(wire.problem_frame(problem, **more))))
            self._last_problem = problem

    async def _understand(self, text: str | None, data: bytes | None) -> str:
        if not self._account.roles.intersection({Role.AGENT}):
            raise BadInput("This account may watch the call. Only an agent may send its sound or end it.")
        if text is None:
            return self._ears.take(self._watcher, data or b"")
        frame = _parse(text)
        self._last_problem = ""
        if isinstance(frame, HangUp):
            return await self._ears.hang_up()
        self._ears.listen(
            self._watcher, frame.sample_rate, {Speaker(name): second for name, second in frame.begins.items()}
        )
        return ""


def _parse(text: str) -> Listen | HangUp:
    try:
        raw = json.loads(text) if len(text) <= MOST_TEXT else None
    except (ValueError, RecursionError):
        raw = None
    kind = raw.get("type") if isinstance(raw, dict) else None
    try:
        if kind == "listen":
            return Listen.model_validate(raw)
        if kind == "hang_up":
            return HangUp.model_validate(raw)
    except ValidationError as error:
        raise BadInput(sentence_of([{**fault, "loc": ("frame", *fault["loc"])} for fault in error.errors()])) from error
    raise BadInput('That text is not understood. Send {"type": "listen", "sample_rate": 16000} or {"type": "hang_up"}.')
