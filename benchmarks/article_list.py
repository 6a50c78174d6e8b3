"""What the knowledge desk's list costs where thousands of drafts wait: the first time, again, and after an edit.

    OMP_NUM_THREADS=1 python -m benchmarks.article_list [--drafts 5000] [--characters 3000] [--articles 200]

The first list of a process reads the contents of all drafts, as every list once did; later ones read what was edited
since. Medians of five (one of the first), in processor time (``time.process_time``), and which part of the first.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.article_uploads import DAY, NOW, POLICE, library
from copilot.articles.desk import ArticleDesk
from copilot.store import Seen, Store
from knowledge_base.articles.content import Content, empty_content
from knowledge_base.catalogue.catalogue import ResponsibilityCatalogue
from knowledge_base.gazetteer import Gazetteer

ROUNDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drafts", type=int, default=5000)
    parser.add_argument("--characters", type=int, default=3000, help="of each draft's text")
    parser.add_argument("--articles", type=int, default=200, help="that are no drafts")
    asked = parser.parse_args()
    files = library(asked.articles)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder) / 'hotline.db'}")
        store.upgrade()
        catalogue = ResponsibilityCatalogue("1", (POLICE,))
        desk = ArticleDesk(store.articles, lambda: files, lambda: catalogue, Gazetteer("云川市", ()))
        for number in range(asked.drafts):
            store.articles.begin(f"draft-{number:05d}", _content(number, asked.characters), "li", NOW)
        desk.library(DAY)
        first = _cost(lambda: desk.overview(DAY))
        again = statistics.median(_cost(lambda: desk.overview(DAY)) for _ in range(ROUNDS))
        edited = statistics.median(_after_edit(desk, round_) for round_ in range(ROUNDS))
        alone = statistics.median(_cost(lambda: store.articles.unlisted(DAY)) for _ in range(ROUNDS))
    print(f"{asked.drafts} drafts of {asked.characters} characters beside {asked.articles} articles")
    for what, cost in (("first", first), ("again", again), ("after an edit", edited), ("unlisted, again", alone)):
        print(f"{what}: {1000 * cost:.0f} ms, {cost / first:.2f} of the first")


def _content(number: int, characters: int) -> Content:
    told: dict[str, Any] = {"title": f"第{number}号草案", "document_number": f"云草〔2026〕{number}号"}
    line = "第一条 带身份证。\n"
    return {**empty_content(), **told, "owner": "市公安局", "text": line * (characters // len(line) or 1)}


def _after_edit(desk: ArticleDesk, round_: int) -> float:
    desk.edit(Seen(f"draft-{round_:05d}", 1, 0), {"issuer": "云川市公安局"}, "li", NOW)
    return _cost(lambda: desk.overview(DAY))


def _cost(step: Callable[[], object]) -> float:
    began = time.process_time()
    step()
    return time.process_time() - began


if __name__ == "__main__":
    main()
