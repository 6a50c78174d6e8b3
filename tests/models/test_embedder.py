from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.baselines import HashingEmbedder
from models.embedding_cache import CachedEmbedder
from models.errors import ModelProblem
from models.recent_embeddings import RecentEmbeddings
from models.sentence_embedder import OnnxEmbedder, batches, load_embedder
from models.weights.manifest import DEFAULT_EMBEDDER


class Counting:
    """An embedder that counts what it is asked for."""

    dimension = 4
    fingerprint = "counting"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return np.array([[len(text), 0, 0, 0] for text in texts], np.float32)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return np.array([[0, len(text), 0, 0] for text in texts], np.float32)


@given(st.lists(st.integers(1, 512), max_size=200))
def test_batches_hold_every_text_once_and_stay_small(lengths: list[int]) -> None:
    made = list(batches(lengths))
    assert sorted(index for batch in made for index in batch) == list(range(len(lengths)))
    assert all(len(batch) == 1 or len(batch) * max(lengths[i] for i in batch) <= 256 for batch in made)


def test_a_remembered_text_is_not_embedded_again(tmp_path: Path) -> None:
    first = Counting()
    vectors = CachedEmbedder(first, tmp_path / "cache.db").embed_queries(["水费", "电费价格", "水费"])
    second = Counting()
    again = CachedEmbedder(second, tmp_path / "cache.db")
    assert (again.embed_queries(["水费", "电费价格", "水费"]) == vectors).all()
    assert first.asked == ["水费", "电费价格"]
    assert second.asked == []
    assert again.embed_passages(["水费"])[0, 1] == 2


def test_what_was_asked_last_is_not_embedded_again_and_what_was_asked_long_ago_is_let_go() -> None:
    counting = Counting()
    recent = RecentEmbeddings(counting, kept=2)
    first = recent.embed_queries(["水费", "电费价格"])
    assert (recent.embed_queries(["电费价格", "水费"]) == first[::-1]).all()
    assert counting.asked == ["水费", "电费价格"]
    recent.embed_queries(["路灯不亮"])
    recent.embed_queries(["水费", "电费价格"])
    assert counting.asked == ["水费", "电费价格", "路灯不亮", "电费价格"]


def test_what_was_asked_last_is_not_kept_as_text() -> None:
    recent = RecentEmbeddings(Counting())
    recent.embed_queries(["我叫刘海，住荷花路十八号"])
    assert "荷花路" not in str(vars(recent))
    assert "荷花路".encode() not in b"".join(recent._vectors)


def test_a_batch_passes_by_what_was_asked_last() -> None:
    counting = Counting()
    recent = RecentEmbeddings(counting)
    for _ in range(2):
        assert recent.embed_queries(list("一二三四五")).shape == (5, 4)
    assert len(counting.asked) == 10
    assert recent.embed_passages(["水费"])[0, 1] == 2
    assert recent.embed_queries([]).shape[0] == 0


def test_threads_may_share_what_was_asked_last() -> None:
    recent = RecentEmbeddings(HashingEmbedder(64), kept=3)
    texts = [f"第{number % 7}条" for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: recent.embed_queries([text])[0], texts))
    assert (np.array(found) == HashingEmbedder(64).embed_queries(texts)).all()


def test_threads_may_share_a_cache(tmp_path: Path) -> None:
    cached = CachedEmbedder(HashingEmbedder(64), tmp_path / "cache.db")
    texts = [f"第{number}条" for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: cached.embed_passages(texts), range(8)))
    assert all(np.array_equal(found[0], other) for other in found)


def test_no_text_is_stored_in_the_cache(tmp_path: Path) -> None:
    CachedEmbedder(HashingEmbedder(64), tmp_path / "cache.db").embed_queries(["my landlord"])
    assert all(b"landlord" not in path.read_bytes() for path in tmp_path.iterdir())


def test_a_folder_of_another_kind_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "README").write_text("nothing")
    with pytest.raises(ModelProblem, match="hotline models prepare"):
        OnnxEmbedder(tmp_path)
    with pytest.raises(ModelProblem, match="hotline models prepare"):
        load_embedder("", tmp_path)


@pytest.mark.weights
def test_serving_an_embedding_never_imports_torch(models_dir: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from models.sentence_embedder import load_embedder;"
        f"load_embedder('', Path({str(models_dir)!r})).embed_queries(['居住证']);"
        "assert not {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.weights
def test_neighbours_in_a_batch_do_not_change_a_vector(models_dir: Path) -> None:
    embedder = OnnxEmbedder(models_dir / DEFAULT_EMBEDDER)
    texts = ["居住证怎么办", "夜间施工噪声" * 30, "公积金"]
    together = embedder.embed_passages(texts)
    alone = np.vstack([embedder.embed_passages([text]) for text in texts])
    assert np.abs(together - alone).max() < 1e-4


@pytest.mark.weights
def test_a_question_is_nearest_to_what_answers_it(models_dir: Path) -> None:
    embedder = OnnxEmbedder(models_dir / DEFAULT_EMBEDDER)
    [query] = embedder.embed_queries(["半夜工地还在打桩，吵得睡不着"])
    passages = embedder.embed_passages(
        ["夜间建筑施工噪声扰民由城管部门查处。", "居住证签注每年一次。", "水费按阶梯计价。"]
    )
    assert int(np.argmax(passages @ query)) == 0


@pytest.mark.weights
def test_a_very_long_or_odd_text_is_embedded(models_dir: Path) -> None:
    embedder = OnnxEmbedder(models_dir / DEFAULT_EMBEDDER)
    vectors = embedder.embed_queries(["", "ﷺ" * 40, "申" * 5000])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
