"""Looks at something again and again on a thread of its own, and at once when there is news."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from api.errors import log_unforeseen


class Looking:
    """``look`` is called every ``every`` seconds; what it raises is logged as met while ``doing``, once for each kind.

    What is served goes on being served meanwhile, and the next look may succeed. Made, started and closed on the event
    loop.
    """

    def __init__(self, look: Callable[[], object], every: float, doing: str) -> None:
        self._look = look
        self._every = every
        self._doing = doing
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._wrong = ""

    def wake(self) -> None:
        """There is news: look now. To be called on the event loop."""
        self._news.set()

    def start(self) -> None:
        """Begin to look; nothing waits for it."""
        self._task = asyncio.ensure_future(self._keep_looking())

    async def close(self) -> None:
        """The service stops."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def once(self) -> None:
        """One look, here and now."""
        try:
            self._look()
        except Exception as error:
            # Every few seconds the same line would bury the log.
            if type(error).__name__ != self._wrong:
                log_unforeseen(error, self._doing)
            self._wrong = type(error).__name__
        else:
            self._wrong = ""

    async def _keep_looking(self) -> None:
        thread = ThreadPoolExecutor(1, thread_name_prefix="looking")
        try:
            while True:
                self._news.clear()
                await asyncio.get_running_loop().run_in_executor(thread, self.once)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), self._every)
        finally:
            thread.shutdown(wait=True, cancel_futures=True)
