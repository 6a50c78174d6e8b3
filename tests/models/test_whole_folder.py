"""A folder that is replaced is the old one or the new one, whoever looks and whatever is killed when."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from models.weights.whole_folder import exchanged, replacing, settle

PARTS = ("router.json", "weights.npz", "encoder/model.onnx")
ROOT = Path(__file__).resolve().parents[2]


def versions(folder: Path) -> set[str]:
    return {(folder / name).read_text(encoding="utf-8") for name in PARTS}


@pytest.mark.parametrize("way", ["exchange", "plain"])
def test_a_process_killed_at_any_moment_leaves_one_whole_router(tmp_path: Path, way: str) -> None:
    folder = tmp_path / "router"
    found = set()
    for seed in range(12):
        command = [sys.executable, str(Path(__file__).with_name("killed_save.py")), str(folder), way]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}) as process:
            assert process.stdout is not None
            for _ in range(1 + seed % 3):  # however slow the disk is, it gets further in some rounds than in others
                process.stdout.readline()
            time.sleep(random.Random(seed).uniform(0, 0.02))
            process.send_signal(signal.SIGKILL)
        settle(folder)
        whole = versions(folder)
        assert len(whole) == 1
        found |= whole
    assert len(found) > 1  # it was killed at different moments, not always in the first version


def test_what_a_killed_process_left_is_cleared_away_by_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "router"
    (tmp_path / ".router-making-abc" / "router").mkdir(parents=True)

    with replacing(folder) as fresh:
        (fresh / "router.json").write_text("new", encoding="utf-8")

    assert sorted(path.name for path in tmp_path.iterdir()) == [".router.lock", "router"]


def test_an_error_while_it_is_written_leaves_the_old_one(tmp_path: Path) -> None:
    folder = tmp_path / "router"
    with replacing(folder) as fresh:
        (fresh / "router.json").write_text("old", encoding="utf-8")

    with pytest.raises(OSError, match="full"), replacing(folder) as fresh:  # noqa: PT012 - the block is what fails
        (fresh / "router.json").write_text("new", encoding="utf-8")
        raise OSError("the disk is full")

    assert (folder / "router.json").read_text(encoding="utf-8") == "old"


def test_a_new_one_that_cannot_take_its_place_leaves_the_old_one(tmp_path: Path) -> None:
    folder = tmp_path / "router"
    with replacing(folder) as fresh:
        (fresh / "router.json").write_text("old", encoding="utf-8")

    def gone(first: Path, _: Path) -> bool:
        shutil.rmtree(first)
        return False

    with pytest.raises(FileNotFoundError), replacing(folder, gone) as fresh:
        (fresh / "router.json").write_text("new", encoding="utf-8")

    assert (folder / "router.json").read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".router.lock", "router"]


def test_what_stepped_aside_comes_back_where_nothing_took_its_place(tmp_path: Path) -> None:
    (tmp_path / ".router-before").mkdir()
    (tmp_path / ".router-before" / "router.json").write_text("old", encoding="utf-8")

    settle(tmp_path / "router")

    assert (tmp_path / "router" / "router.json").read_text(encoding="utf-8") == "old"


def test_two_folders_change_places_in_one_step(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "name").write_text(name, encoding="utf-8")

    if not exchanged(tmp_path / "one", tmp_path / "two"):
        pytest.skip("this file system cannot exchange two folders")

    assert (tmp_path / "one" / "name").read_text(encoding="utf-8") == "two"
    assert (tmp_path / "two" / "name").read_text(encoding="utf-8") == "one"


def test_what_a_killed_process_left_of_this_folder_goes_and_nothing_of_a_neighbour_whose_name_is_alike(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "router[12]"
    left, neighbours = tmp_path / ".router[12]-making-left", tmp_path / ".router1-making-now"
    for scratch in (left, neighbours):
        scratch.mkdir()
    with replacing(folder) as fresh:
        (fresh / "router.json").write_text("{}", encoding="utf-8")
    assert (folder / "router.json").is_file()
    assert not left.exists()
    assert neighbours.exists()
