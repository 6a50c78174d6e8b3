"""A call while people are in it: one turn at a time for its session, and those who watch.

The session is synchronous and not shared between threads. Here is the lock that gives it to one job at a time, first
come first served, so that hearing, advising and a person's decisions alternate. Everything else in a room belongs to
the event loop and needs no lock. How sound comes in is :mod:`api.ears`.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from api import wire
from api.advice_owed import last_words, not_advised_on, owed_after
from api.errors import log_unforeseen
from api.metrics import Metrics
from api.shadowing import Shadowing
from api.watchers import SERVICE_RESTART, Frame, Watcher
from api.workers import Workers
from copilot.call import Speaker, Utterance
from copilot.card_events import AnswerTakenBack, CardTouched, CaseChosen, LibrarySearched
from copilot.cards_in_hand import Complaint
from copilot.errors import EXPECTED, NotFound, StorageProblem
from copilot.events import (
    AnotherMatterDeclined,
    AppealOpened,
    AppealsRearranged,
    CallEnded,
    Recorded,
    SuggestionDecided,
    UtteranceHeard,
)
from copilot.journal import Journal
from copilot.overhearing import Interim
from copilot.rearranging import Wish
from copilot.session import CallSession
from copilot.shadow import Shadow
from copilot.suggestion import Decision
from copilot.work_order import WorkOrder

T = TypeVar("T")
Shown = Sequence[Interim | Recorded]
Runner = Callable[[Callable[[], Shown]], Awaitable[Shown]]


class CallRoom:
    """One call in memory. Its public coroutines may be called by any number of requests at once."""

    def __init__(
        self,
        session: CallSession,
        journal: Journal,
        workers: Workers,
        metrics: Metrics,
        now: Callable[[], datetime],
        shadow: Shadow | None = None,
    ) -> None:
        self.session = session
        self.call = session.call
        self.journal = journal
        self.workers = workers
        self.metrics = metrics
        self.now = now
        self.shadowing = Shadowing(self, shadow)
        self.seq = session.state.seq
        self._recorded = self.seq
        self.ended = session.state.ended
        self.heard_until = {speaker: session.state.heard_until(speaker) for speaker in Speaker}
        self.watchers: set[Watcher] = set()
        self._lock = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._overheard: Interim | None = None
        self._overhearing: asyncio.Task[None] | None = None
        self._to_advise: dict[str, Utterance] = {}
        self._owed: dict[str, Utterance] = {}
        self._advising: asyncio.Task[None] | None = None

    # -- turns  ---------------------------------------------------------------

    @property
    def turn(self) -> AbstractAsyncContextManager[None]:
        """The session, for whoever holds it; first come, first served."""
        return self._lock

    @property
    def busy(self) -> bool:
        """Whether anything is going on that needs this room."""
        return bool(self._tasks)

    @property
    def owing(self) -> bool:
        """Whether there is advice that the journal refused."""
        return bool(self._owed)

    @property
    def behind(self) -> bool:
        """Whether something was recorded that could not be read, and so was not shown."""
        return self.session.behind or self._last_known > self.seq

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Do something on behalf of the room that outlives the request which asked for it."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waited has it; a request that went away does not leave a warning

    async def at_desk(self, job: Callable[[], Shown], *, from_outside: bool = False) -> Shown:
        """What a person asked for, in its turn. It comes to its end even if the request goes away meanwhile.

        ``from_outside`` says that ``job`` writes to the journal past the session, which then takes it over from there.
        """
        return await asyncio.shield(self.start(self._take_turn(partial(self._beside, job) if from_outside else job)))

    async def _take_turn(self, job: Callable[[], Shown]) -> Shown:
        async with self._lock:
            return await self.bring(self.workers.quick, partial(self._level, job))

    def _level(self, job: Callable[[], Shown]) -> Shown:
        """Do what needs to know all that was recorded. What is heard must be taken in whether or not it can be read."""
        self.session.level()
        return job()

    def read_again(self) -> None:
        """Show what was recorded and could not be read, if that is possible now."""
        if self.behind and not self.busy:
            self.start(self._take_turn(tuple))

    def _beside(self, job: Callable[[], Shown]) -> Shown:
        shown = job()
        self.session.catch_up()
        return shown

    async def bring(self, runner: Runner, job: Callable[[], Shown]) -> Shown:
        """Let the session do ``job`` and publish what came of it, also where it failed half-way. Held turn required."""
        try:
            shown = await runner(job)
        except Exception:
            await self._catch_up(self._last_known)
            raise
        first = next((item.seq for item in shown if isinstance(item, Recorded)), self._last_known + 1)
        await self._catch_up(first - 1)
        self.publish(shown)
        return shown

    @property
    def _last_known(self) -> int:
        return max(self.session.state.seq, self._recorded)

    async def _catch_up(self, until: int) -> None:
        """Publish what is in the journal up to ``until`` and was never shown, because its turn failed after it."""
        if until <= self.seq:
            return
        with contextlib.suppress(StorageProblem):  # the next turn tries again
            self.publish(await self.workers.quick(lambda: self.journal.read(self.call.call_id, self.seq)))

    # -- those who watch  ---------------------------------------------------------------

    def enter(self, watcher: Watcher) -> None:
        """Watch: every frame from now on. What was before is in the journal."""
        self.watchers.add(watcher)

    def leave(self, watcher: Watcher) -> None:
        """Watch no longer."""
        self.watchers.discard(watcher)

    def hello(self) -> dict[str, Any]:
        """The first frame of a socket: where the call stands, and from where a sender takes up again."""
        heard = {speaker.value: round(second, 3) for speaker, second in self.heard_until.items()}
        call = wire.masked(self.call)
        return {"type": "hello", "call": call, "seq": self.seq, "heard_until": heard, "ended": self.ended}

    def publish(self, shown: Shown) -> None:
        """Put what the session gave before those who watch. Held turn required, so that the order is the journal's."""
        for item in shown:
            said = self.session.state.utterances
            if isinstance(item, Interim):
                self.show(wire.interim_frame(item, said))
                self._overhear_soon(item)
            elif item.seq == self.seq + 1:
                self._note(item)
                self.show(wire.event_frame(item, said), item.seq)
            else:  # shown before, or behind what could not be read: a later turn reads them all
                self._recorded = max(self._recorded, item.seq)

    def show(self, frame: dict[str, Any], seq: int | None = None) -> None:
        """Put one frame before everybody."""
        ready = Frame(wire.text_of(frame), seq)
        for watcher in list(self.watchers):
            if not watcher.offer(ready):
                self.metrics.dropped.inc()

    def _note(self, record: Recorded) -> None:
        self.seq = record.seq
        self.metrics.count(record)
        match record.event:
            case UtteranceHeard(utterance):
                self.heard_until[utterance.speaker] = max(self.heard_until[utterance.speaker], utterance.end)
                for appeal_id in utterance.appeals:
                    self._advise_soon(utterance.about(appeal_id))
            case SuggestionDecided(decision):
                self._advise_soon(owed_after(decision, self.session.state))
            case AppealsRearranged() as change:
                for appeal_id in (change.appeal_id, change.into):
                    self._advise_soon(last_words(self.session.state, appeal_id))
            case CallEnded():
                self.ended = True
            case _:
                pass

    # -- advise  ---------------------------------------------------------------

    def _advise_soon(self, utterance: Utterance | None) -> None:
        """Advise after every sentence of the citizen; sentences that waited together are advised on once."""
        if utterance is None or utterance.speaker is not Speaker.CITIZEN:
            return
        self._to_advise[utterance.appeal_id] = utterance
        if not self._is_advising:
            self._advising = self.start(self._advise_all())

    @property
    def _is_advising(self) -> bool:
        return self._advising is not None and not self._advising.done()

    def advise_on_rest(self) -> None:
        """Advise on what was said before the process ended and was not advised on any more."""
        for utterance in not_advised_on(self.session.state):
            self._advise_soon(utterance)

    def advise_again(self) -> None:
        """Make the suggestions that the journal refused once more."""
        if not self._is_advising:
            for utterance in list(self._owed.values()):
                self._advise_soon(utterance)

    def _overhear_soon(self, interim: Interim) -> None:
        """Look up what is being said. Of interim texts that come while one is looked up, only the latest counts."""
        if interim.speaker is not Speaker.CITIZEN or not self.session.looks_up_while_speaking:
            return
        self._overheard = interim
        if self._overhearing is None or self._overhearing.done():
            self._overhearing = self.start(self._overhear())

    async def _overhear(self) -> None:
        while self._overheard is not None:
            async with self._lock:
                interim, self._overheard = self._overheard, None
                started = time.perf_counter()
                try:
                    await self.bring(self.workers.compute, partial(self._level, partial(self._look_up, interim)))
                except Exception as error:  # the end of the sentence is advised on anyway
                    self.metrics.error("overhear", error)
                    if not isinstance(error, EXPECTED):
                        log_unforeseen(error, "looking up an unfinished sentence")
                finally:
                    self.metrics.overhear.observe(time.perf_counter() - started)

    def _look_up(self, interim: Interim) -> Shown:
        return self.session.overhear(interim, self.now())

    async def _advise_all(self) -> None:
        while self._to_advise:
            async with self._lock:
                utterance = self._to_advise.pop(next(iter(self._to_advise)))
                await self._advise(utterance)

    async def _advise(self, utterance: Utterance) -> None:
        started = time.perf_counter()
        told = self._owed.pop(utterance.appeal_id, None) is not None
        try:
            advise = partial(self._level, lambda: self.session.advise(utterance, self.now()))
            await self.bring(self.workers.compute, advise)
            self.shadowing.glance(utterance)
        except Exception as error:  # whatever an advisor does, the call goes on
            self.metrics.error("advise", error)
            if isinstance(error, StorageProblem):
                self._owed[utterance.appeal_id] = utterance
                if told:
                    return
            self.show(wire.problem_frame(self.explain(error, "No suggestions could be made after the last sentence.")))
        finally:
            self.metrics.advise.observe(time.perf_counter() - started)

    def explain(self, error: Exception, what: str) -> str:
        """A sentence about an error that did not end the call."""
        if isinstance(error, EXPECTED):
            return f"{what} {error}"
        incident = log_unforeseen(error, "working on a call")
        return f"{what} The call goes on. Tell your administrator the number {incident}."

    # -- decide and file  ---------------------------------------------------------------

    async def decide(self, decision: Decision) -> tuple[int, Decision]:
        """The seq under which the decision stands in the journal, and the decision as it was recorded."""
        shown = await self.at_desk(lambda: self.session.decide(decision, self.now()))
        records = [item for item in shown if isinstance(item, Recorded)]
        if not records:
            records = await self.workers.quick(lambda: self.journal.read(self.call.call_id))
        return _decision_in(records, decision.decision_id)

    async def renew_cards(self) -> Shown:
        """The library changed or a day began: cards that nothing backs any more leave the screen."""
        return await self.at_desk(lambda: self.session.renew_cards(self.now()))

    async def touch(self, touch: CardTouched) -> Shown:
        """A person takes an answer card in hand."""
        return await self.at_desk(lambda: self.session.touch(touch, self.now()))

    async def choose(self, choice: CaseChosen) -> Shown:
        """A person says which of a card's cases is the citizen's."""
        return await self.at_desk(lambda: self.session.choose(choice, self.now()))

    async def complain(self, complaint: Complaint) -> Shown:
        """A person says that a passage is out of date or wrong."""
        return await self.at_desk(lambda: self.session.complain(complaint, self.now()))

    async def look_up(self, search: LibrarySearched) -> Shown:
        """A person searched the library by hand."""
        return await self.at_desk(lambda: self.session.look_up(search, self.now()))

    async def take_back(self, wish: AnswerTakenBack, *, edited: bool) -> Shown:
        """A person takes an adopted answer out of the work order."""
        return await self.at_desk(lambda: self.session.take_back(wish, self.now(), edited=edited))

    async def file(self, appeal_id: str, request_id: str, by: str) -> WorkOrder:
        """File the order of one appeal."""
        filed: list[WorkOrder] = []

        def job() -> Shown:
            filed.append(self.session.file(appeal_id, request_id, by, self.now()))
            return ()  # read from the journal and shown behind it: an order that was filed is not said to have failed

        await self.at_desk(job)
        return filed[0]

    async def open_appeal(self) -> tuple[int, str]:
        """The citizen turned to another matter: the seq under which that stands in the journal, and its appeal."""
        shown = await self.at_desk(lambda: self.session.open_appeal(self.now()))
        return next(
            (item.seq, item.event.appeal_id)
            for item in shown
            if isinstance(item, Recorded) and isinstance(item.event, AppealOpened)
        )

    async def rearrange(self, wish: Wish) -> tuple[int, AppealsRearranged]:
        """The seq under which the change stands in the journal, and the change."""
        shown = await self.at_desk(lambda: self.session.rearrange(wish, self.now()))
        records = [item for item in shown if isinstance(item, Recorded)]
        if not records:
            records = await self.workers.quick(lambda: self.journal.read(self.call.call_id))
        return next(
            (record.seq, record.event)
            for record in records
            if isinstance(record.event, AppealsRearranged) and record.event.change_id == wish.change_id
        )

    async def decline(self, answer: AnotherMatterDeclined) -> Shown:
        """The agent says that it is still the same matter."""
        return await self.at_desk(lambda: self.session.decline(answer, self.now()))

    async def close(self) -> None:
        """The service stops: whoever watches may come back, what runs is waited for by the workers."""
        for watcher in list(self.watchers):
            watcher.drop("The service is being stopped. Connect again with the last seq as after=.", SERVICE_RESTART)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _decision_in(records: Sequence[Recorded], decision_id: str) -> tuple[int, Decision]:
    for record in records:
        event = record.event
        if isinstance(event, SuggestionDecided) and event.decision.decision_id == decision_id:
            return record.seq, event.decision
    raise NotFound(f"There is no decision {decision_id} in this call. Send it again.")
