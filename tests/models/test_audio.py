from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.errors import BadAudio
from models.hearing.audio import Resampler, by_speaker, mono_samples, read_recording, resampled

RATE = 16_000


def tone(seconds: float = 1.0, rate: int = RATE, hertz: float = 440.0) -> NDArray[np.int16]:
    return (8000 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)).astype(np.int16)


def written(path: Path, samples: NDArray[np.int16], rate: int = RATE, **how: str) -> Path:
    soundfile.write(path, samples, rate, **how)
    return path


def two_voices() -> NDArray[np.int16]:
    return np.stack([tone(), tone(hertz=300.0)], axis=1)


@pytest.mark.parametrize("name", ["call.wav", "call.flac"])
def test_a_two_party_recording_keeps_its_speakers_apart(tmp_path: Path, name: str) -> None:
    recording = read_recording(written(tmp_path / name, two_voices()))
    sounds = by_speaker(recording)
    assert recording.seconds == 1.0
    assert np.array_equal(sounds["citizen"], tone())
    assert np.array_equal(sounds["agent"], tone(hertz=300.0))


def test_a_recording_can_come_from_memory(tmp_path: Path) -> None:
    data = written(tmp_path / "call.wav", two_voices()).read_bytes()
    assert read_recording(io.BytesIO(data)).channels == 2


def test_a_telephone_recording_keeps_its_rate_and_a_studio_one_is_brought_to_16_khz(tmp_path: Path) -> None:
    assert read_recording(written(tmp_path / "t.wav", tone(rate=8000), 8000)).sample_rate == 8000
    studio = read_recording(written(tmp_path / "s.wav", tone(rate=48_000), 48_000))
    assert studio.sample_rate == 16_000
    assert studio.seconds == pytest.approx(1.0, abs=0.001)
    assert np.abs(studio.samples[800:-800, 0] - tone()[800:-800].astype(float)).max() < 100


def test_a_mono_file_is_refused_until_it_is_said_who_is_heard(tmp_path: Path) -> None:
    recording = read_recording(written(tmp_path / "mono.wav", tone()))
    with pytest.raises(BadAudio, match="--mono citizen"):
        by_speaker(recording)
    assert list(by_speaker(recording, "agent")) == ["agent"]


def test_one_voice_on_both_channels_is_refused_because_nobody_can_be_told_apart(tmp_path: Path) -> None:
    recording = read_recording(written(tmp_path / "same.wav", np.stack([tone(), tone() // 2], axis=1)))
    with pytest.raises(BadAudio, match="same sound"):
        by_speaker(recording)
    assert list(by_speaker(recording, "citizen")) == ["citizen"]


def test_naming_a_speaker_of_a_stereo_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadAudio, match="leave out --mono"):
        by_speaker(read_recording(written(tmp_path / "two.wav", two_voices())), "citizen")


def test_a_silent_channel_is_no_fault(tmp_path: Path) -> None:
    silent = np.stack([tone(), np.zeros(RATE, np.int16)], axis=1)
    assert not by_speaker(read_recording(written(tmp_path / "half.wav", silent)))["agent"].any()


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    with pytest.raises(BadAudio, match="empty"):
        read_recording(tmp_path / "empty.wav")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadAudio, match="no file"):
        read_recording(tmp_path / "nothing.wav")


def test_a_file_without_a_single_sample_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadAudio, match="length of zero"):
        read_recording(written(tmp_path / "zero.wav", np.zeros(0, np.int16)))


def test_a_file_that_is_not_sound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.wav").write_text("尊敬的热线：我家停水三天了。" * 20)
    with pytest.raises(BadAudio, match="not a sound file"):
        read_recording(tmp_path / "letter.wav")


@pytest.mark.parametrize("name", ["call.wav", "call.flac"])
@pytest.mark.parametrize("kept", [0.05, 0.5, 0.9])
def test_a_truncated_file_is_refused(tmp_path: Path, name: str, kept: float) -> None:
    noise = np.random.default_rng(0).integers(-3000, 3000, RATE * 4).astype(np.int16)
    whole = written(tmp_path / name, noise).read_bytes()
    (tmp_path / name).write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(BadAudio):
        read_recording(tmp_path / name)


def test_a_truncated_wave_file_says_how_much_is_there(tmp_path: Path) -> None:
    whole = written(tmp_path / "call.wav", tone()).read_bytes()
    (tmp_path / "call.wav").write_bytes(whole[:20_000])
    with pytest.raises(BadAudio, match="cut off"):
        read_recording(tmp_path / "call.wav")


def test_a_wave_file_from_a_pipe_promises_no_length_and_is_read(tmp_path: Path) -> None:
    whole = bytearray(written(tmp_path / "call.wav", tone()).read_bytes())
    at = whole.index(b"data") + 4
    whole[at : at + 4] = struct.pack("<I", 0xFFFF_FFFF)
    (tmp_path / "call.wav").write_bytes(whole)
    assert read_recording(tmp_path / "call.wav").seconds == pytest.approx(1.0, abs=0.01)


def test_more_than_two_channels_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadAudio, match="6 channels"):
        read_recording(written(tmp_path / "cinema.wav", np.zeros((RATE, 6), np.int16)))


@pytest.mark.parametrize("rate", [100, 4000, 384_000])
def test_an_absurd_rate_is_refused(tmp_path: Path, rate: int) -> None:
    with pytest.raises(BadAudio, match=f"{rate} Hz"):
        read_recording(written(tmp_path / "odd.wav", tone(), rate))


def test_a_recognizer_takes_one_channel_of_16_bits_only() -> None:
    with pytest.raises(BadAudio):
        mono_samples(two_voices())
    with pytest.raises(BadAudio):
        mono_samples(np.zeros(10, np.float32))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 3000), min_size=1, max_size=12))
def test_resampling_in_chunks_equals_resampling_at_once(lengths: list[int]) -> None:
    sound = tone(2.0, 8000)
    resampler = Resampler(8000, 16_000)
    borders = np.minimum(np.cumsum(lengths), len(sound))
    parts = [resampler.accept(part) for part in np.split(sound, borders)] + [resampler.finish()]
    assert np.array_equal(np.concatenate(parts), resampled(sound, 8000, 16_000))


def test_a_stream_that_has_the_right_rate_passes_untouched() -> None:
    resampler = Resampler(RATE, RATE)
    assert np.array_equal(resampler.accept(tone()), tone())
    assert len(resampler.finish()) == 0
