"""Keeps the precedents level with the orders, in a thread of its own, so that nobody waits for it.

It looks when the service starts, when it is woken by a dispatch, and once a minute, since another process may have
dispatched. Between a few orders and the next it rests as long as they took: calls have the processor first.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from api.errors import log_unforeseen
from copilot.precedents import Precedents, SettledOrders

LOOK_EVERY_SECONDS = 60.0


class PrecedentKeeper:
    """Made, started and closed with the service, on its event loop. Without ``precedents`` it does nothing."""

    def __init__(self, precedents: Precedents | None, settled: SettledOrders) -> None:
        self._precedents = precedents
        self._settled = settled
        self._news = asyncio.Event()
        self._hurry = threading.Event()
        self._rested_at = 0.0
        self._looking: asyncio.Future[None] | None = None

    def wake(self) -> None:
        """An order was dispatched or came back: look now, the newest first."""
        self._hurry.set()
        self._news.set()

    def start(self) -> None:
        """Begin to look; nothing waits for it."""
        if self._precedents is not None:
            self._looking = asyncio.ensure_future(self._keep_looking(self._precedents))

    async def close(self) -> None:
        """The service stops: end the look that is under way."""
        if self._looking is not None:
            self._looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._looking

    async def _keep_looking(self, precedents: Precedents) -> None:
        """Until cancelled; what goes wrong is logged and tried again at the next look."""
        thread = ThreadPoolExecutor(1, thread_name_prefix="precedents")
        try:
            while True:
                self._news.clear()
                self._hurry.clear()
                await asyncio.get_running_loop().run_in_executor(thread, self._look, precedents)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), LOOK_EVERY_SECONDS)
        finally:
            self._hurry.set()
            thread.shutdown(wait=True, cancel_futures=True)

    def _look(self, precedents: Precedents) -> None:
        self._rested_at = time.monotonic()
        try:
            precedents.catch_up(self._settled, self._rested)
        except Exception as error:  # routing works without precedents, and the next look may succeed
            log_unforeseen(error, "keeping the precedents")

    def _rested(self) -> bool:
        """Rest as long as the work since the last rest took; not where there is news, or an end."""
        interrupted = self._hurry.wait(time.monotonic() - self._rested_at)
        self._rested_at = time.monotonic()
        return not interrupted
