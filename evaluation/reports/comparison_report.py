"""A comparison as one HTML file, pictures inside. Orders are named by id, never by what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluation.reports.comparison_charts import MEASURE_NAMES, departments_picture, differences_picture, weeks_picture
from evaluation.reports.page import template
from evaluation.routing.comparison import Comparison, Paired, disagreements
from evaluation.routing.comparison_words import left_out_words, verdict
from evaluation.routing.stream import Week

MOST_SHOWN = 300
_NOBODY = "—"


@dataclass(frozen=True, slots=True)
class Apart:
    """An order on which the two named different departments first."""

    order: str
    right: str
    first: str
    second: str


def apart_of(pairs: Paired, ids: Sequence[str]) -> list[Apart]:
    """Every disagreement with the order's id."""

    def name(number: int) -> str:
        return pairs.labels[number] if number >= 0 else _NOBODY

    return [
        Apart(
            ids[row], name(int(pairs.gold[row])), name(int(pairs.first.first[row])), name(int(pairs.second.first[row]))
        )
        for row in disagreements(pairs)
    ]


def comparison_report(
    compared: Comparison,
    names: tuple[str, str],
    facts: Mapping[str, str],
    apart: Sequence[Apart] = (),
    weeks: Sequence[Week] = (),
    caution: tuple[str, str] | None = None,
    notes: Sequence[str] = (),
) -> str:
    """The page. ``names`` are the two routers, ``caution`` a warning in Chinese and in English, ``notes`` in both."""
    return template("comparison.html").render(
        facts=facts,
        compared=compared,
        names=names,
        verdict=verdict(compared),
        caution=caution,
        notes=notes,
        left_out=left_out_words(compared),
        rows=[(*MEASURE_NAMES[name], found) for name, found in compared.differences.items()],
        differences=differences_picture(compared.differences, MEASURE_NAMES),
        departments=departments_picture(compared.departments),
        weeks=weeks,
        weeks_picture=weeks_picture(weeks) if weeks else "",
        apart=apart[:MOST_SHOWN],
        apart_in_all=len(apart),
    )
