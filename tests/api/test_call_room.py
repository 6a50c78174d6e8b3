from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from api.call_room import CallRoom
from api.ears import Ears
from api.metrics import Metrics
from api.rooms import Rooms
from api.watchers import Watcher
from api.workers import Workers
from copilot.call import Call, Channel, Speaker, Utterance
from copilot.errors import StorageProblem
from copilot.events import AppealOpened, CallEnded, CallStarted, Event, SuggestionMade, UtteranceHeard
from copilot.journal import MemoryJournal
from copilot.ports import Copilot
from copilot.session import CallSession
from copilot.state import CallState
from copilot.suggestion import Decision, Slot, Verdict

CALL = Call("c-1", Channel.TELEPHONE, "zuoxi01", date(2026, 11, 22), "云川市")


def _now() -> datetime:
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


@pytest.fixture
def in_room(parts) -> Callable[..., None]:
    """Run a story in a fresh room on its own event loop."""

    def run(story: Callable[[CallRoom, Ears], Awaitable[None]], journal: MemoryJournal | None = None) -> None:
        async def tell() -> None:
            kept = journal or MemoryJournal()
            copilot = Copilot(parts.ScriptedEngine(), (parts.ScriptedAdvisor(),), parts.ScriptedEmergencies())
            workers = Workers(2)
            room = CallRoom(CallSession.begin(copilot, kept, CALL, _now()), kept, workers, Metrics(), _now)
            try:
                async with asyncio.timeout(20):
                    await story(room, Ears(room))
            finally:
                await room.close()
                workers.close()

        asyncio.run(tell())

    return run


def _in_rooms(parts, story: Callable[[Rooms], Awaitable[None]], journal: MemoryJournal) -> None:
    """Run a story in a service whose calls are let go as soon as nobody needs them."""

    async def tell() -> None:
        workers = Workers(2)
        copilot = Copilot(parts.ScriptedEngine(), (parts.ScriptedAdvisor(),), parts.ScriptedEmergencies())
        rooms = Rooms(copilot, journal, workers, Metrics(), _now, idle_seconds=0)
        try:
            async with asyncio.timeout(20):
                await story(rooms)
        finally:
            await rooms.close()
            workers.close()

    asyncio.run(tell())


def _frames(watcher: Watcher) -> list[dict[str, Any]]:
    frames = []
    while not watcher._frames.empty():
        frames.append(json.loads(watcher._frames.get_nowait().text))
    return frames


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
        said = [frame for frame in _frames(quick) if frame.get("name") == "utterance_heard"]
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


def test_words_that_could_not_be_recorded_are_kept_and_recorded_at_the_next_chance(in_room, parts):
    journal = FullDisk()

    async def story(room: CallRoom, ears: Ears) -> None:
        sender = Watcher()
        room.enter(sender)
        journal.refusals = 2
        ears.listen(sender, 8000, {})
        ears.take(sender, parts.stereo(parts.sound((2, 1.0), (0, 0.5), (3, 1.0), (0, 2.5))))
        await ears.hang_up()
        assert not sender.dropped.is_set()
        assert [(u.text, u.start) for u in room.session.state.utterances] == [
            (parts.SENTENCES[2], 0.0),
            (parts.SENTENCES[3], 1.5),
        ]
        frames = _frames(sender)
        (problem,) = [frame["message"] for frame in frames if frame["type"] == "problem"]
        assert "Free some space" in problem
        seqs = [frame["seq"] for frame in frames if frame["type"] == "event"]
        assert seqs == sorted(seqs)

    in_room(story, journal)


def test_words_that_nobody_waits_for_are_recorded_when_that_is_possible_again(in_room, parts):
    journal = FullDisk()

    async def story(room: CallRoom, ears: Ears) -> None:
        sender = Watcher()
        journal.refusals = 3
        ears.listen(sender, 8000, {})
        ears.take(sender, parts.stereo(parts.sound((2, 1.0))))
        ears.leave(sender)
        while not room.session.state.utterances:
            ears.rest(0.0)
            await asyncio.sleep(0.01)
        assert journal.refusals == 0
        assert [u.text for u in room.session.state.utterances] == [parts.SENTENCES[2]]
        while ears.owing:
            await asyncio.sleep(0.01)

    in_room(story, journal)


