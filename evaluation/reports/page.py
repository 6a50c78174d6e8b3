"""Reports that can be kept and sent: one HTML file, pictures inside, nothing fetched from anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.measures import Interval
from evaluation.reports.charts import class_picture, confusion_picture, coverage_picture, reliability_picture
from evaluation.reports.section_charts import cost_picture, drift_picture, slices_picture
from evaluation.reports.trend_charts import learning_picture
from evaluation.routing.evaluation import RoutingEvaluation
from evaluation.routing.figures import PRECISION_TARGET, RoutingFigures

if TYPE_CHECKING:
    from jinja2 import Template

_FIGURES = (
    ("accuracy", "准确率", "accuracy: the first department is right"),
    ("top3", "前三命中率", "top 3: the right department is among the first three"),
    ("macro_f1", "宏平均 F1", "macro F1: every department counts alike"),
    ("ece", "校准误差", "ECE: gap between probabilities given and shares that were right"),
    ("coverage_at_95", "95% 准确时的覆盖率", "coverage at 95 % precision"),
)
_DISTANCES = {
    "department_mix_psi": ("承办单位构成 PSI", "mix of departments"),
    "vocabulary_js": ("用词 JS 散度（比特）", "vocabulary, Jensen–Shannon divergence in bits"),
    "confidence_psi": ("把握程度 PSI", "confidence"),
}
_BANDS = {"stable": "稳定 stable", "watch": "留意 watch", "moved": "已变 moved"}


def routing_report(evaluation: RoutingEvaluation, facts: Mapping[str, str]) -> str:
    """The page; ``facts`` (model, data, …) are shown as they are. Orders are named by id, never by what was said."""
    figures = evaluation.figures
    order = sorted(range(len(figures.labels)), key=lambda i: -figures.classes[i].support)
    return template("routing.html").render(
        facts=facts,
        evaluation=evaluation,
        figures=figures,
        main=_rows(figures),
        classes=[(figures.labels[i], figures.classes[i], figures.recall_interval(figures.classes[i])) for i in order],
        pairs=evaluation.pairs,
        target=PRECISION_TARGET,
        confusion=confusion_picture(figures.labels, figures.matrix),
        reliability=reliability_picture(figures.bins),
        coverage=coverage_picture(figures.curve, figures.coverage, PRECISION_TARGET),
        per_class=class_picture(figures.labels, figures.classes),
        slices_picture=slices_picture(evaluation.slices, figures.accuracy) if evaluation.slices else "",
        cost_picture=cost_picture(evaluation.costs) if evaluation.costs else "",
        drift_picture=drift_picture(evaluation.drifts) if evaluation.drifts else "",
        curve=evaluation.learning_curve,
        learning_picture=learning_picture(evaluation.learning_curve["points"]) if evaluation.learning_curve else "",
        distance_names=_DISTANCES,
        bands=_BANDS,
    )


def template(name: str) -> Template:
    """A page's template, which refuses a name that nobody has given it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - needed by reports only

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def _rows(figures: RoutingFigures) -> list[tuple[str, str, float, Interval | None]]:
    values = figures.as_json()
    return [(chinese, english, values[name], figures.intervals.get(name)) for name, chinese, english in _FIGURES]
