"""检索知识库: a person looks something up by hand in a call, and what of it may be adopted.

What is listed is :mod:`copilot.typed_search`'s; here each passage becomes a citation, with what to ask the citizen
before it is quoted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from copilot.acts import known_appeal, refuse_filed, refuse_other
from copilot.answering import Retriever, citation_of
from copilot.card_events import AnswerTakenBack, LibrarySearched, LookedUp
from copilot.errors import Conflict, NotFound
from copilot.ports import Sources, TypedNames
from copilot.state import CallState
from copilot.suggestion import Citation, FollowUp
from copilot.typed_search import Hit, find
from knowledge_base.library import Library

MOST = 8
"""Passages that one search shows."""


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
    """At most ``MOST`` passages that hold on ``day`` in ``area`` (:func:`copilot.typed_search.find`).

    ``sources`` know what to ask the citizen before one of them is quoted; without them nothing is asked.
    """
    found = find(retriever, library, query, day=day, area=area, limit=MOST, names=names)
    version = retriever.versions.get("index", "")
    ask = sources.asks_first if sources is not None else (lambda _: None)
    return Listed(tuple(_looked_up(hit, version, ask(hit.passage)) for hit in found.passages), found.read_as)


def _looked_up(hit: Hit, index: str, asks: FollowUp | None) -> LookedUp:
    """Where an older index does not know the article's own version, that of everything in it must do."""
    citation = citation_of(hit.passage, hit.highlight, hit.sentence)
    citation = replace(citation, article_version=citation.article_version or index, follow_up=asks)
    return LookedUp(citation, None if hit.probability is None else round(hit.probability, 4))


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
