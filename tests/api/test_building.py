from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from api.cli import building
from api.cli.evaluate_replay import replay
from api.cli.weights import fetched_embedder, prepare_weights, prepared_speech, uses_vosk
from copilot.assembly import City, assemble_city
from copilot.errors import StorageProblem
from copilot.settings import Settings
from evaluation.calls.gold_calls import GoldCall
from knowledge_base import sample
from knowledge_base.calibration import DEFAULT
from knowledge_base.index.making import make_index
from knowledge_base.index.state import open_index
from knowledge_base.library import make_library
from models.baselines import HashingEmbedder
from models.errors import BadAudio, ModelsError


def settings_of(folder: Path, **more: object) -> Settings:
    return Settings(data_dir=folder, embedder="hashing", _env_file=None, **more)  # type: ignore[arg-type]


@pytest.fixture
def calibrated(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Each calibration that was asked for; it leaves a file as the real one does, which takes a minute."""
    asked: list[Path] = []

    def calibrate(retriever: object, _library: object) -> None:
        folder: Path = retriever._source.snapshot.folder  # type: ignore[attr-defined]
        asked.append(folder)
        (folder / "calibration.json").write_text("{}")

    monkeypatch.setattr(building, "_calibrate", calibrate)
    monkeypatch.setattr("knowledge_base.retriever.calibration.load", lambda _folder: None)
    return asked


@pytest.fixture
def indexed(tmp_path: Path) -> City:
    """The sample city's index as a build leaves it that was stopped before it had calibrated."""
    city = assemble_city(settings_of(tmp_path))
    make_index(tmp_path / "index", city.library.passages()[:3], HashingEmbedder(), city.library.version)
    return city


def test_a_build_that_was_interrupted_is_calibrated_the_next_time(
    tmp_path: Path, indexed: City, calibrated: list[Path]
) -> None:
    building.build_index(settings_of(tmp_path), indexed, HashingEmbedder())
    assert calibrated == [tmp_path / "index"]


@pytest.mark.parametrize("part", ["no_answer.jsonl", "ranking", "everyday words"])
def test_other_questions_another_ranking_or_other_words_calibrate_an_index_that_is_kept(
    tmp_path: Path, indexed: City, calibrated: list[Path], part: str
) -> None:
    settings = settings_of(tmp_path)
    building.build_index(settings, indexed, HashingEmbedder())
    recipe = building._recipe(settings, indexed)
    building._write_recipe(settings, recipe)
    building.build_index(settings, indexed, HashingEmbedder())
    assert len(calibrated) == 1
    building._write_recipe(settings, {**recipe, part: "another"})
    building.build_index(settings, indexed, HashingEmbedder())
    assert len(calibrated) == 2


def test_a_library_that_changed_a_little_is_indexed_by_the_difference(
    tmp_path: Path, calibrated: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    city = assemble_city(settings_of(tmp_path))
    building.build_index(settings_of(tmp_path), city, HashingEmbedder())
    monkeypatch.setattr(building, "_indexed", None)  # indexing all of it again would fail
    first, *others = city.library.articles
    changed = make_library([replace(first, text=f"{first.text}\n本办法由市政府办公室解释。"), *others])
    building.build_index(settings_of(tmp_path), replace(city, library=changed), HashingEmbedder())
    index = open_index(tmp_path / "index", HashingEmbedder(), changed.version)
    assert index.manifest.passages == len(changed.passages())
    assert len(calibrated) == 2


def test_a_city_is_told_that_a_new_index_forgets_what_its_own_questions_taught(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_of(tmp_path, library=sample.articles())
    city = assemble_city(settings)
    building.build_index(settings, city, HashingEmbedder())
    assert "kb calibrate" not in capsys.readouterr().out
    (tmp_path / "index" / "calibration.json").write_text("{}")
    building.build_index(settings, city, HashingEmbedder())
    assert "kb calibrate" not in capsys.readouterr().out
    building.build_index(settings, city, HashingEmbedder(), anew=True)
    assert "kb calibrate" in capsys.readouterr().out


def test_an_index_of_an_earlier_release_is_measured_and_kept(
    tmp_path: Path, calibrated: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(tmp_path)
    city = assemble_city(settings)
    building.build_index(settings, city, HashingEmbedder())
    building._write_recipe(settings, building._recipe(settings, city))
    before = open_index(tmp_path / "index", HashingEmbedder())
    (tmp_path / "index" / before.manifest.base / "background.json").unlink()
    monkeypatch.setattr(building, "_indexed", None)  # indexing all of it again would fail
    for _ in range(2):
        building.build_index(settings, city, HashingEmbedder())
        after = open_index(tmp_path / "index", HashingEmbedder(), city.library.version)
        assert after.manifest.number == before.manifest.number + 1
        assert after.background == before.background
    assert len(calibrated) == 1


def test_another_city_is_indexed_from_nothing(tmp_path: Path, calibrated: list[Path]) -> None:
    city = assemble_city(settings_of(tmp_path))
    building.build_index(settings_of(tmp_path), city, HashingEmbedder())
    other = make_library([replace(a, article_id=f"other-{a.article_id}") for a in city.library.articles[:3]])
    building.build_index(settings_of(tmp_path), replace(city, library=other), HashingEmbedder())
    index = open_index(tmp_path / "index", HashingEmbedder(), other.version)
    assert len(index.passages) == len(other.passages())


def test_a_city_without_calibration_is_not_built(tmp_path: Path, indexed: City) -> None:
    settings = settings_of(tmp_path)
    settings.router_dir.mkdir()
    building._write_recipe(settings, building._recipe(settings, indexed))
    assert not building.is_built(settings)
    (tmp_path / "index" / "calibration.json").write_text("{}")  # of another release
    assert not building.is_built(settings)
    DEFAULT.save(tmp_path / "index")
    assert building.is_built(settings)


def test_a_disk_that_refuses_the_stamp_is_said_in_a_sentence_and_the_old_one_stays(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    building._write_recipe(settings, {"library": "1"})
    (tmp_path / ".built.json").mkdir()
    with pytest.raises(StorageProblem, match="hotline build again"):
        building._write_recipe(settings, {"library": "2"})
    assert building._read_recipe(settings) == {"library": "1"}


@pytest.mark.parametrize(
    ("given", "vosk", "fetched"),
    [
        ({}, False, ["whisper-base"]),
        ({"vosk_model": Path("v")}, True, []),
        ({"vosk_model": Path("v"), "speech_engine": "whisper"}, False, ["whisper-base"]),
        ({"speech_engine": "vosk"}, True, []),
        ({"whisper_model": Path("w")}, False, []),
        ({"whisper_model": Path("w"), "speech_engine": "vosk"}, True, []),
    ],
)
def test_only_the_recogniser_in_use_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, object], vosk: bool, fetched: list[str]
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("models.weights.preparation.prepare", lambda names, *_: asked.extend(names))
    settings = settings_of(tmp_path, **given)
    assert uses_vosk(settings) is vosk
    prepare_weights(settings)
    assert asked == fetched


def test_hearing_alone_fetches_no_embedder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("models.weights.preparation.prepare", lambda names, *_: asked.extend(names))
    with pytest.raises(ModelsError):
        prepared_speech(Settings(data_dir=tmp_path, _env_file=None))
    assert asked == ["whisper-base"]


def test_the_embedder_asked_for_goes_before_the_configured_one(tmp_path: Path) -> None:
    configured = Settings(data_dir=tmp_path, embedder="some-other", _env_file=None)
    assert isinstance(fetched_embedder(configured, "hashing"), HashingEmbedder)


def test_a_replay_names_the_call_whose_sound_is_at_fault_without_a_hint_that_does_not_exist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soundfile.write(tmp_path / "mono.wav", np.ones(8000, np.int16), 8000)
    gold = GoldCall("7", "t", {"16k": tmp_path / "mono.wav"}, 1.0, (), (), (), urgent=False)
    monkeypatch.setattr("evaluation.calls.gold_calls.load_calls", lambda _path: [gold])
    monkeypatch.setattr("api.cli.building.build_apart", lambda _settings: None)
    monkeypatch.setattr("copilot.assembly.assemble", lambda _settings: SimpleNamespace(copilot=None))
    with pytest.raises(BadAudio, match=r"^Call 7: .* left citizen, right agent") as told:
        replay(tmp_path / "calls.jsonl")
    assert "--mono" not in str(told.value)
