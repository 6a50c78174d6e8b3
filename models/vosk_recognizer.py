"""Vosk as a recogniser: any model directory of https://alphacephei.com/vosk/models, streaming by nature.

Vosk (Kaldi) resamples by itself from the rate it is told and ends utterances by the rules in the model's own
``conf/model.conf``; what is added here is one shape of hypotheses, readable text, and refusals that say what to do.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from models.errors import ModelProblem
from models.hearing.audio import Samples, mono_samples, refuse_absurd_rate
from models.hearing.hypothesis import Hypothesis
from models.hearing.spoken_text import readable

_STEP_SECONDS: Final = 0.1
_INTERIM_SECONDS: Final = 0.4
_UNKNOWN_WORD: Final = "[unk]"
_ACOUSTIC: Final = ("am/final.mdl", "final.mdl")
_GRAPHS: Final = (("graph/HCLG.fst",), ("graph/HCLr.fst", "graph/Gr.fst"), ("HCLG.fst",), ("HCLr.fst", "Gr.fst"))
_FEATURES: Final = ("conf/mfcc.conf", "mfcc.conf")


class _Kaldi(Protocol):
    def AcceptWaveform(self, data: bytes) -> int: ...  # noqa: N802 - vosk's name
    def Result(self) -> str: ...  # noqa: N802 - vosk's name
    def PartialResult(self) -> str: ...  # noqa: N802 - vosk's name
    def FinalResult(self) -> str: ...  # noqa: N802 - vosk's name


class VoskEngine:
    """The weights, one copy a process; recognisers of one engine may run in several threads.

    ``folder`` is a Vosk model directory, or one that holds nothing but such a directory (as the zip unpacks).

    Raises:
        ModelProblem: the folder is missing, of another kind, or Vosk cannot load it.
    """

    def __init__(self, folder: Path) -> None:
        folder = _model_folder(folder)
        import vosk  # noqa: PLC0415 - native library

        vosk.SetLogLevel(-1)
        try:
            self._model = vosk.Model(str(folder))
        except Exception as error:  # vosk raises nothing narrower
            raise ModelProblem(
                f"Vosk cannot load the model in {folder}; a file is damaged or was made for another version. "
                "Unpack it again."
            ) from error
        self.version = f"vosk {folder.name} {_digest(folder)[:12]}"

    def recognizer(self, sample_rate: int, offset: float = 0.0) -> VoskRecognizer:
        """A recogniser for one speaker of one call; ``offset`` seconds are added to its times."""
        import vosk  # noqa: PLC0415 - loaded by the constructor

        refuse_absurd_rate(sample_rate)
        kaldi = vosk.KaldiRecognizer(self._model, float(sample_rate))
        kaldi.SetWords(True)
        return VoskRecognizer(kaldi, sample_rate, offset)


class VoskRecognizer:
    """Hears one speaker of one call. Not safe to share: the call's lock holds it."""

    def __init__(self, kaldi: _Kaldi, sample_rate: int, offset: float) -> None:
        self._kaldi = kaldi
        self._rate = sample_rate
        self._offset = offset
        self._rest = np.zeros(0, np.int16)
        self._heard = 0
        self._last_look = 0
        self._began: float | None = None
        self._closed = 0.0
        self._shown = ""

    def accept(self, samples: Samples) -> list[Hypothesis]:
        """Hear a chunk of any length: the utterances that ended in it, and at most one interim hypothesis."""
        self._rest = np.concatenate([self._rest, mono_samples(samples)])
        step = int(_STEP_SECONDS * self._rate)
        said: list[Hypothesis] = []
        # Vosk looks for the end of an utterance once per call, so it is given equal short steps however sound arrives.
        for at in range(0, len(self._rest) - step + 1, step):
            said += self._step(self._rest[at : at + step])
        self._rest = self._rest[len(self._rest) // step * step :]
        return said + self._interim()

    def finish(self) -> list[Hypothesis]:
        """The stream is over: the utterance that was open."""
        said = self._step(self._rest) if len(self._rest) else []
        self._rest = self._rest[:0]
        return said + self._final(self._kaldi.FinalResult())

    def _step(self, piece: Samples) -> list[Hypothesis]:
        self._heard += len(piece)
        return self._final(self._kaldi.Result()) if self._kaldi.AcceptWaveform(piece.tobytes()) else []

    @property
    def _now(self) -> float:
        return self._heard / self._rate

    def _interim(self) -> list[Hypothesis]:
        if (self._heard - self._last_look) / self._rate < _INTERIM_SECONDS:
            return []
        self._last_look = self._heard
        text = _text(json.loads(self._kaldi.PartialResult()).get("partial", ""), final=False)
        if text == self._shown:
            return []
        if self._began is None:
            self._began = max(self._closed, self._now - _INTERIM_SECONDS)
        self._shown = text
        return [Hypothesis(text, self._offset + self._began, self._offset + self._now, final=False)]

    def _final(self, result: str) -> list[Hypothesis]:
        answer = json.loads(result)
        text = _text(answer.get("text", ""), final=True)
        words = answer.get("result") or []
        start = float(words[0]["start"]) if words else (self._began or self._closed)
        end = float(words[-1]["end"]) if words else self._now
        was_shown, self._shown, self._began, self._closed = bool(self._shown), "", None, self._now
        if text:
            return [Hypothesis(text, self._offset + start, self._offset + end, final=True)]
        return [Hypothesis("", self._offset + start, self._offset + end, final=False)] if was_shown else []


def _text(words: str, *, final: bool) -> str:
    return readable(" ".join(word for word in words.split() if word != _UNKNOWN_WORD), final=final)


def _model_folder(folder: Path) -> Path:
    if not folder.is_dir():
        raise ModelProblem(f"There is no Vosk model at {folder}. Name the folder of an unpacked Vosk model.")
    if _is_model(folder):
        return folder
    inner = [each for each in folder.iterdir() if each.is_dir()]
    if len(inner) == 1 and _is_model(inner[0]):
        return inner[0]
    raise ModelProblem(
        f"{folder} is not a Vosk model. Such a folder holds am/final.mdl, conf/mfcc.conf and graph/ with HCLG.fst "
        "(or HCLr.fst and Gr.fst); unpack one from the Vosk site and name its folder."
    )


def _is_model(folder: Path) -> bool:
    def there(*names: str) -> bool:
        return all((folder / name).is_file() for name in names)

    return (
        any(there(name) for name in _ACOUSTIC)
        and any(there(name) for name in _FEATURES)
        and any(there(*names) for names in _GRAPHS)
    )


def _digest(folder: Path) -> str:
    """Names, sizes and the head of every file: a model may have gigabytes, and this is read at every start."""
    digest = hashlib.sha256()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        with path.open("rb") as file:
            head = file.read(1 << 16)
        digest.update(f"{path.relative_to(folder).as_posix()} {path.stat().st_size}".encode() + head)
    return digest.hexdigest()
