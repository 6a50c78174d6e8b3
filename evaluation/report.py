"""Reports that can be kept and sent: one HTML file, pictures inside, nothing fetched from anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from evaluation.charts import class_picture, confusion_picture, coverage_picture, reliability_picture
from evaluation.routing import PRECISION_TARGET, RoutingFigures

_FIGURES = (
    ("accuracy", "准确率", "accuracy: the first department is right"),
    ("top3", "前三命中率", "top 3: the right department is among the first three"),
    ("macro_f1", "宏平均 F1", "macro F1: every department counts alike"),
    ("ece", "校准误差", "ECE: gap between probabilities given and shares that were right"),
    ("coverage_at_95", "95% 准确时的覆盖率", "coverage at 95 % precision"),
)


def routing_report(figures: RoutingFigures, facts: Mapping[str, str]) -> str:
    """The page; ``facts`` (model, data, …) are shown as they are. It holds counts only, nothing that a citizen said."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - needed by reports only

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    order = sorted(range(len(figures.labels)), key=lambda i: -figures.classes[i].support)
    return environment.get_template("routing.html").render(
        facts=facts,
        figures=figures,
        main=_rows(figures),
        classes=[(figures.labels[i], figures.classes[i], figures.recall_interval(figures.classes[i])) for i in order],
        confusions=figures.confusions(),
        target=PRECISION_TARGET,
        confusion=confusion_picture(figures.labels, figures.matrix),
        reliability=reliability_picture(figures.bins),
        coverage=coverage_picture(figures.curve, figures.coverage, PRECISION_TARGET),
        per_class=class_picture(figures.labels, figures.classes),
    )


def _rows(figures: RoutingFigures) -> list[tuple[str, str, float, tuple[float, float] | None]]:
    values = figures.as_json()
    return [(chinese, english, values[name], figures.intervals.get(name)) for name, chinese, english in _FIGURES]