def test_a_call_that_cannot_be_ended_can_be_ended_again_with_all_its_words(in_room, parts):
    journal = FullDisk()

    async def story(room: CallRoom, ears: Ears) -> None:
        sender = Watcher()
        journal.refusals = 1
        ears.listen(sender, 8000, {})
        ears.take(sender, parts.stereo(parts.sound((2, 1.0))))
        with pytest.raises(StorageProblem):
            await ears.hang_up()
        await ears.hang_up()
        assert room.ended
        assert [u.text for u in room.session.state.utterances] == [parts.SENTENCES[2]]

    in_room(story, journal)


def test_the_last_words_of_a_call_that_could_not_be_ended_are_recorded_by_the_sweep(parts):
    journal = FullDisk()

    async def story(rooms: Rooms) -> None:
        await rooms.begin(CALL)
        async with rooms.call("c-1") as call:
            sender = Watcher()
            call.ears.listen(sender, 8000, {})
            call.ears.take(sender, parts.stereo(parts.sound((2, 1.0))))
            journal.refusals = 3
            with pytest.raises(StorageProblem):
                await call.ears.hang_up()
            room = call.room
        while room.owing or call.ears.owing or room.busy:
            rooms.sweep()
            assert len(rooms) == 1
            await asyncio.sleep(0.01)
        assert [u.text for u in CallState.of(journal.read("c-1")).utterances] == [parts.SENTENCES[2]]
        rooms.sweep()
        assert len(rooms) == 0

    _in_rooms(parts, story, journal)


def test_words_behind_a_refused_one_are_tried_again_although_one_got_past(in_room, parts):
    class OneEach(FullDisk):
        def append(self, call_id: str, events: Any, at: datetime) -> Any:
            recorded = super().append(call_id, events, at)
            if any(isinstance(event, UtteranceHeard) for event in events):
                self.refusals = 1
            return recorded

    async def story(room: CallRoom, ears: Ears) -> None:
        sender = Watcher()
        ears.listen(sender, 8000, {})
        ears.take(sender, parts.stereo(parts.sound((1, 0.2), (2, 0.2), (3, 0.2), (0, 0.4))))
        ears.leave(sender)
        while len(room.session.state.utterances) < 3:
            ears.rest(0.0)
            await asyncio.sleep(0.01)
        assert [u.text for u in room.session.state.utterances] == [parts.SENTENCES[n] for n in (1, 2, 3)]

    in_room(story, OneEach())


@pytest.mark.parametrize("again", [True, False])
def test_what_was_recorded_before_the_end_was_refused_is_shown_and_advised_on(in_room, parts, again):
    journal = FullDisk()
    journal.refused = CallEnded

    async def story(room: CallRoom, ears: Ears) -> None:
        sender = Watcher()
        room.enter(sender)
        journal.refusals = 1
        ears.listen(sender, 8000, {})
        ears.take(sender, parts.stereo(parts.sound((2, 1.0))))
        with pytest.raises(StorageProblem):
            await ears.hang_up()
        if again:
            await ears.hang_up()
        while room.busy:
            await asyncio.sleep(0.01)
        assert room.heard_until[Speaker.CITIZEN] == 1.0
        assert room.session.state.suggestions
        events = [frame for frame in _frames(sender) if frame["type"] == "event"]
        assert [frame["seq"] for frame in events] == list(range(3, room.seq + 1))
        assert [frame["name"] for frame in events].count("utterance_heard") == 1

    in_room(story, journal)


def test_what_a_failed_turn_recorded_is_shown_by_the_next_where_it_could_not_be_read(in_room, monkeypatch):
    async def story(room: CallRoom, ears: Ears) -> None:
        watcher = Watcher()
        room.enter(watcher)

        def refuse(*_: Any) -> Any:
            raise StorageProblem("The disk is full. Free some space.")

        def half() -> Any:
            room.session.open_appeal(_now())
            return refuse()

        with monkeypatch.context() as broken:
            broken.setattr(room.journal, "read", refuse)
            with pytest.raises(StorageProblem):
                await room.at_desk(half)
        assert not _frames(watcher)
        await room.open_appeal()
        assert [frame["seq"] for frame in _frames(watcher)] == [3, 4]

    in_room(story)


def test_advice_that_the_journal_refused_is_made_again_by_the_sweep_and_told_once(parts):
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
        assert [frame["type"] for frame in _frames(watcher)].count("problem") == 1

    _in_rooms(parts, story, journal)


