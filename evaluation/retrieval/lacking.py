"""What is shown where the library has nothing: every question asked again without the articles that answer it.

It is easy to be silent about small talk and the affairs of other cities. A matter of this city that nobody has written
up is harder: its neighbours look much like an answer (the lost marriage certificate beside the lost residence permit),
and a small city's library lacks many. Now and then a neighbour does answer, so a share of 0 is not the aim.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.measures import Interval, wilson_interval
from evaluation.retrieval.asking import surest
from evaluation.retrieval.search import Question, Report
from knowledge_base.index.index import Index
from knowledge_base.retriever import Retriever


@dataclass(frozen=True, slots=True)
class Lacking:
    """Of ``n`` questions, ``shown`` got a card though the articles that answer them were left out."""

    n: int
    shown: int

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.shown / self.n

    @property
    def interval(self) -> Interval:
        """95 %, Wilson's."""
        return wilson_interval(self.shown, self.n)

    def as_json(self) -> dict[str, Any]:
        """The figures by name."""
        return {"n": self.n, "shown": self.share, "interval": list(self.interval)}


def ask_lacking(
    retriever: Retriever, index: Index, questions: Sequence[Question], served: float, report: Report
) -> Lacking | None:
    """``retriever`` must be without a threshold, ``served`` is the one to count at; nothing without questions there."""
    rows = _rows(index)
    known = [question for question in questions if any(article in rows for article in question.gold)]
    shown = 0
    for number, question in enumerate(known, start=1):
        left = index.without([row for article in question.gold for row in rows.get(article, ())])
        shown += surest(retriever.over(left), question) >= served
        report(number, len(known))
    return Lacking(len(known), shown) if known else None


def _rows(index: Index) -> dict[str, list[int]]:
    """The positions of each article's passages."""
    found = defaultdict(list)
    for position, passage in enumerate(index.passages):
        found[passage.article_id].append(position)
    return found
