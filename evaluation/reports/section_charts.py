"""Pictures of the report's further sections: parts of the orders, costs, and two periods beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from evaluation.measures import Interval
from evaluation.reports.charts import ACCENT, GRID, INK, PALE, inline_svg, label_margin, new_figure
from evaluation.routing.costs import CostFigures
from evaluation.routing.drift import Drift

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WARN = "#d9822b"
_ROW = 0.23


class DrawnPart(Protocol):
    """A part of the cases: :class:`evaluation.routing.slices.Part` and its like for questions fit."""

    @property
    def value(self) -> str:
        """What its cases share."""
        ...

    @property
    def n(self) -> int:
        """How many there are."""
        ...

    @property
    def accuracy(self) -> float:
        """The share that is right first."""
        ...

    @property
    def interval(self) -> Interval:
        """The interval of that share."""
        ...

    @property
    def below(self) -> bool:
        """Whether that lies below the overall share."""
        ...

    @property
    def few(self) -> bool:
        """Whether they are too few to say much."""
        ...


class DrawnSlice(Protocol):
    """The parts of one column."""

    @property
    def name(self) -> str:
        """The column."""
        ...

    @property
    def parts(self) -> Sequence[DrawnPart]:
        """Its parts, in order."""
        ...


@inline_svg("slices")
def slices_picture(
    slices: Sequence[DrawnSlice],
    overall: float,
    across: str = "准确率（95% 区间）· 件数 accuracy with interval · orders",
) -> Figure:
    """Accuracy of every part with its interval, against the overall one (dashed); parts surely below it in orange."""
    rows = [(part.value, part) for one in slices for part in one.parts]
    gaps = [sum(len(one.parts) + 1 for one in slices[:i]) for i in range(len(slices))]
    places = [gap + 1 + i for gap, one in zip(gaps, slices, strict=True) for i in range(len(one.parts))]
    figure, axes = _listing([name for name, _ in rows], places, 1.6)
    axes.axvline(overall, color=GRID, linestyle="--")
    for place, (_, part) in zip(places, rows, strict=True):
        colour = _WARN if part.below else ACCENT
        axes.plot(part.interval, [place, place], color=colour, linewidth=2, alpha=0.35 if part.few else 0.8)
        axes.plot([part.accuracy], [place], marker="o", markersize=4, color=colour, clip_on=False)
        axes.text(1.02, place, f"{part.accuracy:.2f} · {part.n}", va="center", fontsize=7.5)
    for gap, one in zip(gaps, slices, strict=True):
        axes.text(0.005, gap, one.name, va="center", fontsize=8.5, color=INK, weight="bold")
    axes.set_xlim(0, 1)
    axes.set_xlabel(across)
    return figure


@inline_svg("drift")
def drift_picture(drifts: Sequence[Drift]) -> Figure:
    """The shares of orders that moved most, earlier pale and later dark; one panel a comparison."""
    rows = max(len(drift.shifts) for drift in drifts)
    margin = label_margin([shift.department for drift in drifts for shift in drift.shifts])
    wide, high = margin + 2.8, 2 * _ROW * rows + 1.1
    figure = new_figure(wide * len(drifts), high)
    for number, drift in enumerate(drifts):
        left = (wide * number + margin) / (wide * len(drifts))
        axes = figure.add_axes((left, 0.5 / high, 2.5 / (wide * len(drifts)), 1 - 0.9 / high))
        places = range(len(drift.shifts))
        axes.barh([p - 0.19 for p in places], [s.before for s in drift.shifts], height=0.36, color=PALE)
        axes.barh([p + 0.19 for p in places], [s.after for s in drift.shifts], height=0.36, color=ACCENT)
        axes.set_yticks(list(places), [s.department for s in drift.shifts])
        axes.set_ylim(rows - 0.5, -0.5)
        axes.tick_params(length=0)
        axes.set_title(f"{drift.before.name} → {drift.after.name}", fontsize=9)
        axes.set_xlabel("占比 share of orders")
    return figure


@inline_svg("costs")
def cost_picture(costs: CostFigures) -> Figure:
    """Cost of mistakes an order against the share of orders asked about; the dot is at the router's threshold."""
    figure = new_figure(4.6, 3.6)
    axes = figure.add_subplot()
    axes.plot([p.questions for p in costs.curve], [p.mistakes for p in costs.curve], color=ACCENT)
    if costs.cheapest is not None:
        axes.plot([p.questions for p in costs.curve], [p.total or 0.0 for p in costs.curve], color=_WARN)
        axes.plot([costs.cheapest.questions], [costs.cheapest.total or 0.0], marker="D", color=_WARN)
    axes.plot([costs.at_threshold.questions], [costs.at_threshold.mistakes], marker="o", color=INK)
    axes.set_xlabel("转人工判断的比例 share of orders asked about")
    axes.set_ylabel("每件代价 cost an order")
    axes.set_xlim(0, 1)
    axes.set_ylim(bottom=0)
    axes.grid(color=GRID, linewidth=0.5)
    return figure


def _listing(names: Sequence[str], places: Sequence[int], right: float) -> tuple[Figure, Axes]:
    """Axes of rows with names at their left; ``right`` inches are kept free for what is written beside them."""
    rows = max(places) + 1
    height, margin = _ROW * rows + 0.7, label_margin(names)
    width = margin + 4.0 + right
    figure = new_figure(width, height)
    axes = figure.add_axes((margin / width, 0.45 / height, 4.0 / width, 1 - 0.55 / height))
    axes.set_yticks(list(places), names)
    axes.set_ylim(rows - 0.5, -0.7)
    axes.tick_params(length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    return figure, axes
