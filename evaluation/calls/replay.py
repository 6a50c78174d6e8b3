"""Replay recorded calls through the copilot that is served, and judge what it suggested and when.

Time is virtual: a chunk of sound cannot be heard before it was spoken, and what comes after it waits for the time that
understanding it really took. So a replay measures the lag of a live call without lasting as long as one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial

import numpy as np
from numpy.typing import NDArray

from copilot.call import Call, Channel, Speaker, Utterance
from copilot.card_events import CardsArranged
from copilot.events import Recorded, SuggestionMade, UrgencyFlagged, UtteranceHeard
from copilot.journal import MemoryJournal
from copilot.overhearing import Interim
from copilot.ports import Copilot
from copilot.session import CallSession
from copilot.state import CallState
from evaluation.calls.gold_calls import GoldCall
from models.hearing.audio import Recording, by_speaker

CHUNK_S = 0.2
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Replay:
    """A replayed call: its final state, the alarms, every suggestion with the second at which it was on the screen.

    ``boards`` are the answer cards of the appeal in question, whenever they changed.
    """

    state: CallState
    shown: list[tuple[float, SuggestionMade]] = field(default_factory=list)
    boards: list[tuple[float, CardsArranged]] = field(default_factory=list)
    alarms: list[tuple[float, UrgencyFlagged]] = field(default_factory=list)
    compute_s: float = 0.0

    def heard(self, speaker: Speaker) -> list[Utterance]:
        """What was understood of one speaker."""
        return [u for u in self.state.utterances if u.speaker is speaker]


def replay(
    copilot: Copilot,
    gold: GoldCall,
    recording: Recording,
    day: date,
    area: str,
    stopwatch: Callable[[], float] = time.perf_counter,
) -> Replay:
    """Play ``recording`` (stereo: citizen, agent) into a session of ``copilot``, chunk by chunk."""
    sounds = by_speaker(recording)
    journal = MemoryJournal()
    call = Call(f"replay-{gold.call_id}", Channel.RECORDING, "replay", day, area, gold.call_id)
    session = CallSession.begin(copilot, journal, call, _EPOCH)
    session.listen(recording.sample_rate)
    result = Replay(session.state)
    clock = _VirtualClock(stopwatch)
    for second, speaker, chunk in _chunks(sounds, recording.sample_rate):
        clock.not_before(second)
        _hear(session, speaker, chunk, clock, result)
    with clock.running():
        last = session.hang_up(recording.seconds, _EPOCH)
    _advise(session, last, clock, result)
    result.compute_s = clock.busy
    return result


def _chunks(
    sounds: Mapping[str, NDArray[np.int16]], sample_rate: int
) -> Iterator[tuple[float, Speaker, NDArray[np.int16]]]:
    step = int(CHUNK_S * sample_rate)
    length = max(len(samples) for samples in sounds.values())
    for start in range(0, length, step):
        second = min(start + step, length) / sample_rate
        for speaker in Speaker:
            yield second, speaker, sounds[speaker.value][start : start + step]


def _hear(
    session: CallSession, speaker: Speaker, chunk: NDArray[np.int16], clock: _VirtualClock, result: Replay
) -> None:
    with clock.running():
        shown = session.hear(speaker, chunk, _EPOCH + timedelta(seconds=clock.now))
    _advise(session, shown, clock, result)


def _advise(session: CallSession, shown: Sequence[Interim | Recorded], clock: _VirtualClock, result: Replay) -> None:
    for item in shown:
        if isinstance(item, Interim):
            _show(_timed(clock, partial(session.overhear, item)), clock, result)
        elif isinstance(item.event, UrgencyFlagged):
            result.alarms.append((clock.now, item.event))
        elif isinstance(item.event, UtteranceHeard):
            _show(_timed(clock, partial(session.advise, item.event.utterance)), clock, result)


def _timed(clock: _VirtualClock, work: Callable[[datetime], list[Recorded]]) -> list[Recorded]:
    with clock.running():
        return work(_EPOCH + timedelta(seconds=clock.now))


def _show(made: Sequence[Recorded], clock: _VirtualClock, result: Replay) -> None:
    result.shown += [(clock.now, r.event) for r in made if isinstance(r.event, SuggestionMade)]
    result.boards += [(clock.now, r.event) for r in made if isinstance(r.event, CardsArranged)]


class _VirtualClock:
    """Seconds into the call as a live listener would have them: never before the sound, plus the time work took."""

    def __init__(self, stopwatch: Callable[[], float]) -> None:
        self._stopwatch = stopwatch
        self.now = 0.0
        self.busy = 0.0
        self._began = 0.0

    def not_before(self, second: float) -> None:
        self.now = max(self.now, second)

    def running(self) -> _VirtualClock:
        return self

    def __enter__(self) -> None:
        self._began = self._stopwatch()

    def __exit__(self, *_: object) -> None:
        took = self._stopwatch() - self._began
        self.now += took
        self.busy += took
