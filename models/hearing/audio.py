"""Sound in: reading recordings, telling the two speakers apart, and changing the sample rate of a stream."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from models.errors import BadAudio

LOWEST_RATE: Final = 6000
HIGHEST_RATE: Final = 192_000
KEPT_RATE: Final = 16_000
LONGEST_SECONDS: Final = 4 * 3600
_UNKNOWN_SIZE: Final = 0xFFFF_0000
_BLOCK: Final = 1 << 18
_RIFF_HEADER: Final = 12
_TOO_ALIKE: Final = 0.95
_LENGTH_NOT_TOLD: Final = 1 << 62

Samples = NDArray[np.int16]
_NO_SOUND: Final = np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True)
class Recording:
    """A sound file in memory: ``samples`` int16 of shape (frames, channels) at ``sample_rate`` Hz (16 kHz at most)."""

    samples: Samples
    sample_rate: int

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate

    @property
    def channels(self) -> int:
        """1 or 2."""
        return int(self.samples.shape[1])


def read_recording(source: Path | BinaryIO) -> Recording:
    """Read WAV, FLAC, OGG, MP3 … with one or two channels; what is above 16 kHz is resampled to it on the way.

    Raises:
        BadAudio: empty, truncated, not audio, of no length, more than two channels, or of an absurd rate or length.
    """
    import soundfile  # noqa: PLC0415 - loads libsndfile

    _refuse_empty_or_cut(source)
    try:
        with soundfile.SoundFile(source if not isinstance(source, Path) else str(source)) as sound:
            _refuse_strange(sound.channels, sound.samplerate, sound.frames)
            samples, rate = _read(sound)
            promised = sound.frames
            read = sound.tell()
    except soundfile.LibsndfileError as error:
        raise BadAudio(
            "This file is not a sound file that can be read, or it is damaged. Give a WAV, FLAC, OGG or MP3 file."
        ) from error
    if read < promised < _LENGTH_NOT_TOLD:
        raise BadAudio(
            f"The recording is cut off: {read / sound.samplerate:.1f} of {promised / sound.samplerate:.1f} seconds "
            "can be read. Copy it again from where it came from."
        )
    if len(samples) == 0:
        raise BadAudio("The sound file has a length of zero. Record or export it again.")
    return Recording(samples, rate)


def by_speaker(recording: Recording, mono: str | None = None) -> dict[str, Samples]:
    """The recording's speakers, int16 (frames,) each: left is the citizen, right is the agent.

    ``mono`` names the only speaker ("citizen" or "agent") of a file with one channel.

    Raises:
        BadAudio: one channel and nobody named, two channels and somebody named, or twice the same channel.
    """
    samples = recording.samples
    alike = recording.channels == 2 and _is_one_voice_twice(samples)  # noqa: PLR2004 - left and right
    if mono is not None:
        if recording.channels != 1 and not alike:
            raise BadAudio("The file has two different channels, so nobody needs to be named: leave out --mono.")
        return {mono: np.ascontiguousarray(samples[:, 0])}
    if recording.channels == 1:
        raise BadAudio(
            "The file has one channel, so citizen and agent cannot be told apart. Give a stereo file (left citizen, "
            "right agent), or say who is heard with --mono citizen or --mono agent."
        )
    if alike:
        raise BadAudio(
            "Both channels of the file carry the same sound, so citizen and agent cannot be told apart. Export it with "
            "one speaker a channel, or say who is heard with --mono citizen or --mono agent."
        )
    return {"citizen": np.ascontiguousarray(samples[:, 0]), "agent": np.ascontiguousarray(samples[:, 1])}


class Resampler:
    """A stream at one rate becomes a stream at another; chunk borders leave no trace.

    ``accept`` returns int16 at the new rate, a few milliseconds behind the input; ``finish`` returns those.
    """

    def __init__(self, from_rate: int, to_rate: int) -> None:
        import soxr  # noqa: PLC0415 - native library

        refuse_absurd_rate(from_rate)
        self._block = max(1, from_rate // 50)
        self._rest = np.zeros(0, np.int16)
        self._stream = None if from_rate == to_rate else soxr.ResampleStream(from_rate, to_rate, 1, dtype="float32")

    def accept(self, samples: Samples) -> Samples:
        """The part of the new stream that these samples complete."""
        if self._stream is None:
            return samples
        # Equal blocks: soxr's last digit depends on the length of a block, and a recogniser's words on the last digit.
        waiting = np.concatenate([self._rest, samples])
        whole = len(waiting) // self._block * self._block
        self._rest = waiting[whole:]
        blocks = waiting[:whole].astype(np.float32).reshape(-1, self._block)
        return _rounded(np.concatenate([_NO_SOUND, *(self._stream.resample_chunk(block) for block in blocks)]))

    def finish(self) -> Samples:
        """What is left when nothing more comes."""
        if self._stream is None:
            return np.zeros(0, np.int16)
        return _rounded(self._stream.resample_chunk(self._rest.astype(np.float32), last=True))


def _rounded(samples: NDArray[np.float32]) -> Samples:
    """To 16 bits without the dither that soxr would add, so that the same sound always gives the same text."""
    return np.clip(np.rint(samples), -32768, 32767).astype(np.int16)


def resampled(samples: Samples, from_rate: int, to_rate: int) -> Samples:
    """A whole recording of one channel, int16 ``samples``, at ``to_rate`` Hz. Raises BadAudio for an absurd rate."""
    resampler = Resampler(from_rate, to_rate)
    return np.concatenate([resampler.accept(samples), resampler.finish()])


def refuse_absurd_rate(rate: int) -> None:
    """Refuse a sample rate at which nobody transmits speech.

    Raises:
        BadAudio: below 6 kHz or above 192 kHz.
    """
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise BadAudio(
            f"A sample rate of {rate} Hz is not one for speech. Telephones send 8000, browsers 16000 or 48000."
        )


def mono_samples(samples: NDArray[np.generic]) -> Samples:
    """Refuse what is not a row of int16.

    Raises:
        BadAudio: another type or more than one dimension.
    """
    if samples.dtype != np.int16 or samples.ndim != 1:
        raise BadAudio(
            "A recogniser hears one channel of 16-bit samples. Split the channels and convert the samples first."
        )
    return np.asarray(samples, np.int16)


def _read(sound: Any) -> tuple[Samples, int]:
    rate = int(sound.samplerate)
    kept = min(rate, KEPT_RATE)
    resamplers = [Resampler(rate, kept) for _ in range(sound.channels)]
    blocks: list[Samples] = []
    for block in sound.blocks(_BLOCK, dtype="int16", always_2d=True):
        parts = [each.accept(np.ascontiguousarray(block[:, i])) for i, each in enumerate(resamplers)]
        blocks.append(np.stack(parts, axis=1))
    blocks.append(np.stack([each.finish() for each in resamplers], axis=1))
    return np.asarray(np.concatenate(blocks), np.int16), kept


def _is_one_voice_twice(samples: Samples) -> bool:
    """Two speakers' channels are all but uncorrelated; a mix on both sides has a correlation of one."""
    dot = np.zeros(3)
    for at in range(0, len(samples), _BLOCK):
        left, right = samples[at : at + _BLOCK].astype(np.float64).T
        dot += (left @ right, left @ left, right @ right)
    return bool(dot[1] * dot[2] > 0 and dot[0] > _TOO_ALIKE * np.sqrt(dot[1] * dot[2]))


