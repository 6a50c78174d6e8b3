"""The calls that are in memory. A call that nobody needs is let go; the journal has all of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime

from api.call_room import CallRoom
from api.ears import Ears
from api.errors import log_unforeseen
from api.metrics import Metrics
from api.workers import Workers
from copilot.call import Call
from copilot.city_time import city_day
from copilot.errors import StorageProblem
from copilot.journal import Journal
from copilot.ports import Copilot
from copilot.session import CallSession
from copilot.shadow import Shadow

IDLE_SECONDS = 300.0
REST_SECONDS = 10.0
SWEEP_SECONDS = 5.0
RENEW_SECONDS = 0.5


InForce = tuple[str, date]
"""The library's version and the city's day: while both stay, the same is in force."""


class OpenCall:
    """A room with its ears, and how many requests are in it; ``in_force`` is what its cards were held against last."""

    def __init__(self, room: CallRoom, ears: Ears) -> None:
        self.room = room
        self.ears = ears
        self.people = 0
        self.last_used = time.monotonic()
        self.in_force: InForce | None = None

    def idle_for(self) -> float:
        """Seconds since anybody needed this call."""
        needed = self.people or self.room.busy or self.room.owing or self.ears.owing
        return 0.0 if needed else time.monotonic() - self.last_used


class Rooms:
    """All calls in memory of one service. Lives on the event loop."""

    def __init__(
        self,
        copilot: Copilot,
        journal: Journal,
        workers: Workers,
        metrics: Metrics,
        now: Callable[[], datetime],
        idle_seconds: float = IDLE_SECONDS,
        shadow: Shadow | None = None,
    ) -> None:
        self._copilot = copilot
        self._journal = journal
        self._workers = workers
        self._metrics = metrics
        self._now = now
        self._shadow = shadow
        self._idle_seconds = idle_seconds
        self._open: dict[str, OpenCall] = {}
        self._opening: dict[str, asyncio.Lock] = {}
        metrics.watch_rooms(
            lambda: len(self._open),
            lambda: sum(call.ears.listening for call in self._open.values()),
            lambda: sum(call.ears.lag for call in self._open.values()),
        )

    def __len__(self) -> int:
        return len(self._open)

    async def begin(self, call: Call) -> CallRoom:
        """A new call."""
        session = await self._workers.quick(lambda: CallSession.begin(self._copilot, self._journal, call, self._now()))
        return self._keep(session).room

    @asynccontextmanager
    async def call(self, call_id: str) -> AsyncIterator[OpenCall]:
        """The call, taken up from the journal where it is not in memory. Raises NotFound."""
        found = await self._find(call_id)
        found.people += 1
        try:
            yield found
        finally:
            found.people -= 1
            found.last_used = time.monotonic()

    async def _find(self, call_id: str) -> OpenCall:
        if call_id in self._open:
            return self._open[call_id]
        lock = self._opening.setdefault(call_id, asyncio.Lock())
        try:
            async with lock:  # two requests for one call must not make two sessions of it
                if call_id in self._open:
                    return self._open[call_id]
                session = await self._workers.quick(lambda: CallSession.resume(self._copilot, self._journal, call_id))
                return self._keep(session)
        finally:
            if not lock.locked():
                self._opening.pop(call_id, None)

    def _keep(self, session: CallSession) -> OpenCall:
        """The call in memory: the one that is there already, where somebody was quicker.

        A call that begins may be opened from the list before its beginner is back here; and where the last holder of
        the lock failed, one who waited and one who came later may both be here.
        """
        if there := self._open.get(session.call.call_id):
            return there
        room = CallRoom(session, self._journal, self._workers, self._metrics, self._now, self._shadow)
        kept = OpenCall(room, Ears(room))
        self._open[session.call.call_id] = kept
        room.advise_on_rest()
        return kept

    def sweep(self) -> None:
        """Finish the words of calls whose sender has gone, try again what a journal refused, let go of unused calls."""
        for call_id, kept in list(self._open.items()):
            kept.ears.rest(REST_SECONDS)
            kept.room.advise_again()
            kept.room.read_again()
            if kept.idle_for() > self._idle_seconds:
                del self._open[call_id]

    def renew(self) -> None:
        """Where other articles are in force than when a call was last looked at, cards that nothing backs leave it.

        Those of a call that is over too while somebody is at it: its order is not filed yet.
        """
        if self._copilot.sources is None:
            return
        now = (self._copilot.sources.version, city_day(self._now()))
        for kept in self._open.values():
            if kept.in_force != now and (kept.people or not kept.room.ended):
                kept.in_force = now
                kept.room.start(self._renew(kept))

    async def _renew(self, kept: OpenCall) -> None:
        try:
            await kept.room.renew_cards()
        except StorageProblem:
            kept.in_force = None  # the next look tries again
        except Exception as error:
            log_unforeseen(error, "renewing cards")

    async def keep_sweeping(self, every: float = SWEEP_SECONDS) -> None:
        """Until cancelled. A sweep that fails is logged; without the next ones no call would be let go any more."""
        await _again_and_again(self.sweep, every, "sweeping the calls")

    async def keep_renewing(self, every: float = RENEW_SECONDS) -> None:
        """Until cancelled: who reads a card out must not wait for a sweep to learn that it was withdrawn."""
        await _again_and_again(self.renew, every, "renewing cards")

    async def close(self) -> None:
        """The service stops."""
        await asyncio.gather(*(kept.room.close() for kept in self._open.values()))
        self._open.clear()


async def _again_and_again(act: Callable[[], None], every: float, doing: str) -> None:
    while True:
        await asyncio.sleep(every)
        try:
            act()
        except Exception as error:
            log_unforeseen(error, doing)
