"""Whether the library still says what a card quotes: a card may lie on the desk longer than its article holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from copilot.answering import Cases, citation_of, follow_up_of
from copilot.suggestion import Citation, FollowUp
from knowledge_base.articles.fields import is_pair
from knowledge_base.library import Library
from knowledge_base.policy import Passage, PolicyArticle, Secrecy
from knowledge_base.words import pairs

KEPT = 0.6
"""Of the pairs of characters of a text: so many has the one that took its place."""

_NUMBER = re.compile(r"^\s*第[一二三四五六七八九十百零〇\d]+条\s*")


class QuotesInForce:
    """Looks quotations up in the ``library`` that is in force; ``cases`` know what to ask before quoting."""

    def __init__(self, library: Callable[[], Library], cases: Cases | None = None) -> None:
        self._library = library
        self._cases = cases

    @property
    def version(self) -> str:
        """Of the library; while it stays, the same is said on the same day."""
        return self._library().version

    def still_says(self, citation: Citation, day: date) -> bool:
        """Whether the article is there, is published, holds on ``day``, and has the words that are quoted.

        A new version that kept the words says them too, unless it keeps them for a smaller area or for fewer people.
        """
        if self._is_untouched(citation, day):
            return True
        passages = [
            p for p in self._holding(citation, citation.article_id, day) if p.visible_to(Secrecy(citation.secrecy))
        ]
        quoted = _quoted(citation)
        return any(quoted in p.text for p in passages) or _has_all_lines(passages, quoted)

    def says_now(self, citation: Citation, day: date) -> Citation | None:
        """What stands in the place of the quoted passage on ``day``; ``None`` where nothing does.

        The same words first, whatever article has them now (files are renamed) and whatever number their clause got
        (one was put before it), then the passage of the same heading in the article, then the one that is most like it,
        in the article or in the one that replaced it.
        """
        library = self._library()
        heirs = [a.article_id for a in _heirs(citation, library)]
        passages = [p for article_id in dict.fromkeys(heirs) for p in self._holding(citation, article_id, day)]
        passage = _in_place_of(citation, passages)
        if passage is None:
            return None
        new = replace(citation_of(passage), article_version=passage.version)
        return replace(new, follow_up=follow_up_of(passage, new.article_version, self._cases))

    def asks_first(self, passage: Passage) -> FollowUp | None:
        """What to ask the citizen before ``passage`` is quoted; ``None`` where it holds for everybody."""
        return follow_up_of(passage, passage.version, self._cases)

    def _is_untouched(self, citation: Citation, day: date) -> bool:
        """Whether the very article that was quoted holds on ``day``: asked of each card at each look-up, so unread."""
        library = self._library()
        article = library.find(citation.article_id)
        if article is None or not library.holds(article, day):
            return False
        return library.version_of(article) == citation.article_version

    def _holding(self, citation: Citation, article_id: str, day: date) -> list[Passage]:
        """The passages of an article that may be shown to staff, on that day, where the quoted one held."""
        passages = self._library().passages_of(article_id)
        return [p for p in passages if p.holds(day, citation.area or None) and p.visible_to(Secrecy.INTERNAL)]


def _heirs(citation: Citation, library: Library) -> Iterator[PolicyArticle]:
    """The article itself, the same under another id, and what replaced it."""
    own = library.find(citation.article_id)
    if own is not None:
        yield own
    called = library.called(citation.document_number or citation.title)
    yield from (article for article in called if _is_renamed(article, citation))
    heir = library.heirs.get(citation.document_number)
    if heir is not None:
        yield heir


def _is_renamed(article: PolicyArticle, citation: Citation) -> bool:
    """Whether it is the one that was quoted or, of a question answered from a document, that document."""
    number = citation.document_number
    if number and article.document_number != number:
        return False
    if (article.title, article.issuer) == (citation.title, citation.issuer):
        return True
    return bool(number) and not is_pair(article.text)  # other questions answered from it share its number


def _in_place_of(citation: Citation, passages: Sequence[Passage]) -> Passage | None:
    quoted = _quoted(citation)
    same = (
        [p for p in passages if quoted == p.text]
        or [p for p in passages if quoted in p.text]
        or [p for p in passages if _unnumbered(quoted) == _unnumbered(p.text)]
    )
    if same:
        return same[0]
    own = [p for p in passages if p.article_id == citation.article_id]
    headed = [p for p in own if p.heading == citation.heading]
    if len(headed) == 1:
        return headed[0]
    best = max(passages, key=lambda p: _alike(quoted, p.text), default=None)
    return best if best is not None and _alike(quoted, best.text)[0] >= KEPT else None


def _has_all_lines(passages: Sequence[Passage], quoted: str) -> bool:
    """Whether each line stands in one of them: what is quoted of a case is put together from several places."""
    lines = [line.strip() for line in quoted.splitlines() if line.strip()]
    return bool(lines) and all(any(line in p.text for p in passages) for line in lines)


def _alike(old: str, new: str) -> tuple[float, float]:
    """The share of the old text's pairs of characters that the new one has; of those of both, that both have."""
    before, after = (set(pairs(_unnumbered(text))) for text in (old, new))
    both = len(before & after)
    return both / max(len(before), 1), both / max(len(before | after), 1)


def _unnumbered(text: str) -> str:
    return _NUMBER.sub("", text)


def _quoted(citation: Citation) -> str:
    return citation.original or citation.quote
