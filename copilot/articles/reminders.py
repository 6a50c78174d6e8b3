"""Articles that end soon: sixty, thirty and seven days before, whoever owns one is told, and what follows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from copilot.store.article_rows import Version
from knowledge_base.library import Library
from knowledge_base.policy import ArticleStatus, PolicyArticle

DAYS_BEFORE = (7, 30, 60)
# So long after its end an article that nothing follows is still named.
DAYS_AFTER = 30


@dataclass(frozen=True, slots=True)
class Reminder:
    """An article that ends on ``last_day``, in ``days_left`` days; negative where it has ended.

    ``within`` is the smallest of 7, 30 and 60 that it is in, 0 after its end. What follows it: ``successor``, the id of
    the article that supersedes it from ``follows_on`` on, with its title and number; ``coming``, a later version of its
    own; ``draft``, one that is worked on. ``needs_work`` says that nothing published follows without a gap.
    """

    article_id: str
    title: str
    document_number: str
    owner: str
    last_day: date
    days_left: int
    within: int
    successor: str
    follows_on: date | None
    coming: Version | None
    draft: Version | None
    needs_work: bool
    successor_title: str = ""
    successor_number: str = ""


def reminders(library: Library, day: date, being_made: Iterable[Version], coming: Iterable[Version]) -> list[Reminder]:
    """Whatever ends soon on ``day``, and what ended lately without anything after it; the most pressing first."""
    opened = {version.article_id: version for version in being_made}
    later = {version.article_id: version for version in coming}
    found = [
        reminder
        for article in library.articles
        if article.status is ArticleStatus.PUBLISHED and article.effective_from <= day
        if (reminder := _reminder(library, article, day, _After(opened, later, library.heirs))) is not None
    ]
    return sorted(found, key=lambda r: (not r.needs_work, r.last_day, r.article_id))


@dataclass(frozen=True, slots=True)
class _After:
    """What may follow an article: a draft or a coming version of it, or another that supersedes its number."""

    opened: Mapping[str, Version]
    later: Mapping[str, Version]
    heirs: Mapping[str, PolicyArticle]


def _reminder(library: Library, article: PolicyArticle, day: date, after: _After) -> Reminder | None:
    last = library.last_day(article)
    if last is None:
        return None
    left = (last - day).days
    heir = after.heirs.get(article.document_number)
    coming, draft = after.later.get(article.article_id), after.opened.get(article.article_id)
    follows_on = heir.effective_from if heir else coming.publish_on if coming else None
    gap = follows_on is None or (follows_on - last).days > 1
    if left > max(DAYS_BEFORE) or left < -DAYS_AFTER or (left < 0 and not gap):
        return None
    return Reminder(
        article_id=article.article_id,
        title=article.title,
        document_number=article.document_number,
        owner=article.owner,
        last_day=last,
        days_left=left,
        within=0 if left < 0 else next(days for days in DAYS_BEFORE if left <= days),
        successor=heir.article_id if heir else "",
        follows_on=follows_on,
        coming=coming,
        draft=draft,
        needs_work=gap,
        successor_title=heir.title if heir else "",
        successor_number=heir.document_number if heir else "",
    )
