"""How every article stands on a day: drafted, waiting for its check, in force, not yet, not any more, or withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from copilot.store.article_rows import Unlisted, Version, VersionState, as_unlisted
from knowledge_base.library import Library
from knowledge_base.policy import ArticleStatus, PolicyArticle, Secrecy


class Standing(StrEnum):
    """草稿, 待审核, 现行, 未施行, 已失效, 已下架: where an article is in its life on a day.

    已退回 and 已放弃: its only draft was refused, or given up.
    """

    DRAFT = "draft"
    REVIEW = "review"
    IN_FORCE = "in_force"
    UPCOMING = "upcoming"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Shelved:
    """An article in the editor's list.

    ``last_day`` is the last on which it holds, by its own dates or those of what supersedes it; ``successor`` the id of
    that. ``version`` counts now, ``open`` is worked on, ``coming`` counts from a later day, ``refused`` waits for its
    maker to begin again; ``None`` where there is no such one.
    """

    article_id: str
    title: str
    document_number: str
    issuer: str
    owner: str
    area: str
    secrecy: Secrecy
    effective_from: date | None
    last_day: date | None
    standing: Standing
    successor: str = ""
    version: Version | None = None
    open: Version | None = None
    coming: Version | None = None
    refused: Version | None = None

    def is_found_by(self, words: Iterable[str]) -> bool:
        """Whether all ``words`` occur in what identifies it."""
        told = f"{self.article_id} {self.title} {self.document_number} {self.issuer} {self.owner} {self.area}"
        return all(word.casefold() in told.casefold() for word in words)

    def is_in(self, standing: Standing) -> bool:
        """Whether it stands so, or a draft of it does."""
        if self.refused is not None and standing is Standing.REFUSED:
            return True
        return self.standing is standing or (self.open is not None and self.open.state.value == standing.value)


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions that a list needs, by article."""

    counting: Mapping[str, Version]
    open: Mapping[str, Version]
    coming: Mapping[str, Version]
    given_up: Mapping[str, Version]
    unlisted: Mapping[str, Unlisted]

    def refused(self, article_id: str) -> Version | None:
        """The version that somebody refused and whose maker has not begun again."""
        found = self.given_up.get(article_id)
        return found if found is not None and found.state is VersionState.REFUSED else None


def shelved(library: Library, day: date, versions: Versions) -> list[Shelved]:
    """The list, in the order of ids; what is only drafted comes first. What was only given up is left out."""
    drafted = [
        row
        for key in dict.fromkeys([*versions.open, *versions.coming, *versions.given_up])
        if library.find(key) is None and (row := _only_drafted(key, versions)).standing is not Standing.DISCARDED
    ]
    return [*drafted, *(_row(library, a, day, versions) for a in library.articles)]


def shelved_one(library: Library, day: date, versions: Versions, article_id: str) -> Shelved | None:
    """One article of the list, or one whose only draft was given up; ``None`` where there is neither."""
    article = library.find(article_id)
    if article is not None:
        return _row(library, article, day, versions)
    drafted = any(article_id in some for some in (versions.open, versions.coming, versions.given_up))
    return _only_drafted(article_id, versions) if drafted else None


def standing_of(library: Library, article: PolicyArticle, day: date) -> Standing:
    """How an article of the library stands on ``day``."""
    if article.status is not ArticleStatus.PUBLISHED:
        return Standing(article.status.value)
    last = library.last_day(article)
    if last is not None and last < day:
        return Standing.EXPIRED
    return Standing.UPCOMING if article.effective_from > day else Standing.IN_FORCE


def _row(library: Library, article: PolicyArticle, day: date, versions: Versions) -> Shelved:
    heir, key = library.successor(article), article.article_id
    return Shelved(
        article_id=key,
        title=article.title,
        document_number=article.document_number,
        issuer=article.issuer,
        owner=article.owner,
        area=article.area,
        secrecy=article.secrecy,
        effective_from=article.effective_from,
        last_day=library.last_day(article),
        standing=standing_of(library, article, day),
        successor=heir.article_id if heir else "",
        version=versions.counting.get(key),
        open=versions.open.get(key),
        coming=versions.coming.get(key),
        refused=versions.refused(key),
    )


def _only_drafted(article_id: str, versions: Versions) -> Shelved:
    """What is nowhere in the library: a draft, a first version of a later day, or one given up or withdrawn before."""
    version = versions.open.get(article_id) or versions.coming.get(article_id) or versions.given_up[article_id]
    published = version.state is VersionState.PUBLISHED
    said = versions.unlisted.get(article_id) or as_unlisted({})  # it was published a moment ago
    return Shelved(
        article_id=article_id,
        title=version.title,
        document_number=said.document_number,
        issuer=said.issuer,
        owner=version.owner,
        area=said.area,
        secrecy=Secrecy(said.secrecy or Secrecy.PUBLIC),
        effective_from=_day(said.effective_from),
        last_day=_day(said.effective_to),
        standing=Standing.UPCOMING if published else Standing(version.state.value),
        open=versions.open.get(article_id),
        coming=versions.coming.get(article_id),
        refused=versions.refused(article_id),
    )


def _day(written: str) -> date | None:
    """A draft may hold what is no day yet."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
