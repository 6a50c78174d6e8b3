"""Those who watch a call. What happens is put before each of them; a slow one never holds up the call or the others."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

MOST_FRAMES = 512
TRY_AGAIN_LATER = 1013
SERVICE_RESTART = 1012


@dataclass(frozen=True, slots=True)
class Frame:
    """A text frame for the wire; ``seq`` is set where it is an event of the journal."""

    text: str
    seq: int | None = None


class Watcher:
    """One socket's place in a call. Lives on the event loop."""

    def __init__(self, most_frames: int = MOST_FRAMES) -> None:
        self._frames: asyncio.Queue[Frame] = asyncio.Queue(most_frames)
        self.dropped = asyncio.Event()
        self.farewell = ""
        self.close_code = TRY_AGAIN_LATER

    def offer(self, frame: Frame) -> bool:
        """Put a frame before the watcher; ``False`` where it was too slow for an event and is dropped.

        Grey text and lag are let go instead: the next of them says as much.
        """
        if self.dropped.is_set():
            return True
        try:
            self._frames.put_nowait(frame)
        except asyncio.QueueFull:
            if frame.seq is None:
                return True
            self.drop("This screen could not keep up. Connect again with the last seq it has seen as after=.")
            return False
        return True

    def drop(self, farewell: str, close_code: int = TRY_AGAIN_LATER) -> None:
        """Send the watcher away with a sentence."""
        self.farewell, self.close_code = farewell, close_code
        self.dropped.set()

    async def next(self) -> Frame:
        """The next frame, when there is one."""
        return await self._frames.get()
