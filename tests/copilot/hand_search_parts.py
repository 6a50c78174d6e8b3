"""A small library and a search of it, for tests of what is looked up by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from articles import article

from knowledge_base.library import Library, make_library
from knowledge_base.policy import Passage, Secrecy

PERMIT = article(
    "permit",
    "第一条 首次申领居住证不收费。\n\n第二条 补领居住证收取工本费二十元。",
    title="云川市居住证办理规定",
    document_number="云公规〔2025〕3号",
    owner="市公安局",
)
LAKE = replace(
    PERMIT,
    article_id="lake",
    title="临湖区停车办法",
    document_number="云临〔2025〕1号",
    area="云川市/临湖区",
    text="第一条 临湖区路边停车每小时两元。",
)
INSIDE = replace(LAKE, article_id="inside", title="停车口径", secrecy=Secrecy.RESTRICTED, document_number="内1号")
LIBRARY = make_library([PERMIT, LAKE, INSIDE])


@dataclass
class Hit:
    passage: Passage
    probability: float = 0.9
    highlight: tuple[tuple[int, int], ...] = ()
    sentence: tuple[int, int] | None = None
    score: float = 1.0
    cosine: float = 0.5


class Finder:
    """Is sure of what it was told to be sure of, and ranks all that holds."""

    def __init__(self, library: Library = LIBRARY, *sure: str) -> None:
        self.versions = {"index": "i1"}
        self._passages = [p for a in library.articles for p in library.passages_of(a.article_id)]
        self._sure = sure

    def search(
        self, query: str, *, day: date, area: str | None, limit: int = 3, typed: bool = False, marking: str = ""
    ) -> Sequence[Hit]:
        assert typed
        return [hit for hit in self.rank(query, day=day, area=area) if hit.passage.passage_id in self._sure][:limit]

    def rank(self, query: str, *, day: date | None, area: str | None, limit: int = 10) -> Sequence[Hit]:
        assert day is not None
        held = [p for p in self._passages if p.holds(day, area) and p.visible_to(Secrecy.INTERNAL)]
        return [Hit(p) for p in held][:limit]
