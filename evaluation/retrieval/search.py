"""How often the right document is found, through the same retriever that is served.

Rows of one document are its parts; a row longer than a card is cut as articles are cut; the best passage stands for its
document. No threshold applies and, where a corpus has no dates, no date.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from knowledge_base.articles.splitting import LIMIT, split
from knowledge_base.errors import BadTable
from knowledge_base.policy import Passage, PolicyArticle
from knowledge_base.retriever import Retriever
from knowledge_base.tables import read_jsonl

TOP = 10
"""Documents that are looked at of each question."""

_DEPTHS = (100, 1000)  # passages ranked, until ten documents are among them

Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Fields:
    """Which fields of the files hold what. ``doc_title`` and ``query_id`` may be absent from the rows.

    ``day`` and ``area`` are those in which a question was asked; empty where the corpus holds always and everywhere.
    ``answered_by`` may be absent too: an object of document ids, each with the words of that document that answer.
    """

    doc_id: str = "doc_id"
    doc_text: str = "text"
    doc_title: str = "name"
    query_id: str = "qid"
    query_text: str = "question"
    gold: str = "gold_doc_ids"
    day: str = ""
    area: str = ""
    answered_by: str = "answered_by"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the corpus: a document, or a part of one."""

    doc_id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the ids of the documents that answer it (none: nothing does).

    Asked on ``day`` in ``area`` where it was in a call; ``columns`` are other fields of its row, to slice by.
    ``answered_by``: of a document, the stretches of its text each of which answers, where somebody has copied them out.
    """

    query_id: str
    text: str
    gold: frozenset[str]
    day: date | None = None
    area: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    answered_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_corpus(path: Path, names: Fields) -> list[Row]:
    """The rows of a corpus that have a text or a title. Raises BadTable where a field is missing or nothing is left."""
    rows = []
    for row in read_jsonl(path, [names.doc_id, names.doc_text]):
        made = Row(_text(row[names.doc_id]), _text(row.get(names.doc_title)), _text(row[names.doc_text]))
        if made.text or made.title:
            rows.append(made)
    if not rows:
        raise BadTable(f"{path} has no row with text in {names.doc_text!r}. Name the right field with --doc-text.")
    return rows


def read_questions(path: Path, names: Fields, columns: Sequence[str] = ()) -> list[Question]:
    """The questions that have a text and a gold document, with their ``columns`` (those there are), day and area.

    Raises BadTable where a field is missing, a day is none, or no question is left.
    """
    questions = []
    for number, row in enumerate(read_jsonl(path, [names.query_text, names.gold])):
        gold = parse_gold(row[names.gold])
        text = _text(row[names.query_text])
        if text and gold:
            questions.append(_question(row, number, text, gold, names, columns))
    if not questions:
        raise BadTable(
            f"{path} has no question with text in {names.query_text!r} and an answer in {names.gold!r}. "
            "Name the right fields with --query-text and --gold."
        )
    return questions


def read_unanswerable(path: Path, names: Fields) -> list[Question]:
    """Questions to which the corpus has no answer, whatever else their rows say.

    Raises BadTable where the field of the text is missing or no question is left.
    """
    rows = enumerate(read_jsonl(path, [names.query_text]))
    asked = [(row, number, _text(row[names.query_text])) for number, row in rows]
    questions = [_question(row, number, text, frozenset(), names, ()) for row, number, text in asked if text]
    if not questions:
        raise BadTable(f"{path} has no question with text in {names.query_text!r}. Name the field of the questions.")
    return questions


def _question(
    row: Mapping[str, Any], number: int, text: str, gold: frozenset[str], names: Fields, columns: Sequence[str]
) -> Question:
    day, area = _text(row.get(names.day)), _text(row.get(names.area))
    try:
        asked_on = date.fromisoformat(day) if day else None
    except ValueError as error:
        raise BadTable(f"Question {number + 1} has the day {day!r}, which is none. Write it as 2026-11-22.") from error
    found = {name: _text(row[name]) for name in columns if name in row}
    quotes = _quotes(row.get(names.answered_by), number)
    return Question(_text(row.get(names.query_id, number)), text, gold, asked_on, area or None, found, quotes)


def _quotes(value: Any, number: int) -> dict[str, tuple[str, ...]]:
    """Document to the words that answer. Raises BadTable where they are not written so."""
    found = {} if value is None else value
    if not isinstance(found, dict) or not all(isinstance(quotes, list) for quotes in found.values()):
        raise BadTable(
            f"Question {number + 1} does not say which words answer it. Write an object of document ids, each with a "
            "list of stretches of that document's text."
        )
    return {_text(name): tuple(filter(None, map(_text, quotes))) for name, quotes in found.items()}


def parse_gold(value: Any) -> frozenset[str]:
    """Gold ids from a list, a list written as a string (JSON or Python), or a single id."""
    if isinstance(value, str) and value.strip().startswith("[") and value.strip().endswith("]"):
        value = _written_list(value.strip())
    items = value if isinstance(value, list | tuple) else [value]
    return frozenset(text for item in items if (text := _text(item)))


def _written_list(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        inner = text[1:-1]
        return [item.strip().strip("'\"") for item in inner.split(",")]


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def passages_of(rows: Sequence[Row]) -> list[Passage]:
    """The passages of a corpus; ``article_id`` is the document's id. They hold always and everywhere."""
    passages: list[Passage] = []
    for row in rows:
        if len(row.text) <= LIMIT:
            passages.append(_whole(row))
        else:
            passages += split(_article(row), None)
    return passages


def _article(row: Row) -> PolicyArticle:
    return PolicyArticle(
        article_id=row.doc_id,
        title=row.title,
        document_number="",
        issuer="",
        owner="",
        area="",
        effective_from=date.min,
        effective_to=None,
        text=row.text,
    )


def _whole(row: Row) -> Passage:
    return Passage(
        passage_id=row.doc_id,
        article_id=row.doc_id,
        heading=row.title,
        text=row.text or row.title,
        title=row.title,
        document_number="",
        issuer="",
        owner="",
        area="",
        effective_from=date.min,
        effective_to=None,
    )


@dataclass(frozen=True, slots=True)
class Card:
    """A document that a card would quote, and the probability given that it answers.

    ``passage`` is what the card would quote of it and ``marked`` what would be marked in that, where they were kept.
    """

    doc_id: str
    probability: float
    passage: str = ""
    marked: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A question, the ids of the first ten documents found, the ids that are right, and the cards without a threshold.

    ``cards`` are empty where nobody asked for them; see :mod:`evaluation.retrieval.asking`.
    """

    query_id: str
    ranked: tuple[str, ...]
    gold: frozenset[str]
    cards: tuple[Card, ...] = ()


def ranked_documents(
    retriever: Retriever, question: str, day: date | None = None, area: str | None = None
) -> tuple[str, ...]:
    """The first ten documents: each stands where its best passage stands. Without a ``day``, of all that there are."""
    found: tuple[str, ...] = ()
    for depth in _DEPTHS:
        candidates = retriever.rank(question, day=day, area=area, limit=depth)
        found = tuple(dict.fromkeys(c.passage.article_id for c in candidates))[:TOP]
        if len(found) == TOP or len(candidates) < depth:
            break
    return found
