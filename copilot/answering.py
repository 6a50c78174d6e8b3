"""Answers are quoted, not composed: passages of the knowledge base that are in force, with their source, or nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

from copilot.appeal import Situation
from copilot.asking import questions
from copilot.suggestion import Choice, Citation, Reason, Slot, Span, Suggestion
from knowledge_base.policy import Passage

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")


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
        citation = citation_of(passage, hit.highlight, answering_sentence(passage.text, hit.highlight))
        matched = "、".join(dict.fromkeys(passage.text[start:end] for start, end in hit.highlight))
        reasons = (Reason("quote", matched, passage.document_number),) if matched else ()
        return Suggestion(Slot.ANSWER, (Choice(citation, hit.probability, reasons),), self._retriever.versions)


def citation_of(passage: Passage, highlight: tuple[Span, ...] = (), sentence: Span | None = None) -> Citation:
    """A passage as it is quoted, with all that an agent needs to trust it."""
    return Citation(
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
        highlight=highlight,
        sentence=sentence,
        area=passage.area,
        secrecy=passage.secrecy.value,
        source_link=passage.source_link,
    )


def answering_sentence(text: str, highlight: tuple[Span, ...]) -> Span | None:
    """The sentence with most of what was asked in it; ``None`` where nothing of it stands in the text."""
    sentences = [match.span() for match in _SENTENCE.finditer(text)]
    best = max(sentences, key=lambda span: _covered(span, highlight), default=None)
    return best if best is not None and _covered(best, highlight) else None


def _covered(span: Span, highlight: tuple[Span, ...]) -> int:
    return sum(max(0, min(span[1], end) - max(span[0], start)) for start, end in highlight)
