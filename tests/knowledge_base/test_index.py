from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.errors import IndexMismatch, KnowledgeError
from knowledge_base.index import base as index_base
from knowledge_base.index import vector_search
from knowledge_base.index.making import make_index
from knowledge_base.index.state import open_index
from knowledge_base.index.vector_lists import write_lists
from knowledge_base.policy import Passage
from knowledge_base.words import pairs
from models.baselines import HashingEmbedder

TODAY = date(2026, 11, 22)
CITY = "云川市"
FILES = ["base-000001", "changes-000001.log", "manifest.json"]


@pytest.fixture
def folder(tmp_path: Path, passages: tuple[Passage, ...]) -> Path:
    make_index(tmp_path / "index", passages, HashingEmbedder(), "library-1")
    return tmp_path / "index"


def test_an_index_opens_again_as_it_was_built(folder: Path, passages: tuple[Passage, ...]) -> None:
    opened = open_index(folder, HashingEmbedder(), "library-1")
    assert tuple(opened.passages) == passages
    assert opened.manifest.passages == len(passages)


def test_another_embedder_is_refused_with_the_command_that_rebuilds(folder: Path) -> None:
    with pytest.raises(IndexMismatch, match="hotline kb index"):
        open_index(folder, HashingEmbedder(512), "library-1")


def test_another_library_is_refused(folder: Path) -> None:
    with pytest.raises(IndexMismatch, match="library-2"):
        open_index(folder, HashingEmbedder(), "library-2")


def test_a_missing_index_says_how_it_is_built(tmp_path: Path) -> None:
    with pytest.raises(IndexMismatch, match=r"Build one with `hotline kb index`\."):
        open_index(tmp_path / "nothing", HashingEmbedder())


@pytest.mark.parametrize(
    "name",
    [
        "manifest.json",
        *(f"base-000001/{n}" for n in ("base.json", "passages.jsonl", "offsets.npy", "vectors.npy", "words/meta.json")),
    ],
)
def test_a_damaged_index_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"{")
    with pytest.raises(IndexMismatch):
        open_index(folder, HashingEmbedder())


def test_a_failed_build_leaves_the_old_index_whole(folder: Path, passages: tuple[Passage, ...]) -> None:
    class Failing(HashingEmbedder):
        def embed_passages(self, texts: object) -> np.ndarray:
            raise RuntimeError("no memory")

    with pytest.raises(RuntimeError):
        make_index(folder, passages, Failing(), "library-2")
    assert tuple(open_index(folder, HashingEmbedder(), "library-1").passages) == passages
    assert sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")) == FILES


def test_a_new_index_that_cannot_take_its_place_leaves_the_old_one_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch, passages: tuple[Passage, ...]
) -> None:
    (folder / "calibration.json").write_text("{}")

    def refuse(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(KnowledgeError, match="the index that was there is unchanged"):
        make_index(folder, passages, HashingEmbedder(), "library-2")
    (folder / "calibration.json").unlink()
    assert tuple(open_index(folder, HashingEmbedder(), "library-1").passages) == passages
    assert sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")) == FILES


def test_a_mistake_in_the_program_is_not_called_a_full_disk(
    folder: Path, monkeypatch: pytest.MonkeyPatch, passages: tuple[Passage, ...]
) -> None:
    def mistaken(text: str) -> list[str]:
        raise ValueError("a mistake")

    monkeypatch.setitem(index_base.CHANNELS, "words", mistaken)
    with pytest.raises(ValueError, match="a mistake"):
        make_index(folder, passages, HashingEmbedder(), "library-2")
    assert tuple(open_index(folder, HashingEmbedder(), "library-1").passages) == passages
    assert sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")) == FILES


def test_a_disk_that_refuses_the_vectors_is_an_error_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        write_lists(tmp_path / "nowhere" / "lists.faiss", np.eye(4, dtype="f4"))


def test_an_empty_library_has_an_index_that_finds_nothing(tmp_path: Path) -> None:
    empty = make_index(tmp_path / "index", [], HashingEmbedder(), "empty")
    allowed = empty.allowed(TODAY, CITY)
    assert empty.nearest(np.ones(1024, np.float32), allowed, 3) == []
    assert empty.words.search(["居住证"], allowed, 3) == []


def test_what_does_not_hold_is_left_out_before_the_cut(folder: Path, passages: tuple[Passage, ...]) -> None:
    opened = open_index(folder, HashingEmbedder())
    allowed = opened.allowed(TODAY, CITY)
    assert [p.article_id for p, ok in zip(passages, allowed, strict=True) if ok] == ["permit", "noise", "fund"]
    [query] = HashingEmbedder().embed_queries(["居住证旧规定 工本费二十元"])
    assert [passages[p].article_id for p, _ in opened.nearest(query, allowed, 1)] == ["permit"]
    assert [passages[p].article_id for p, _ in opened.words.search(pairs("居住证工本费"), allowed, 1)] == ["permit"]


def test_many_passages_are_searched_in_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passages: tuple[Passage, ...]
) -> None:
    monkeypatch.setattr(vector_search, "LISTS_FROM", 3)
    monkeypatch.setattr(vector_search, "_GATHERED", 0)
    opened = make_index(tmp_path / "index", passages, HashingEmbedder(), "library-1")
    allowed = opened.allowed(TODAY, CITY)
    [query] = HashingEmbedder().embed_queries(["夜间施工噪声扰民"])
    [(position, cosine), *_] = opened.nearest(query, allowed, 2)
    assert passages[position].article_id == "noise"
    assert opened.rows([position]) @ query == pytest.approx([cosine], abs=1e-5)


def test_the_manifest_says_whose_index_it_is(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["embedder"] == HashingEmbedder().fingerprint
    assert manifest["library"] == "library-1"
