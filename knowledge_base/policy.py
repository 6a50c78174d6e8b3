"""Policy articles and the passages that can be quoted from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from knowledge_base.validity import covers, in_force


class ArticleStatus(StrEnum):
    """Where an article is in its life (GB/T 44189-44192-2024): only PUBLISHED ones are ever searched."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Secrecy(StrEnum):
    """Who may see an article. State secrets (秘密、机密、绝密) are none of these: they have no place in a hotline.

    PUBLIC 公开 may be read out to the citizen; INTERNAL 内部 is seen by staff, marked "do not read out";
    RESTRICTED 限制 is seen by knowledge editors and administrators only.
    """

    PUBLIC = "public"
    INTERNAL = "internal"
    RESTRICTED = "restricted"

    def within(self, clearance: Secrecy) -> bool:
        """Whether somebody of ``clearance`` may see what has this level."""
        return _LEVELS.index(self) <= _LEVELS.index(clearance)


_LEVELS = tuple(Secrecy)


NO_EVIDENCE = "否"
"""In 归口依据: who keeps the article says nothing of whose the matter is."""


@dataclass(frozen=True, slots=True)
class PolicyArticle:
    """政策文件: one document of the knowledge base.

    ``area`` is a path such as ``云川市`` or ``云川市/临湖区``; an article holds in its area and everything below.
    ``effective_to`` is the last day on which it holds; ``None`` means until further notice.
    ``supersedes`` names the document numbers that it replaces from ``effective_from`` on.
    ``source_link`` is where the issuer published it, or empty. ``cases`` (分情形) is what to ask before quoting it and
    which part holds for which answer, as :mod:`knowledge_base.articles.stated_cases` reads it; mostly empty.
    ``ownership`` (归口依据) is 否 where its owner is not thereby the department for what the citizen asks: the
    hotline's procedure answers in matters of every department. That an article has expired follows from its dates and
    is never stored.
    """

    article_id: str
    title: str
    document_number: str
    issuer: str
    owner: str
    area: str
    effective_from: date
    effective_to: date | None
    text: str
    supersedes: tuple[str, ...] = ()
    status: ArticleStatus = ArticleStatus.PUBLISHED
    keywords: tuple[str, ...] = ()
    secrecy: Secrecy = Secrecy.PUBLIC
    source_link: str = ""
    cases: str = ""
    ownership: str = ""

    @property
    def speaks_for_owner(self) -> bool:
        """Whether that it answers is evidence that its owner is the department for the matter."""
        return self.ownership != NO_EVIDENCE

    def in_force_on(self, day: date) -> bool:
        """Whether the article holds on ``day``, by its own dates (supersession is the library's matter)."""
        return in_force(day, self.effective_from, self.effective_to)


@dataclass(frozen=True, slots=True)
class Passage:
    """条款: the citable part of an article, quoted verbatim.

    ``heading`` is the path of titles above it (title > 章 > 条), which is searched with the text but not quoted as it.
    ``effective_from`` / ``effective_to`` are those in force after supersession. ``keywords`` are the article's:
    everyday words that search may use and nobody is shown. ``version`` is the digest of the article's content, the same
    for all its passages; empty where an older index was made without it.
    """

    passage_id: str
    article_id: str
    heading: str
    text: str
    title: str
    document_number: str
    issuer: str
    owner: str
    area: str
    effective_from: date
    effective_to: date | None
    keywords: tuple[str, ...] = ()
    secrecy: Secrecy = Secrecy.PUBLIC
    source_link: str = ""
    version: str = ""

    def holds(self, day: date, area: str | None) -> bool:
        """Whether the passage may be quoted on ``day`` to a caller of ``area`` (``None``: only the date counts)."""
        return in_force(day, self.effective_from, self.effective_to) and (area is None or covers(self.area, area))

    def visible_to(self, clearance: Secrecy) -> bool:
        """Whether somebody of ``clearance`` may be shown the passage."""
        return self.secrecy.within(clearance)
