"""What the desk has on a day, looked up by key: a table of many rows is held against it without a search for each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from copilot.store.article_rows import Version, VersionState
from knowledge_base.articles.document_numbers import plain_number
from knowledge_base.articles.fields import is_pair
from knowledge_base.library import Library
from knowledge_base.policy import ArticleStatus

if TYPE_CHECKING:
    from copilot.articles.desk import ArticleDesk


@dataclass(slots=True)
class KnownArticles:
    """The articles and drafts of a day.

    ``numbers`` maps a document number to the id of its article in the library, ``unlisted`` to that of one that is only
    drafted, coming, or given up; a question with its answer is no number's article. Of their versions ``open`` are
    worked on, ``given_up`` the last of their article.
    """

    library: Library
    numbers: dict[str, str]
    unlisted: dict[str, str]
    open: dict[str, Version]
    coming: dict[str, Version]
    given_up: dict[str, Version]
    _taken: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, desk: ArticleDesk, day: date) -> KnownArticles:
        """A snapshot. It costs as much as the library is large, once."""
        library, versions = desk.library(day), desk.articles
        return cls(
            library=library,
            numbers={
                plain_number(a.document_number): a.article_id
                for a in library.articles
                if a.document_number and not is_pair(a.text)
            },
            unlisted={
                one.document_number: key
                for key, one in versions.unlisted(day).items()
                if one.document_number and not one.is_pair
            },
            open=_by_article(versions.being_made()),
            coming=_by_article(versions.coming(day)),
            given_up=_by_article(versions.given_up()),
        )

    def find(self, article_id: str, number: str) -> str:
        """The article of that id, or of that document number: a city's own ids are seldom in its files. Else empty."""
        if self.library.find(article_id) is not None:
            return article_id
        if number in self.numbers:
            return self.numbers[number]
        drafted = any(article_id in versions for versions in (self.open, self.coming, self.given_up))
        return article_id if drafted else self.unlisted.get(number, "")

    def counts(self, article_id: str) -> bool:
        """Whether a version of it was decided, so that a draft begins from that; not where it was only drafted."""
        return self.library.find(article_id) is not None or article_id in self.coming or self.withdrawn(article_id)

    def withdrawn(self, article_id: str) -> bool:
        """Whether nobody is shown it any more, because somebody took it back."""
        article, last = self.library.find(article_id), self.given_up.get(article_id)
        if article is not None:
            return article.status is ArticleStatus.WITHDRAWN
        return last is not None and last.state is VersionState.WITHDRAWN

    def is_busy(self, article_id: str) -> bool:
        """Whether somebody drafts it, or a row before this one did."""
        return article_id in self.open or article_id in self._taken

    def draft(self, article_id: str) -> Version | None:
        """The version that is worked on, where no row before this one was meant for it."""
        return self.open.get(article_id) if article_id not in self._taken else None

    def drafted(self, article_id: str) -> None:
        """Remember that a row became a draft."""
        self._taken.add(article_id)


def _by_article(versions: Iterable[Version]) -> dict[str, Version]:
    return {version.article_id: version for version in versions}
