"""Pictures of an evaluation of search: measures, cards shown and withheld, and what mishearing costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from evaluation.measures import Interval
from evaluation.reports.charts import ACCENT, GRID, INK, PALE, VALUE_WITH_INTERVAL, inline_svg, new_figure
from evaluation.retrieval.abstention import FALSE_CARDS, Abstention, AtThreshold
from evaluation.retrieval.noise import Misheard

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MEASURE_NAMES = {
    "hit@1": ("首条命中", "hit@1: the first document is right"),
    "hit@5": ("前五命中", "hit@5: a right document is among the first five"),
    "hit@10": ("前十命中", "hit@10: a right document is among the first ten"),
    "mrr@10": ("平均倒数排名", "MRR@10: mean of 1 / rank of the first right document"),
    "ndcg@10": ("折损累计增益", "nDCG@10: all right documents, the earlier the better"),
    "recall@10": ("召回率", "recall@10: share of a question's right documents among the first ten"),
}
_WARN = "#d9822b"
_NOISE = (("hit@1", "首条 hit@1", INK), ("hit@5", "前五 hit@5", ACCENT), ("hit@10", "前十 hit@10", PALE))


@inline_svg("measures")
def measures_picture(figures: Mapping[str, float], intervals: Mapping[str, Interval]) -> Figure:
    """Each measure with its interval."""
    high = 0.34 * len(figures) + 0.6
    figure = new_figure(6.4, high)
    axes = figure.add_axes((0.26, 0.5 / high, 0.66, 1 - 0.55 / high))
    for place, (name, value) in enumerate(figures.items()):
        axes.plot(intervals[name], [place, place], color=ACCENT, linewidth=3, alpha=0.4)
        axes.plot([value], [place], marker="o", markersize=5, color=ACCENT, clip_on=False)
        axes.text(1.02, place, f"{value:.3f}", va="center", fontsize=8)
    axes.set_yticks(range(len(figures)), [f"{MEASURE_NAMES[name][0]} {name}" for name in figures])
    axes.set_ylim(len(figures) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.set_xlabel(VALUE_WITH_INTERVAL)
    axes.grid(axis="x", color=GRID, linewidth=0.5)
    axes.tick_params(length=0)
    return figure


@inline_svg("silence")
def silence_picture(found: Abstention) -> Figure:
    """Cards for questions with an answer (up) against cards for questions without one (across); the dot is served."""
    figure = new_figure(4.6, 4.2)
    axes = figure.add_subplot()
    points = [(point.false_cards or 0.0, point.shown) for point in found.curve]
    axes.plot([x for x, _ in points], [y for _, y in points], color=ACCENT)
    axes.axvline(FALSE_CARDS, color=_WARN, linestyle="--", linewidth=1)
    _dot(axes, found.at_served.false_cards or 0.0, found.at_served.shown, INK)
    if found.at_target:
        _dot(axes, found.at_target.false_cards or 0.0, found.at_target.shown, _WARN)
    axes.set_xlabel("无答案问题中误出卡片的比例 false cards")
    axes.set_ylabel("有答案问题中出卡片的比例 questions that get a card")
    _unit_square(axes)
    return figure


@inline_svg("precision")
def precision_picture(curve: Sequence[AtThreshold], served: AtThreshold) -> Figure:
    """How often the first card is right against the share of questions that get one; the dot is what is served."""
    figure = new_figure(4.6, 4.2)
    axes = figure.add_subplot()
    inside = [(point.shown, point.first_right) for point in curve if point.first_right is not None]
    mixed = [(point.shown, point.precision) for point in curve if point.precision is not None]
    axes.plot(
        [x for x, _ in inside], [y for _, y in inside], color=ACCENT, label="有答案的问题 questions with an answer"
    )
    if any(point.false_cards is not None for point in curve):
        axes.plot(
            [x for x, _ in mixed], [y for _, y in mixed], color=_WARN, label="加上无答案的问题 mixed with those without"
        )
    if served.first_right is not None:
        _dot(axes, served.shown, served.first_right, INK)
    axes.set_xlabel("出卡片的比例 share that gets a card")
    axes.set_ylabel("首张卡片正确率 first card right")
    axes.legend(loc="lower left", frameon=False, fontsize=7.5)
    _unit_square(axes)
    return figure


@inline_svg("noise")
def noise_picture(figures: Mapping[str, float], misheard: Sequence[Misheard]) -> Figure:
    """Hits by the share of characters misheard, with the interval of each fall."""
    figure = new_figure(6.4, 3.8)
    axes = figure.add_subplot()
    places = [0.0, *(one.rate for one in misheard)]
    for name, words, colour in _NOISE:
        axes.plot(
            places, [figures[name], *(one.figures[name] for one in misheard)], color=colour, marker="o", label=words
        )
        for one in misheard:
            low, high = (figures[name] - end / 100 for end in one.fall_intervals[name])
            axes.plot([one.rate, one.rate], [low, high], color=colour, linewidth=3, alpha=0.4)
    axes.set_xticks(places, [f"{100 * place:.0f}%" for place in places])
    axes.set_xlabel("听错的字 characters misheard")
    axes.set_ylabel("命中（95% 区间） hits with interval")
    axes.set_ylim(0, 1.02)
    axes.grid(color=GRID, linewidth=0.5)
    axes.legend(loc="lower left", frameon=False)
    return figure


def _dot(axes: Axes, x: float, y: float, colour: str) -> None:
    axes.plot([x], [y], marker="o", markersize=6, color=colour)


def _unit_square(axes: Axes) -> None:
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(0, 1.02)
    axes.grid(color=GRID, linewidth=0.5)
