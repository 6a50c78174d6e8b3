"""A service that searches real articles: files, index, retriever, cards and the desk, with a hashing embedder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from api.services import Services
from copilot.answering import AnsweringAdvisor
from copilot.quoting import QuotesInForce
from knowledge_base.calibration import SIGNALS, Calibration
from knowledge_base.index.making import make_index
from knowledge_base.library import load_library
from knowledge_base.library_in_force import LibraryInForce
from knowledge_base.retriever import Retriever
from knowledge_base.search.cases import ArticleCases
from models.baselines import HashingEmbedder

EMBEDDER = HashingEmbedder(256)
SHOW_ALL = Calibration(weights=(0.0,) * len(SIGNALS), bias=5.0, threshold=0.5)
PERMIT = {
    "编号": "permit",
    "标题": "居住证办理规定",
    "文号": "云公规(2025)3号",
    "发布机关": "云川市公安局",
    "责任单位": "市公安局",
    "适用区域": "云川市",
    "施行日期": "2025-03-01",
}


def put(folder: Path, text: str, **fields: str) -> Path:
    """Write an article of the police into a library folder."""
    known = {**PERMIT, **fields}
    path = folder / f"{known['编号']}.md"
    head = "".join(f"{name}: {value}\n" for name, value in known.items() if value)
    path.write_text(f"---\n{head}---\n{text}\n", encoding="utf-8")
    return path


def with_library(services: Services, folder: Path, index: Path, now: Callable[[], datetime]) -> Services:
    """The service over the articles in ``folder``; answers alone are proposed, as the assembly would."""
    library = load_library(folder, services.catalogue, services.gazetteer)
    if not index.exists():
        make_index(index, library.passages(), EMBEDDER, library.version, source=library.base, editions=library.editions)
    knowledge = LibraryInForce(library, index, EMBEDDER)
    retriever = Retriever(knowledge, EMBEDDER, SHOW_ALL)
    cases = ArticleCases(lambda: knowledge.current)
    answering = AnsweringAdvisor(retriever, cases=cases)
    copilot = replace(
        services.copilot,
        advisors=(answering,),
        while_speaking=(answering,),
        sources=QuotesInForce(lambda: knowledge.current, cases),
    )
    settings = services.settings.model_copy(update={"library": folder})
    return replace(services, settings=settings, copilot=copilot, knowledge=knowledge, retriever=retriever, now=now)


def published(editor: Any, checker: Any, article_id: str = "permit", **fields: Any) -> dict[str, Any]:
    """Another wording of an article, by two people at their desks."""
    full: dict[str, Any] = editor.post(f"/api/articles/{article_id}/versions", {}, 201)
    for step, desk, more in (("edits", editor, {"fields": fields}), ("submit", editor, {}), ("approve", checker, {})):
        version = full["version"]
        address = f"/api/articles/{article_id}/versions/{version['number']}/{step}"
        full = desk.post(address, {"revision": version["revision"], **more})
    return full
