"""Which articles bear on which: those of one id or number, and whatever is tied to them by supersession."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge_base.policy import PolicyArticle


class Neighbours:
    """An index over many articles, so that one can be checked without looking at all of them."""

    def __init__(self, articles: Iterable[PolicyArticle]) -> None:
        self._by_id: dict[str, PolicyArticle] = {}
        self._by_number: dict[str, list[PolicyArticle]] = {}
        for article in articles:
            self._by_id[article.article_id] = article
            for number in _numbers(article):
                self._by_number.setdefault(number, []).append(article)

    def around(self, article: PolicyArticle) -> tuple[PolicyArticle, ...]:
        """The known articles that bear on ``article``, which may be another edition of one of them, by their ids."""
        found: dict[str, PolicyArticle] = {}
        old = self._by_id.get(article.article_id)
        waiting = [*_numbers(article), *(_numbers(old) if old is not None else ())]
        if old is not None:
            found[old.article_id] = old
        asked: set[str] = set()
        while waiting:
            number = waiting.pop()
            if number in asked:
                continue
            asked.add(number)
            for near in self._by_number.get(number, ()):
                found[near.article_id] = near
                waiting.extend(_numbers(near))
        return tuple(found[key] for key in sorted(found))


def _numbers(article: PolicyArticle) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number for number in (article.document_number, *article.supersedes) if number))
