"""A service whose library is changed by others: files, the desk, another process; and by midnight."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.knowledge_watch import APART_FOR_LOOKS, KnowledgeWatch
from api.services import Services
from copilot.store import Version
from knowledge_base.articles.content import changed_content, empty_content
from knowledge_base.calibration import SIGNALS, Calibration
from knowledge_base.errors import OtherFiles
from knowledge_base.index.making import make_index
from knowledge_base.library import load_library, make_library
from knowledge_base.library_in_force import LibraryInForce
from knowledge_base.retriever import Retriever
from models.baselines import HashingEmbedder

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)
CITY = "云川市"
EMBEDDER = HashingEmbedder(256)
SHOW_ALL = Calibration(weights=(0.0,) * len(SIGNALS), bias=5.0, threshold=0.5)


def written(name: str, text: str, **fields: str) -> str:
    known = {
        "编号": name,
        "标题": f"{name}规定",
        "发布机关": "云川市人民政府",
        "责任单位": "市公安局",
        "适用区域": CITY,
        "施行日期": "2025-01-01",
        **fields,
    }
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in known.items()) + f"---\n\n{text}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library of two articles that nobody touched for an hour."""
    found = tmp_path / "library"
    found.mkdir()
    put(found, "permit", "申领居住证不收费。")
    put(found, "noise", "夜间施工噪声由城市管理部门查处。")
    return found


def put(folder: Path, name: str, text: str, **fields: str) -> None:
    path = folder / f"{name}.md"
    path.write_text(written(name, text, **fields), encoding="utf-8")
    hour_ago = path.stat().st_mtime_ns - 3600 * 10**9
    os.utime(path, ns=(hour_ago, hour_ago + len(text)))


@pytest.fixture
def knowing(services: Services, folder: Path) -> Services:
    """The service with that library and its index."""
    library = load_library(folder, services.catalogue, services.gazetteer)
    index = folder.parent / "index"
    make_index(index, library.passages(), EMBEDDER, library.version, source=library.base, editions=library.editions)
    knowledge = LibraryInForce(library, index, EMBEDDER)
    return replace(
        services,
        settings=services.settings.model_copy(update={"library": folder}),
        knowledge=knowledge,
        retriever=Retriever(knowledge, EMBEDDER, SHOW_ALL),
        now=lambda: NOW,
    )


Found = Callable[[str], list[str]]


@pytest.fixture
def found(knowing: Services) -> Found:
    def search(query: str) -> list[str]:
        assert knowing.retriever is not None
        return [hit.passage.text for hit in knowing.retriever.search(query, day=knowing.today, area=CITY, limit=9)]

    return search


def look_twice(watch: KnowledgeWatch) -> None:
    """Files that were just written are read when a second look finds them as they were."""
    watch._files._next = 0.0  # type: ignore[union-attr]
    watch.look()
    watch._files._next = 0.0  # type: ignore[union-attr]
    watch.look()


def published(services: Services, article_id: str, **fields: Any) -> Version:
    """What another process publishes: it goes through the database alone."""
    articles = services.store.articles
    known = {
        "title": article_id,
        "issuer": "云川市人民政府",
        "owner": "市公安局",
        "area": CITY,
        "effective_from": "2025-03-01",
    }
    made = articles.begin(article_id, changed_content(empty_content(), {**known, **fields}), "li", NOW)
    made = articles.submit(made.seen, "digest", DAY, "li", NOW)
    return articles.approve(made.seen, "wang", NOW, DAY)


def test_a_file_that_was_changed_is_searched(knowing: Services, folder: Path, found: Found) -> None:
    watch = KnowledgeWatch(knowing)
    put(folder, "permit", "申领居住证收费二十元。")
    put(folder, "fund", "公积金可以付房租。")
    look_twice(watch)
    assert "申领居住证收费二十元。" in found("居住证收费")
    assert "申领居住证不收费。" not in found("居住证收费")
    assert "公积金可以付房租。" in found("公积金付房租")
    (folder / "fund.md").unlink()
    look_twice(watch)
    assert "公积金可以付房租。" not in found("公积金付房租")


def test_files_with_a_fault_change_nothing_until_they_are_corrected(
    knowing: Services, folder: Path, found: Found, caplog: pytest.LogCaptureFixture
) -> None:
    watch = KnowledgeWatch(knowing)
    put(folder, "permit", "申领居住证收费二十元。", 责任单位="不存在的局")
    look_twice(watch)
    look_twice(watch)
    assert "不存在的局" in watch.problem
    assert caplog.text.count("not searched yet") == 1
    assert "申领居住证不收费。" in found("居住证收费")
    put(folder, "permit", "申领居住证收费二十元。")
    look_twice(watch)
    assert watch.problem == ""
    assert "申领居住证收费二十元。" in found("居住证收费")


