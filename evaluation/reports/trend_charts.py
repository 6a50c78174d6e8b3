"""Pictures of comparisons over time and size: the learning curve, and a time split beside random ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evaluation.reports.charts import ACCENT, GRID, INK, PALE, VALUE_WITH_INTERVAL, inline_svg, new_figure
from evaluation.routing.splits import SplitFigures

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LINES = (
    ("top3", "前三命中率 top 3", PALE),
    ("accuracy", "准确率 accuracy", ACCENT),
    ("macro_f1", "宏平均 F1 macro F1", "#d9822b"),
)
_MEASURES = (
    ("accuracy", "准确率 accuracy"),
    ("top3", "前三 top 3"),
    ("macro_f1", "宏平均 F1 macro F1"),
    ("precision_at_threshold", "推荐准确率 precision recommended"),
    ("coverage_at_threshold", "推荐率 recommended"),
)
_COLOURS = (INK, ACCENT, PALE)


@inline_svg("learning")
def learning_picture(points: Sequence[Mapping[str, Any]]) -> Figure:
    """Figures with their intervals by orders a department; ``points`` as in the JSON of the learning curve."""
    figure = new_figure(6.4, 3.8)
    axes = figure.add_subplot()
    places = range(len(points))
    for number, (name, words, colour) in enumerate(_LINES):
        beside = [place + 0.06 * (number - 1) for place in places]
        axes.plot(beside, [point[name] for point in points], color=colour, marker="o", label=words)
        for place, point in zip(beside, points, strict=True):
            axes.plot([place, place], point["intervals"][name], color=colour, linewidth=3, alpha=0.4)
    axes.set_xticks(list(places), [_size(point["per_department"]) for point in points])
    axes.set_xlabel("每个单位的已标注工单 labelled orders per department")
    axes.set_ylabel(VALUE_WITH_INTERVAL)
    axes.set_ylim(0, 1.02)
    axes.set_xlim(-0.3, len(points) - 0.5)
    axes.grid(color=GRID, linewidth=0.5)
    axes.legend(loc="lower right", frameon=False)
    return figure


@inline_svg("splits")
def splits_picture(splits: Sequence[SplitFigures], names: Sequence[str], target: float) -> Figure:
    """Each figure with its interval, the later months dark, random orders pale; the stated precision dashed."""
    high = 0.5 * len(_MEASURES) + 0.8
    figure = new_figure(6.4, high)
    axes = figure.add_axes((0.34, 0.55 / high, 0.63, 1 - 0.65 / high))
    for row, (name, _) in enumerate(_MEASURES):
        for number, split in enumerate(splits):
            place = row + 0.22 * (number - (len(splits) - 1) / 2)
            colour = _COLOURS[min(number, len(_COLOURS) - 1)]
            label = names[number] if row == 0 else None
            value = split.figures.as_json()[name]
            if value is None:  # nothing was recommended
                continue
            axes.plot(split.figures.intervals[name], [place, place], color=colour, linewidth=2)
            axes.plot([value], [place], marker="o", markersize=4, color=colour, label=label, clip_on=False)
    axes.axvline(target, color=GRID, linestyle="--")
    axes.set_yticks(range(len(_MEASURES)), [words for _, words in _MEASURES])
    axes.set_ylim(len(_MEASURES) - 0.4, -0.6)
    axes.set_xlim(0, 1.01)
    axes.set_xlabel(f"{VALUE_WITH_INTERVAL} · 虚线：承诺 dashed: stated")
    axes.legend(loc="upper left", frameon=False, fontsize=7.5)
    axes.tick_params(length=0)
    return figure


def _size(value: object) -> str:
    return {"0": "仅职责 duties", "all": "全部 all"}.get(str(value), str(value))
