"""Suggestions that are owed to a call are made later."""

from __future__ import annotations

import asyncio

from room_parts import CALL, FullDisk, frames, now

from api.rooms import Rooms
from api.watchers import Watcher
from copilot.call import Speaker, Utterance
from copilot.events import AppealOpened, CallStarted, SuggestionMade, UtteranceHeard
from copilot.journal import MemoryJournal
from copilot.state import CallState


def test_advice_that_the_journal_refused_is_made_again_by_the_sweep_and_told_once(in_rooms, parts):
    journal = FullDisk()
    journal.refused = SuggestionMade

    async def story(rooms: Rooms) -> None:
        await rooms.begin(CALL)
        watcher = Watcher()
        journal.refusals = 3
        async with rooms.call("c-1") as call:
            room = call.room
            room.enter(watcher)
            call.ears.listen(watcher, 8000, {})
            call.ears.take(watcher, parts.stereo(parts.sound((2, 1.0))))
            await call.ears.hang_up()
        while room.busy or room.owing:
            rooms.sweep()
            assert len(rooms) == 1
            await asyncio.sleep(0.01)
        assert journal.refusals == 0
        assert CallState.of(journal.read("c-1")).suggestions
        assert [frame["type"] for frame in frames(watcher)].count("problem") == 1

    in_rooms(story, journal)


def test_a_call_taken_up_again_is_advised_on_what_was_said_last(in_rooms, parts):
    journal = MemoryJournal()
    said = Utterance("u1", Speaker.CITIZEN, parts.SENTENCES[2], 0.0, 1.0, "1")
    journal.append("c-1", [CallStarted(CALL), AppealOpened("1", cue=""), UtteranceHeard(said)], now())

    async def story(rooms: Rooms) -> None:
        async with rooms.call("c-1") as call:
            while call.room.busy:
                await asyncio.sleep(0.01)
        made = CallState.of(journal.read("c-1")).suggestions
        assert {suggestion.heard_until for suggestion in made.values()} == {1.0}

    in_rooms(story, journal)
    before = len(journal.read("c-1"))
    in_rooms(story, journal)
    assert len(journal.read("c-1")) == before
