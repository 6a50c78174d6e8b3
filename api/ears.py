"""The ears of a call: who is sending its sound, the sound that waits, and the task that understands it.

Sound is never dropped silently: what is not taken is said so, with the second from which it should be sent again.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from api import wire
from api.audio_intake import (
    LOWEST_RATE,
    MOST_WAITING_SECONDS,
    AudioLine,
    Errand,
    Piece,
    SameSoundCheck,
    Samples,
    StereoCutter,
    check_rate,
    refuse_file,
)
from api.call_room import CallRoom, Shown
from api.watchers import Watcher
from copilot.call import Speaker
from copilot.errors import EXPECTED, BadInput, CallIsOver, Conflict, StorageProblem

TURN_SECONDS = 1.0
LAG_EVERY_SECONDS = 1.0
SETTLING_SECONDS = 1.5
CONTINUES_WITHIN_SECONDS = 0.05
LONGEST_GAP_SECONDS = 3600.0

ALIKE = (
    "Both channels carry the same voice, so the speakers cannot be told apart. "
    "Send stereo with the citizen on the left and the agent on the right; a mono stream must not be sent as stereo."
)

OWING = "What is being said cannot be recorded at the moment; it is kept and recorded as soon as that is possible."


class TooMuchSound(Conflict):
    """More sound is waiting than a call may keep waiting. ``resend_from`` says where to begin again, per speaker."""

    def __init__(self, message: str, resend_from: Mapping[Speaker, float]) -> None:
        super().__init__(message)
        self.resend_from = {speaker.value: round(second, 3) for speaker, second in resend_from.items()}


class Ears:
    """Hears for one room. Lives on the event loop; the understanding itself happens in the room's turns.

    ``_rate`` is the rate at which sound will be heard once the line is worked through, ``_open_rate`` the one at which
    the session listens now; ``None`` where it does not. ``_told``: the watchers know that the journal refuses words.
    """

    def __init__(
        self, room: CallRoom, most_waiting: float = MOST_WAITING_SECONDS, lag_every: float = LAG_EVERY_SECONDS
    ) -> None:
        self._room = room
        self._line = AudioLine(most_waiting)
        self._lag_every = lag_every
        self._rate: int | None = None
        self._open_rate: int | None = None
        self._received = dict(room.heard_until)
        self._cutter: StereoCutter | None = None
        self._same_sound = SameSoundCheck(1)
        self._first_frame = True
        self._understanding: asyncio.Task[None] | None = None
        self._in_hand = 0.0
        self._lag_shown = False
        self._told = False
        self._sender: Watcher | None = None
        self._left_at = 0.0

    @property
    def lag(self) -> float:
        """Seconds of sound that came and are not understood yet."""
        return self._line.seconds + self._in_hand

    @property
    def owing(self) -> bool:
        """Whether the session keeps words that the journal refused. Without this room they would be lost."""
        return self._room.session.keeps_words

    @property
    def listening(self) -> bool:
        """Whether somebody is sending sound."""
        return self._sender is not None

    # -- from the socket  ---------------------------------------------------------------

    def listen(self, sender: Watcher, sample_rate: int, begins: Mapping[Speaker, float]) -> None:
        """From now on the sound of ``sender`` is heard; it begins at ``begins``, by default where the last one stopped.

        What was received before is left out, so that a sender who sends again from ``heard_until`` doubles nothing.
        """
        self._refuse_if_over()
        check_rate(sample_rate)
        starts = {speaker: begins.get(speaker, self._received[speaker]) for speaker in Speaker}
        self._refuse_leap(starts)
        wanted = {speaker: max(starts[speaker], self._received[speaker]) for speaker in Speaker}
        gap = any(starts[s] > self._received[s] + CONTINUES_WITHIN_SECONDS for s in Speaker)
        if gap or sample_rate != self._rate:
            self._rate = sample_rate
            self._do_in_line(partial(self._open, sample_rate, wanted))
        self._received = wanted
        self._cutter = StereoCutter(sample_rate, min(starts.values()), wanted)
        self._same_sound = SameSoundCheck(sample_rate)
        self._first_frame = True
        self._sender = sender

    def take(self, sender: Watcher, data: bytes) -> str:
        """Take some bytes of sound. A warning about them as a sentence, or the empty string.

        Raises:
            Conflict: nobody asked for the sound, another sends it now, the call is over, or (TooMuchSound) too much is
                waiting.
            BadInput: a sound file instead of samples.
        """
        self._refuse_if_over()
        if self._sender is not None and sender is not self._sender:
            raise Conflict(
                "The sound of this call comes from another page now, and what this one sends is not heard. "
                "Stop the one of the two that is not needed."
            )
        if self._cutter is None:
            raise Conflict('Sound came that nobody asked for. Send {"type": "listen", "sample_rate": 16000} first.')
        if self._first_frame:
            refuse_file(data)
            self._first_frame = False
        alike = False
        for piece in self._cutter.cut(data):
            if not self._line.has_room_for(piece):
                raise self._refusal()
            self._received = {speaker: max(second, piece.until) for speaker, second in self._received.items()}
            self._line.join(piece)
            alike = self._same_sound.suspicious(piece) or alike
        self._wake()
        return ALIKE if alike else ""

    def leave(self, sender: Watcher) -> None:
        """A socket is gone. If it was the one that sent the sound, it may come back: the call does not end."""
        if sender is self._sender:
            self._sender, self._cutter = None, None
            self._left_at = time.monotonic()

    async def hang_up(self) -> str:
        """End the call when all its sound is understood. A warning, or the empty string. Twice changes nothing."""
        if self._room.ended:
            return ""
        odd = self._cutter.unfinished if self._cutter else 0
        self._sender, self._cutter, self._rate = None, None, None
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._do_in_line(partial(self._hang_up, done))
        await asyncio.shield(done)
        if not odd:
            return ""
        return f"The sound ended {odd} bytes into a sample of both channels. Check that stereo of 16 bit is sent."

    def rest(self, after_seconds: float) -> None:
        """Finish the words of a sender who has been gone for a while; record what could not be recorded before."""
        gone = self._rate is not None and self._sender is None and time.monotonic() - self._left_at >= after_seconds
        if gone and not self._line:
            self._rate = None
            self._do_in_line(self._settle_guarded)
        elif self.owing and not self._line:
            session, now = self._room.session, self._room.now
            self._do_in_line(partial(self._keep, lambda: session.record_kept(now())))

    # -- understanding  ---------------------------------------------------------------

    def _do_in_line(self, errand: Errand) -> None:
        self._line.join(errand)
        self._wake()

    def _wake(self) -> None:
        if self._line and (self._understanding is None or self._understanding.done()):
            self._understanding = self._room.start(self._understand())
            self._room.start(self._tell_lag(self._understanding))

    async def _understand(self) -> None:
        while self._line:
            async with self._room.turn:
                waiting = self._line.take(TURN_SECONDS)
                if isinstance(waiting, Piece):
                    await self._hear(waiting)
                else:
                    await waiting()

    async def _hear(self, piece: Piece) -> None:
        self._in_hand = piece.seconds
        failed: Exception | None = None
        try:
            for speaker in Speaker:
                try:
                    await self._hear_one(speaker, piece.channels[speaker])
                except Exception as error:  # whatever a recogniser does, the call goes on
                    failed = error
            if failed is not None:
                await self._open_after(failed, piece)
        finally:
            self._in_hand = 0.0

    async def _hear_one(self, speaker: Speaker, samples: Samples) -> None:
        if not len(samples):
            return
        room, started = self._room, time.perf_counter()
        await self._hear_and_keep(speaker, samples)
        room.metrics.hear.observe(time.perf_counter() - started)
        room.metrics.audio.labels(speaker.value).inc(len(samples) / (self._open_rate or 1))

    async def _hear_and_keep(self, speaker: Speaker, samples: Samples) -> None:
        """Where the journal refuses, the session keeps the words until it does not: so go on, and say it once."""
        session, now = self._room.session, self._room.now
        await self._keep(lambda: session.hear(speaker, samples, now()))

    async def _keep(self, job: Callable[[], Shown]) -> None:
        room = self._room
        try:
            await room.bring(room.workers.compute, job)
        except StorageProblem as error:
            room.metrics.error("hear", error)
            if not self._told:
                room.show(wire.problem_frame(room.explain(error, OWING)))
            self._told = True
        else:
            self._told = self.owing

    async def _open(self, sample_rate: int, offsets: Mapping[Speaker, float]) -> None:
        """Open the ears, after the words that the ones before were in the middle of."""
        room = self._room
        try:
            await self._settle()
            await room.workers.compute(lambda: room.session.listen(sample_rate, dict(offsets)))
            self._open_rate = sample_rate
        except Exception as error:  # the watchers are told, the call stays
            self._stop(error, "The sound cannot be listened to.")

    async def _open_after(self, error: Exception, piece: Piece) -> None:
        """A recogniser failed over ``piece``: say so, and go on behind it with new ones.

        What was being said is finished first: the other speaker's recogniser is sound, and even this one may be.
        """
        room, rate = self._room, self._open_rate
        room.metrics.error("hear", error)
        lost = f"The sound from {piece.until - piece.seconds:.1f} s to {piece.until:.1f} s could not be understood."
        room.show(wire.problem_frame(room.explain(error, lost)))
        self._open_rate = None
        if rate is not None:
            for speaker in Speaker:
                with contextlib.suppress(Exception):  # it was told already
                    await self._fall_silent(speaker, rate)
            await self._open(rate, dict.fromkeys(Speaker, piece.until))

    async def _settle(self) -> None:
        """Let silence end whatever is being said, so that words are not lost with the recogniser that heard them."""
        rate, self._open_rate = self._open_rate, None
        if rate is None:
            return
        for speaker in Speaker:
            await self._fall_silent(speaker, rate)

    async def _fall_silent(self, speaker: Speaker, rate: int) -> None:
        await self._hear_and_keep(speaker, np.zeros(int(SETTLING_SECONDS * rate), dtype=np.int16))

    async def _settle_guarded(self) -> None:
        try:
            await self._settle()
        except Exception as error:  # nobody waits for this; the words can be sent again
            self._stop(error, "The last words could not be kept.")

    async def _hang_up(self, done: asyncio.Future[None]) -> None:
        room = self._room
        seconds = round(max(*self._received.values(), *room.heard_until.values()), 3)
        try:
            try:
                await self._close(seconds)
            except EXPECTED:
                raise
            except Exception as error:  # a recogniser that cannot finish must not keep the call open for ever
                room.metrics.error("hear", error)
                room.show(wire.problem_frame(room.explain(error, "The last words could not be understood.")))
                await room.workers.compute(lambda: room.session.listen(self._open_rate or LOWEST_RATE))
                await self._close(seconds)
            done.set_result(None)
        except StorageProblem as error:  # whoever hung up is told; the words wait in the session, see ``rest``
            self._open_rate = None
            done.set_exception(error)
        except Exception as error:  # as above, and may send again what was not kept
            self._received, self._open_rate = dict(room.heard_until), None
            done.set_exception(error)

    async def _close(self, seconds: float) -> None:
        room = self._room
        await room.bring(room.workers.compute, lambda: room.session.hang_up(seconds, room.now()))
        self._open_rate = None

    def _stop(self, error: Exception, what: str) -> None:
        """Hear no more, forget the sound that waits, and send the sender away to come back with it."""
        room, sender = self._room, self._sender
        room.metrics.error("hear", error)
        self._line.drop_sound()
        self._sender, self._cutter, self._rate, self._open_rate = None, None, None, None
        self._received = dict(room.heard_until)
        message = room.explain(error, what)
        room.show(wire.problem_frame(message))
        if sender is not None:
            sender.drop(f"{message} Connect again and send the sound from heard_until on.")

    def _refusal(self) -> TooMuchSound:
        self._room.metrics.refused.inc()
        self._sender, self._cutter = None, None
        self._left_at = time.monotonic()
        self._wake()
        self._show_lag()  # so that the sender is told as well when it has fallen to 0
        return TooMuchSound(
            f"More than {self._line.most_seconds:.0f} seconds of sound are waiting to be understood, so no more is "
            'taken now. When the lag has fallen, send "listen" again with this "from" and go on from there.',
            self._received,
        )

    def _refuse_leap(self, starts: Mapping[Speaker, float]) -> None:
        """A second far ahead is a mistake (milliseconds, most often): all that is said before it would be left out."""
        if any(starts[speaker] > self._received[speaker] + LONGEST_GAP_SECONDS for speaker in Speaker):
            raise BadInput(
                "The sound would begin more than an hour after the last that came. "
                'Give "from" in seconds since the beginning of the call.'
            )

    def _refuse_if_over(self) -> None:
        if self._room.ended:
            raise CallIsOver("The call has ended and hears no more sound. Decide and file, or start another call.")

    async def _tell_lag(self, understanding: asyncio.Task[None]) -> None:
        while not understanding.done():
            await asyncio.wait([understanding], timeout=self._lag_every)
            if self.lag > 0:
                self._show_lag()
        if self._lag_shown:
            self._show_lag()

    def _show_lag(self) -> None:
        self._lag_shown = self.lag > 0
        self._room.show({"type": "lag", "seconds": round(self.lag, 1)})
