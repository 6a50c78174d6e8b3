"""What is published at the desk is on the next card, what is withdrawn on none: over the wire, on a real index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from clock import Clock
from fastapi.testclient import TestClient

from api.app import create_app
from api.services import Services
from copilot.store import Accounts
from knowledge_base.calibration import SIGNALS, Calibration
from knowledge_base.index.making import make_index
from knowledge_base.library import load_library
from knowledge_base.library_in_force import LibraryInForce
from knowledge_base.retriever import Retriever
from models.baselines import HashingEmbedder

EMBEDDER = HashingEmbedder(256)
SHOW_ALL = Calibration(weights=(0.0,) * len(SIGNALS), bias=5.0, threshold=0.5)
FILE = """---
编号: permit
标题: 居住证办理规定
文号: 云公规(2025)3号
发布机关: 云川市公安局
责任单位: 市公安局
适用区域: 云川市
施行日期: 2025-03-01
---
第一条 补领居住证收取工本费二十元。
"""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def searching(services: Services, tmp_path: Path, clock: Clock) -> Iterator[tuple[TestClient, Services]]:
    """A service with a library of one article."""
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "permit.md").write_text(FILE, encoding="utf-8")
    library = load_library(folder, services.catalogue, services.gazetteer)
    index = tmp_path / "index"
    make_index(index, library.passages(), EMBEDDER, library.version, source=library.base, editions=library.editions)
    knowledge = LibraryInForce(library, index, EMBEDDER)
    accounts: Accounts = services.store.accounts
    accounts.add("bianji01", "编辑", ("editor",), "Lake-and-Cloud-7", clock())
    known = replace(
        services,
        settings=services.settings.model_copy(update={"library": folder}),
        knowledge=knowledge,
        retriever=Retriever(knowledge, EMBEDDER, SHOW_ALL),
        now=clock,
    )
    with TestClient(create_app(known)) as client:
        yield client, known


def published(editor: Any, checker: Any, **fields: Any) -> dict[str, Any]:
    """Another wording of the article, by two people."""
    full = editor.post("/api/articles/permit/versions", {}, 201)
    for step, desk, more in (("edits", editor, {"fields": fields}), ("submit", editor, {}), ("approve", checker, {})):
        version = full["version"]
        address = f"/api/articles/permit/versions/{version['number']}/{step}"
        full = desk.post(address, {"revision": version["revision"], **more})
    return full


def quoted(desk: Any) -> list[str]:
    """What an agent is shown."""
    return [hit["passage"]["text"] for hit in desk.get("/api/knowledge/search?q=补领居住证工本费多少钱")["passages"]]


def test_a_published_wording_is_found_by_the_next_search_and_a_withdrawn_one_by_none(
    searching: tuple[TestClient, Services], desk_at: Callable[..., Any]
) -> None:
    editor, checker, agent = (desk_at(*searching, name) for name in ("bianji01", "guanli01", "zuoxi01"))
    assert quoted(agent) == ["第一条 补领居住证收取工本费二十元。"]
    done = published(editor, checker, text="第一条 补领居住证不收工本费。")
    assert done["searchable"]
    assert quoted(agent) == ["第一条 补领居住证不收工本费。"]
    editor.post("/api/articles/permit/withdraw", {"reason": "有误"})
    assert quoted(agent) == []


def test_a_wording_of_tomorrow_is_quoted_from_the_citys_midnight_on(
    searching: tuple[TestClient, Services], desk_at: Callable[..., Any], clock: Clock
) -> None:
    client, services = searching
    editor, checker, agent = (desk_at(client, services, name) for name in ("bianji01", "guanli01", "zuoxi01"))
    tomorrow = (services.today + timedelta(1)).isoformat()
    published(editor, checker, text="第一条 补领居住证不收工本费。", effective_from=tomorrow)
    assert quoted(agent) == ["第一条 补领居住证收取工本费二十元。"]
    clock.at = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)  # midnight in the city, eight hours east
    agent = desk_at(client, services, "zuoxi01")
    client.app.state.knowledge.look()  # type: ignore[attr-defined] - as the watch does every two seconds
    assert quoted(agent) == ["第一条 补领居住证不收工本费。"]


def test_a_restricted_article_is_not_quoted_to_an_agent(
    searching: tuple[TestClient, Services], desk_at: Callable[..., Any]
) -> None:
    editor, checker, agent = (desk_at(*searching, name) for name in ("bianji01", "guanli01", "zuoxi01"))
    published(editor, checker, secrecy="restricted")
    assert quoted(agent) == []
    assert editor.get("/api/articles/permit")["content"]["secrecy"] == "restricted"
