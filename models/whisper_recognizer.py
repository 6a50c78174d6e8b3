"""Whisper as a streaming recogniser: silero end-pointing, and an encoder window as long as the audio instead of 30 s.

Whisper (Radford et al. 2022, arXiv:2212.04356) was trained on windows of 30 s; its encoder accepts shorter ones, which
makes an utterance of five seconds about five times cheaper and the text a little worse. Where the short window shows
its known fault, a loop, the utterance is decoded again at 30 s.
"""

from __future__ import annotations

import hashlib
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelProblem
from models.hearing.audio import Resampler, Samples, mono_samples
from models.hearing.end_pointing import RATE, Detector, EndPointer, EndPointing, Span, shared_detector
from models.hearing.hypothesis import Hypothesis
from models.hearing.spoken_text import bare, is_subtitle_talk, readable, repeats, tidy

_NEEDED: Final = ("model.bin", "config.json", "tokenizer.json")
_WINDOW: Final = 30 * RATE
_HOP: Final = 160
_FASTEST_SPEECH: Final = 7.5
_LONGEST_PROMPT: Final = 200  # tokens; Whisper reads 223 before the text itself
_PROMPT: Final = "以下是12345政务服务便民热线的通话，说的是普通话。"


@dataclass(frozen=True, slots=True)
class Decoding:
    """How carefully to listen: ``beam`` width, ``padding`` seconds of silence after the audio."""

    beam: int
    padding: float


