"""``hotline evaluate routing``: a router against orders whose department is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.output import console, write_json

if TYPE_CHECKING:
    from evaluation.routing import RoutingFigures


def routing(
    model: Annotated[Path, typer.Option(help="Folder that hotline train routing has written.")],
    data: Annotated[Path, typer.Option(help="CSV of orders that the router has not seen.")],
    text: Annotated[str, typer.Option(help="Column of what the citizen said.")] = "text",
    label: Annotated[str, typer.Option(help="Column of the department that handled it.")] = "dept_label",
    group: Annotated[str | None, typer.Option(help="Column of near-duplicate groups, for honest intervals.")] = None,
    json_path: Annotated[Path | None, typer.Option("--json", help="Where the figures go.")] = None,
    report: Annotated[Path | None, typer.Option(help="Where the HTML report goes.")] = None,
    rounds: Annotated[int, typer.Option(min=100, help="Bootstrap rounds.")] = 1000,
) -> None:
    """Rank every order and count: accuracy, macro F1, top three, calibration, coverage at 95 % precision."""
    from api.cli.train_routing import figures_table, read_examples, steps
    from api.cli.weights import prepared_embedder
    from copilot.settings import load_settings
    from evaluation.routing import judge, routing_figures
    from models.department_classifier import DepartmentClassifier

    judged = read_examples(data, text, label, group).usable(fewest=1)
    classifier = DepartmentClassifier.load(model, prepared_embedder(load_settings()))
    with steps() as step:
        outcomes = judge(
            classifier, judged.texts, judged.labels, lambda done: step("Ranking the orders", done, len(judged.texts))
        )
        figures = routing_figures(outcomes, groups=judged.numbered_groups(), rounds=rounds)
    for note in judged.notes:
        console.print(f"Note: {note}", markup=False)
    if figures.unseen:
        console.print(f"Unknown to the router, counted as errors: {'、'.join(figures.unseen)}", markup=False)
    console.print(figures_table(figures, f"{figures.n} orders, router {classifier.version}"))
    write_json(json_path, figures.as_json() | {"model": classifier.version, "created": classifier.created})
    if report:
        _write_report(report, figures, {"模型 model": classifier.version, "数据 data": data.name})


def _write_report(path: Path, figures: RoutingFigures, facts: dict[str, str]) -> None:
    from copilot.errors import BadInput
    from evaluation.report import routing_report

    page = routing_report(figures, facts)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}). Give a path you may write to.") from error
    console.print(f"The report is in {path}")
