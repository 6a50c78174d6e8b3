"""The next base of an index, made while it is searched and changed; and that it is as good as one built anew."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from index_parts import CITY, EAGER, FUND, NOISE, PERMIT, TODAY, CountingEmbedder, article, found, made

from knowledge_base.index import keeper as index_keeper
from knowledge_base.index import making as index_making
from knowledge_base.index.index import Index
from knowledge_base.index.making import make_index
from knowledge_base.index.state import open_index
from knowledge_base.library import make_library
from knowledge_base.library_in_force import LibraryInForce
from knowledge_base.policy import PolicyArticle
from knowledge_base.retriever import Retriever
from models.baselines import HashingEmbedder

WORDS = ["居住证", "公积金", "社保", "噪声", "施工", "供暖", "补贴", "学区", "入学", "车位", "养犬", "燃气"]
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map("，".join)
steps = st.lists(
    st.dictionaries(st.sampled_from("abcdef"), texts, max_size=6).map(
        lambda named: [article(name, text) for name, text in named.items()]
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize("waste", [0.0, 1.0], ids=["of the living alone", "grown from the last"])
def test_the_next_base_answers_as_the_index_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waste: float) -> None:
    monkeypatch.setattr(index_making, "_WASTE", waste)
    force, embedder = made(tmp_path / "index", PERMIT, NOISE)
    library = make_library([replace(PERMIT, text="居住满一年的，可以申领居住证。"), FUND])
    force.replace(library)
    before = {query: found(force, query) for query in ("居住证", "公积金房租", "夜间噪声")}
    keeper = force._keeper
    assert keeper.make_next()
    assert {query: found(force, query) for query in before} == before
    assert keeper._state.recent == 0
    assert len(force.snapshot.passages) == (2 if waste == 0.0 else 5)
    names = {path.name for path in (tmp_path / "index").iterdir() if not path.name.startswith(".")}
    assert names == {"manifest.json", "base-000002", "changes-000002.log"}
    again = LibraryInForce(library, tmp_path / "index", CountingEmbedder())
    assert {query: found(again, query) for query in before} == before
    embedder.embedded.clear()
    again.replace(library)
    force.replace(make_library([*library.articles, NOISE]))
    assert len(embedder.embedded) == 1
    assert found(force, "夜间噪声")[0] == NOISE.text


def test_a_disk_without_second_names_for_a_file_has_a_next_base_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    monkeypatch.setattr(index_making, "_WASTE", 1.0)
    force, _ = made(tmp_path / "index", PERMIT, NOISE)
    force.replace(make_library([PERMIT, NOISE, FUND]))
    force.condense()
    assert force.snapshot.manifest.number == 2
    assert found(force, "公积金可以提取来付房租吗")[0] == FUND.text
    assert NOISE.text in found(force, "夜间施工噪声")


def test_what_changes_while_the_next_base_is_written_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    force, _ = made(tmp_path / "index", PERMIT, NOISE)
    force.replace(make_library([PERMIT, NOISE, FUND]))
    write_next = index_keeper.write_next

    def meanwhile(*given: object) -> object:
        written = write_next(*given)  # type: ignore[arg-type]
        force.replace(make_library([PERMIT, FUND, article("late", "老年人优待证由社区办理。")]))
        return written

    monkeypatch.setattr(index_keeper, "write_next", meanwhile)
    assert force._keeper.make_next()
    assert found(force, "老年人优待证")[0] == "老年人优待证由社区办理。"
    assert NOISE.text not in found(force, "夜间施工噪声扰民")
    again = open_index(tmp_path / "index", CountingEmbedder())
    assert again.manifest.passages == force.snapshot.manifest.passages == 4


def test_a_base_that_could_not_be_written_leaves_everything_searchable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    force, _ = made(tmp_path / "index", PERMIT)
    monkeypatch.setattr(index_keeper, "RECENT_ENOUGH", 1)

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(index_keeper, "write_next", refuse)
    force.replace(make_library([PERMIT, FUND]))
    force.settle()
    assert "not written" in caplog.text
    assert FUND.text in found(force, "公积金")


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps, folded=st.booleans())
def test_an_index_that_was_changed_is_as_good_as_one_built_anew(
    tmp_path_factory: pytest.TempPathFactory, steps: list[list[PolicyArticle]], folded: bool
) -> None:
    folder = tmp_path_factory.mktemp("any")
    force, embedder = made(folder / "index", PERMIT)
    for articles in steps:
        force.replace(make_library(articles))
        if folded:
            force._keeper.make_next()
    last = make_library(steps[-1])
    anew = make_index(folder / "anew", last.passages(), embedder, last.version)
    kept = force.snapshot
    assert {p for p, lives in zip(kept.passages, kept.living, strict=True) if lives} == set(anew.passages)
    for word in WORDS:
        for query in (word, f"{word}怎么办"):
            [vector] = embedder.embed_queries([query])
            assert _cosines(kept, vector) == pytest.approx(_cosines(anew, vector), abs=1e-5)
            assert set(_by_words(kept, query)) == set(_by_words(anew, query))


def _cosines(index: Index, vector: np.ndarray) -> dict[str, float]:
    hits = index.nearest(vector, index.allowed(None, None), 100)
    return {index.passages[position].text: cosine for position, cosine in hits}


def _by_words(index: Index, query: str) -> list[str]:
    hits = index.words.search(query.split(), index.allowed(None, None), 100)
    return [index.passages[position].text for position, _ in hits]


def test_a_word_weighs_the_same_in_new_and_old_passages(tmp_path: Path) -> None:
    chance = random.Random(3)
    old = [article(f"o{n}", "，".join(chance.choices(WORDS, k=chance.randint(1, 90)))) for n in range(60)]
    twins = [replace(a, article_id=f"n{a.article_id}", document_number="", title=a.title) for a in old[:20]]
    force, _ = made(tmp_path / "index", *old)
    force.replace(make_library([*old, *twins]))
    index = force.snapshot
    for word in WORDS:
        scores: dict[str, list[float]] = {}
        for position, score in index.words.search([word[:2]], index.allowed(None, None), 1000):
            scores.setdefault(index.passages[position].article_id.removeprefix("n"), []).append(score)
        pairs = [both for both in scores.values() if len(both) == 2]
        assert pairs
        for one, other in pairs:
            assert one == pytest.approx(other, rel=1e-5)


def test_a_thousand_changes_under_a_thousand_searches_show_no_stale_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_keeper, "RECENT_ENOUGH", 150)
    others = [article(f"other{n}", f"第{n}号事项由窗口办理，补贴{n}元。") for n in range(20)]
    force, _ = made(tmp_path / "index", edition(0), *others)
    retriever = Retriever(force, HashingEmbedder(256), EAGER)
    published = [0]
    wrong: list[str] = []

    def ask(every: int) -> int:
        """Search as often as there are changes, spread over them, never waiting for one to end."""
        for number in range(0, 1000, every):
            while published[0] < number:
                time.sleep(0.001)
            least = published[0]
            hits = retriever.search("高龄津贴每月多少元", day=TODAY, area=CITY, limit=3)
            most = published[0] + 1  # the next one may be searched before it is reported
            cards = [int(h.passage.text.split("#")[1]) for h in hits if h.passage.article_id == "pension"]
            if len(cards) != 1 or not least <= cards[0] <= most:
                wrong.append(f"{cards} between {least} and {most}")
        return 1000 // every

    threads = [_Result(lambda: ask(2)) for _ in range(2)]
    for number in range(1, 1001):
        force.replace(make_library([edition(number), *others]))
        published[0] = number
    assert sum(thread.result() for thread in threads) == 1000
    force.settle()
    assert wrong == []
    assert force.snapshot.manifest.number > 1


def edition(number: int) -> PolicyArticle:
    return article("pension", f"高龄津贴每月发放{number}元。#{number}", title="高龄津贴")


class _Result:
    """A thread whose failure is the test's."""

    def __init__(self, work: Callable[[], int]) -> None:
        self._work = work
        self._value: int | BaseException = 0
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._value = self._work()
        except BaseException as error:
            self._value = error

    def result(self) -> int:
        self._thread.join()
        if isinstance(self._value, BaseException):
            raise self._value
        return self._value
