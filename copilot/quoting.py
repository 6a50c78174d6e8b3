"""Whether the library still says what a card quotes: a card may lie on the desk longer than its article holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from copilot.suggestion import Citation
from knowledge_base.library import Library


class QuotesInForce:
    """Looks quotations up in the library that is in force; ``library`` gives it."""

    def __init__(self, library: Callable[[], Library]) -> None:
        self._library = library

    def still_says(self, citation: Citation, day: date) -> bool:
        """Whether the article is published, holds on ``day``, and has the words that are quoted.

        A new version that kept the words says them too. What is no article, as the script of a rule, is not judged.
        """
        library = self._library()
        article = library.find(citation.article_id)
        if article is None:
            return True
        passages = [passage for passage in library.passages_of(article.article_id) if passage.holds(day, None)]
        if any(passage.version == citation.article_version for passage in passages):
            return True
        quoted = citation.original or citation.quote
        return any(passage.text in quoted or quoted in passage.text for passage in passages)
