"""The threads that do what must not be done on the event loop.

Pools, all bounded: hearing and advising take processor time and wait their turn among themselves; what a person is
waiting for (a decision, a login, a page of the journal) is short and never queues behind them; what no call waits for
(a challenger's ranking, an uploaded file, a report) has one thread that gives way to all others.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

DESK_THREADS = 8
_GIVES_WAY = 10


class Workers:
    """Bounded pools. Made when the service starts, closed when it stops."""

    def __init__(self, heavy: int) -> None:
        self._heavy = ThreadPoolExecutor(heavy, thread_name_prefix="hear")
        self._light = ThreadPoolExecutor(DESK_THREADS, thread_name_prefix="desk")
        self._aside = ThreadPoolExecutor(1, thread_name_prefix="aside", initializer=_give_way)

    async def compute(self, job: Callable[[], T]) -> T:
        """Hear or advise: processor time, on one of ``heavy`` threads."""
        return await asyncio.get_running_loop().run_in_executor(self._heavy, job)

    async def quick(self, job: Callable[[], T]) -> T:
        """Read or write a little, while a person waits."""
        return await asyncio.get_running_loop().run_in_executor(self._light, job)

    async def aside(self, job: Callable[[], T]) -> T:
        """What no call waits for, and a person only where it may take a while."""
        return await asyncio.get_running_loop().run_in_executor(self._aside, job)

    def close(self) -> None:
        """Let what runs come to its end, start nothing more."""
        self._heavy.shutdown(wait=True, cancel_futures=True)
        self._light.shutdown(wait=True, cancel_futures=True)
        self._aside.shutdown(wait=True, cancel_futures=True)


def _give_way() -> None:
    """On Linux each thread has a niceness of its own."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _GIVES_WAY)
