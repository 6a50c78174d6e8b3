"""Answers are quoted, not composed: passages of the knowledge base that are in force, with their source, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

from copilot.appeal import Situation
from copilot.suggestion import Choice, Citation, Reason, Slot, Suggestion
from knowledge_base.policy import Passage


class Found(Protocol):
    """A passage that answers, how likely it is the right one, and which characters of it match."""

    @property
    def passage(self) -> Passage:
        """The passage, in force and in the caller's area."""
        ...

    @property
    def probability(self) -> float:
        """The calibrated probability that it answers."""
        ...

    @property
    def highlight(self) -> tuple[tuple[int, int], ...]:
        """``[start, end)`` spans of the passage's text that match."""
        ...


class Retriever(Protocol):
    """Finds passages; returns none below its calibrated threshold."""

    @property
    def versions(self) -> dict[str, str]:
        """What an answer depends on: index, embedder, library."""
        ...

    def search(self, query: str, *, day: date, area: str | None, limit: int = 3) -> Sequence[Found]:
        """The best passages that hold on ``day`` in ``area``."""
        ...


def questions(situation: Situation, opening: int = 2) -> list[str]:
    """What to look up: the citizen's last sentence alone, and together with the ``opening`` first ones.

    A short sentence ("那要带些什么呢？") means nothing without the matter it belongs to, and the matter is named first;
    but what is said later may be a question of its own.
    """
    said = situation.citizen_text.splitlines()
    if not said:
        return []
    return list(dict.fromkeys([said[-1], " ".join([*said[:-1][:opening], said[-1]])]))


class AnsweringAdvisor:
    """Looks up what the citizen just asked; of the ways to ask it, the surer passages win."""

    def __init__(self, retriever: Retriever, cards: int = 2) -> None:
        self._retriever = retriever
        self._cards = cards

    def advise(self, situation: Situation) -> list[Suggestion[Any]]:
        """At most ``cards`` passages, each its own suggestion, best first."""
        best: dict[str, Found] = {}
        for query in questions(situation):
            for hit in self._retriever.search(query, day=situation.day, area=situation.area, limit=self._cards):
                known = best.get(hit.passage.passage_id)
                if known is None or hit.probability > known.probability:
                    best[hit.passage.passage_id] = hit
        surest = sorted(best.values(), key=lambda hit: -hit.probability)
        return [self._card(hit) for hit in surest[: self._cards]]

    def _card(self, hit: Found) -> Suggestion[Citation]:
        passage = hit.passage
        citation = Citation(
            passage_id=passage.passage_id,
            article_id=passage.article_id,
            title=passage.title,
            heading=passage.heading,
            document_number=passage.document_number,
            issuer=passage.issuer,
            owner=passage.owner,
            effective_from=passage.effective_from,
            effective_to=passage.effective_to,
            quote=passage.text,
            highlight=hit.highlight,
        )
        matched = "、".join(dict.fromkeys(passage.text[start:end] for start, end in hit.highlight))
        reasons = (Reason("quote", matched, passage.document_number),) if matched else ()
        return Suggestion(Slot.ANSWER, (Choice(citation, hit.probability, reasons),), self._retriever.versions)
