"""One turn at a time: decisions, sound that stops, and calls that nobody needs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from room_parts import CALL, FullDisk, frames, now

from api.call_room import CallRoom
from api.ears import Ears
from api.metrics import Metrics
from api.rooms import Rooms
from api.watchers import Watcher
from api.workers import Workers
from copilot.card_events import CardsArranged
from copilot.journal import MemoryJournal
from copilot.ports import Copilot
from copilot.suggestion import Decision, Slot, Verdict


def test_decisions_do_not_wait_for_all_the_sound_that_waits(in_room, parts):
    async def story(room: CallRoom, ears: Ears) -> None:
        sender = Watcher()
        room.enter(sender)
        ears.listen(sender, 8000, {})
        ears.take(sender, parts.stereo(parts.sound(*[(1, 0.6), (0, 0.4)] * 25)))
        await room.decide(Decision("d1", "1", Slot.TITLE, Verdict.AMEND, None, "路灯坏了", "zuoxi01"))
        assert ears.lag > 0
        await ears.hang_up()
        names = [f["name"] for f in frames(sender) if f["type"] == "event"]
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
        assert "last words" in next(f for f in frames(sender) if f["type"] == "problem")["message"]

    in_room(story)


def test_two_decisions_on_one_suggestion_at_the_same_moment_give_one(in_room):
    async def story(room: CallRoom, ears: Ears) -> None:
        wanted = [Decision(f"d{n}", "1", Slot.TITLE, Verdict.AMEND, None, f"{n}", "zuoxi01") for n in range(20)]
        same = [wanted[0]] * 5
        answers = await asyncio.gather(*(room.decide(decision) for decision in [*wanted, *same]))
        assert len({seq for seq, _ in answers}) == 20

    in_room(story)


class OpenedMeanwhile(Workers):
    """Somebody opens the call from the list when it is in the journal and its beginner is not back yet."""

    rooms: Rooms
    opened: CallRoom | None = None
    looked = False

    async def quick(self, job: Callable[[], Any]) -> Any:
        done = await super().quick(job)
        if not self.looked:
            self.looked = True
            async with self.rooms.call("c-1") as call:
                self.opened = call.room
        return done


def test_a_call_that_is_opened_while_it_begins_has_one_session(parts):
    async def story() -> None:
        journal, workers = MemoryJournal(), OpenedMeanwhile(1)
        copilot = Copilot(parts.ScriptedEngine(), (), parts.ScriptedEmergencies())
        workers.rooms = Rooms(copilot, journal, workers, Metrics(), now)
        begun = await workers.rooms.begin(CALL)
        assert begun is workers.opened
        assert await begun.open_appeal() == (3, "2")
        await workers.rooms.close()
        workers.close()

    asyncio.run(story())


def test_a_call_that_nobody_needs_is_let_go_and_comes_back_from_the_journal(parts):
    async def story() -> None:
        journal, workers = MemoryJournal(), Workers(1)
        copilot = Copilot(parts.ScriptedEngine(), (), parts.ScriptedEmergencies())
        rooms = Rooms(copilot, journal, workers, Metrics(), now, idle_seconds=0)
        await rooms.begin(CALL)
        async with rooms.call("c-1") as used:
            rooms.sweep()
            assert len(rooms) == 1
            await used.room.open_appeal()
        async with asyncio.timeout(20):
            while len(rooms):
                rooms.sweep()
                await asyncio.sleep(0.01)
        opened = await asyncio.gather(*(_enter(rooms) for _ in range(5)))
        assert len({id(room) for room in opened}) == 1
        assert opened[0].session.state.current_appeal == "2"
        await rooms.close()
        workers.close()

    async def _enter(rooms: Rooms) -> CallRoom:
        async with rooms.call("c-1") as call:
            return call.room

    asyncio.run(story())


def test_a_look_at_the_library_that_fails_is_not_the_last_one(in_rooms, caplog):
    class OnceUnknown:
        """The library's version, which cannot be told at first."""

        asked = 0

        @property
        def version(self) -> str:
            self.asked += 1
            if self.asked == 1:
                raise RuntimeError("我家停水了")
            return "1"

    async def story(rooms: Rooms) -> None:
        library = OnceUnknown()
        rooms._copilot = replace(rooms._copilot, sources=library)
        await rooms.begin(CALL)
        looking = asyncio.ensure_future(rooms.keep_renewing(every=0.01))
        while library.asked < 3:
            assert not looking.done()
            await asyncio.sleep(0.01)
        looking.cancel()

    in_rooms(story, MemoryJournal())
    assert "renewing cards: RuntimeError" in caplog.text
    assert "停水" not in caplog.text


class Withdrawn:
    """A library that has just let go of all that was ever quoted."""

    version = "2"

    def still_says(self, _citation: Any, _day: Any) -> bool:
        return False

    def says_now(self, _citation: Any, _day: Any) -> None:
        return None

    def asks_first(self, _passage: Any) -> None:
        return None


async def _a_card(rooms: Rooms) -> CallRoom:
    """A call with an answer card on its screen, before the library moved on."""
    room = await rooms.begin(CALL)
    await room.at_desk(lambda: room.session.read("办居住证要带什么材料", now()))
    await _rest(room)
    assert _open_cards(room)
    rooms._copilot = replace(rooms._copilot, sources=Withdrawn())
    room.session._copilot = rooms._copilot
    return room


async def _rest(room: CallRoom) -> None:
    while room.busy:
        await asyncio.sleep(0.01)


def _open_cards(room: CallRoom) -> list[str]:
    return list(room.session.state.appeals["1"].open_for(Slot.ANSWER))


def test_cards_that_the_journal_would_not_let_go_go_with_the_next_look(in_rooms):
    journal = FullDisk()

    async def story(rooms: Rooms) -> None:
        room = await _a_card(rooms)
        journal.refused, journal.refusals = CardsArranged, 1
        rooms.renew()
        await _rest(room)
        assert _open_cards(room)
        rooms.renew()
        await _rest(room)
        assert not _open_cards(room)

    in_rooms(story, journal)


def test_who_comes_back_to_a_call_that_is_over_finds_no_card_that_was_withdrawn_meanwhile(in_rooms):
    async def story(rooms: Rooms) -> None:
        room = await _a_card(rooms)
        await room.at_desk(lambda: room.session.hang_up(9.0, now()))
        rooms.renew()
        await _rest(room)
        assert _open_cards(room)
        async with rooms.call("c-1") as back:
            rooms.renew()
            await _rest(back.room)
            assert not _open_cards(back.room)

    in_rooms(story, MemoryJournal())
