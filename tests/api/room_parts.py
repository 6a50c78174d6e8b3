"""A call in a room of its own, or in a service that lets calls go, on scripted parts and a journal that may refuse."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import scripted_parts as parts

from api.call_room import CallRoom
from api.ears import Ears
from api.metrics import Metrics
from api.rooms import Rooms
from api.watchers import Watcher
from api.workers import Workers
from copilot.call import Call, Channel
from copilot.errors import StorageProblem
from copilot.events import Event, UtteranceHeard
from copilot.journal import MemoryJournal
from copilot.ports import Copilot
from copilot.session import CallSession

CALL = Call("c-1", Channel.TELEPHONE, "zuoxi01", date(2026, 11, 22), "云川市")


def now() -> datetime:
    return datetime.now(UTC)


class FullDisk(MemoryJournal):
    """Refuses what was said, or another kind of event, as often as it is told."""

    refusals = 0
    refused: type[Event] = UtteranceHeard

    def append(self, call_id: str, events: Any, at: datetime) -> Any:
        if self.refusals and any(isinstance(event, self.refused) for event in events):
            self.refusals -= 1
            raise StorageProblem("The disk is full. Free some space.")
        return super().append(call_id, events, at)


def frames(watcher: Watcher) -> list[dict[str, Any]]:
    """What a watcher was shown and has not read yet."""
    shown = []
    while not watcher._frames.empty():
        shown.append(json.loads(watcher._frames.get_nowait().text))
    return shown


def tell_in_room(story: Callable[[CallRoom, Ears], Awaitable[None]], journal: MemoryJournal | None = None) -> None:
    """Run a story in a fresh room on its own event loop."""

    async def tell() -> None:
        kept, workers = journal or MemoryJournal(), Workers(2)
        room = CallRoom(CallSession.begin(_copilot(), kept, CALL, now()), kept, workers, Metrics(), now)
        try:
            async with asyncio.timeout(20):
                await story(room, Ears(room))
        finally:
            await room.close()
            workers.close()

    asyncio.run(tell())


def tell_in_rooms(story: Callable[[Rooms], Awaitable[None]], journal: MemoryJournal) -> None:
    """Run a story in a service whose calls are let go as soon as nobody needs them."""

    async def tell() -> None:
        workers = Workers(2)
        rooms = Rooms(_copilot(), journal, workers, Metrics(), now, idle_seconds=0)
        try:
            async with asyncio.timeout(20):
                await story(rooms)
        finally:
            await rooms.close()
            workers.close()

    asyncio.run(tell())


def _copilot() -> Copilot:
    return Copilot(parts.ScriptedEngine(), (parts.ScriptedAdvisor(),), parts.ScriptedEmergencies())