@dataclass(frozen=True, slots=True)
class Expecting:
    """What the decoder is told before it listens: tokens, and the same as bare text, so that an echo is recognised."""

    tokens: tuple[int, ...]
    told: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the decoder wrote, its mean log-probability a token, and its own probability that nobody spoke."""

    text: str
    log_probability: float
    no_speech: float


@dataclass(frozen=True, slots=True)
class Pace:
    """When to listen, in seconds.

    An interim text for every ``interim`` of new speech, but never more often than ``rest`` times what the last
    decoding took: a slow machine skips interim texts, never sound. After ``early`` of silence the final text is
    prepared, so that it is ready when the silence is long enough to believe in; all of ``lead_out`` must be there by
    then.
    """

    interim: float = 0.6
    rest: float = 3.0
    early: float = 0.32
    lead_in: float = 0.4
    lead_out: float = 0.3


class WhisperEngine:
    """The weights, one copy a process; safe to use from several threads.

    ``folder`` holds a CTranslate2 Whisper model. ``threads`` are CPU threads of one decoding, ``workers`` decodings
    that may run side by side. What a recogniser is told to expect is its own: see :meth:`WhisperRecognizer.favour`.

    Raises:
        ModelProblem: the folder is missing or holds another kind of model.
    """

    def __init__(
        self,
        folder: Path,
        threads: int = 1,
        workers: int = 2,
        *,
        interim: Decoding = Decoding(1, 0.5),
        final: Decoding = Decoding(5, 3.0),
        prompt: str = _PROMPT,
        rules: EndPointing | None = None,
        pace: Pace | None = None,
        detector: Detector | None = None,
    ) -> None:
        _refuse_other_kinds(folder)
        from faster_whisper import WhisperModel  # noqa: PLC0415 - half a second of imports
        from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415 - as above

        try:
            self._model = WhisperModel(
                str(folder),
                device="cpu",
                compute_type="int8",
                cpu_threads=threads,
                num_workers=workers,
                local_files_only=True,
            )
        except Exception as error:  # tokenizers and CTranslate2 raise nothing narrower
            raise ModelProblem(
                f"The Whisper model in {folder} cannot be loaded; a file is damaged or of another kind. "
                "Run hotline models prepare."
            ) from error
        self._tokenizer = Tokenizer(self._model.hf_tokenizer, True, task="transcribe", language="zh")
        self._always = prompt
        self._expecting = self.expecting(())
        self._interim, self._final = interim, final
        self._rules, self.pace = rules or EndPointing(), pace or Pace()
        self.detector = detector or shared_detector()
        with (folder / "model.bin").open("rb") as weights:
            digest = hashlib.file_digest(weights, "sha256").hexdigest()
        self.version = f"whisper {folder.name} {digest[:12]} int8"

    def recognizer(self, sample_rate: int, offset: float = 0.0) -> WhisperRecognizer:
        """A recogniser for one speaker of one call; ``offset`` seconds are added to its times."""
        return WhisperRecognizer(self, sample_rate, offset, self._rules)

    def expecting(self, names: Sequence[str]) -> Expecting:
        """A prompt that has ``names`` in it, as many of the first ones as it holds."""
        counts = range(len(names) + 1)
        held = bisect_right(counts, _LONGEST_PROMPT, key=lambda count: len(self._told(names[:count])[1])) - 1
        names = names[: max(0, held)]
        told, tokens = self._told(names)
        before = [self._tokenizer.sot_prev, *tokens] if tokens else []
        all_tokens = (*before, *self._tokenizer.sot_sequence, self._tokenizer.no_timestamps)
        return Expecting(all_tokens, bare(told), tuple(names))

    def _told(self, names: Sequence[str]) -> tuple[str, list[int]]:
        """What is told before the text, in words and in tokens."""
        told = self._always + (f"提到{'、'.join(names)}。" if names else "")
        return told, self._tokenizer.encode(" " + told) if told else []

    def transcribe(self, audio: Samples, *, final: bool, expecting: Expecting | None = None) -> str:
        """The words in up to 20 s of 16 kHz ``audio``, int16 of one channel, raw; "" where nobody said anything.

        A final text is decoded with care and once more over 30 s if it loops or is faster than anybody speaks.
        """
        sound, expecting = audio.astype(np.float32) / 32768.0, expecting or self._expecting
        how = self._final if final else self._interim
        decoded = self._decode(sound, how, expecting)
        if self._echoes_names(decoded, expecting):
            expecting = self._expecting
            decoded = self._decode(sound, how, expecting)
        if final and self._is_suspect(decoded.text, len(sound)):
            decoded = self._decode(sound, Decoding(self._final.beam, 30.0), expecting)
        return "" if self._is_noise(decoded, len(sound), expecting) else decoded.text

    def _decode(self, sound: NDArray[np.float32], how: Decoding, expecting: Expecting) -> Decoded:
        from ctranslate2 import StorageView  # noqa: PLC0415 - loaded with the model

        # Whole seconds: the matrix library keeps memory for every shape it has met, and a service meets thousands.
        length = min(_WINDOW, -(-int(len(sound) + RATE * how.padding) // RATE) * RATE)
        padded = np.zeros(length, np.float32)
        padded[: len(sound)] = sound[:length]
        features = self._model.feature_extractor(padded, padding=0)
        window = np.ascontiguousarray(features[None, :, : length // _HOP].astype(np.float32))
        limit = min(448, len(expecting.tokens) + len(sound) * 8 // RATE + 8)
        encoded = self._model.model.encode(StorageView.from_array(window))
        result = self._model.model.generate(
            encoded,
            [list(expecting.tokens)],
            beam_size=how.beam,
            max_length=limit,
            suppress_blank=True,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        tokens = [token for token in result.sequences_ids[0] if token < self._tokenizer.eot]
        return Decoded(self._tokenizer.decode(tokens), float(result.scores[0]), float(result.no_speech_prob))

    def _is_suspect(self, text: str, length: int) -> bool:
        return repeats(bare(text)) or len(bare(text)) > _FASTEST_SPEECH * length / RATE

    def _echoes_names(self, decoded: Decoded, expecting: Expecting) -> bool:
        """Whether what was written is mostly names that were expected, and the decoder doubts it."""
        text = bare(decoded.text)
        rest = text
        for name in expecting.names:
            rest = rest.replace(name, "")
        return len(rest) < len(text) <= 2 * (len(text) - len(rest)) and self._is_unsure(decoded)

    def _is_unsure(self, decoded: Decoded) -> bool:
        return decoded.no_speech > 0.3 or decoded.log_probability < -0.7  # noqa: PLR2004 - real speech stays clear of both

    def _is_echo(self, text: str, decoded: Decoded, expecting: Expecting) -> bool:
        """The prompt given back; a shorter part of it may have been said, unless the decoder doubts it."""
        unsure = len(text) > 3 and self._is_unsure(decoded)  # noqa: PLR2004 - 普通 may be meant
        return text == expecting.told or (unsure and text in expecting.told)

    def _is_noise(self, decoded: Decoded, length: int, expecting: Expecting) -> bool:
        """What Whisper makes of silence and noise: credits, its own prompt, a doubtful word or two."""
        text = bare(tidy(decoded.text))
        if not text or is_subtitle_talk(text) or self._is_echo(text, decoded, expecting):
            return True
        doubtful = decoded.no_speech > 0.6 and decoded.log_probability < -1.0  # noqa: PLR2004 - Whisper's own thresholds
        return doubtful or len(text) > 2 * _FASTEST_SPEECH * max(1.0, length / RATE)


class WhisperRecognizer:
    """Hears one speaker of one call. Not safe to share: the call's lock holds it."""

    def __init__(
        self,
        engine: WhisperEngine,
        sample_rate: int,
        offset: float,
        rules: EndPointing,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._engine = engine
        self._offset = offset
        self._rules = rules
        self._clock = clock
        self._resampler = Resampler(sample_rate, RATE)
        self._pointer = EndPointer(engine.detector, rules)
        self._tape = _Tape()
        self._heard_until = self._floor = 0
        self._wait = engine.pace.interim
        self._early: tuple[Span, str] | None = None
        self._shown = ""
        self._expecting: Expecting | None = None

    def favour(self, names: Sequence[str]) -> None:
        """Expect ``names`` from now on, the most important first; only this recogniser of this call does."""
        self._expecting = self._engine.expecting(names) if names else None

    def accept(self, samples: Samples) -> list[Hypothesis]:
        """Hear a chunk of any length: the utterances that ended in it, and at most one interim hypothesis."""
        return self._hear(self._resampler.accept(mono_samples(samples)))

    def finish(self) -> list[Hypothesis]:
        """The stream is over: the utterance that was open."""
        said = self._hear(self._resampler.finish(), interim=False)
        return said + self._finals(self._pointer.finish())

    def _hear(self, samples: Samples, *, interim: bool = True) -> list[Hypothesis]:
        self._tape.append(samples)
        said = self._finals(self._pointer.accept(samples))
        span = self._pointer.open
        if span is None:
            self._tape.forget(self._pointer.position - self._lead_in)
            self._heard_until, self._wait = self._pointer.position, self._engine.pace.interim
            return said
        self._tape.forget(span.start - self._lead_in)
        if not interim or span.voiced < self._rules.least_speech:
            return said
        return said + self._interims(span)

    @property
    def _lead_in(self) -> int:
        return int(self._engine.pace.lead_in * RATE)

    def _finals(self, spans: list[Span]) -> list[Hypothesis]:
        said: list[Hypothesis] = []
        for span in spans:
            ready = self._early is not None and self._early[0].start == span.start and self._early[0].end == span.end
            raw = self._early[1] if ready and self._early else self._transcribe(span, final=True)
            text = readable(raw, final=True)
            if text:
                said.append(self._hypothesis(text, span, final=True))
            elif self._shown:
                said.append(self._hypothesis("", span, final=False))
            self._early, self._shown, self._floor = None, "", span.end
            self._heard_until, self._wait = span.end, self._engine.pace.interim
        return said

    def _interims(self, span: Span) -> list[Hypothesis]:
        pace = self._engine.pace
        if self._pointer.silence >= max(pace.early, pace.lead_out):
            if self._early is not None and self._early[0] == span:
                return []
            self._early = (span, self._timed(span, final=True))
            return self._show(self._early[1], span)
        fresh = (span.end - max(self._heard_until, span.start)) / RATE
        return self._show(self._timed(span, final=False), span) if fresh >= self._wait else []

    def _timed(self, span: Span, *, final: bool) -> str:
        began = self._clock()
        text = self._transcribe(span, final=final)
        self._heard_until = span.end
        self._wait = max(self._engine.pace.interim, self._engine.pace.rest * (self._clock() - began))
        return text

    def _transcribe(self, span: Span, *, final: bool) -> str:
        return self._engine.transcribe(self._sound(span), final=final, expecting=self._expecting)

    def _show(self, raw: str, span: Span) -> list[Hypothesis]:
        text = readable(raw, final=False)
        if text == self._shown:
            return []
        self._shown = text
        return [self._hypothesis(text, span, final=False)]

    def _sound(self, span: Span) -> Samples:
        return self._tape.between(
            max(self._floor, span.start - self._lead_in), span.end + int(self._engine.pace.lead_out * RATE)
        )

    def _hypothesis(self, text: str, span: Span, *, final: bool) -> Hypothesis:
        return Hypothesis(text, self._offset + span.start / RATE, self._offset + span.end / RATE, final=final)


class _Tape:
    """The last sound of a stream, addressed by sample number; grows to one utterance and is reused."""

    def __init__(self) -> None:
        self._data = np.zeros(RATE, np.int16)
        self._begin = 0
        self._length = 0

    def append(self, samples: Samples) -> None:
        needed = self._length + len(samples)
        if needed > len(self._data):
            grown = np.zeros(max(needed, 2 * len(self._data)), np.int16)
            grown[: self._length] = self._data[: self._length]
            self._data = grown
        self._data[self._length : needed] = samples
        self._length = needed

    def forget(self, before: int) -> None:
        """Drop what lies before a sample number, in steps of a second so that little is moved."""
        drop = min(before - self._begin, self._length)
        if drop < RATE:
            return
        kept = self._data[drop : self._length].copy()
        self._data[: len(kept)] = kept
        self._begin, self._length = self._begin + drop, len(kept)

    def between(self, start: int, end: int) -> Samples:
        return self._data[max(0, start - self._begin) : max(0, min(self._length, end - self._begin))].copy()


def _refuse_other_kinds(folder: Path) -> None:
    if not folder.is_dir():
        raise ModelProblem(f"There is no Whisper model at {folder}. Run hotline models prepare, or name its folder.")
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if not missing and not list(folder.glob("vocabulary.*")):
        missing = ["vocabulary.txt"]
    if missing:
        raise ModelProblem(
            f"{folder} is not a CTranslate2 Whisper model: {', '.join(missing)} is missing. Such a folder holds "
            "model.bin, config.json, tokenizer.json and vocabulary.txt; run hotline models prepare to make one."
        )
