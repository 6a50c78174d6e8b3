"""What the knowledge base lacks and what of it nobody uses: questions without a good answer, articles without a reader.

Everything is counted from the journal; texts are masked before they get here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from copilot.store.asked import ArticleUse, AskedInPeriod
from copilot.store.questions import ANSWERED, AnswerOutcome, Asked
from evaluation.retrieval.question_clusters import Embed, clusters
from knowledge_base.library import Library
from knowledge_base.policy import ArticleStatus, PolicyArticle

# The article that is nearest to a question, whether or not it answers it.
Nearest = Callable[[str], PolicyArticle | None]

DAYS = 90
"""How many days are looked at unless somebody asks for others."""

MOST_CLUSTERS = 100
MOST_EXAMPLES = 5


def first_day(last: date, days: int = DAYS) -> date:
    """The first of ``days`` days of which ``last`` is the last: both are looked at."""
    return last - timedelta(days - 1)


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that belong together and had no good answer.

    ``question`` is the most typical; ``outcomes`` counts what became of them, ``department`` is where most of their
    appeals went, ``nearest`` the id and title of the nearest article.
    """

    question: str
    size: int
    outcomes: dict[str, int]
    department: str
    first: date
    last: date
    examples: tuple[str, ...]
    nearest: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Use:
    """An article that held in the period, and what was done with it."""

    article_id: str
    title: str
    owner: str
    use: ArticleUse


@dataclass(frozen=True, slots=True)
class FoundByHand:
    """An article that agents adopted from searches by hand, and what had been asked then, the latest first.

    Where ``use.use.missed`` is above 0, these are questions to which the cards should have shown it.
    """

    use: Use
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """A period's figures. ``used`` is in the order of adoption, ``never_adopted`` of showing.

    Of the ``answered`` questions no card answered ``answered_by_hand``: an agent found the answer by a search.
    ``found_by_hand`` are the articles of those, what the cards missed most often first.
    """

    first: date
    last: date
    calls: int
    questions: int
    answered: int
    answered_by_hand: int
    gaps: tuple[Gap, ...]
    found_by_hand: tuple[FoundByHand, ...]
    used: tuple[Use, ...]
    never_adopted: tuple[Use, ...]
    never_shown: tuple[Use, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values, as the report's JSON and the service give them."""
        return {
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "calls": self.calls,
            "questions": self.questions,
            "answered": self.answered,
            "answered_by_hand": self.answered_by_hand,
            "clusters": [_gap_json(gap) for gap in self.gaps],
            "found_by_hand": [{**_use_json(one.use), "questions": list(one.questions)} for one in self.found_by_hand],
            **{
                name: [_use_json(use) for use in getattr(self, name)]
                for name in ("used", "never_adopted", "never_shown")
            },
        }


def _gap_json(gap: Gap) -> dict[str, Any]:
    nearest = None if gap.nearest is None else {"article_id": gap.nearest[0], "title": gap.nearest[1]}
    dates = {"first": gap.first.isoformat(), "last": gap.last.isoformat()}
    return {**asdict(gap), **dates, "examples": list(gap.examples), "nearest": nearest}


def _use_json(use: Use) -> dict[str, Any]:
    return {"article_id": use.article_id, "title": use.title, "owner": use.owner, **asdict(use.use)}


class Ranker(Protocol):
    """Ranks passages whether or not they answer; :class:`knowledge_base.retriever.Retriever` is one."""

    def rank(self, query: str, *, day: date | None = None, area: str | None = None, limit: int = 10) -> Sequence[Any]:
        """The nearest passages, best first, each the ``passage`` of what is returned."""
        ...


def nearest_by(ranker: Ranker, library: Library, day: date) -> Nearest:
    """The article of the passage that is ranked first on ``day``."""

    def nearest(question: str) -> PolicyArticle | None:
        ranked = ranker.rank(question, day=day, limit=1)
        return library.find(ranked[0].passage.article_id) if ranked else None

    return nearest


def coverage(
    asked: AskedInPeriod,
    library: Library,
    first: date,
    last: date,
    embed: Embed | None = None,
    nearest: Nearest | None = None,
) -> Coverage:
    """What ``asked`` says of ``library`` between two days. Without ``embed`` questions are compared by their words."""
    open_ones = [question for question in asked.questions if question.outcome not in ANSWERED]
    found = clusters([question.text for question in open_ones], embed)[:MOST_CLUSTERS]
    gaps = tuple(_gap([open_ones[p] for p in cluster.members], nearest) for cluster in found)
    uses = [_use(article, asked) for article in _held(library, first, last)]
    return Coverage(
        first=first,
        last=last,
        calls=asked.calls,
        questions=len(asked.questions),
        answered=len(asked.questions) - len(open_ones),
        answered_by_hand=sum(question.outcome is AnswerOutcome.FOUND_BY_HAND for question in asked.questions),
        gaps=gaps,
        found_by_hand=_found_by_hand(uses, asked.questions),
        used=_sorted([u for u in uses if _taken(u)], key=lambda u: -_taken(u)),
        never_adopted=_sorted([u for u in uses if u.use.shown and not _taken(u)], key=lambda u: -u.use.shown),
        never_shown=_sorted([u for u in uses if not u.use.shown and not _taken(u)], key=lambda u: u.use.shown),
    )


def _found_by_hand(uses: Sequence[Use], questions: Sequence[Asked]) -> tuple[FoundByHand, ...]:
    asked: dict[str, list[str]] = {}
    for question in reversed(questions):
        if question.found:
            asked.setdefault(question.found, []).append(question.text)
    found = _sorted([u for u in uses if u.use.by_hand], key=lambda u: (-u.use.missed, -u.use.by_hand))
    return tuple(FoundByHand(use, tuple(dict.fromkeys(asked.get(use.article_id, ())))[:MOST_EXAMPLES]) for use in found)


def _gap(asked: Sequence[Asked], nearest: Nearest | None) -> Gap:
    question = asked[0].text
    departments = Counter(one.department for one in asked if one.department)
    article = nearest(question) if nearest is not None else None
    return Gap(
        question=question,
        size=len(asked),
        outcomes=dict(sorted(Counter(one.outcome.value for one in asked).items())),
        department=departments.most_common(1)[0][0] if departments else "",
        first=min(one.day for one in asked),
        last=max(one.day for one in asked),
        examples=tuple(dict.fromkeys(one.text for one in asked))[:MOST_EXAMPLES],
        nearest=None if article is None else (article.article_id, article.title),
    )


def _held(library: Library, first: date, last: date) -> list[PolicyArticle]:
    """The articles that could have been shown on some day of the period."""
    published = (a for a in library.articles if a.status is ArticleStatus.PUBLISHED and a.effective_from <= last)
    return [a for a in published if (end := library.last_day(a)) is None or end >= first]


def _use(article: PolicyArticle, asked: AskedInPeriod) -> Use:
    return Use(article.article_id, article.title, article.owner, asked.uses.get(article.article_id, ArticleUse()))


def _taken(use: Use) -> int:
    return use.use.adopted + use.use.edited + use.use.by_hand


def _sorted(uses: list[Use], key: Callable[[Use], Any]) -> tuple[Use, ...]:
    return tuple(sorted(uses, key=lambda use: (key(use), use.owner, use.article_id)))
