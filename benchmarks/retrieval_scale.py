"""What search costs at 100,000 passages, in parts; what changes cost while others search; how soon a service is ready.

    OMP_NUM_THREADS=1 python -m benchmarks.retrieval_scale [--passages 100000] [--questions 300] [--changes 300]

Questions are asked as written, with a fifth of their characters misheard, and twice as long, as what is looked up in a
conversation is (half of it longer than 42 characters, a twentieth than 62). Two past days, on which few passages were
in force, show what a filter that leaves little costs, and whether it leaves anything to be found.

Articles are made of sentences of the sample library, joined at random, five passages each. A passage's vector is the
mean of the vectors of its sentences, by the embedder in use, with a little noise; questions are embedded as a call's
are, without a cache. Times of searching are processor time (``time.thread_time``), so that other work on the machine
counts little; times of changing are by the wall clock. Figures of one run belong together: compare within it.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import random
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from copilot.assembly import assemble_city, assemble_embedder
from copilot.settings import load_settings
from evaluation.homophones import Homophones
from evaluation.retrieval.rank_measures import percentile
from knowledge_base.errors import IndexMismatch
from knowledge_base.index.base import CHANNELS
from knowledge_base.index.index import Embedder, Index
from knowledge_base.index.making import make_index
from knowledge_base.index.manifest import read_manifest
from knowledge_base.index.state import open_index
from knowledge_base.library import Library, make_library
from knowledge_base.library_in_force import LibraryInForce
from knowledge_base.policy import Passage, PolicyArticle, Secrecy
from knowledge_base.retriever import Retriever
from knowledge_base.search.everyday_terms import general_terms
from knowledge_base.words import strip_fillers

T = TypeVar("T")
DAY = date(2026, 11, 22)
AREAS = ["云川市"] * 8 + ["云川市/临湖区", "云川市/高新区"]
PER_ARTICLE = 5
NOISE = 0.02
MISHEARD = 0.2
LONG_AGO = {date(2022, 6, 1): 40, date(2012, 6, 1): 1000}
"""Days, and of how many articles one was in force by then."""


class MixingEmbedder:
    """Questions by the real embedder; passages by mixing the vectors of the sentences that they were joined from."""

    def __init__(self, real: Embedder, sentences: Sequence[str]) -> None:
        self._real = real
        self.dimension = real.dimension
        self.fingerprint = f"mixed/{real.fingerprint}"
        self._known = dict(zip(sentences, real.embed_passages(sentences), strict=True))

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._real.embed_queries(texts)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([self._mixed(text) for text in texts])

    def _mixed(self, text: str) -> NDArray[np.float32]:
        known = [self._known[s] for s in re.findall(r"[^。！？\s]+[。！？]", text) if s in self._known]
        seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
        noise = np.random.default_rng(seed).standard_normal(self.dimension) * NOISE
        vector = np.mean(known, axis=0) + noise if known else noise
        return np.asarray(vector / np.linalg.norm(vector), np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--changes", type=int, default=300)
    parser.add_argument("--folder", type=Path, help="build the index there, or use the one that is there")
    parser.add_argument("--open", type=Path, help="only open the index in this folder, and say what that takes")
    given = parser.parse_args()
    if given.open:
        _open_alone(given.open)
        return
    chance = random.Random(7)
    texts = sentences()
    real = assemble_embedder(load_settings())
    embedder = MixingEmbedder(real, texts)
    library = _timed("library of the articles", lambda: make_library(_articles(given.passages, texts, chance)))
    passages = _timed("split into passages", library.passages)
    print(f"{len(library.articles)} articles, {len(passages)} passages, {real.fingerprint}")
    questions = ["我想问一下" + chance.choice(texts)[:30] for _ in range(given.questions)]
    longer = [f"{question}，{chance.choice(texts)[:30]}" for question in questions]
    homophones = Homophones(texts)
    misheard = [homophones.misheard(question, MISHEARD, seed=7) for question in questions]
    with tempfile.TemporaryDirectory() as folder:
        path = given.folder or Path(folder) / "index"
        _build(path, library, passages, embedder)
        _sizes(path, len(passages))
        subprocess.run([sys.executable, "-m", "benchmarks.retrieval_scale", "--open", str(path)], check=True)
        force = LibraryInForce(library, path, embedder)
        _searches(force, embedder, questions)
        _others(
            force,
            embedder,
            {
                "misheard": misheard,
                "long": longer,
                "long, misheard": [homophones.misheard(question, MISHEARD, seed=7) for question in longer],
            },
        )
        _past_days(force, embedder, questions)
        _filters(force, passages)
        _changes(force, embedder, questions, given.changes)


def sentences() -> list[str]:
    found = [
        s
        for p in assemble_city(load_settings()).library.passages()
        for s in re.findall(r"[^。！？\s]+[。！？]", p.text)
    ]
    return sorted({s for s in found if not re.match(r"第.{1,4}[条章]", s)})


def _articles(count: int, sentences: Sequence[str], chance: random.Random) -> list[PolicyArticle]:
    return [_article(n, sentences, chance) for n in range(count // PER_ARTICLE)]


def _article(number: int, sentences: Sequence[str], chance: random.Random) -> PolicyArticle:
    numerals = "一二三四五"
    clauses = [f"第{numerals[n]}条 {''.join(chance.choices(sentences, k=3))}" for n in range(PER_ARTICLE)]
    return PolicyArticle(
        article_id=f"a{number:06}",
        title=f"第{number}号办法",
        document_number=f"云测〔2025〕{number}号",
        issuer="云川市人民政府",
        owner="市政府办公室",
        area=AREAS[number % len(AREAS)],
        effective_from=min((day for day, of in LONG_AGO.items() if number % of == 1), default=date(2025, 1, 1)),
        effective_to=date(2026, 1, 1) if number % 10 == 3 else None,  # noqa: PLR2004 - one in ten has ended
        text="\n".join(clauses),
        secrecy=Secrecy.RESTRICTED if number % 50 == 7 else Secrecy.PUBLIC,  # noqa: PLR2004 - one in fifty
    )


def _build(path: Path, library: Library, passages: Sequence[Passage], embedder: Embedder) -> None:
    def build() -> None:
        with contextlib.suppress(IndexMismatch):
            open_index(path, embedder, library.version)
            return
        make_index(path, passages, embedder, library.version, source=library.base, editions=library.editions)

    _timed("built without embedding", build)


def _sizes(path: Path, count: int) -> None:
    def size(*patterns: str) -> float:
        return sum(f.stat().st_size for p in patterns for f in path.glob(p) if f.is_file()) / count

    print(
        f"bytes for each passage on disk: vectors {size('base-*/vectors.npy'):.0f}, "
        f"lists {size('base-*/lists.faiss'):.0f}, words {size('base-*/words/*'):.0f}, "
        f"syllables {size('base-*/sounds/*'):.0f}, "
        f"passages {size('base-*/passages.jsonl', 'base-*/offsets.npy'):.0f}, all {size('**/*'):.0f}"
    )


def _open_alone(path: Path) -> None:
    """A process of its own, so that the memory is that of opening and searching."""

    class Silent:
        dimension = 384
        fingerprint = ""

        def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
            vectors = np.random.default_rng(1).standard_normal((len(texts), self.dimension)).astype(np.float32)
            return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

        embed_passages = embed_queries

    silent = Silent()
    told = read_manifest(path)
    silent.fingerprint, silent.dimension = told.embedder, told.dimension
    before = _resident()
    start = time.perf_counter()
    index = open_index(path, silent)
    took = time.perf_counter() - start
    opened = _resident()
    retriever = Retriever(index, silent, terms=general_terms())
    for n in range(100):
        retriever.rank(f"第{n}号办法申请材料和补贴标准是什么", day=DAY, area="云川市")
    print(
        f"opened in {took * 1000:.0f} ms with {opened[0] - before[0]:.0f} MB more of its own and "
        f"{opened[1] - before[1]:.0f} MB of files; after 100 searches {_resident()[0] - before[0]:.0f} and "
        f"{_resident()[1] - before[1]:.0f} MB"
    )


def _resident() -> tuple[float, float]:
    """Megabytes of this process in memory: its own, and of files that the system may drop again."""
    told = dict(
        line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("Rss")
    )
    own, files = (int(told[name].split()[0]) / 1024 for name in ("RssAnon", "RssFile"))
    return own, files


def _searches(force: LibraryInForce, embedder: MixingEmbedder, questions: Sequence[str]) -> None:
    index, retriever = force.snapshot, Retriever(force, embedder, terms=general_terms())
    allowed = index.allowed(DAY, "云川市", Secrecy.INTERNAL)
    asked = [strip_fillers(q) for q in questions]
    vectors = embedder.embed_queries(asked)
    print(f"{int(allowed.sum())} of {len(allowed)} passages are allowed; processor time in ms:")
    _say("search, all of it", [partial(retriever.search, q, day=DAY, area="云川市") for q in questions])
    _say("  embedding the question", [partial(embedder.embed_queries, [q]) for q in asked])
    for name, channel in (("words", index.words), ("sounds", index.sounds)):
        cut = [CHANNELS[name](q) for q in asked]
        _say(
            f"  {name}: {np.mean([len(set(terms)) for terms in cut]):.0f} terms",
            [partial(channel.search, t, allowed, 100) for t in cut],
        )
    _say("  vectors", [partial(index.nearest, v, allowed, 100) for v in vectors])
    rows = np.ascontiguousarray(index.rows(range(len(index.passages))))
    _say("  (vectors, compared with all)", [partial(_exact, rows, v, allowed) for v in vectors])
    kept = [len({p for p, _ in index.nearest(v, allowed, 100)} & set(_exact(rows, v, allowed))) for v in vectors]
    first = [len({p for p, _ in index.nearest(v, allowed, 100)} & set(_exact(rows, v, allowed)[:10])) for v in vectors]
    print(f"  of the 100 nearest {np.mean(kept) / 100:.1%} are found, of the 10 nearest {np.mean(first) / 10:.1%}")


def _others(force: LibraryInForce, embedder: MixingEmbedder, kinds: Mapping[str, Sequence[str]]) -> None:
    retriever = Retriever(force, embedder, terms=general_terms())
    for kind, questions in kinds.items():
        size = np.mean([len(strip_fillers(q)) for q in questions])
        searches = [partial(retriever.search, q, day=DAY, area="云川市") for q in questions]
        _say(f"search, {kind}: {size:.0f} characters", searches)
        _say("  embedding the question", [partial(embedder.embed_queries, [strip_fillers(q)]) for q in questions])


def _past_days(force: LibraryInForce, embedder: MixingEmbedder, questions: Sequence[str]) -> None:
    """Days on which little was in force: a search must find as much as there is, and not cost more for that."""
    index, retriever = force.snapshot, Retriever(force, embedder, terms=general_terms())
    vectors = embedder.embed_queries([strip_fillers(q) for q in questions])
    for day in LONG_AGO:
        allowed = index.allowed(day, "云川市", Secrecy.INTERNAL)
        print(f"{int(allowed.sum())} of {len(allowed)} passages were in force on {day}:")
        _say("  search, all of it", [partial(retriever.rank, q, day=day, area="云川市") for q in questions])
        for name, channel in (("words", index.words), ("sounds", index.sounds)):
            cut = [CHANNELS[name](strip_fillers(q)) for q in questions]
            _say(f"    {name}", [partial(channel.search, t, allowed, 100) for t in cut])
        _say("    vectors", [partial(index.nearest, v, allowed, 100) for v in vectors])
        print(f"    at least {min(len(index.nearest(v, allowed, 100)) for v in vectors)} of 100 nearest are found")


def _exact(rows: NDArray[np.float32], vector: NDArray[np.float32], allowed: NDArray[np.bool_]) -> list[int]:
    scores = np.where(allowed, rows @ vector, -np.inf)
    chosen = np.argpartition(scores, -100)[-100:]
    return [int(p) for p in chosen[np.argsort(-scores[chosen])]]


def _filters(force: LibraryInForce, passages: Sequence[Passage]) -> None:
    """A day that nobody asked for yet: the filter is made anew."""
    index = force.snapshot
    days = [date(2026, 1, 1 + n) for n in range(30)]
    _say("filter of another day", [partial(index.allowed, day, "云川市/临湖区", Secrecy.INTERNAL) for day in days])
    loops = [partial(_looped, passages, day) for day in days[:3]]
    _say("  (one passage after another)", loops)


def _looped(passages: Sequence[Passage], day: date) -> NDArray[np.bool_]:
    may = (p.visible_to(Secrecy.INTERNAL) and p.holds(day, "云川市/临湖区") for p in passages)
    return np.fromiter(may, np.bool_, len(passages))


def _changes(force: LibraryInForce, embedder: MixingEmbedder, questions: Sequence[str], changes: int) -> None:
    """One article after another is published anew, while another thread searches; each is looked for at once."""
    retriever = Retriever(force, embedder, terms=general_terms())
    alone = _waited(retriever, questions)
    articles = {a.article_id: a for a in force.current.articles}
    took: list[float] = []
    work: list[float] = []
    missing: list[str] = []
    beside: list[float] = []
    over = threading.Event()

    def search() -> None:
        while not over.is_set():
            beside.extend(_waited(retriever, questions[:20]))

    searching = threading.Thread(target=search)
    searching.start()
    for number in range(changes):
        old = articles[f"a{number * 7 % len(articles):06}"]
        new = replace(old, text=old.text.replace("。", f"，编号{number}。", 1), area="云川市", effective_to=None)
        articles[new.article_id] = replace(new, secrecy=Secrecy.PUBLIC)
        start, began = time.perf_counter(), time.thread_time()
        force.replace(make_library(articles.values(), force.current))
        took.append((time.perf_counter() - start) * 1000)
        work.append((time.thread_time() - began) * 1000)
        if not _finds(force.snapshot, f"，编号{number}。"):
            missing.append(new.article_id)
    over.set()
    searching.join()
    print(
        f"{changes} changes of one article while others search, ms by the clock: {figures(took)}, "
        f"{max(took):.0f} at most; processor time {figures(work)}"
    )
    print(
        f"  not found at once: {len(missing)}; searches by the clock: alone {figures(alone)}, beside {figures(beside)}"
    )
    _next_base(force, retriever, questions)


def _finds(index: Index, marked: str) -> bool:
    """Whether the words of ``marked`` find a passage that has it."""
    hits = index.words.search(CHANNELS["words"](marked), index.allowed(DAY, "云川市", Secrecy.PUBLIC), 50)
    return any(marked in index.passages[position].text for position, _ in hits)


def _next_base(force: LibraryInForce, retriever: Retriever, questions: Sequence[str]) -> None:
    """The next base, which takes in what came since, while another thread searches."""
    force.settle()
    making = threading.Thread(target=force.condense)
    start = time.perf_counter()
    beside: list[float] = []
    making.start()
    while making.is_alive():
        beside.extend(_waited(retriever, questions[:5]))
    print(f"next base written in {time.perf_counter() - start:.1f} s; searches meanwhile {figures(beside)} ms")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{peak:.0f} MB at most, of which the articles, the passages and the embedder are most")


def _waited(retriever: Retriever, questions: Sequence[str]) -> list[float]:
    took = []
    for question in questions:
        start = time.perf_counter()
        retriever.search(question, day=DAY, area="云川市")
        took.append((time.perf_counter() - start) * 1000)
    return took


def _say(what: str, actions: Sequence[Callable[[], object]]) -> None:
    actions[0]()
    took = []
    for action in actions:
        start = time.thread_time()
        action()
        took.append((time.thread_time() - start) * 1000)
    print(f"{what:<34} {figures(took)}")


def _timed(what: str, action: Callable[[], T]) -> T:
    start = time.perf_counter()
    done = action()
    print(f"{what}: {time.perf_counter() - start:.1f} s")
    return done


def figures(took: Sequence[float]) -> str:
    return f"p50 {percentile(took, 0.5):.2f}, p95 {percentile(took, 0.95):.2f}"


if __name__ == "__main__":
    main()
