"""Asking a retriever as a call does: the documents in order, and the cards with their probabilities.

A threshold is laid on afterwards, so that one round of asking shows what every threshold would do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from evaluation.retrieval.rank_measures import percentile
from evaluation.retrieval.search import Card, Judgement, Question, Report, ranked_documents
from knowledge_base.retriever import Found, Retriever

MOST_CARDS = 3
_ANY_DAY = date(2000, 1, 1)  # passages of a corpus hold always
_TIMED = 100

Asking = Callable[[Sequence[Question], Report], list[Judgement]]
"""Asks questions and reports (asked, total)."""


def without_threshold(retriever: Retriever) -> float:
    """Let ``retriever`` show every card from now on; gives the probability below which it showed none."""
    served = retriever.calibration.threshold
    retriever.calibration = replace(retriever.calibration, threshold=0.0)
    return served


def ask(retriever: Retriever, questions: Sequence[Question], report: Report) -> list[Judgement]:
    """Documents and cards of every question; ``retriever`` must be :func:`without_threshold`."""
    judged = []
    for number, question in enumerate(questions, start=1):
        ranked = ranked_documents(retriever, question.text, question.day, question.area)
        judged.append(Judgement(question.query_id, ranked, question.gold, _cards(retriever, question)))
        report(number, len(questions))
    return judged


def surest(retriever: Retriever, question: Question) -> float:
    """The probability of its first card; 0 without one. ``retriever`` must be :func:`without_threshold`."""
    cards = _cards(retriever, question)
    return cards[0].probability if cards else 0.0


def serving_times(retriever: Retriever, questions: Sequence[Question], report: Report) -> dict[str, float]:
    """Milliseconds of one search as served (embedding, rankings, fusion, cards), one after the other, 100 of them.

    ``p50`` and ``p95`` are wall time, ``cpu_p50`` and ``cpu_p95`` processor time of all threads. One search before them
    is not counted: it may load dictionaries.
    """
    step = max(1, len(questions) // _TIMED)
    chosen = list(questions[::step][:_TIMED])
    took = []
    _timed(retriever, questions[-1])
    for number, question in enumerate(chosen, start=1):
        took.append(_timed(retriever, question))
        report(number, len(chosen))
    wall, cpu = [each[0] for each in took], [each[1] for each in took]
    return {
        "p50": percentile(wall, 0.5),
        "p95": percentile(wall, 0.95),
        "cpu_p50": percentile(cpu, 0.5),
        "cpu_p95": percentile(cpu, 0.95),
    }


def _cards(retriever: Retriever, question: Question) -> tuple[Card, ...]:
    found = retriever.search(question.text, day=question.day or _ANY_DAY, area=question.area, limit=MOST_CARDS)
    return tuple(_card(hit) for hit in found[:MOST_CARDS])


def _card(hit: Found) -> Card:
    text = hit.passage.text
    return Card(hit.passage.article_id, hit.probability, text, text[slice(*hit.sentence)] if hit.sentence else "")


def _timed(retriever: Retriever, question: Question) -> tuple[float, float]:
    """Wall and processor milliseconds of one search."""
    began, began_cpu = time.perf_counter(), time.process_time()
    retriever.search(question.text, day=question.day or _ANY_DAY, area=question.area, limit=MOST_CARDS)
    return (time.perf_counter() - began) * 1000, (time.process_time() - began_cpu) * 1000
