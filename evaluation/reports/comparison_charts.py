"""Pictures of a comparison: differences with their intervals, wins and losses by department, and weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from evaluation.measures import wilson_interval
from evaluation.reports.charts import ACCENT, GRID, INK, PALE, inline_svg, label_margin, new_figure
from evaluation.routing.comparison import DepartmentScore, Difference
from evaluation.routing.stream import Week

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MEASURE_NAMES = {
    "accuracy": ("准确率", "accuracy: the first department is right"),
    "macro_f1": ("宏平均 F1", "macro F1: every department counts alike"),
    "top3": ("前三命中率", "top 3: the right department is among the first three"),
    "ece": ("校准误差", "ECE: gap between probabilities given and shares that were right; lower is better"),
    "coverage_at_95": ("95% 准确时的覆盖率", "coverage at 95 % precision"),
    "precision_of_recommended": ("推荐时的准确率", "precision where it recommends instead of asking"),
    "share_recommended": ("推荐的比例", "share of orders for which it recommends"),
}
_MOST_DEPARTMENTS = 30
_WARN = "#d9822b"
_ROW = 0.26


@inline_svg("differences")
def differences_picture(differences: Mapping[str, Difference], words: Mapping[str, tuple[str, str]]) -> Figure:
    """The difference of every measure in points with its interval; right of the line the second one has more."""
    names = [words[name][0] for name in differences]
    margin = label_margin(names)
    width, height = margin + 4.8, _ROW * len(names) + 0.8
    figure = new_figure(width, height)
    axes = figure.add_axes((margin / width, 0.5 / height, 4.2 / width, 1 - 0.6 / height))
    axes.axvline(0, color=INK, linewidth=0.8)
    for place, found in enumerate(differences.values()):
        low, high = (100 * end for end in found.interval)
        apart = low > 0 or high < 0
        axes.plot([low, high], [place, place], color=ACCENT if apart else PALE, linewidth=2.5)
        axes.plot([100 * found.difference], [place], marker="o", markersize=4.5, color=ACCENT if apart else INK)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlabel("差别，百分点（95% 区间） difference in points with interval")
    axes.grid(axis="x", color=GRID, linewidth=0.5)
    axes.tick_params(length=0)
    return figure


@inline_svg("departments")
def departments_picture(scores: Sequence[DepartmentScore]) -> Figure:
    """Orders that only the first had right (left) and only the second (right); departments where they part most."""
    shown = contested(scores)
    names = [score.department for score in shown] or ["—"]
    margin = label_margin(names)
    width, height = margin + 4.8, _ROW * len(names) + 0.8
    figure = new_figure(width, height)
    axes = figure.add_axes((margin / width, 0.5 / height, 4.2 / width, 1 - 0.6 / height))
    places = range(len(shown))
    axes.barh(places, [-score.first_only for score in shown], color=_WARN, height=0.7)
    axes.barh(places, [score.second_only for score in shown], color=ACCENT, height=0.7)
    most = max((max(score.first_only, score.second_only) for score in shown), default=1)
    for place, score in enumerate(shown):
        left, right = -score.first_only - 0.02 * most, score.second_only + 0.02 * most
        axes.text(left, place, str(score.first_only), va="center", ha="right", fontsize=7.5)
        axes.text(right, place, str(score.second_only), va="center", ha="left", fontsize=7.5)
    axes.set_xlim(-1.2 * most - 0.5, 1.2 * most + 0.5)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xticks([])
    axes.set_xlabel("仅甲正确 ← 件数 → 仅乙正确 only A right ← orders → only B right")
    axes.tick_params(length=0)
    return figure


@inline_svg("weeks")
def weeks_picture(weeks: Sequence[Week]) -> Figure:
    """Accuracy by week with its interval: the served router dark, its challenger blue."""
    figure = new_figure(max(4.6, 0.5 * len(weeks) + 1.5), 3.2)
    axes = figure.add_subplot()
    sides = (
        (INK, "在用 served", [week.served for week in weeks], -0.08),
        (ACCENT, "挑战 challenger", [week.challenger for week in weeks], 0.08),
    )
    for colour, name, right, aside in sides:
        places = [place + aside for place in range(len(weeks))]
        shares = [hits / week.n for hits, week in zip(right, weeks, strict=True)]
        axes.plot(places, shares, marker="o", markersize=4, color=colour, label=name)
        for place, hits, week in zip(places, right, weeks, strict=True):
            axes.plot([place, place], wilson_interval(hits, week.n), color=colour, alpha=0.35)
    axes.set_xticks(range(len(weeks)), [f"{week.monday:%m-%d}\nn={week.n}" for week in weeks])
    axes.set_ylim(0, 1.02)
    axes.set_ylabel("准确率 accuracy")
    axes.grid(axis="y", color=GRID, linewidth=0.5)
    axes.legend(frameon=False)
    return figure


def contested(scores: Sequence[DepartmentScore]) -> list[DepartmentScore]:
    """Departments with orders that only one of the two had right, where most is at stake first."""
    parted = [score for score in scores if score.first_only + score.second_only]
    return sorted(parted, key=lambda score: -(score.first_only + score.second_only))[:_MOST_DEPARTMENTS]
