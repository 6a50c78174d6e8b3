"""An index that is kept level with its library while it is searched."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_base import index_keeper, index_log, index_making
from knowledge_base.calibration import SIGNALS, Calibration
from knowledge_base.errors import IndexMismatch, KnowledgeError
from knowledge_base.index import Index
from knowledge_base.index_making import make_index
from knowledge_base.index_state import open_index
from knowledge_base.library import Library, make_library, overlaid
from knowledge_base.library_in_force import LibraryInForce
from knowledge_base.policy import ArticleStatus, PolicyArticle, Secrecy
from knowledge_base.retriever import Retriever
from models.baselines import HashingEmbedder

TODAY = date(2026, 11, 22)
CITY = "云川市"
EAGER = Calibration(weights=(0.0,) * len(SIGNALS), bias=5.0, threshold=0.5)
"""Shows whatever is found, so that what is found is what is tested."""


class CountingEmbedder(HashingEmbedder):
    """Counts the passages that it embeds."""

    def __init__(self) -> None:
        super().__init__(256)
        self.embedded: list[str] = []

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        self.embedded.extend(texts)
        return super().embed_passages(texts)


def article(name: str, text: str, **more: object) -> PolicyArticle:
    known: dict[str, object] = {
        "article_id": name,
        "title": f"{name}办法",
        "document_number": f"云测〔2025〕{name}号",
        "issuer": "云川市人民政府",
        "owner": "市政府办公室",
        "area": CITY,
        "effective_from": date(2025, 1, 1),
        "effective_to": None,
        "text": text,
    }
    return PolicyArticle(**{**known, **more})  # type: ignore[arg-type]


PERMIT = article("permit", "第一条 居住满半年的，可以申领居住证。\n第二条 居住证不收工本费。")
NOISE = article("noise", "第一条 夜间施工噪声扰民的，由城市管理部门责令改正。")
FUND = article("fund", "问：公积金可以提取来付房租吗？\n答：可以，每月不超过一千五百元。")


def made(folder: Path, *articles: PolicyArticle) -> tuple[LibraryInForce, CountingEmbedder]:
    library, embedder = make_library(articles), CountingEmbedder()
    make_index(folder, library.passages(), embedder, library.version, source=library.base, editions=library.editions)
    embedder.embedded.clear()
    return LibraryInForce(library, folder, embedder), embedder


def found(force: LibraryInForce, query: str, day: date = TODAY, **more: object) -> list[str]:
    retriever = Retriever(force, HashingEmbedder(256), EAGER)
    return [hit.passage.text for hit in retriever.search(query, day=day, area=CITY, limit=20, **more)]  # type: ignore[arg-type]


def test_an_article_that_was_published_is_found_at_once(tmp_path: Path) -> None:
    force, _ = made(tmp_path / "index", PERMIT, NOISE)
    force.replace(make_library([PERMIT, NOISE, FUND]))
    assert found(force, "公积金可以提取来付房租吗")[0] == FUND.text
    assert len(force.current.articles) == 3


def test_only_what_changed_is_embedded(tmp_path: Path) -> None:
    force, embedder = made(tmp_path / "index", PERMIT, NOISE)
    changed = replace(PERMIT, text=PERMIT.text.replace("不收工本费", "收取工本费二十元"))
    force.replace(make_library([changed, NOISE]))
    assert embedder.embedded == ["permit办法 \u203a 第二条\n第二条 居住证收取工本费二十元。"]
    assert found(force, "居住证工本费")[0].endswith("居住证收取工本费二十元。")
    assert not any("不收" in text for text in found(force, "居住证不收工本费"))


def test_another_last_day_embeds_nothing(tmp_path: Path) -> None:
    force, embedder = made(tmp_path / "index", PERMIT, NOISE)
    force.replace(make_library([replace(PERMIT, effective_to=TODAY), NOISE]))
    assert embedder.embedded == []
    assert any("申领居住证" in text for text in found(force, "申领居住证"))
    assert not any("申领居住证" in text for text in found(force, "申领居住证", TODAY + timedelta(days=1)))


def test_a_successor_ends_the_article_that_it_replaces(tmp_path: Path) -> None:
    force, embedder = made(tmp_path / "index", PERMIT, NOISE)
    heir = article("heir", "居住证全程网上申领。", supersedes=(PERMIT.document_number,), effective_from=TODAY)
    force.replace(make_library([PERMIT, NOISE, heir]))
    assert len(embedder.embedded) == 1
    assert found(force, "申领居住证")[0] == heir.text
    assert not any("半年" in text for text in found(force, "申领居住证"))
    assert any("半年" in text for text in found(force, "申领居住证", TODAY - timedelta(days=1)))


def test_a_withdrawn_article_is_gone_and_one_published_again_is_back(tmp_path: Path) -> None:
    force, _ = made(tmp_path / "index", PERMIT, NOISE)
    folder = force.current
    force.replace(overlaid(folder, [], ["noise"]))
    assert NOISE.text not in found(force, "夜间施工噪声")
    force.replace(overlaid(folder, [replace(NOISE, text="夜间施工噪声由生态环境部门查处。")], ["noise"]))
    assert found(force, "夜间施工噪声")[0] == "夜间施工噪声由生态环境部门查处。"


def test_drafts_and_articles_in_review_are_never_found(tmp_path: Path) -> None:
    force, _ = made(tmp_path / "index", PERMIT)
    states = (ArticleStatus.DRAFT, ArticleStatus.REVIEW, ArticleStatus.WITHDRAWN)
    force.replace(make_library([PERMIT, *(replace(NOISE, article_id=s, document_number=s, status=s) for s in states)]))
    assert found(force, "夜间施工噪声扰民") == found(force, "夜间施工噪声扰民", clearance=Secrecy.RESTRICTED)
    assert NOISE.text not in found(force, "夜间施工噪声扰民")


def test_what_somebody_may_not_see_is_not_found(tmp_path: Path) -> None:
    force, _ = made(tmp_path / "index", PERMIT)
    force.replace(
        make_library([PERMIT, replace(NOISE, secrecy=Secrecy.INTERNAL), replace(FUND, secrecy=Secrecy.RESTRICTED)])
    )
    assert found(force, "公积金房租", clearance=Secrecy.RESTRICTED)[0] == FUND.text
    assert FUND.text not in found(force, "公积金房租")
    assert NOISE.text in found(force, "夜间施工噪声")
    assert NOISE.text not in found(force, "夜间施工噪声", clearance=Secrecy.PUBLIC)


def test_an_article_that_expires_at_midnight_is_gone_at_midnight_without_any_change(tmp_path: Path) -> None:
    force, _ = made(tmp_path / "index", replace(NOISE, effective_to=TODAY), PERMIT)
    assert NOISE.text in found(force, "夜间施工噪声扰民", TODAY)
    assert NOISE.text not in found(force, "夜间施工噪声扰民", TODAY + timedelta(days=1))
    assert NOISE.text in found(force, "夜间施工噪声扰民", TODAY)


def test_a_reader_keeps_the_library_that_it_took(tmp_path: Path) -> None:
    force, _ = made(tmp_path / "index", PERMIT, NOISE)
    before = force.snapshot
    texts = [p.text for p in before.passages]
    force.replace(make_library([FUND]))
    assert [p.text for p in before.passages[: len(texts)]] == texts
    assert int(before.allowed(TODAY, CITY).sum()) == 3
    assert int(force.snapshot.allowed(TODAY, CITY).sum()) == 1


def test_an_index_opens_again_as_it_was_left(tmp_path: Path) -> None:
    force, embedder = made(tmp_path / "index", PERMIT, NOISE)
    library = make_library([NOISE, FUND])
    force.replace(library)
    again = LibraryInForce(library, tmp_path / "index", CountingEmbedder())
    assert found(again, "公积金") == found(force, "公积金")
    assert again.snapshot.manifest.passages == 2
    embedder.embedded.clear()
    again.replace(library)
    assert embedder.embedded == []


def test_an_index_with_articles_of_the_desk_is_one_of_the_folder_too(tmp_path: Path) -> None:
    force, embedder = made(tmp_path / "index", PERMIT, NOISE)
    folder = force.current
    force.replace(overlaid(folder, [FUND]))
    assert open_index(tmp_path / "index", embedder, folder.version).manifest.passages == 4
    with pytest.raises(IndexMismatch, match="hotline kb index"):
        open_index(tmp_path / "index", embedder, make_library([FUND]).version)


def test_articles_of_the_desk_that_were_withdrawn_while_nobody_served_are_gone(tmp_path: Path) -> None:
    force, _ = made(tmp_path / "index", PERMIT)
    files = force.current
    force.replace(overlaid(files, [FUND]))
    again = LibraryInForce(files, tmp_path / "index", CountingEmbedder())
    assert again.current.version != files.version
    again.replace(again.files)
    assert FUND.text not in found(again, "公积金")


def test_a_failed_embedding_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    force, embedder = made(tmp_path / "index", PERMIT)

    def fail(texts: object) -> np.ndarray:
        raise RuntimeError("no memory")

    monkeypatch.setattr(embedder, "embed_passages", fail)
    with pytest.raises(RuntimeError, match="no memory"):
        force.replace(make_library([PERMIT, FUND]))
    assert force.current.find("fund") is None
    assert FUND.text not in found(force, "公积金")


def test_a_full_disk_changes_nothing_and_the_next_attempt_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    force, _ = made(tmp_path / "index", PERMIT)

    def half_written(path: Path, end: int, change: index_log.Change) -> int:
        with path.open("ab") as file:
            file.write(index_log._packed(change)[:50])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(index_keeper.index_log, "append", half_written)
        with pytest.raises(KnowledgeError, match="Free some space"):
            force.replace(make_library([PERMIT, FUND]))
    assert FUND.text not in found(force, "公积金")
    force.replace(make_library([PERMIT, FUND]))
    assert FUND.text in found(force, "公积金")
    again = open_index(tmp_path / "index", CountingEmbedder())
    assert again.manifest.passages == 3


def test_a_change_of_another_process_is_noticed(tmp_path: Path) -> None:
    mine, _ = made(tmp_path / "index", PERMIT)
    theirs = LibraryInForce(mine.current, tmp_path / "index", CountingEmbedder())
    both = make_library([PERMIT, FUND])
    theirs.replace(both)
    assert not theirs.look()
    size = (tmp_path / "index" / "changes-000001.log").stat().st_size
    mine.replace(both)  # what they wrote is read, not written again
    assert (tmp_path / "index" / "changes-000001.log").stat().st_size == size
    assert found(mine, "公积金") == found(theirs, "公积金")


def test_an_index_that_was_built_anew_by_another_process_is_brought_level(tmp_path: Path) -> None:
    force, embedder = made(tmp_path / "index", PERMIT, NOISE)
    force.replace(overlaid(force.current, [FUND]))
    folder = make_library([PERMIT, NOISE])
    make_index(tmp_path / "index", folder.passages(), embedder, folder.version, editions=folder.editions)
    assert force.look()
    assert FUND.text in found(force, "公积金")


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


def test_the_next_base_of_who_has_not_looked_is_made_of_what_another_process_put_in_force(tmp_path: Path) -> None:
    mine, _ = made(tmp_path / "index", PERMIT)
    theirs = LibraryInForce(mine.current, tmp_path / "index", CountingEmbedder())
    theirs.replace(make_library([PERMIT, FUND]))
    theirs.condense()
    mine.condense()
    assert FUND.text in found(mine, "公积金")
    assert open_index(tmp_path / "index", CountingEmbedder()).manifest.passages == 3
    assert theirs.look()
    assert FUND.text in found(theirs, "公积金")


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


def test_a_damaged_end_of_the_log_does_not_count(tmp_path: Path) -> None:
    force, embedder = made(tmp_path / "index", PERMIT)
    force.replace(make_library([PERMIT, NOISE]))
    log = tmp_path / "index" / "changes-000001.log"
    whole = log.read_bytes()
    force.replace(make_library([PERMIT, NOISE, FUND]))
    longer = log.read_bytes()
    for cut in range(len(whole), len(longer), 97):
        log.write_bytes(longer[:cut])
        assert open_index(tmp_path / "index", embedder).manifest.passages == 3
    log.write_bytes(longer[:-1] + b"?")
    assert open_index(tmp_path / "index", embedder).manifest.passages == 3


WORDS = ["居住证", "公积金", "社保", "噪声", "施工", "供暖", "补贴", "学区", "入学", "车位", "养犬", "燃气"]
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map("，".join)
steps = st.lists(
    st.dictionaries(st.sampled_from("abcdef"), texts, max_size=6).map(
        lambda named: [article(name, text) for name, text in named.items()]
    ),
    min_size=1,
    max_size=4,
)


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


def test_the_version_of_a_library_depends_on_its_content_alone() -> None:
    one, other = make_library([PERMIT, NOISE]), make_library([NOISE, PERMIT])
    assert one.version == other.version == one.base
    over: Library = overlaid(one, [FUND])
    assert over.version == make_library([PERMIT, NOISE, FUND]).version
    assert over.base == one.version
    assert overlaid(over, [FUND]).base == one.version
