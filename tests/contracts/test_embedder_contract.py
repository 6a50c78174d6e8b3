"""Every embedder and every fake keeps these promises."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models.baselines import HashingEmbedder
from models.embedding_cache import CachedEmbedder
from models.sentence_embedder import SentenceEmbedder, load_embedder

TEXTS = ["居住证怎么办理", "夜间施工扰民", "公积金提取需要什么材料？", "  医保卡丢了 "]
Maker = Callable[[pytest.FixtureRequest], SentenceEmbedder]


def _served(request: pytest.FixtureRequest) -> SentenceEmbedder:
    folder: Path = request.getfixturevalue("models_dir")
    return load_embedder("", folder)


def _cached(request: pytest.FixtureRequest) -> SentenceEmbedder:
    folder: Path = request.getfixturevalue("tmp_path")
    return CachedEmbedder(HashingEmbedder(), folder / "cache.db")


@pytest.fixture(
    params=[
        pytest.param(lambda _request: HashingEmbedder(), id="hashing"),
        pytest.param(_cached, id="cached"),
        pytest.param(_served, id="served", marks=pytest.mark.weights),
    ]
)
def embedder(request: pytest.FixtureRequest) -> SentenceEmbedder:
    make: Maker = request.param
    return make(request)


def test_vectors_have_the_promised_shape_and_length_one(embedder: SentenceEmbedder) -> None:
    for vectors in (embedder.embed_queries(TEXTS), embedder.embed_passages(TEXTS)):
        assert vectors.shape == (len(TEXTS), embedder.dimension)
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


def test_nothing_gives_no_rows(embedder: SentenceEmbedder) -> None:
    assert embedder.embed_queries([]).shape == (0, embedder.dimension)
    assert embedder.embed_passages([]).shape == (0, embedder.dimension)


def test_the_same_text_has_the_same_vector_and_space_around_it_does_not_count(embedder: SentenceEmbedder) -> None:
    once, again = embedder.embed_queries(["医保卡丢了"]), embedder.embed_queries(["  医保卡丢了 \n"])
    assert np.allclose(once, again, atol=1e-6)


def test_rows_are_in_the_order_of_the_texts(embedder: SentenceEmbedder) -> None:
    forward, backward = embedder.embed_passages(TEXTS), embedder.embed_passages(TEXTS[::-1])
    assert np.allclose(forward, backward[::-1], atol=1e-4)


def test_the_fingerprint_is_a_name_that_stays(embedder: SentenceEmbedder) -> None:
    assert embedder.fingerprint
    assert embedder.fingerprint == embedder.fingerprint.strip()
