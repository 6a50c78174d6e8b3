"""A graph (HNSW), lists (IVF) and all in a row (FLAT), each with one byte a number, by number of vectors.

    OMP_NUM_THREADS=1 python -m benchmarks.vector_scale [--vectors 100000 1000000] [--kinds HNSW IVF] [--allowed 1 0.1]

Vectors are mixed from the vectors of the sample library's sentences by the embedder in use: each from one sentence and
half as much of two others, with noise. Questions are vectors of the beginnings of sentences. Prints, for each: time of
building, bytes for each vector, processor time of one search for the 100 nearest, and how many of the 10 and of the 100
that comparing with every vector finds are among them. ``--allowed``: the same where only that share of the vectors may
be found, chosen at random, and how many are found at least; lists then as many more as are looked through in service.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.retrieval_scale import figures, sentences
from copilot.assembly import assemble_embedder
from copilot.settings import load_settings
from knowledge_base.index.vector_lists import faiss as load_faiss

faiss: Any = load_faiss()
Vectors = NDArray[np.float32]
NEAREST = 100
FIRST = 10
NOISE = 0.02
BLOCK = 20_000
KINDS = ("FLAT", "IVF", "HNSW")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--allowed", type=float, nargs="+", default=[1.0])
    given = parser.parse_args()
    faiss.omp_set_num_threads(1)
    embedder = assemble_embedder(load_settings())
    texts = sentences()
    known = np.asarray(embedder.embed_passages(texts))
    chance = np.random.default_rng(7)
    chosen = chance.choice(len(texts), given.questions)
    asked = np.asarray(embedder.embed_queries([texts[n][:30] for n in chosen]))
    for count in given.vectors:
        rows = _mixed(known, count, chance)
        print(f"{count} vectors of {rows.shape[1]} numbers, {rows.nbytes / count:.0f} bytes each as they are")
        few = [_few(rows, asked, share, chance) for share in given.allowed]
        for name, make, ways in _kinds(count, rows.shape[1]):
            if name in given.kinds:
                index = _made(name, make, rows)
                for some in few:
                    _measure(index, ways(some.share), some, asked)


@dataclass(frozen=True)
class Few:
    """A share of the vectors that may be found: bits of those, and the nearest of them to each question, best first."""

    share: float
    bits: NDArray[np.uint8]
    right: NDArray[np.int64]


def _few(rows: Vectors, asked: Vectors, share: float, chance: np.random.Generator) -> Few:
    allowed = chance.random(len(rows)) < share
    right, took = _exactly(rows, asked, allowed)
    print(f"  {share:.1%} allowed, compared with all: {figures(took)} ms")
    return Few(share, np.packbits(allowed, bitorder="little"), right)


def _mixed(known: Vectors, count: int, chance: np.random.Generator) -> Vectors:
    rows = np.empty((count, known.shape[1]), np.float32)
    for start in range(0, count, BLOCK):
        size = min(BLOCK, count - start)
        some = known[chance.integers(0, len(known), (size, 3))]
        mixed = some[:, 0] + 0.5 * (some[:, 1] + some[:, 2]) + NOISE * chance.standard_normal(some[:, 0].shape)
        rows[start : start + size] = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return rows


def _exactly(rows: Vectors, asked: Vectors, allowed: NDArray[np.bool_]) -> tuple[NDArray[np.int64], list[float]]:
    right, took = [], []
    for vector in asked:
        start = time.thread_time()
        scores = np.where(allowed, rows @ vector, -np.inf)
        chosen = np.argpartition(scores, -NEAREST)[-NEAREST:]
        right.append(chosen[np.argsort(-scores[chosen])])
        took.append((time.thread_time() - start) * 1000)
    return np.array(right), took


Ways = Callable[[float], Sequence[tuple[str, Callable[[Any], Any]]]]
Kind = tuple[str, Callable[[], Any], Ways]


def _kinds(count: int, dimension: int) -> list[Kind]:
    """Each with its ways to be searched, by what is allowed: more work finds more."""
    lists = round(2 * np.sqrt(count))
    return [
        ("FLAT", partial(_all, dimension), lambda _: [("all", lambda sel: faiss.SearchParameters(sel=sel))]),
        ("IVF", partial(_lists, dimension, lists), partial(_wide, lists)),
        ("HNSW", partial(_graph, dimension), lambda _: [_deep(depth) for depth in (160, 400, 800)]),
    ]


def _wide(lists: int, share: float) -> Sequence[tuple[str, Callable[[Any], Any]]]:
    looked = [min(lists, round(n / np.sqrt(share))) for n in (48, 96, 192)]
    return [(f"{n} of {lists} lists", partial(_probing, n)) for n in looked]


def _probing(lists: int, sel: Any) -> Any:
    return faiss.SearchParametersIVF(sel=sel, nprobe=lists)


def _deep(depth: int) -> tuple[str, Callable[[Any], Any]]:
    return f"depth {depth}", lambda sel: faiss.SearchParametersHNSW(sel=sel, efSearch=depth)


def _all(dimension: int) -> Any:
    return faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)


def _graph(dimension: int) -> Any:
    made = faiss.IndexHNSWSQ(dimension, faiss.ScalarQuantizer.QT_8bit, 16, faiss.METRIC_INNER_PRODUCT)
    made.hnsw.efConstruction = 80
    return made


def _lists(dimension: int, lists: int) -> Any:
    nearest = faiss.IndexFlatIP(dimension)
    kind = faiss.ScalarQuantizer.QT_8bit
    made = faiss.IndexIVFScalarQuantizer(nearest, dimension, lists, kind, faiss.METRIC_INNER_PRODUCT)
    made.own_fields = True
    nearest.this.disown()
    made.cp.niter = 10
    return made


def _made(name: str, make: Callable[[], Any], rows: Vectors) -> Any:
    index = make()
    start, began = time.perf_counter(), time.process_time()
    index.train(rows[:: max(1, len(rows) // 128_000)])
    for at in range(0, len(rows), BLOCK):
        index.add(rows[at : at + BLOCK])
    took, work = time.perf_counter() - start, time.process_time() - began
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        faiss.write_index(index, str(path))
        size = path.stat().st_size / len(rows)
    print(f"  {name}: built in {took:.0f} s ({work:.0f} s of one processor), {size:.0f} bytes a vector")
    return index


def _measure(index: Any, ways: Sequence[tuple[str, Callable[[Any], Any]]], few: Few, asked: Vectors) -> None:
    for told, parameters in ways:
        took, found, first, least = [], [], [], NEAREST
        for vector, known in zip(asked, few.right, strict=True):
            start = time.thread_time()
            given = parameters(faiss.IDSelectorBitmap(few.bits))
            positions = index.search(vector[None, :], NEAREST, params=given)[1][0]
            took.append((time.thread_time() - start) * 1000)
            found.append(len(np.intersect1d(positions, known)) / NEAREST)
            first.append(len(np.intersect1d(positions, known[:FIRST])) / FIRST)
            least = min(least, int((positions >= 0).sum()))
        print(
            f"    {few.share:>6.1%} allowed, {told:<20} {figures(took)} ms, {np.mean(first):.1%} of the 10, "
            f"{np.mean(found):.1%} of the 100, at least {least} found"
        )


if __name__ == "__main__":
    main()
