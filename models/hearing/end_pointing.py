"""Where somebody begins and stops speaking: silero VAD v6 in a stream, and rules that make utterances of it.

Source of the network: silero-vad (MIT), https://github.com/snakers4/silero-vad, as packed in faster-whisper. Its
frames are 512 samples at 16 kHz with the 64 before them; its state lives in :class:`EndPointer`, one a speaker.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelProblem

RATE: Final = 16_000
FRAME: Final = 512
_CONTEXT: Final = 64
_STATE: Final = (1, 1, 128)


@dataclass(slots=True)
class DetectorState:
    """What the network remembers of one stream."""

    hidden: NDArray[np.float32] = field(default_factory=lambda: np.zeros(_STATE, np.float32))
    cell: NDArray[np.float32] = field(default_factory=lambda: np.zeros(_STATE, np.float32))
    context: NDArray[np.float32] = field(default_factory=lambda: np.zeros(_CONTEXT, np.float32))


class Detector(Protocol):
    """Gives each frame of 32 ms its probability of speech."""

    def probabilities(self, frames: NDArray[np.float32], state: DetectorState) -> NDArray[np.float32]:
        """``frames`` of shape (n, 512) → n probabilities; ``state`` moves on."""
        ...


class SileroDetector:
    """The network, shared by all streams of a process (ONNX Runtime sessions may run in several threads)."""

    def __init__(self) -> None:
        import onnxruntime  # noqa: PLC0415 - native library

        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        self._session = onnxruntime.InferenceSession(
            str(_network_path()), providers=["CPUExecutionProvider"], sess_options=options
        )

    def probabilities(self, frames: NDArray[np.float32], state: DetectorState) -> NDArray[np.float32]:
        """Probability of speech of each frame; see :class:`Detector`."""
        before = np.vstack([state.context, frames[:-1, -_CONTEXT:]])
        result, state.hidden, state.cell = self._session.run(
            None, {"input": np.hstack([before, frames]), "h": state.hidden, "c": state.cell}
        )
        state.context = frames[-1, -_CONTEXT:].copy()
        return np.asarray(result, np.float32).reshape(-1)


@lru_cache(maxsize=1)
def shared_detector() -> SileroDetector:
    """The process's only copy of the network (2 MB)."""
    return SileroDetector()


@dataclass(frozen=True, slots=True)
class EndPointing:
    """The rules. Seconds, and probabilities of speech.

    An utterance ends after ``silence``; one that is longer than ``long`` already after ``short_silence``; at
    ``longest`` it is cut where a pause is likeliest in its later part. What holds less speech than ``least_speech``
    was a click. The bar is lower than silero's own 0.5, at which the network misses half of the quiet speech that a
    telephone's 300 to 3400 Hz leave.
    """

    opens_at: float = 0.25
    holds_at: float = 0.12
    silence: float = 0.5
    long: float = 10.0
    short_silence: float = 0.25
    longest: float = 20.0
    least_speech: float = 0.16


@dataclass(frozen=True, slots=True)
class Span:
    """Speech from sample ``start`` to sample ``end`` (16 kHz), ``voiced`` seconds of it sure, and how sure at best."""

    start: int
    end: int
    voiced: float
    peak: float


class EndPointer:
    """Turns one stream of 16 kHz samples into spans of speech. Holds all state of that stream; share nothing."""

    def __init__(self, detector: Detector, rules: EndPointing | None = None) -> None:
        self._detector = detector
        self._rules = rules or EndPointing()
        self._state = DetectorState()
        self._rest = np.zeros(0, np.int16)
        self._frames = 0
        self._first = 0
        self._last_voiced = 0
        self._probabilities: list[float] = []

    @property
    def position(self) -> int:
        """Samples judged so far."""
        return self._frames * FRAME

    @property
    def open(self) -> Span | None:
        """The utterance that has not ended yet."""
        return self._span(self._last_voiced + 1) if self._probabilities else None

    @property
    def silence(self) -> float:
        """Seconds since the open utterance was last voiced."""
        return (self._frames - 1 - self._last_voiced) * FRAME / RATE if self._probabilities else 0.0

    def accept(self, samples: NDArray[np.int16]) -> list[Span]:
        """The spans that ended in these samples; a chunk may have any length."""
        samples = np.concatenate([self._rest, samples])
        count = len(samples) // FRAME
        self._rest = samples[count * FRAME :]
        if count == 0:
            return []
        frames = samples[: count * FRAME].reshape(count, FRAME).astype(np.float32) / 32768.0
        closed = [self._step(float(each)) for each in self._detector.probabilities(frames, self._state)]
        return [span for span in closed if span is not None and self._is_speech(span)]

    def finish(self) -> list[Span]:
        """The stream is over: what is open ends here."""
        padding = -len(self._rest) % FRAME
        closed = self.accept(np.zeros(padding, np.int16)) if len(self._rest) else []
        if self._probabilities:
            span = self._close(self._last_voiced + 1)
            closed += [span] if self._is_speech(span) else []
        return closed

    def _is_speech(self, span: Span) -> bool:
        return span.voiced >= self._rules.least_speech

    def _step(self, probability: float) -> Span | None:
        rules, frame = self._rules, self._frames
        self._frames += 1
        if not self._probabilities:
            if probability >= rules.opens_at:
                self._probabilities, self._first, self._last_voiced = [probability], frame, frame
            return None
        self._probabilities.append(probability)
        goes_on = probability >= rules.holds_at and self._last_voiced == frame - 1
        if probability >= rules.opens_at or goes_on:
            self._last_voiced = frame
        length = len(self._probabilities) * FRAME / RATE
        enough = rules.silence if length < rules.long else rules.short_silence
        if (frame - self._last_voiced) * FRAME / RATE >= enough:
            return self._close(self._last_voiced + 1)
        return self._cut() if length >= rules.longest else None

    def _close(self, end: int) -> Span:
        span = self._span(end)
        self._probabilities = []
        return span

    def _cut(self) -> Span:
        """End the utterance at the likeliest pause of its last 60 %, and go on with what follows."""
        later = len(self._probabilities) * 2 // 5
        smooth = np.convolve(self._probabilities, np.ones(3) / 3, mode="same")[later:-1]
        border = len(self._probabilities) - 1 - int(np.argmin(smooth[::-1]))
        rest, first = self._probabilities[border:], self._first + border
        self._probabilities = self._probabilities[:border]
        span = self._span(self._first + border)
        voiced = [i for i, each in enumerate(rest) if each >= self._rules.opens_at]
        if voiced:
            self._first = first
            self._probabilities = rest
            self._last_voiced = max(self._last_voiced, first)
        else:
            self._probabilities = []
        return span

    def _span(self, end: int) -> Span:
        known = self._probabilities[: max(1, end - self._first)]
        voiced = sum(each >= self._rules.opens_at for each in known) * FRAME / RATE
        return Span(self._first * FRAME, end * FRAME, voiced, max(known))


def _network_path() -> Path:
    package = find_spec("faster_whisper")
    places = package.submodule_search_locations if package else None
    found = sorted(Path(places[0], "assets").glob("silero_vad*.onnx")) if places else []
    if not found:
        raise ModelProblem("The silero VAD network of faster-whisper is not installed. Run make setup again.")
    return found[-1]
