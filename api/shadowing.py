"""Asks the challenger beside a call: after its suggestions, on the thread nobody waits for, and never in its way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, Protocol

from api.metrics import Metrics
from api.workers import Workers
from copilot.call import Utterance
from copilot.events import Recorded
from copilot.journal import Journal
from copilot.session import CallSession
from copilot.shadow import Glance, Shadow


class Room(Protocol):
    """What is needed of the call beside which a challenger is asked: :class:`api.call_room.CallRoom` is one."""

    session: CallSession
    journal: Journal
    workers: Workers
    metrics: Metrics
    now: Callable[[], datetime]

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something on behalf of the call that nobody waits for."""
        ...

    async def at_desk(self, job: Callable[[], Sequence[Recorded]], *, from_outside: bool = False) -> object:
        """Do ``job`` in its turn. ``from_outside``: it writes to the journal past the session."""
        ...


class Shadowing:
    """One call's. Of each appeal only the latest moment waits: what is overtaken is not asked any more."""

    def __init__(self, room: Room, shadow: Shadow | None) -> None:
        self._room = room
        self._shadow = shadow
        self._waiting: dict[str, Glance] = {}
        self._asking: asyncio.Task[None] | None = None

    def glance(self, utterance: Utterance) -> None:
        """Note what both routers may know now. Held turn required; nothing is waited for, and nothing is raised."""
        if self._shadow is None:
            return
        try:
            seen = self._shadow.glance(self._room.session.state, utterance.appeal_id, utterance.end)
        except Exception as error:
            self._room.metrics.error("challenge", error)
            return
        if seen is None:
            return
        self._waiting[utterance.appeal_id] = seen
        if self._asking is None or self._asking.done():
            self._asking = self._room.start(self._ask_all(self._shadow))

    async def _ask_all(self, shadow: Shadow) -> None:
        while self._waiting:
            seen = self._waiting.pop(next(iter(self._waiting)))
            try:
                await self._ask(shadow, seen)
            except Exception as error:  # whatever a challenger does, the call does not notice
                self._room.metrics.error("challenge", error)

    async def _ask(self, shadow: Shadow, seen: Glance) -> None:
        room = self._room
        ranked = await room.workers.aside(lambda: shadow.rank(seen))
        if ranked is None:
            return
        call_id = room.session.call.call_id
        await room.at_desk(lambda: room.journal.append(call_id, [ranked], room.now()), from_outside=True)
        room.metrics.challenged.inc()
