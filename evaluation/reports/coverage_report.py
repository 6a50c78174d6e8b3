"""Coverage as one HTML file, the picture inside. Questions are masked; treat the file as personal data all the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from evaluation.measures import wilson_interval
from evaluation.reports.charts import ACCENT, GRID, INK, PALE, inline_svg, new_figure
from evaluation.reports.page import template
from evaluation.retrieval.coverage import Coverage, Gap

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_BARS = 15
MOST_LISTED = 200
_LONGEST = 22
_OUTCOMES = (
    ("silent", "无建议 no card", ACCENT),
    ("refused", "被否定 refused", "#d9822b"),
    ("unused", "未采用 not used", PALE),
)


def coverage_report(coverage: Coverage, facts: Mapping[str, str]) -> str:
    """The page."""
    return template("coverage.html").render(
        facts=facts,
        coverage=coverage,
        share=coverage.answered / coverage.questions if coverage.questions else None,
        interval=wilson_interval(coverage.answered, coverage.questions),
        picture=gaps_picture(coverage.gaps[:MOST_BARS]) if coverage.gaps else "",
        gaps=coverage.gaps,
        most=MOST_LISTED,
        lists=(
            ("展示过但从未被采用", "Shown and never adopted", coverage.never_adopted),
            ("从未展示", "Never shown", coverage.never_shown),
            ("使用情况", "Use", coverage.used),
        ),
    )


@inline_svg("gaps")
def gaps_picture(gaps: Sequence[Gap]) -> Figure:
    """One bar for each group of questions, its parts by what became of them; the largest on top."""
    figure = new_figure(8.6, 0.9 + 0.32 * len(gaps))
    axes = figure.subplots()
    places = list(range(len(gaps)))[::-1]
    left = [0] * len(gaps)
    for name, label, colour in _OUTCOMES:
        width = [gap.outcomes.get(name, 0) for gap in gaps]
        axes.barh(places, width, left=left, color=colour, label=label, height=0.66)
        left = [before + more for before, more in zip(left, width, strict=True)]
    axes.set_yticks(places, [_short(gap.question) for gap in gaps])
    axes.set_xlabel("次 times asked", color=INK)
    axes.grid(axis="x", color=GRID)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.legend(frameon=False, loc="lower right")
    figure.subplots_adjust(left=0.42, right=0.98, top=0.98, bottom=0.5 / figure.get_figheight() + 0.02)
    return figure


def _short(question: str) -> str:
    return question if len(question) <= _LONGEST else question[: _LONGEST - 1] + "…"
