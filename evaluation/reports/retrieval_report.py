"""An evaluation of search as one HTML file, pictures inside. Questions are named by id, never by what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.reports.charts import reliability_picture
from evaluation.reports.page import template
from evaluation.reports.retrieval_charts import (
    MEASURE_NAMES,
    measures_picture,
    noise_picture,
    precision_picture,
    silence_picture,
)
from evaluation.reports.section_charts import slices_picture
from evaluation.retrieval.evaluation import RetrievalEvaluation

_MOST_SHOWN = 100
_ACROSS = "首条命中（95% 区间）· 问题数 hit@1 with interval · questions"


def retrieval_report(evaluation: RetrievalEvaluation, facts: Mapping[str, str]) -> str:
    """The page; ``facts`` (what was searched, data) are shown as they are."""
    figures, cards = evaluation.figures, evaluation.abstention
    failures = evaluation.failures
    return template("retrieval.html").render(
        facts=facts,
        evaluation=evaluation,
        about=evaluation.about,
        figures=figures,
        rows=[(name, *MEASURE_NAMES[name], value, evaluation.intervals[name]) for name, value in figures.items()],
        baseline=evaluation.baseline,
        cards=cards,
        failures=failures[:_MOST_SHOWN],
        failures_in_all=len(failures),
        false_cards=evaluation.false_cards[:_MOST_SHOWN],
        mark_rows=_mark_rows(evaluation),
        measures_picture=measures_picture(figures, evaluation.intervals),
        silence_picture=silence_picture(cards) if cards.outside else "",
        precision_picture=precision_picture(cards.curve, cards.at_served),
        reliability=reliability_picture(cards.bins),
        noise_picture=noise_picture(figures, evaluation.misheard) if evaluation.misheard else "",
        slices_picture=slices_picture(evaluation.slices, figures["hit@1"], _ACROSS) if evaluation.slices else "",
    )


def _mark_rows(evaluation: RetrievalEvaluation) -> list[tuple[str, dict[str, Any]]]:
    heard = [(f"听错 misheard {100 * one.rate:.0f}%", one.marks) for one in evaluation.misheard]
    rows = [("原文 as written", evaluation.marks), *heard]
    return [(words, marks.as_json()) for words, marks in rows if marks is not None]
