from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluation import sample
from models.errors import BadAudio, ModelProblem
from models.hearing.audio import by_speaker, read_recording
from models.hearing.end_pointing import FRAME, RATE, DetectorState, EndPointing
from models.hearing.hypothesis import Hypothesis
from models.whisper_recognizer import Expecting, Pace, WhisperEngine, WhisperRecognizer

NAMES = ("临湖区", "望湖街道", "石桥区", "公积金", "居住证")


class Loud:
    """A detector that takes every sound for speech."""

    def probabilities(self, frames: NDArray[np.float32], state: DetectorState) -> NDArray[np.float32]:
        return np.asarray(np.abs(frames).max(axis=1) > 0.01, np.float32)


class Typist:
    """Stands in for the weights: writes down how many seconds it was given; each decoding takes ``seconds``."""

    def __init__(self, seconds: float = 0.0, words: str | None = None) -> None:
        self.detector = Loud()
        self.pace = Pace()
        self.given: list[tuple[float, bool]] = []
        self.now = 0.0
        self._seconds, self._words = seconds, words
        self.told: list[Expecting | None] = []

    def expecting(self, names: Sequence[str]) -> Expecting:
        return Expecting((), "".join(names))

    def transcribe(self, audio: NDArray[np.int16], *, final: bool, expecting: Expecting | None = None) -> str:
        self.told.append(expecting)
        self.given.append((len(audio) / RATE, final))
        self.now += self._seconds
        return f"路灯坏了{'甲乙丙丁戊己庚辛壬癸'[len(self.given) % 10]}" if self._words is None else self._words

    def clock(self) -> float:
        return self.now

    def recognizer(self) -> WhisperRecognizer:
        return WhisperRecognizer(self, RATE, 0.0, EndPointing(), self.clock)  # type: ignore[arg-type]


def speech(seconds: float) -> NDArray[np.int16]:
    return np.full(int(seconds * RATE), 5000, np.int16)


def silence(seconds: float) -> NDArray[np.int16]:
    return np.zeros(int(seconds * RATE), np.int16)


def feed(recognizer: WhisperRecognizer, sound: NDArray[np.int16], chunk: float = 0.1) -> list[Hypothesis]:
    step = int(chunk * RATE)
    return [said for at in range(0, len(sound), step) for said in recognizer.accept(sound[at : at + step])]


def test_interim_text_comes_while_somebody_speaks_and_a_final_one_after_the_silence() -> None:
    said = feed(Typist().recognizer(), np.concatenate([speech(2), silence(1)]))
    assert [each.final for each in said].count(True) == 1
    assert said[-1].final
    assert 3 <= len(said) <= 6
    assert said[0].end <= 0.8
    assert said[-1].end == pytest.approx(2.0, abs=2 * FRAME / RATE)


def test_names_are_expected_by_one_recogniser_until_it_is_told_others() -> None:
    typist = Typist()
    one, other = typist.recognizer(), typist.recognizer()
    for names in (("望湖街道", "临湖区"), ()):
        one.favour(names)
        for recognizer in (one, other):
            feed(recognizer, np.concatenate([speech(0.5), silence(1)]))
    assert [expecting and expecting.told for expecting in typist.told] == ["望湖街道临湖区", None, None, None]


def test_a_slow_machine_skips_interim_texts_but_never_sound() -> None:
    quick, slow = Typist(0.01), Typist(1.0)
    sound = np.concatenate([speech(9), silence(1)])
    feed(quick.recognizer(), sound)
    said = feed(slow.recognizer(), sound)
    assert len(slow.given) < len(quick.given) / 2
    assert slow.given[-1] == quick.given[-1]
    assert said[-1].final


def test_a_backlog_in_one_chunk_costs_one_interim_text_at_most() -> None:
    typist = Typist()
    typist.recognizer().accept(speech(15))
    assert len(typist.given) == 1


def test_the_final_text_is_prepared_during_the_silence_and_decoded_once() -> None:
    typist = Typist()
    feed(typist.recognizer(), np.concatenate([speech(0.5), silence(1)]))
    assert [final for _, final in typist.given] == [True]


def test_speech_without_a_pause_is_cut_and_no_sound_is_given_twice() -> None:
    typist = Typist()
    said = [each for each in feed(typist.recognizer(), np.concatenate([speech(45), silence(1)])) if each.final]
    finals = [seconds for seconds, final in typist.given if final]
    assert len(said) == 3
    assert max(finals) <= 20.5
    assert sum(finals) == pytest.approx(45.3, abs=0.2)


def test_an_utterance_in_which_nothing_was_understood_is_not_reported_and_takes_its_interim_back() -> None:
    typist = Typist(words="")
    assert feed(typist.recognizer(), np.concatenate([speech(2), silence(1)])) == []
    typist = Typist()
    recognizer = typist.recognizer()
    assert feed(recognizer, speech(2))
    typist._words = ""
    last = feed(recognizer, silence(1))[-1]
    assert (last.text, last.final) == ("", False)


def test_what_is_open_when_the_call_ends_is_kept() -> None:
    recognizer = Typist().recognizer()
    feed(recognizer, speech(1))
    assert [each.final for each in recognizer.finish()] == [True]


