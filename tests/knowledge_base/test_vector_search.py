"""Vectors of many passages, searched in lists: what a filter leaves is found, and lists follow what comes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge_base.index import vector_lists, vector_search
from knowledge_base.index.vector_search import VectorSearch, write_vectors

ROWS, SUBJECTS, NUMBERS = 6000, 60, 32
WANTED = 50


@pytest.fixture(autouse=True)
def lists_for_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_search, "LISTS_FROM", 1000)
    monkeypatch.setattr(vector_search, "_GATHERED", 0)


@pytest.fixture(scope="module")
def rows() -> NDArray[np.float32]:
    """Vectors of passages on some subjects, as embedders give them: all lean one way, those of a subject more so."""
    chance = np.random.default_rng(7)
    subjects = chance.standard_normal((SUBJECTS, NUMBERS)) + 2 * chance.standard_normal(NUMBERS)
    made = subjects[chance.integers(0, SUBJECTS, ROWS)] + 0.7 * chance.standard_normal((ROWS, NUMBERS))
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)


@pytest.mark.parametrize("share", [0.68, 0.1, 0.02, 0.005])
def test_what_a_filter_leaves_is_found_however_little_it_is(
    tmp_path: Path, rows: NDArray[np.float32], share: float
) -> None:
    write_vectors(tmp_path, rows)
    search = VectorSearch(tmp_path)
    allowed = np.random.default_rng(3).random(ROWS) < share
    wanted = min(WANTED, int(allowed.sum()))
    right = 0
    for vector in rows[:: ROWS // 40]:
        hits = search.nearest(vector, allowed, WANTED)
        assert len(hits) == wanted
        assert all(allowed[row] for row, _ in hits)
        best = np.argsort(-np.where(allowed, rows @ vector, -2.0))[:10]
        right += len({row for row, _ in hits} & set(best.tolist()))
    assert right >= 0.97 * 400


def test_cosines_are_those_of_the_rows_and_not_of_their_short_form(tmp_path: Path, rows: NDArray[np.float32]) -> None:
    write_vectors(tmp_path, rows)
    hits = VectorSearch(tmp_path).nearest(rows[5], np.ones(ROWS, np.bool_), 20)
    assert hits[0][0] == 5
    assert [cosine for _, cosine in hits] == pytest.approx([float(rows[row] @ rows[5]) for row, _ in hits], abs=1e-6)


def test_new_rows_are_filed_in_the_lists_that_there_are(
    tmp_path: Path, rows: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = _two(tmp_path)
    write_vectors(before, rows[:4000])

    def refuse(_: object) -> None:
        raise AssertionError("centres were found anew")

    monkeypatch.setattr(vector_lists, "_trained", refuse)
    write_vectors(after, rows[4000:], before)
    assert _finds_itself(VectorSearch(after), rows)


def test_centres_are_found_anew_when_there_are_many_times_the_rows(
    tmp_path: Path, rows: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = _two(tmp_path)
    sizes: list[int] = []
    write_vectors(before, rows[:1500])
    monkeypatch.setattr(vector_lists, "_trained", _noted(sizes, vector_lists._trained))
    write_vectors(after, rows[1500:], before)
    assert sizes == [ROWS]
    assert _finds_itself(VectorSearch(after), rows)


def test_a_base_that_had_no_lists_has_some_when_it_has_grown(tmp_path: Path, rows: NDArray[np.float32]) -> None:
    before, after = _two(tmp_path)
    write_vectors(before, rows[:900])
    assert not (before / "lists.faiss").exists()
    write_vectors(after, rows[900:], before)
    assert (after / "lists.faiss").exists()
    assert _finds_itself(VectorSearch(after), rows)


def test_without_the_lists_which_another_release_lacks_the_very_nearest_are_found(
    tmp_path: Path, rows: NDArray[np.float32]
) -> None:
    write_vectors(tmp_path, rows)
    (tmp_path / "lists.faiss").rename(tmp_path / "graph.faiss")
    allowed = np.random.default_rng(3).random(ROWS) < 0.5
    hits = VectorSearch(tmp_path).nearest(rows[7], allowed, WANTED)
    best = np.argsort(-np.where(allowed, rows @ rows[7], -2.0), kind="stable")[:WANTED]
    assert [row for row, _ in hits] == best.tolist()


def test_lists_of_other_vectors_are_refused(tmp_path: Path, rows: NDArray[np.float32]) -> None:
    one, other = _two(tmp_path)
    write_vectors(one, rows)
    write_vectors(other, rows[:2000])
    (one / "lists.faiss").replace(other / "lists.faiss")
    with pytest.raises(ValueError, match="not of these vectors"):
        VectorSearch(other)


def _noted(
    sizes: list[int], trained: Callable[[NDArray[np.float32]], object]
) -> Callable[[NDArray[np.float32]], object]:
    def noting(rows: NDArray[np.float32]) -> object:
        sizes.append(len(rows))
        return trained(rows)

    return noting


def _two(folder: Path) -> tuple[Path, Path]:
    (folder / "before").mkdir()
    (folder / "after").mkdir()
    return folder / "before", folder / "after"


def _finds_itself(search: VectorSearch, rows: NDArray[np.float32]) -> bool:
    everything = np.ones(len(rows), np.bool_)
    return all(search.nearest(rows[row], everything, 5)[0][0] == row for row in range(0, len(rows), 97))
