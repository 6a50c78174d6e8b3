"""What one publication costs a service with a large library: to itself, to its neighbours, and to the names by sound.

    OMP_NUM_THREADS=1 python -m benchmarks.retrieval_changes [--articles 20000] [--changes 100] [--renamed 10]

Articles have titles and keywords of words of the sample library, joined at random, and five passages each; vectors are
random. One service publishes one article after another, a second one follows on the same disk, and its names by sound
follow the library. All figures are processor time in ms (of the whole process, where a thread works beside), so that
other work on the machine counts little.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.retrieval_scale import T, figures, sentences
from copilot.assembly import assemble_city
from copilot.settings import load_settings
from knowledge_base.index.making import make_index
from knowledge_base.library import Library, make_library
from knowledge_base.library_in_force import LibraryInForce
from knowledge_base.policy import PolicyArticle
from knowledge_base.sounds_alike.corrector_in_force import CorrectorInForce
from knowledge_base.words import words

KINDS = ("办法", "规定", "实施细则", "办事指南", "补贴通知", "问答")


class RandomEmbedder:
    """Random vectors of length one: embedding is measured elsewhere."""

    dimension = 384
    fingerprint = "random"

    def __init__(self) -> None:
        self._random = np.random.default_rng(7)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = self._random.standard_normal((len(texts), self.dimension)).astype(np.float32)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    embed_queries = embed_passages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--renamed", type=int, default=10, help="how often the names follow another title")
    parser.add_argument("--folder", type=Path, help="build the index there, or use the one that is there")
    given = parser.parse_args()
    chance = random.Random(7)
    texts = sentences()
    known = sorted({word for text in texts for word in words(text) if len(word) > 1})
    library = make_library(_article(number, known, texts, chance) for number in range(given.articles))
    print(f"{len(library.articles)} articles")
    with tempfile.TemporaryDirectory() as scratch:
        folder, embedder = given.folder or Path(scratch) / "index", RandomEmbedder()
        _build(folder, library, embedder)
        _publications(library, folder, embedder, given.changes)
    if given.renamed:
        _names(library, given.renamed)
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most")


def _build(folder: Path, library: Library, embedder: RandomEmbedder) -> None:
    if not folder.exists():
        passages = library.passages()
        make_index(folder, passages, embedder, library.version, source=library.base, editions=library.editions)


def _article(number: int, known: Sequence[str], texts: Sequence[str], chance: random.Random) -> PolicyArticle:
    matter = "".join(chance.choices(known, k=3))
    clauses = [f"第{numeral}条 {''.join(chance.choices(texts, k=3))}" for numeral in "一二三四五"]
    return PolicyArticle(
        article_id=f"a{number:06}",
        title=f"云川市{matter}{chance.choice(KINDS)}",
        document_number=f"云测〔2025〕{number}号",
        issuer="云川市人民政府",
        owner="市政府办公室",
        area="云川市",
        effective_from=date(2025, 1, 1),
        effective_to=None,
        text="\n".join(clauses),
        keywords=("".join(chance.choices(known, k=2)), chance.choice(known)),
    )


def _changed(library: Library, number: int) -> Library:
    """``library`` with another title and text of one article."""
    articles = {a.article_id: a for a in library.articles}
    old = library.articles[number * 7 % len(library.articles)]
    text = old.text.replace("。", f"，编号{number}。", 1)
    articles[old.article_id] = replace(old, title=f"{old.title}敬老卡", text=text)
    return make_library(articles.values(), library)


def _publications(library: Library, folder: Path, embedder: RandomEmbedder, changes: int) -> None:
    here, there = (LibraryInForce(library, folder, embedder) for _ in range(2))
    made: list[float] = []
    published: list[float] = []
    followed: list[float] = []
    for number in range(changes):
        library = _timed(made, lambda: _changed(library, number))  # noqa: B023 - called at once
        _timed(published, lambda: here.replace(library))  # noqa: B023 - called at once
        _timed(followed, lambda: there.replace(library))  # noqa: B023 - called at once
    print(f"the library with another article   {figures(made)}")
    print(f"published and searched              {figures(published)}")
    print(f"seen by a second service            {figures(followed)}; the last ten {figures(followed[-10:])}")


def _names(library: Library, changes: int) -> None:
    city = assemble_city(load_settings())
    in_force = [library]
    first: list[float] = []
    later: list[float] = []

    def begin() -> CorrectorInForce:
        begun = CorrectorInForce(lambda: in_force[0], lambda: city.catalogue, city.gazetteer)
        begun.settle()
        return begun

    corrector = _timed(first, begin)
    for number in range(changes):
        in_force[0] = _changed(in_force[0], number)
        in_force[0].editions  # noqa: B018 - the index has asked for them
        _timed(later, corrector.settle)
    print(f"names by sound, made at the start   {first[0]:.0f}")
    print(f"names by sound, after a change      {figures(later)}")
    found = [m.term for m in corrector.misheard("我想问敬老咖怎么换")]
    print(f"  敬老咖 is read as {found}")


def _timed(took: list[float], action: Callable[[], T]) -> T:
    start = time.process_time()
    done = action()
    took.append((time.process_time() - start) * 1000)
    return done


if __name__ == "__main__":
    main()
