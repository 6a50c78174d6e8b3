"""How every article stands on a day: drafted, waiting for its check, in force, not yet, not any more, or withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from copilot.store.article_rows import Version, VersionState
from knowledge_base.library import Library
from knowledge_base.policy import ArticleStatus, PolicyArticle, Secrecy


class Standing(StrEnum):
    """草稿, 待审核, 现行, 未施行, 已失效, 已下架: where an article is in its life on a day."""

    DRAFT = "draft"
    REVIEW = "review"
    IN_FORCE = "in_force"
    UPCOMING = "upcoming"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Shelved:
    """An article in the editor's list.

    ``last_day`` is the last on which it holds, by its own dates or those of what supersedes it; ``successor`` the id of
    that. ``version`` counts now, ``open`` is worked on, ``coming`` counts from a later day; ``None`` where there is no
    such one.
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

    def is_found_by(self, words: Iterable[str]) -> bool:
        """Whether all ``words`` occur in what identifies it."""
        told = f"{self.article_id} {self.title} {self.document_number} {self.issuer} {self.owner} {self.area}"
        return all(word.casefold() in told.casefold() for word in words)

    def is_in(self, standing: Standing) -> bool:
        """Whether it stands so, or a draft of it does."""
        return self.standing is standing or (self.open is not None and self.open.state.value == standing.value)


def shelved(
    library: Library,
    day: date,
    counting: Mapping[str, Version],
    being_made: Iterable[Version],
    coming: Iterable[Version],
) -> list[Shelved]:
    """The list, in the order of ids; what is only drafted comes first."""
    opened = {version.article_id: version for version in being_made}
    later: dict[str, Version] = {}
    for version in coming:
        later.setdefault(version.article_id, version)
    there = [
        _row(library, a, day, (counting.get(a.article_id), opened.get(a.article_id), later.get(a.article_id)))
        for a in library.articles
    ]
    known = {row.article_id for row in there}
    return [*_only_drafted(opened, later, known), *there]


def standing_of(library: Library, article: PolicyArticle, day: date) -> Standing:
    """How an article of the library stands on ``day``."""
    if article.status is not ArticleStatus.PUBLISHED:
        return Standing(article.status.value)
    last = library.last_day(article)
    if last is not None and last < day:
        return Standing.EXPIRED
    return Standing.UPCOMING if article.effective_from > day else Standing.IN_FORCE


def _row(
    library: Library, article: PolicyArticle, day: date, versions: tuple[Version | None, Version | None, Version | None]
) -> Shelved:
    heir = library.successor(article)
    return Shelved(
        article_id=article.article_id,
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
        version=versions[0],
        open=versions[1],
        coming=versions[2],
    )


def _only_drafted(opened: Mapping[str, Version], later: Mapping[str, Version], known: set[str]) -> Iterator[Shelved]:
    """What is nowhere in the library yet: a draft, or a first version that is published on a later day."""
    for key in [*opened, *(k for k in later if k not in opened)]:
        if key in known:
            continue
        version = opened.get(key) or later[key]
        yield Shelved(
            article_id=key,
            title=version.title,
            document_number="",
            issuer="",
            owner=version.owner,
            area="",
            secrecy=Secrecy.INTERNAL,
            effective_from=None,
            last_day=None,
            standing=Standing.UPCOMING if version.state is VersionState.PUBLISHED else Standing(version.state.value),
            open=opened.get(key),
            coming=later.get(key),
        )
