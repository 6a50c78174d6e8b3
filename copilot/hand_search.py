"""检索知识库: a person looks something up by hand, and what of it may be adopted.

What a person typed is answered as cards are, only with what holds on the day, in the caller's area, for staff. Below
what the copilot is sure of, nothing is guessed: a passage is listed without a probability where all that was typed
stands in it, in its title or in its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from copilot.acts import known_appeal, refuse_filed, refuse_other
from copilot.answering import Found, Retriever, citation_of
from copilot.call import put_right
from copilot.card_events import AnswerTakenBack, LibrarySearched, LookedUp
from copilot.errors import Conflict, NotFound
from copilot.ports import Sources, TypedNames
from copilot.state import CallState
from copilot.suggestion import Citation, FollowUp
from knowledge_base.library import Library
from knowledge_base.policy import Passage, Secrecy
from knowledge_base.words import normalise, spans_of, strip_fillers

MOST = 8
"""Passages that one search shows."""

_DEPTH = 50
_OF_ONE_ARTICLE = 3
_APART = re.compile(r"[\s,，、。;；:：!！?？\"“”]+")
_BRACKETS = str.maketrans("〔〕【】[]《》", "()()()()")


@dataclass(frozen=True, slots=True)
class Listed:
    """What a search by hand shows; ``read_as`` is what was looked up beside what was typed, empty where nothing was."""

    results: tuple[LookedUp, ...]
    read_as: str = ""


def look_up(
    retriever: Retriever,
    library: Library | None,
    query: str,
    *,
    day: date,
    area: str | None,
    sources: Sources | None = None,
    names: TypedNames | None = None,
) -> Listed:
    """At most ``MOST`` passages that hold on ``day`` in ``area``: the sure ones, then those with the very words.

    ``sources`` know what to ask the citizen before one of them is quoted; without them nothing is asked. ``names`` know
    what was most likely meant by a name that was typed as another that sounds or looks like it (居主证, 户口薄): both
    are looked up. Where that finds nothing, what articles call what was typed is looked up (户口簿 is 户口本).
    """
    listing = partial(_listed, retriever, library, day=day, area=area, sources=sources)
    meant = _other(query, put_right(query, names.slips(query)) if names is not None else "")
    found = listing([one for one in (query, meant) if one])
    official = _other(meant or query, names.official(meant or query) if names is not None and not found else "")
    if official and (found := listing([official])):
        meant = official
    return Listed(found, meant)


def _other(query: str, wording: str) -> str:
    return wording if normalise(wording) != normalise(query) else ""


def _listed(
    retriever: Retriever,
    library: Library | None,
    wordings: Sequence[str],
    *,
    day: date,
    area: str | None,
    sources: Sources | None,
) -> tuple[LookedUp, ...]:
    version = retriever.versions.get("index", "")
    ask = sources.asks_first if sources is not None else (lambda _: None)
    found: dict[str, LookedUp] = {}
    sure = [hit for one in wordings for hit in retriever.search(one, day=day, area=area, limit=MOST, typed=True)]
    for hit in sorted(sure, key=lambda hit: -hit.probability):
        found.setdefault(hit.passage.passage_id, _sure(hit, version, ask(hit.passage)))
    for one in wordings:
        parts = _parts(one)
        literal = _with_all(parts, one, retriever, library, day, area)
        while len(found) < MOST and (passage := next(literal, None)) is not None:
            found.setdefault(passage.passage_id, _literal(passage, parts, version, ask(passage)))
    return tuple(found.values())[:MOST]


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


def _sure(hit: Found, version: str, asks: FollowUp | None) -> LookedUp:
    citation = citation_of(hit.passage, hit.highlight, hit.sentence)
    return LookedUp(_in_full(citation, version, asks), round(hit.probability, 4))


def _literal(passage: Passage, parts: Sequence[str], version: str, asks: FollowUp | None) -> LookedUp:
    return LookedUp(_in_full(citation_of(passage, spans_of(passage.text, parts)), version, asks))


def _in_full(citation: Citation, index: str, asks: FollowUp | None) -> Citation:
    """Where an older index does not know the article's own version, that of everything in it must do."""
    return replace(citation, article_version=citation.article_version or index, follow_up=asks)


def _named(library: Library, parts: Sequence[str], day: date, area: str | None) -> Iterator[Passage]:
    """The first passages of the article whose title or document number was typed; of several, the first of each."""
    articles = [article for article in library.articles if _has(article.title + article.document_number, parts)]
    for article in articles:
        held = (p for p in library.passages_of(article.article_id) if p.holds(day, area))
        yield from [p for p in held if p.visible_to(Secrecy.INTERNAL)][: _OF_ONE_ARTICLE if len(articles) == 1 else 1]


def _has(text: str, parts: Sequence[str]) -> bool:
    written = _plain(text)
    return all(part in written for part in parts)


def _plain(text: str) -> str:
    """The brackets of document numbers are written in many ways."""
    return normalise(text).translate(_BRACKETS)


# -- in a call --------------------------------------------------------------------------------------------------------


def searched(search: LibrarySearched, state: CallState) -> list[LibrarySearched]:
    """The search as an event; none where it was recorded before. Raises NotFound where there is no such appeal."""
    known = state.searches.get(search.search_id)
    if known is not None:
        refuse_other((known.query, known.appeal_id) != (search.query, search.appeal_id), f"Search {search.search_id}")
        return []
    known_appeal(search.appeal_id, state)
    return [search]


def adopted(wanted: Citation, state: CallState) -> Citation:
    """What adopting ``wanted`` puts into the work order: the passage as the search had found it, with the edited quote.

    Of a passage that distinguishes cases, ``wanted.case`` names the citizen's; without one it is quoted whole. Raises
    NotFound where that search brought no such passage, or no such case.
    """
    search = state.searches.get(wanted.search_id)
    results = search.results if search is not None else ()
    found = next((one.citation for one in results if one.citation.passage_id == wanted.passage_id), None)
    if found is None:
        raise NotFound("That search brought no such passage. Search again, and adopt what is shown.")
    found = replace(_narrowed(found, wanted.case), follow_up=None, search_id=wanted.search_id)
    if wanted.quote == found.quote:
        return found
    return replace(found, quote=wanted.quote, highlight=(), sentence=None, original=found.quote)


def _narrowed(found: Citation, label: str) -> Citation:
    if not label:
        return found
    case = found.follow_up.of(label) if found.follow_up is not None else None
    if case is None:
        raise NotFound("That passage distinguishes no such case. Search again, and choose one of those that are shown.")
    return replace(case.citation, case=label)


def taken_back(wish: AnswerTakenBack, state: CallState, *, edited: bool) -> list[AnswerTakenBack]:
    """The taking back as an event; none where it was recorded before.

    An answer that a person had edited stays unless ``edited`` says that this is meant too: Conflict then, and where it
    is not in the work order or the order is filed.
    """
    known = state.taken_back.get(wish.take_back_id)
    if known is not None:
        refuse_other(known != wish, f"Taking back {wish.take_back_id}")
        return []
    appeal = known_appeal(wish.appeal_id, state)
    refuse_filed(appeal)
    answer = appeal.answers.get(wish.decision_id)
    if answer is None:
        raise Conflict("That answer is not in the work order any more. Reload the call.")
    if answer.value.original and not edited:
        raise Conflict("A person edited this answer, so it stays in the work order. Say that the edited text goes too.")
    return [wish]
