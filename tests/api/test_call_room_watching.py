"""Those who watch a call, and how fast they read."""

from __future__ import annotations

import asyncio

from room_parts import frames

from api.call_room import CallRoom
from api.ears import Ears
from api.watchers import Watcher


def test_a_slow_watcher_is_dropped_and_neither_the_call_nor_the_others_wait(in_room, parts):
    async def story(room: CallRoom, ears: Ears) -> None:
        slow, quick = Watcher(most_frames=2), Watcher()
        room.enter(slow)
        room.enter(quick)
        ears.listen(quick, 8000, {})
        ears.take(quick, parts.stereo(parts.sound(*[(1, 0.2), (0, 0.4)] * 8)))
        await ears.hang_up()
        assert slow.dropped.is_set()
        assert "after=" in slow.farewell
        said = [frame for frame in frames(quick) if frame.get("name") == "utterance_heard"]
        assert len(said) == 8

    in_room(story)


def test_grey_text_alone_never_drops_a_watcher(in_room, parts):
    async def story(room: CallRoom, ears: Ears) -> None:
        slow = Watcher(most_frames=2)
        room.enter(slow)
        ears.listen(slow, 8000, {})
        for _ in range(10):
            ears.take(slow, parts.stereo(parts.sound((1, 0.1))))
            await asyncio.sleep(0.01)
        while ears.lag:
            await asyncio.sleep(0.01)
        assert not slow.dropped.is_set()

    in_room(story)
