"""What somebody who types words into a search is listed: at the desk, at the command line and through the API alike.

What was typed is answered as cards are, only with what holds on the day, in the area, for staff. Below what the
copilot is sure of, nothing is guessed: a passage is listed without a probability where all that was typed stands in
it, in its title or in its number. Who types a document's whole number (云公规〔2025〕3号) means that document: it comes
first, whatever is near to the characters of its number, and where nothing else was typed, with all of its passages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial

from copilot.answering import Retriever
from copilot.call import put_right
from copilot.ports import TypedNames
from copilot.suggestion import Span
from knowledge_base.articles.document_numbers import numbers_in, plain_number, whole_number
from knowledge_base.library import Library
from knowledge_base.policy import Passage, PolicyArticle, Secrecy
from knowledge_base.words import normalise, spans_of, strip_fillers

_DEPTH = 50
_OF_ONE_ARTICLE = 3
_APART = re.compile(r"[\s,，、。;；:：!！?？\"“”]+")
_BRACKETS = str.maketrans("〔〕【】[]《》", "()()()()")


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that is listed; ``probability`` is ``None`` where it merely has the words that were typed.

    ``highlight`` and ``sentence`` are ``[start, end)`` spans of its text: what matches, and what answers.
    """

    passage: Passage
    probability: float | None
    highlight: tuple[Span, ...] = ()
    sentence: Span | None = None


@dataclass(frozen=True, slots=True)
class Hits:
    """What is listed; ``read_as`` is what was looked up beside what was typed, empty where nothing was."""

    passages: tuple[Hit, ...]
    read_as: str = ""


def find(
    retriever: Retriever,
    library: Library | None,
    query: str,
    *,
    day: date,
    area: str | None,
    limit: int,
    names: TypedNames | None = None,
) -> Hits:
    """At most ``limit`` passages that hold on ``day`` in ``area``: the sure ones, then those with the very words.

    ``names`` know what was most likely meant by a name that was typed as another that sounds or looks like it (居主证,
    户口薄): both are looked up. Where that finds nothing, what articles call what was typed is looked up (户口簿 is
    户口本).
    """
    listing = partial(_listed, retriever, library, day=day, area=area, limit=limit)
    meant = _other(query, put_right(query, names.slips(query)) if names is not None else "")
    found = listing([one for one in (query, meant) if one])
    official = _other(meant or query, names.official(meant or query) if names is not None and not found else "")
    if official and (found := listing([official])):
        meant = official
    return Hits(found, meant)


def _other(query: str, wording: str) -> str:
    return wording if normalise(wording) != normalise(query) else ""


def _listed(
    retriever: Retriever,
    library: Library | None,
    wordings: Sequence[str],
    *,
    day: date,
    area: str | None,
    limit: int,
) -> tuple[Hit, ...]:
    sure = [hit for one in wordings for hit in retriever.search(one, day=day, area=area, limit=limit, typed=True)]
    hits = [
        Hit(hit.passage, hit.probability, hit.highlight, hit.sentence)
        for hit in sorted(sure, key=lambda hit: -hit.probability)
    ]
    found: dict[str, Hit] = {}
    for one in (*_numbered(library, wordings, hits, day, area, limit), *hits):
        found.setdefault(one.passage.passage_id, one)
    for wording in wordings:
        parts = _parts(wording)
        literal = _with_all(parts, wording, retriever, library, day, area)
        while len(found) < limit and (passage := next(literal, None)) is not None:
            found.setdefault(passage.passage_id, Hit(passage, None, tuple(spans_of(passage.text, parts))))
    return tuple(found.values())[:limit]


def _parts(query: str) -> list[str]:
    """What must stand in a passage; nothing of "你好", which asks for nothing, nor of what is in every passage."""
    parts = [_plain(part) for part in _APART.split(strip_fillers(query)) if part]
    return parts if any(len(part) > 1 for part in parts) else []


def _with_all(
    parts: Sequence[str], query: str, retriever: Retriever, library: Library | None, day: date, area: str | None
) -> Iterator[Passage]:
    """The passages in which all of ``parts`` stand: of the articles that are called so, then the nearest ones."""
    if not parts:
        return
    if library is not None:
        yield from _named(library, parts, day, area)
    for hit in retriever.rank(query, day=day, area=area, limit=_DEPTH):
        p = hit.passage
        if _has(f"{p.title}{p.heading}{p.document_number}{p.text}", parts):
            yield p


def _numbered(
    library: Library | None, wordings: Sequence[str], hits: Sequence[Hit], day: date, area: str | None, limit: int
) -> list[Hit]:
    """The passages of the articles whose whole document number was typed: those of ``hits``, then their beginnings.

    Who typed nothing else reads on in the document: its passages come in their order, at most ``limit``.
    """
    numbers = {number for wording in wordings for number in numbers_in(wording)}
    if library is None or not numbers:
        return []
    meant = [article for article in library.articles if _number(article.document_number) in numbers]
    ids = {article.article_id for article in meant}
    if any(whole_number(wording) for wording in wordings):
        return [Hit(passage, None) for passage in _beginnings(library, meant, day, area, most=limit)]
    sure = [hit for hit in hits if hit.passage.article_id in ids]
    return [*sure, *(Hit(passage, None) for passage in _beginnings(library, meant, day, area))]


def _named(library: Library, parts: Sequence[str], day: date, area: str | None) -> Iterator[Passage]:
    """The beginnings of the articles whose title or document number was typed."""
    named = ((article, _name(article.title, article.document_number)) for article in library.articles)
    articles = [article for article, name in named if all(part in name for part in parts)]
    return _beginnings(library, articles, day, area)


def _beginnings(
    library: Library, articles: Sequence[PolicyArticle], day: date, area: str | None, most: int = _OF_ONE_ARTICLE
) -> Iterator[Passage]:
    """The first passages of an article, at most ``most``; of several articles, the first of each."""
    for article in articles:
        held = (p for p in library.passages_of(article.article_id) if p.holds(day, area))
        yield from [p for p in held if p.visible_to(Secrecy.INTERNAL)][: most if len(articles) == 1 else 1]


def _has(text: str, parts: Sequence[str]) -> bool:
    written = _plain(text)
    return all(part in written for part in parts)


# Every search looks through the names of all articles: of 17,000, 0.15 seconds where they are not remembered.
_number = lru_cache(maxsize=65_536)(plain_number)


@lru_cache(maxsize=65_536)
def _name(title: str, number: str) -> str:
    return _plain(title + number)


def _plain(text: str) -> str:
    """The brackets of document numbers are written in many ways."""
    return normalise(text).translate(_BRACKETS)