def _refuse_strange(channels: int, rate: int, frames: int) -> None:
    if channels > 2:  # noqa: PLR2004 - citizen and agent
        raise BadAudio(
            f"The file has {channels} channels; a call has two (left citizen, right agent). Export those two channels."
        )
    refuse_absurd_rate(rate)
    if frames == 0:
        raise BadAudio("The sound file has a length of zero. Record or export it again.")
    if frames < _LENGTH_NOT_TOLD and frames / rate > LONGEST_SECONDS:
        raise BadAudio(f"The recording is longer than {LONGEST_SECONDS // 3600} hours. Cut it into single calls.")


def _refuse_empty_or_cut(source: Path | BinaryIO) -> None:
    if isinstance(source, Path):
        if not source.is_file():
            raise BadAudio(f"There is no file {source}. Check the path.")
        size = source.stat().st_size
        with source.open("rb") as file:
            _check_head(file, size)
        return
    size = source.seek(0, 2)
    source.seek(0)
    _check_head(source, size)
    source.seek(0)


def _check_head(file: BinaryIO, size: int) -> None:
    if size == 0:
        raise BadAudio("The file is empty. Record or export it again.")
    head = file.read(_RIFF_HEADER)
    if head[:4] == b"RIFF" and head[8:] == b"WAVE":
        _refuse_cut_wave(file, size)


def _refuse_cut_wave(file: BinaryIO, size: int) -> None:
    """Libsndfile reads a WAV that ends early without a word; its own header tells. Piped WAVs promise nothing."""
    while len(chunk := file.read(8)) == 8:  # noqa: PLR2004 - four letters and a size
        kind, length = struct.unpack("<4sI", chunk)
        if kind == b"data":
            there = size - file.tell()
            if there + 1 < length < _UNKNOWN_SIZE:
                raise BadAudio(
                    f"The recording is cut off: {there} of {length} bytes of sound are there. "
                    "Copy it again from where it came from."
                )
            return
        file.seek(length + length % 2, 1)
    raise BadAudio("The recording is cut off before its sound begins. Copy it again from where it came from.")
