"""How long one search takes without and with embedding, by number of passages.

    python -m benchmarks.search [--passages 1000 10000 100000] [--questions 200]

Passages are sentences of the sample library joined at random, their vectors random: times do not depend on meaning.
Prints 50th and 95th percentile in milliseconds, the time of building, and the memory of the process.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from copilot.assembly import assemble_city, assemble_embedder
from copilot.settings import load_settings
from evaluation.rank_measures import percentile
from knowledge_base.index import Index
from knowledge_base.policy import Passage
from knowledge_base.retriever import Retriever


class RandomEmbedder:
    """Random vectors of length one: costs nothing, so that search alone is measured."""

    dimension = 384
    fingerprint = "random"

    def __init__(self) -> None:
        self._random = np.random.default_rng(7)

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = self._random.standard_normal((len(texts), self.dimension)).astype(np.float32)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--questions", type=int, default=200)
    given = parser.parse_args()
    chance = random.Random(7)
    settings = load_settings()
    sentences = [
        s for p in assemble_city(settings).library.passages() for s in re.findall(r"[^。！？]+[。！？]", p.text)
    ]
    questions = ["我想问一下" + chance.choice(sentences)[:30] for _ in range(given.questions)]
    embedder = assemble_embedder(settings)
    alone = [_timed(partial(embedder.embed_queries, [q])) for q in questions]
    print(f"embedding one question: {_figures(alone)} ms ({embedder.fingerprint})")
    for count in given.passages:
        passages = [_passage(n, "".join(chance.choices(sentences, k=3))) for n in range(count)]
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            index = Index.build(Path(folder) / "index", passages, RandomEmbedder(), "benchmark")
            built = time.perf_counter() - start
            took = _ask(Retriever(index, RandomEmbedder()), questions)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{count:>7} passages: {_figures(took)} ms, built in {built:.1f} s, {memory:.0f} MB at most so far")


def _ask(retriever: Retriever, questions: Sequence[str]) -> list[float]:
    day = date(2026, 11, 22)
    return [_timed(partial(retriever.search, q, day=day, area="云川市")) for q in questions]


def _passage(number: int, text: str) -> Passage:
    over = date(2026, 1, 1) if number % 10 == 0 else None
    area = "云川市/临湖区" if number % 7 == 0 else "云川市"
    return Passage(f"{number}#1", str(number), f"办法{number}", text, "", "", "", "", area, date(2025, 1, 1), over)


def _timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def _figures(took: Sequence[float]) -> str:
    return f"p50 {percentile(took, 0.5):.1f}, p95 {percentile(took, 0.95):.1f}"


if __name__ == "__main__":
    main()
