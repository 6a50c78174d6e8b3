"""Sound as it comes up the wire: bytes cut anywhere, for two speakers who may take up at different seconds.

Everything here runs on the event loop, takes microseconds, and knows nothing of recognisers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from copilot.call import Speaker
from copilot.errors import BadInput

Samples = NDArray[np.int16]
Errand = Callable[[], Awaitable[None]]

LOWEST_RATE, HIGHEST_RATE = 8_000, 48_000
FRAME_BYTES = 4
MOST_WAITING_SECONDS = 30.0
_CHANNEL = {Speaker.CITIZEN: 0, Speaker.AGENT: 1}
_FILE_BEGINNINGS = {
    b"RIFF": "a WAV file",
    b"fLaC": "a FLAC file",
    b"OggS": "an Ogg file",
    b"ID3\x03": "an MP3 file",
    b"ID3\x04": "an MP3 file",
    b"\x1aE\xdf\xa3": "a WebM file",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Sound that was received together, up to second ``until`` of the call.

    A channel that was heard already is empty or shorter than ``seconds``.
    """

    channels: Mapping[Speaker, Samples]
    seconds: float
    until: float


def check_rate(rate: int) -> None:
    """Refuse a sample rate that no telephone or recording has."""
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise BadInput(f"Sound at {rate} Hz is not taken. Send {LOWEST_RATE} to {HIGHEST_RATE} Hz, best 16000.")


def refuse_file(data: bytes) -> None:
    """Refuse the beginning of a sound file, which would be heard as noise."""
    kind = _FILE_BEGINNINGS.get(data[:4])
    if kind is not None:
        raise BadInput(f"That is {kind}. Send the bare samples: signed 16 bit little endian, stereo, without a header.")


class StereoCutter:
    """Cuts a stream of bytes into whole stereo samples and leaves out what each channel has been heard of before.

    ``begins`` is the second of the call at which the first byte was spoken; ``wanted_from`` says for each speaker from
    which second on the sound is new.
    """

    def __init__(self, sample_rate: int, begins: float, wanted_from: Mapping[Speaker, float]) -> None:
        self.sample_rate = sample_rate
        self._next = round(begins * sample_rate)
        self._wanted = {speaker: round(second * sample_rate) for speaker, second in wanted_from.items()}
        self._rest = b""

    @property
    def position(self) -> float:
        """The second of the call up to which sound has come."""
        return self._next / self.sample_rate

    @property
    def unfinished(self) -> int:
        """Bytes of a stereo sample whose other bytes have not come."""
        return len(self._rest)

    def cut(self, data: bytes) -> list[Piece]:
        """What is new in ``data``, in pieces of at most a second; nothing where it does not complete one sample."""
        data = self._rest + data
        whole = len(data) // FRAME_BYTES * FRAME_BYTES
        self._rest = data[whole:]
        stereo = np.frombuffer(data[:whole], dtype="<i2").reshape(-1, 2)
        return [self._piece(stereo[n : n + self.sample_rate]) for n in range(0, len(stereo), self.sample_rate)]

    def _piece(self, stereo: Samples) -> Piece:
        first, self._next = self._next, self._next + len(stereo)
        channels = {
            speaker: stereo[max(0, self._wanted[speaker] - first) :, _CHANNEL[speaker]].astype(np.int16)
            for speaker in Speaker
        }
        return Piece(channels, len(stereo) / self.sample_rate, self.position)


class SameSoundCheck:
    """Notices that both channels carry the same voice: a mono stream sent as stereo, or a mix on both sides.

    Two speakers' channels are all but uncorrelated. A mono stream read as stereo puts neighbouring samples of one voice
    side by side, whose correlation is above 0.8 in speech; a mix has 1.
    """

    SECONDS, TOO_ALIKE, QUIET = 2.0, 0.8, 50.0

    def __init__(self, sample_rate: int) -> None:
        self._missing = int(self.SECONDS * sample_rate)
        self._sums = np.zeros(3)

    def suspicious(self, piece: Piece) -> bool:
        """Whether the first seconds of sound, once there are enough, are one voice twice. Says so at most once."""
        left, right = (piece.channels[speaker].astype(np.float64) for speaker in (Speaker.CITIZEN, Speaker.AGENT))
        if self._missing <= 0 or len(left) != len(right) or len(left) == 0:
            return False
        if max(np.sqrt(np.mean(left**2)), np.sqrt(np.mean(right**2))) < self.QUIET:
            return False
        self._sums += (left @ right, left @ left, right @ right)
        self._missing -= len(left)
        return self._missing <= 0 and bool(self._sums[0] > self.TOO_ALIKE * np.sqrt(self._sums[1] * self._sums[2]))


class AudioLine:
    """Sound that waits to be understood, in the order in which it came, bounded in seconds.

    An errand (open the ears anew, hang up) waits among the sound, so that it is done when what came before was heard.
    """

    def __init__(self, most_seconds: float = MOST_WAITING_SECONDS) -> None:
        self.most_seconds = most_seconds
        self.seconds = 0.0
        self._waiting: deque[Piece | Errand] = deque()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def has_room_for(self, piece: Piece) -> bool:
        """Whether ``piece`` may join without the line becoming too long."""
        return self.seconds + piece.seconds <= self.most_seconds

    def join(self, waiting: Piece | Errand) -> None:
        """Wait at the end of the line."""
        self._waiting.append(waiting)
        self.seconds += waiting.seconds if isinstance(waiting, Piece) else 0.0

    def drop_sound(self) -> None:
        """No sound waits any more; errands still do."""
        self._waiting = deque(item for item in self._waiting if not isinstance(item, Piece))
        self.seconds = 0.0

    def take(self, at_most: float) -> Piece | Errand:
        """The errand at the head, or the pieces there as one of about ``at_most`` seconds: waited sound goes in one."""
        first = self._waiting.popleft()
        if not isinstance(first, Piece):
            return first
        taken, seconds = [first], first.seconds
        while self._waiting:
            head = self._waiting[0]
            if not isinstance(head, Piece) or seconds + head.seconds > at_most:
                break
            taken.append(head)
            seconds += head.seconds
            self._waiting.popleft()
        self.seconds = max(0.0, self.seconds - seconds) if self._waiting else 0.0
        return _joined(taken, seconds)


def _joined(pieces: list[Piece], seconds: float) -> Piece:
    if len(pieces) == 1:
        return pieces[0]
    return Piece(
        {s: np.concatenate([piece.channels[s] for piece in pieces]) for s in Speaker}, seconds, pieces[-1].until
    )