def test_stereo_or_floating_samples_are_refused_before_they_are_heard() -> None:
    with pytest.raises(BadAudio):
        Typist().recognizer().accept(np.zeros((100, 2), np.int16))
    with pytest.raises(BadAudio):
        WhisperRecognizer(Typist(), 100, 0.0, EndPointing())  # type: ignore[arg-type]


def test_a_folder_that_is_missing_or_of_another_kind_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="hotline models prepare"):
        WhisperEngine(tmp_path / "nowhere")
    (tmp_path / "model.safetensors").touch()
    with pytest.raises(ModelProblem, match=r"model\.bin, config\.json, tokenizer\.json is missing"):
        WhisperEngine(tmp_path)


def test_a_damaged_model_is_refused(tmp_path: Path) -> None:
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(ModelProblem, match="damaged"):
        WhisperEngine(tmp_path)


def test_hearing_does_not_import_torch() -> None:
    program = (
        "import sys, models.whisper_recognizer, faster_whisper, faster_whisper.tokenizer; "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.fixture(scope="module")
def engine(models_dir: Path) -> WhisperEngine:
    return WhisperEngine(models_dir / "whisper-base")


def citizen(seconds: float, name: str = "call01_juzhuzheng.16k.flac") -> NDArray[np.int16]:
    return by_speaker(read_recording(sample.path("calls") / name))["citizen"][: int(seconds * RATE)]


@pytest.mark.weights
def test_a_citizen_is_understood(engine: WhisperEngine) -> None:
    recognizer = engine.recognizer(RATE)
    text = "".join(each.text for each in feed(recognizer, citizen(24)) + recognizer.finish() if each.final)
    assert "材料" in text
    assert "七个月" in text


@pytest.mark.weights
def test_names_that_are_expected_are_heard_where_they_were_said(engine: WhisperEngine) -> None:
    recognizer = engine.recognizer(RATE)
    recognizer.favour(NAMES)
    text = "".join(each.text for each in feed(recognizer, citizen(24)) + recognizer.finish() if each.final)
    assert "临湖区" in text
    assert "望湖街道" in text
    assert not {"石桥区", "公积金"} & {name for name in NAMES if name in text}


@pytest.mark.weights
def test_as_many_names_are_expected_as_the_prompt_holds(engine: WhisperEngine) -> None:
    few, many = engine.expecting(NAMES), engine.expecting([f"第{n}街道" for n in range(5000)])
    assert few.names == NAMES
    assert 5 < len(many.names) < 200
    assert len(many.tokens) < 224


@pytest.mark.weights
@pytest.mark.parametrize("favoured", [False, True])
@pytest.mark.parametrize("kind", ["silence", "hiss", "hum", "clicks"])
def test_noise_is_not_turned_into_words(engine: WhisperEngine, kind: str, favoured: bool) -> None:
    rng, seconds = np.random.default_rng(3), 12
    time = np.arange(seconds * RATE) / RATE
    noise = {
        "silence": np.zeros(len(time)),
        "hiss": rng.normal(0, 800, len(time)),
        "hum": 4000 * np.sin(2 * np.pi * 50 * time),
        "clicks": np.where(rng.random(len(time)) < 1e-4, 20_000, 0),
    }[kind]
    recognizer = engine.recognizer(RATE)
    recognizer.favour(NAMES if favoured else ())
    said = feed(recognizer, noise.astype(np.int16)) + recognizer.finish()
    assert [each for each in said if each.final] == []


@pytest.mark.weights
def test_noise_that_the_end_pointing_lets_through_is_still_not_turned_into_credits(engine: WhisperEngine) -> None:
    hiss = np.random.default_rng(3).normal(0, 300, 3 * RATE).astype(np.int16)
    assert "观看" not in engine.transcribe(hiss, final=True)
    assert engine.transcribe(np.zeros(2 * RATE, np.int16), final=True) == ""
    told = engine.transcribe(hiss, final=True, expecting=engine.expecting(NAMES))
    assert not any(name in told for name in NAMES)


@pytest.mark.weights
def test_calls_in_several_threads_hear_what_each_would_hear_alone(engine: WhisperEngine) -> None:
    sounds = [citizen(18), citizen(18, "call11_meiqi.16k.flac"), citizen(18, "call04_tingshui.16k.flac")]

    def finals(sound: NDArray[np.int16]) -> list[str]:
        recognizer = engine.recognizer(RATE)
        return [each.text for each in feed(recognizer, sound) + recognizer.finish() if each.final]

    alone = [finals(sound) for sound in sounds]
    together: dict[int, list[str]] = {}
    threads = [
        threading.Thread(target=lambda n=n, sound=sound: together.update({n: finals(sound)}))
        for n, sound in enumerate(sounds)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[n] for n in range(3)] == alone


@pytest.mark.weights
def test_a_model_without_its_tokenizer_is_refused_instead_of_fetched(models_dir: Path, tmp_path: Path) -> None:
    for file in (models_dir / "whisper-base").iterdir():
        if file.name != "tokenizer.json":
            (tmp_path / file.name).symlink_to(file.resolve())
    with pytest.raises(ModelProblem, match=r"tokenizer\.json"):
        WhisperEngine(tmp_path)
    shutil.copy(models_dir / "whisper-base/config.json", tmp_path / "tokenizer.json")
    with pytest.raises(ModelProblem):
        WhisperEngine(tmp_path)
