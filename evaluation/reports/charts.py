"""Pictures of a report as inline SVG. Text stays text, so that the browser's fonts draw the Chinese labels."""

from __future__ import annotations

import functools
import io
import re
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ParamSpec, cast

import numpy as np

from evaluation.measures import ClassFigures, Coverage, Ints, ReliabilityBin

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, ACCENT, PALE, GRID = "#1f2933", "#1f6feb", "#9fc3ff", "#d8dee6"
VALUE_WITH_INTERVAL = "数值（95% 区间） value with interval"
_PROLOGUE = re.compile(r"^.*?(?=<svg )", re.DOTALL)
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "hotline",  # the same figures make the same bytes
    "font.size": 9.0,
    "axes.edgecolor": GRID,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
_MOST_POINTS = 400
_INCH_PER_CHARACTER = 0.14


P = ParamSpec("P")


def inline_svg(name: str) -> Callable[[Callable[P, Figure]], Callable[P, str]]:
    """Draw in the style above and give the ``<svg>`` element, its ids made unique by ``name``."""

    def wrap(draw: Callable[P, Figure]) -> Callable[P, str]:
        @functools.wraps(draw)
        def drawn(*args: P.args, **kwargs: P.kwargs) -> str:
            from matplotlib import rc_context  # noqa: PLC0415 - slow to import, and needed by reports only

            sheet = io.StringIO()
            with rc_context(cast("Any", _STYLE)), warnings.catch_warnings():
                # It measures text with a font that lacks Chinese; the browser draws with one that has it.
                warnings.filterwarnings("ignore", message="Glyph .* missing from")
                draw(*args, **kwargs).savefig(sheet, format="svg", transparent=True, metadata=_METADATA)
            return re.sub(r'(id="|href="#|url\(#)', rf"\g<1>{name}-", _PROLOGUE.sub("", sheet.getvalue()))

        return drawn

    return wrap


@inline_svg("confusion")
def confusion_picture(labels: Sequence[str], matrix: Ints) -> Figure:
    """The confusion matrix, each row as shares of its right label; cells of at least 5 % carry their count."""
    side, margin = 0.26 * len(labels) + 1.2, label_margin(labels)
    figure = new_figure(side + margin, side + margin)
    axes = figure.add_axes((margin / (side + margin), 0.02, side / (side + margin), side / (side + margin)))
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    axes.pcolormesh(shares, cmap="Blues", vmin=0, vmax=1, edgecolors=GRID, linewidth=0.3)
    for row, column in zip(*np.nonzero((matrix > 0) & (shares >= 0.05)), strict=True):  # noqa: PLR2004 - as documented
        colour = "white" if shares[row, column] > 0.5 else INK  # noqa: PLR2004 - readable on dark
        axes.text(
            column + 0.5, row + 0.5, str(matrix[row, column]), ha="center", va="center", fontsize=6.5, color=colour
        )
    places = np.arange(len(labels)) + 0.5
    axes.set_xticks(places, labels, rotation=90)
    axes.set_yticks(places, labels)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set_ylim(len(labels), 0)
    return figure


@inline_svg("reliability")
def reliability_picture(bins: Sequence[ReliabilityBin]) -> Figure:
    """What was promised against what came true; a dot's size is the number of orders."""
    figure = new_figure(4.6, 4.2)
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], linestyle="--", color=GRID)
    largest = max((b.count for b in bins), default=1)
    sizes = [20 + 160 * b.count / largest for b in bins]
    promised, observed = [b.promised for b in bins], [b.observed for b in bins]
    axes.plot(promised, observed, color=PALE)
    axes.scatter(promised, observed, s=sizes, color=ACCENT)
    axes.set_xlabel("给出的概率 probability given")
    axes.set_ylabel("实际正确率 share that was right")
    axes.set_xlim(0, 1.02)
    axes.set_ylim(0, 1.02)
    axes.grid(color=GRID, linewidth=0.5)
    return figure


@inline_svg("coverage")
def coverage_picture(curve: Sequence[Coverage], chosen: Coverage, target: float) -> Figure:
    """Precision against the share of orders that is answered alone; the dot is the largest share at ``target``."""
    figure = new_figure(4.6, 4.2)
    axes = figure.add_subplot()
    step = max(1, len(curve) // _MOST_POINTS)
    points = [*curve[::step], *curve[-1:]]
    axes.plot([p.coverage for p in points], [p.precision for p in points], color=ACCENT)
    axes.axhline(target, color=GRID, linestyle="--")
    if chosen.coverage > 0:
        axes.plot([chosen.coverage], [chosen.precision], marker="o", color=INK, clip_on=False)
    axes.set_xlabel("覆盖率 share of orders answered alone")
    axes.set_ylabel("准确率 precision among them")
    axes.set_xlim(0, 1)
    axes.set_ylim(min(0.5, min((p.precision for p in points), default=0.5)), 1.01)
    axes.grid(color=GRID, linewidth=0.5)
    return figure


@inline_svg("classes")
def class_picture(labels: Sequence[str], classes: Sequence[ClassFigures]) -> Figure:
    """F1 of every label, the commonest first, with its number of orders."""
    order = sorted(range(len(labels)), key=lambda i: -classes[i].support)
    height, margin = 0.24 * len(order) + 0.7, label_margin(labels)
    width = margin + 4.5
    figure = new_figure(width, height)
    axes = figure.add_axes((margin / width, 0.45 / height, 3.9 / width, 1 - 0.6 / height))
    axes.barh(range(len(order)), [classes[i].f1 for i in order], color=PALE, height=0.7)
    for place, i in enumerate(order):
        axes.text(classes[i].f1 + 0.01, place, f"{classes[i].f1:.2f} · {classes[i].support}", va="center", fontsize=7.5)
    axes.set_yticks(range(len(order)), [labels[i] for i in order])
    axes.set_ylim(len(order) - 0.5, -0.5)
    axes.set_xlim(0, 1.25)
    axes.set_xlabel("F1 · 件数 orders")
    axes.tick_params(length=0)
    return figure


def label_margin(labels: Sequence[str]) -> float:
    """Inches that the longest label needs."""
    return max((len(label) for label in labels), default=1) * _INCH_PER_CHARACTER + 0.2


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of that many inches."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - slow to import, and needed by reports only

    return Figure(figsize=(width, height))
