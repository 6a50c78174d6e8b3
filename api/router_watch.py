"""Takes up what was promoted, rolled back or set as challenger while the service runs: it looks every few seconds.

The look is one small file. A router that is new is loaded on the thread that nobody waits for; calls go on with the old
one until it is ready.
"""

from __future__ import annotations

import asyncio
import contextlib

from api.errors import log_unforeseen
from api.metrics import Metrics
from api.workers import Workers
from copilot.router_keeper import RouterKeeper

LOOK_EVERY_SECONDS = 5.0


class RouterWatch:
    """Made, started and closed with the service, on its event loop. Without ``keeper`` it does nothing."""

    def __init__(self, keeper: RouterKeeper | None, workers: Workers, metrics: Metrics) -> None:
        self._keeper = keeper
        self._workers = workers
        self._metrics = metrics
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look; nothing waits for it."""
        if self._keeper is not None:
            self._watching = asyncio.ensure_future(self._keep_looking(self._keeper))

    async def close(self) -> None:
        """The service stops."""
        if self._watching is not None:
            self._watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watching

    async def _keep_looking(self, keeper: RouterKeeper) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            try:
                await self._workers.aside(keeper.look)
            except Exception as error:  # the router in service goes on serving, and the next look may succeed
                self._metrics.error("routers", error)
                log_unforeseen(error, "looking for a promoted router")