def test_what_another_process_publishes_or_withdraws_is_noticed(knowing: Services, found: Found) -> None:
    watch = KnowledgeWatch(knowing)
    assert not watch.look()
    version = published(knowing, "fund", text="公积金可以付房租。")
    assert watch.look()
    assert "公积金可以付房租。" in found("公积金付房租")
    knowing.store.articles.withdraw("fund", version.number, "li", NOW, DAY, "写错了")
    assert watch.look()
    assert "公积金可以付房租。" not in found("公积金付房租")


def test_a_service_that_starts_brings_the_index_up_to_date_by_the_difference(
    knowing: Services, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(knowing, "fund", text="公积金可以付房租。")
    KnowledgeWatch(knowing).begin()
    embedded: list[str] = []
    embed = EMBEDDER.embed_passages
    monkeypatch.setattr(EMBEDDER, "embed_passages", lambda texts: (embedded.extend(texts), embed(texts))[1])
    library = load_library(folder, knowing.catalogue, knowing.gazetteer)
    again = replace(knowing, knowledge=LibraryInForce(library, folder.parent / "index", EMBEDDER))
    published(again, "card", text="优待证由社区办理。")
    KnowledgeWatch(again).begin()
    assert [text.rpartition("\n")[2] for text in embedded] == ["优待证由社区办理。"]
    assert again.knowledge is not None
    assert again.knowledge.snapshot.manifest.passages == 4


def test_after_a_restart_the_library_has_the_articles_of_the_desk_that_the_index_has(
    knowing: Services, folder: Path
) -> None:
    published(knowing, "bees", text="阳台养蜂应当备案。")
    KnowledgeWatch(knowing).look()
    library = load_library(folder, knowing.catalogue, knowing.gazetteer)
    started = replace(knowing, knowledge=LibraryInForce(library, folder.parent / "index", EMBEDDER))
    KnowledgeWatch(started).look()
    assert started.knowledge is not None
    assert started.knowledge.current.find("bees") is not None  # a card that quotes it is not struck


def test_an_index_that_was_built_again_from_the_files_gets_the_articles_of_the_desk(
    knowing: Services, found: Found
) -> None:
    watch = KnowledgeWatch(knowing)
    published(knowing, "fund", text="公积金可以付房租。")
    watch.look()
    files, assembled = watch.base(), knowing.knowledge
    assert assembled is not None
    folder = assembled.snapshot.folder
    make_index(folder, files.passages(), EMBEDDER, files.version, source=files.base, editions=files.editions)
    watch.look()
    assert "公积金可以付房租。" in found("公积金付房租")


def test_an_index_that_another_service_keeps_with_other_files_is_left_to_it_and_that_is_said(
    knowing: Services, found: Found, caplog: pytest.LogCaptureFixture
) -> None:
    watch = KnowledgeWatch(knowing)
    watch.look()
    assert knowing.knowledge is not None
    index, mine = knowing.knowledge.snapshot.folder, knowing.knowledge.files
    before = found("居住证")
    other = make_library(mine.articles[:1])
    make_index(index, other.passages(), EMBEDDER, other.version, editions=other.editions)
    for _ in range(2):
        with pytest.raises(OtherFiles):
            watch.look()
    assert "HOTLINE_INDEX" in watch.problem
    assert found("居住证") == before
    for _ in range(2 * APART_FOR_LOOKS):
        watch.begin()
    assert [line.levelname for line in caplog.records] == ["WARNING"]
    make_index(index, mine.passages(), EMBEDDER, mine.version, source=mine.base, editions=mine.editions)
    watch.look()
    assert watch.problem == ""


def test_an_article_that_ends_today_is_gone_from_the_running_service_at_midnight(
    knowing: Services, folder: Path
) -> None:
    clock = [datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)]  # a second before midnight in the city
    service = replace(knowing, now=lambda: clock[0])
    watch = KnowledgeWatch(service)
    put(folder, "noise", "夜间施工噪声由城市管理部门查处了。", 失效日期="2026-11-22")
    look_twice(watch)

    def cards() -> list[str]:
        assert service.retriever is not None
        hits = service.retriever.search("夜间施工噪声由谁查处", day=service.today, area=CITY, limit=9)
        return [hit.passage.article_id for hit in hits]

    assert "noise" in cards()
    clock[0] += timedelta(seconds=1)
    assert "noise" not in cards()


def test_a_service_without_a_library_has_nothing_to_watch(services: Services) -> None:
    watch = KnowledgeWatch(services)
    watch.begin()
    assert not watch.look()
    assert watch.base().articles == make_library(()).articles
