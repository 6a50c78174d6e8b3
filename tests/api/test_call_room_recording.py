"""Words that the journal refuses are kept and recorded later."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest
from room_parts import CALL, FullDisk, frames, now

from api.call_room import CallRoom
from api.ears import Ears
from api.rooms import Rooms
from api.watchers import Watcher
from copilot.appeal import AppealKind
from copilot.call import Speaker
from copilot.errors import StorageProblem
from copilot.events import AppealOpened, CallEnded, UtteranceHeard
from copilot.state import CallState
from copilot.suggestion import Decision, Slot, Verdict

FILLED = {Slot.DEPARTMENT: "市公安局", Slot.KIND: AppealKind.ENQUIRY, Slot.TITLE: "标题", Slot.SUMMARY: "咨询"}


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
        shown = frames(sender)
        (problem,) = [frame["message"] for frame in shown if frame["type"] == "problem"]
        assert "Free some space" in problem
        seqs = [frame["seq"] for frame in shown if frame["type"] == "event"]
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


def test_the_last_words_of_a_call_that_could_not_be_ended_are_recorded_by_the_sweep(in_rooms, parts):
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

    in_rooms(story, journal)


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
        events = [frame for frame in frames(sender) if frame["type"] == "event"]
        assert [frame["seq"] for frame in events] == list(range(3, room.seq + 1))
        assert [frame["name"] for frame in events].count("utterance_heard") == 1

    in_room(story, journal)


def test_what_is_recorded_beside_the_session_does_not_hide_what_another_process_recorded_before(in_room):
    async def story(room: CallRoom, ears: Ears) -> None:
        watcher = Watcher()
        room.enter(watcher)
        journal = room.journal
        journal.append(CALL.call_id, [AppealOpened("2", cue="")], now())
        await room.at_desk(lambda: journal.append(CALL.call_id, [AppealOpened("3", cue="")], now()), from_outside=True)
        assert [frame["seq"] for frame in frames(watcher)] == [3, 4]
        assert list(room.session.state.appeals) == ["1", "2", "3"]

    in_room(story)


def test_what_a_failed_turn_recorded_is_shown_by_the_next_where_it_could_not_be_read(in_room, monkeypatch):
    async def story(room: CallRoom, ears: Ears) -> None:
        watcher = Watcher()
        room.enter(watcher)

        def refuse(*_: Any) -> Any:
            raise StorageProblem("The disk is full. Free some space.")

        def half() -> Any:
            room.session.open_appeal(now())
            return refuse()

        with monkeypatch.context() as broken:
            broken.setattr(room.journal, "read", refuse)
            with pytest.raises(StorageProblem):
                await room.at_desk(half)
        assert not frames(watcher)
        await room.open_appeal()
        assert [frame["seq"] for frame in frames(watcher)] == [3, 4]

    in_room(story)


def test_an_order_that_was_filed_is_not_said_to_have_failed_because_it_cannot_be_read(in_rooms, monkeypatch):
    journal = FullDisk()

    def refuse(*_: Any) -> Any:
        raise StorageProblem("The disk reported a fault.")

    async def story(rooms: Rooms) -> None:
        room = await rooms.begin(CALL)
        watcher = Watcher()
        room.enter(watcher)
        for slot, value in FILLED.items():
            await room.decide(Decision(f"d-{slot}", "1", slot, Verdict.AMEND, None, value, "zuoxi01"))
        frames(watcher)
        with monkeypatch.context() as broken:
            broken.setattr(journal, "read", refuse)
            order = await room.file("1", "r1", "zuoxi01")
        assert order.number
        assert not frames(watcher)
        while room.behind:
            rooms.sweep()
            await asyncio.sleep(0.01)
        assert [frame["name"] for frame in frames(watcher)] == ["work_order_filed"]

    in_rooms(story, journal)


def test_what_others_recorded_and_could_not_be_read_is_shown_in_order_as_soon_as_it_can(in_rooms, monkeypatch):
    journal = FullDisk()

    def refuse(*_: Any) -> Any:
        raise StorageProblem("The disk is full. Free some space.")

    async def story(rooms: Rooms) -> None:
        room = await rooms.begin(CALL)
        async with rooms.call(CALL.call_id):
            watcher = Watcher()
            room.enter(watcher)
            journal.append(CALL.call_id, [AppealOpened("2", cue="")], now())
            with monkeypatch.context() as broken:
                broken.setattr(journal, "read", refuse)
                await room.at_desk(lambda: room.session._record([AppealOpened("3", cue="")], now()))
                rooms.sweep()
                while room.busy:
                    await asyncio.sleep(0.01)
                with pytest.raises(StorageProblem):
                    await room.open_appeal()  # what it would be called is not known
                assert not frames(watcher)
                assert list(room.session.state.appeals) == ["1"]
            while room.behind:
                rooms.sweep()
                await asyncio.sleep(0.01)
            assert [frame["seq"] for frame in frames(watcher)] == [3, 4]
            assert list(room.session.state.appeals) == ["1", "2", "3"]
            await room.open_appeal()
            assert [frame["seq"] for frame in frames(watcher)] == [5]

    in_rooms(story, journal)