def test_a_call_taken_up_again_is_advised_on_what_was_said_last(parts):
    journal = MemoryJournal()
    said = Utterance("u1", Speaker.CITIZEN, parts.SENTENCES[2], 0.0, 1.0, "1")
    journal.append("c-1", [CallStarted(CALL), AppealOpened("1", cue=""), UtteranceHeard(said)], _now())

    async def story(rooms: Rooms) -> None:
        async with rooms.call("c-1") as call:
            while call.room.busy:
                await asyncio.sleep(0.01)
        made = CallState.of(journal.read("c-1")).suggestions
        assert {suggestion.heard_until for suggestion in made.values()} == {1.0}

    _in_rooms(parts, story, journal)
    before = len(journal.read("c-1"))
    _in_rooms(parts, story, journal)
    assert len(journal.read("c-1")) == before


def test_decisions_do_not_wait_for_all_the_sound_that_waits(in_room, parts):
    async def story(room: CallRoom, ears: Ears) -> None:
        sender = Watcher()
        room.enter(sender)
        ears.listen(sender, 8000, {})
        ears.take(sender, parts.stereo(parts.sound(*[(1, 0.6), (0, 0.4)] * 25)))
        await room.decide(Decision("d1", "1", Slot.TITLE, Verdict.AMEND, None, "路灯坏了", "zuoxi01"))
        assert ears.lag > 0
        await ears.hang_up()
        names = [f["name"] for f in _frames(sender) if f["type"] == "event"]
        assert names.index("suggestion_decided") < names.index("call_ended")
        assert names.count("utterance_heard") == 25

    in_room(story)


def test_words_in_the_middle_are_finished_when_the_sender_stays_away(in_room, parts):
    async def story(room: CallRoom, ears: Ears) -> None:
        sender = Watcher()
        ears.listen(sender, 8000, {})
        ears.take(sender, parts.stereo(parts.sound((2, 1.0))))
        while ears.lag or room.busy:
            await asyncio.sleep(0.01)
        ears.leave(sender)
        ears.rest(after_seconds=60)
        assert not room.session.state.utterances
        ears.rest(after_seconds=0)
        while room.busy:
            await asyncio.sleep(0.01)
        assert [u.text for u in room.session.state.utterances] == [parts.SENTENCES[2]]
        back = Watcher()
        ears.listen(back, 8000, {})
        ears.take(back, parts.stereo(parts.sound((3, 1.0), (0, 0.4))))
        await ears.hang_up()
        last = room.session.state.utterances[-1]
        assert (last.text, last.start, last.end) == (parts.SENTENCES[3], 1.0, 2.0)

    in_room(story)


def test_a_recogniser_that_cannot_finish_does_not_keep_the_call_open(in_room, parts, monkeypatch):
    calls: list[int] = []
    finish = parts.ScriptedRecognizer.finish

    def once_broken(self: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("broken")
        return finish(self)

    monkeypatch.setattr(parts.ScriptedRecognizer, "finish", once_broken)

    async def story(room: CallRoom, ears: Ears) -> None:
        sender = Watcher()
        room.enter(sender)
        ears.listen(sender, 8000, {})
        ears.take(sender, parts.stereo(parts.sound((1, 0.5))))
        await ears.hang_up()
        assert room.ended
        assert "last words" in next(f for f in _frames(sender) if f["type"] == "problem")["message"]

    in_room(story)


def test_two_decisions_on_one_suggestion_at_the_same_moment_give_one(in_room):
    async def story(room: CallRoom, ears: Ears) -> None:
        wanted = [Decision(f"d{n}", "1", Slot.TITLE, Verdict.AMEND, None, f"{n}", "zuoxi01") for n in range(20)]
        same = [wanted[0]] * 5
        answers = await asyncio.gather(*(room.decide(decision) for decision in [*wanted, *same]))
        assert len({seq for seq, _ in answers}) == 20

    in_room(story)


def test_a_call_that_nobody_needs_is_let_go_and_comes_back_from_the_journal(parts):
    async def story() -> None:
        journal, workers = MemoryJournal(), Workers(1)
        copilot = Copilot(parts.ScriptedEngine(), (), parts.ScriptedEmergencies())
        rooms = Rooms(copilot, journal, workers, Metrics(), _now, idle_seconds=0)
        await rooms.begin(CALL)
        async with rooms.call("c-1") as used:
            rooms.sweep()
            assert len(rooms) == 1
            await used.room.open_appeal()
        await asyncio.sleep(0.01)
        rooms.sweep()
        assert len(rooms) == 0
        opened = await asyncio.gather(*(_enter(rooms) for _ in range(5)))
        assert len({id(room) for room in opened}) == 1
        assert opened[0].session.state.current_appeal == "2"
        await rooms.close()
        workers.close()

    async def _enter(rooms: Rooms) -> CallRoom:
        async with rooms.call("c-1") as call:
            return call.room

    asyncio.run(story())
