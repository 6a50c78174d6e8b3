"""A comparison of configurations of search as one HTML file, pictures inside. Questions are named by id alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from evaluation.reports.charts import ACCENT, GRID, INK, PALE, VALUE_WITH_INTERVAL, inline_svg, new_figure
from evaluation.reports.comparison_charts import differences_picture
from evaluation.reports.page import template
from evaluation.reports.retrieval_charts import MEASURE_NAMES
from evaluation.retrieval.comparison import AgainstFirst, Column, RetrievalComparison
from evaluation.retrieval.comparison_words import sentences

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_SHOWN = 100
_COLOURS = (INK, ACCENT, "#d9822b", PALE, "#6f42c1", "#2da44e")


def retrieval_comparison_report(compared: RetrievalComparison, facts: Mapping[str, str]) -> str:
    """The page; ``facts`` are shown as they are."""
    return template("retrieval_comparison.html").render(
        facts=facts,
        compared=compared,
        names=MEASURE_NAMES,
        columns_picture=columns_picture(compared.columns),
        sections=[
            (found, *sentences(found, compared.n), _picture(found, n)) for n, found in enumerate(compared.against)
        ],
        most=MOST_SHOWN,
    )


@inline_svg("columns")
def columns_picture(columns: Sequence[Column]) -> Figure:
    """Every measure of every configuration with its interval."""
    high = 0.2 * len(columns) * len(MEASURE_NAMES) + 1.1
    figure = new_figure(7.0, high)
    axes = figure.add_axes((0.26, 0.6 / high, 0.7, 1 - 0.7 / high))
    for number, column in enumerate(columns):
        colour = _COLOURS[number % len(_COLOURS)]
        for row, name in enumerate(MEASURE_NAMES):
            place = row + 0.8 * (number - (len(columns) - 1) / 2) / len(columns)
            axes.plot(column.intervals[name], [place, place], color=colour, linewidth=2, alpha=0.5)
            label = column.label if row == 0 else None
            axes.plot([column.figures[name]], [place], marker="o", markersize=4, color=colour, label=label)
    axes.set_yticks(range(len(MEASURE_NAMES)), [f"{words[0]} {name}" for name, words in MEASURE_NAMES.items()])
    axes.set_ylim(len(MEASURE_NAMES) - 0.4, -0.6)
    axes.set_xlim(0, 1.01)
    axes.set_xlabel(VALUE_WITH_INTERVAL)
    axes.grid(axis="x", color=GRID, linewidth=0.5)
    axes.legend(loc="lower left", frameon=False, fontsize=7.5)
    axes.tick_params(length=0)
    return figure


def _picture(found: AgainstFirst, number: int) -> str:
    """Its ids are made unique: there is one for each configuration."""
    drawn = differences_picture(found.differences, MEASURE_NAMES)
    return drawn.replace("differences-", f"differences-{number}-")
