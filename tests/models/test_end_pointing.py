from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from evaluation import sample
from models.hearing.audio import by_speaker, read_recording, resampled
from models.hearing.end_pointing import FRAME, RATE, DetectorState, EndPointer, EndPointing, Span, shared_detector


class Written:
    """A detector whose verdict is written into the sound: a frame's first sample, in hundredths."""

    def probabilities(self, frames: NDArray[np.float32], state: DetectorState) -> NDArray[np.float32]:
        return np.round(frames[:, 0] * 32768) / np.float32(100)


def sound(*parts: tuple[float, float]) -> NDArray[np.int16]:
    """Parts of (seconds, probability of speech)."""
    frames = [np.full((round(seconds * RATE / FRAME), FRAME), round(p * 100), np.int16) for seconds, p in parts]
    return np.concatenate(frames).reshape(-1)


def heard(stream: NDArray[np.int16], rules: EndPointing | None = None, chunk: int = 1600) -> list[Span]:
    pointer = EndPointer(Written(), rules)
    spans = [span for at in range(0, len(stream), chunk) for span in pointer.accept(stream[at : at + chunk])]
    return spans + pointer.finish()


def seconds(spans: Sequence[Span]) -> list[tuple[float, float]]:
    return [(span.start / RATE, span.end / RATE) for span in spans]


def test_half_a_second_of_silence_ends_an_utterance() -> None:
    spans = heard(sound((1, 0), (2, 0.9), (0.6, 0), (1, 0.9), (2, 0)))
    assert seconds(spans) == [
        (pytest.approx(1, abs=0.04), pytest.approx(3, abs=0.04)),
        (pytest.approx(3.6, abs=0.04), pytest.approx(4.6, abs=0.04)),
    ]


def test_a_short_pause_does_not_end_an_utterance() -> None:
    assert len(heard(sound((1, 0.9), (0.35, 0), (1, 0.9), (1, 0)))) == 1


def test_a_voice_that_fades_is_held_but_does_not_open_an_utterance() -> None:
    assert len(heard(sound((1, 0.9), (1, 0.2), (1, 0)))) == 1
    assert heard(sound((1, 0.9), (1, 0.2), (1, 0)))[0].end == pytest.approx(2 * RATE, abs=FRAME * 2)
    assert heard(sound((3, 0.2), (1, 0))) == []


def test_a_click_is_no_utterance() -> None:
    assert heard(sound((1, 0), (0.06, 0.99), (2, 0))) == []


def test_somebody_who_does_not_pause_is_cut_at_twenty_seconds_where_a_pause_is_likeliest() -> None:
    spans = heard(sound((15, 0.9), (0.1, 0.55), (10, 0.9), (1, 0)))
    assert len(spans) == 2
    assert spans[0].end / RATE == pytest.approx(15.1, abs=0.1)
    assert spans[1].start == spans[0].end


def test_long_speech_already_ends_at_a_short_pause() -> None:
    assert len(heard(sound((12, 0.9), (0.3, 0), (3, 0.9), (1, 0)))) == 2


def test_no_utterance_is_longer_than_twenty_seconds_whatever_is_said() -> None:
    spans = heard(sound((65, 0.9)))
    assert max(span.end - span.start for span in spans) <= 20.1 * RATE
    assert sum(span.end - span.start for span in spans) == pytest.approx(65 * RATE, abs=FRAME * 2)


def test_the_end_of_the_stream_ends_the_utterance() -> None:
    assert len(heard(sound((1, 0), (1, 0.9)))) == 1


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.1, 3), st.sampled_from([0.0, 0.2, 0.9])), min_size=1, max_size=8),
    st.integers(1, 20_000),
)
def test_the_length_of_chunks_does_not_move_an_utterance(parts: list[tuple[float, float]], chunk: int) -> None:
    stream = sound((0.1, 0), *parts)
    assert heard(stream, chunk=chunk) == heard(stream)


def _calls() -> Path:
    return sample.path("calls")


@pytest.mark.parametrize("name", ["call01_juzhuzheng.16k.flac", "call01_juzhuzheng.8k.flac"])
def test_silero_finds_the_sentences_of_a_call(name: str) -> None:
    recording = read_recording(_calls() / name)
    citizen = resampled(by_speaker(recording)["citizen"], recording.sample_rate, RATE)
    pointer = EndPointer(shared_detector())
    spans = pointer.accept(citizen) + pointer.finish()
    assert 5 <= len(spans) <= 14
    assert 15 <= sum(span.end - span.start for span in spans) / RATE <= 40


@pytest.mark.parametrize("loudness", [0, 30, 1000])
def test_silero_hears_nobody_in_silence_and_hiss(loudness: int) -> None:
    noise = (np.random.default_rng(1).normal(0, 1, 10 * RATE) * loudness).astype(np.int16)
    pointer = EndPointer(shared_detector())
    assert pointer.accept(noise) + pointer.finish() == []


def test_two_streams_of_one_detector_do_not_mix() -> None:
    recording = read_recording(_calls() / "call01_juzhuzheng.16k.flac")
    voices = [each[: 20 * RATE] for each in by_speaker(recording).values()]
    alone = [EndPointer(shared_detector()).accept(voice) for voice in voices]
    pointers = [EndPointer(shared_detector()) for _ in voices]
    mixed: list[list[Span]] = [[], []]
    for at in range(0, 20 * RATE, 3200):
        for spans, pointer, voice in zip(mixed, pointers, voices, strict=True):
            spans.extend(pointer.accept(voice[at : at + 3200]))
    assert mixed == alone
