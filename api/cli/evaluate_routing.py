"""``hotline evaluate routing``: a router against orders whose department is known."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.output import console, write_json
from evaluation.routing.bulk import BulkRanker, Engine

if TYPE_CHECKING:
    from evaluation.gate import Demand, Gate
    from evaluation.routing.evaluation import Progress, RoutingEvaluation, Wishes
    from evaluation.routing.judged_orders import JudgedOrders
    from evaluation.routing.outcomes import Outcomes
    from evaluation.routing.told_categories import CategoryFigures
    from models.department_classifier import DepartmentClassifier


def routing(
    *,
    model: Annotated[Path, typer.Option(help="Folder that hotline train routing has written.")],
    data: Annotated[Path, typer.Option(help="CSV of orders that the router has not seen.")],
    text: Annotated[str, typer.Option(help="Column of what the citizen said.")] = "text",
    label: Annotated[str, typer.Option(help="Column of the department that handled it.")] = "dept_label",
    group: Annotated[str, typer.Option(help="Column of near-duplicate groups; without it they are found.")] = "",
    id_column: Annotated[str, typer.Option("--id", help="Column of order numbers, to name examples by.")] = "",
    month: Annotated[str, typer.Option("--month", "--date", help="Column of months or dates, for drift.")] = "",
    since: Annotated[str, typer.Option(help="Month (2026-03) that begins the later period; else the middle.")] = "",
    slices: Annotated[
        list[str] | None, typer.Option("--slice", help="Column to slice by; again for more. Else the customary ones.")
    ] = None,
    category: Annotated[
        str, typer.Option(help="Columns of the matter category, broadest first, apart by commas: rank with it as well.")
    ] = "",
    train_data: Annotated[Path | None, typer.Option(help="The training CSV, to count orders that leaked.")] = None,
    costs: Annotated[Path | None, typer.Option(help="CSV right,given,cost (or JSON) of misrouting.")] = None,
    catalogue: Annotated[
        Path | None, typer.Option(help="Responsibility catalogue: departments are known by their aliases too.")
    ] = None,
    misheard: Annotated[
        float, typer.Option(min=0.0, max=0.9, help="Also rank with this share of characters misheard, as 0.15.")
    ] = 0.0,
    require: Annotated[
        list[str] | None,
        typer.Option(help="NAME=VALUE that must be reached, as accuracy=0.78 or accuracy.low=0.76; else exit code 1."),
    ] = None,
    curve: Annotated[
        Path | None, typer.Option("--learning-curve", help="JSON of hotline evaluate learning-curve, to be shown too.")
    ] = None,
    keep: Annotated[bool, typer.Option(help="Keep the figures with the router, for the evaluation desk.")] = False,
    json_path: Annotated[Path | None, typer.Option("--json", help="Where the figures go.")] = None,
    report: Annotated[Path | None, typer.Option(help="Where the HTML report goes.")] = None,
    rounds: Annotated[int, typer.Option(min=100, help="Bootstrap rounds.")] = 1000,
    processes: Annotated[int, typer.Option(min=1, help="Rank in so many processes: for a year of orders.")] = 1,
    engine: Annotated[Engine, typer.Option(help="What runs them: loky here, or ray on a cluster.")] = Engine.LOKY,
) -> None:
    """Rank every order and count: accuracy, macro F1, top three, calibration, slices, leaks, costs, drift."""
    from api.cli.steps import steps
    from api.cli.train_routing import column_names, figures_table
    from api.cli.weights import prepared_embedder
    from copilot.settings import load_settings
    from evaluation.gate import parse_demands
    from evaluation.routing.costs import read_costs
    from evaluation.routing.evaluation import Wishes
    from evaluation.routing.judged_orders import Columns, read_orders
    from models.routers.files import load_router

    demands = parse_demands(require or [])
    columns = Columns(text, label, group, id_column, month)
    orders = read_orders(data, columns, (*(slices or ()), *(levels := column_names(category))))
    wishes = Wishes(
        slices or (),
        read_orders(train_data, Columns(text, label, group)) if train_data else None,
        read_costs(costs) if costs else None,
        since,
        _aliases(catalogue) if catalogue else None,
        rounds,
    )
    points = read_curve(curve) if curve else None
    classifier = load_router(model, prepared_embedder(load_settings()))
    orders = _warned(orders, classifier)
    with steps() as step:
        ranker = BulkRanker(model, processes, engine) if processes > 1 or engine is Engine.RAY else classifier
        found, outcomes = _evaluated(ranker, orders, wishes, misheard, step)
        told = _with_categories(classifier, orders, levels, outcomes, rounds, step)
    found = replace(found, learning_curve=points, categories=told)
    console.print(figures_table(found.figures, f"{found.figures.n} orders, router {classifier.version}"))
    say_findings(found)
    figures = found.as_json() | {"model": classifier.version, "created": classifier.created, "data": data.name}
    write_json(json_path, figures)
    if keep:
        _keep(model, classifier, figures)
    if report:
        _report(report, found, {"模型 model": classifier.version, "数据 data": data.name})
    pass_gate(demands, figures)


def _keep(model: Path, classifier: DepartmentClassifier, figures: dict[str, Any]) -> None:
    from evaluation.routing.router_making import keep_evaluation

    keep_evaluation(model, classifier, figures)
    console.print(f"Kept with the router in {model}: the evaluation desk shows it.")


def _report(path: Path, found: RoutingEvaluation, facts: Mapping[str, str]) -> None:
    from evaluation.reports.page import routing_report

    write_page(path, routing_report(found, facts))


def _warned(orders: JudgedOrders, classifier: DepartmentClassifier) -> JudgedOrders:
    from evaluation.routing.own_orders import own_orders_note

    note = own_orders_note(classifier, orders.texts, orders.labels)
    return replace(orders, notes=(*orders.notes, note)) if note else orders


def _evaluated(
    classifier: DepartmentClassifier | BulkRanker, orders: JudgedOrders, wishes: Wishes, misheard: float, step: Progress
) -> tuple[RoutingEvaluation, Outcomes]:
    from evaluation.routing.evaluation import evaluate_orders
    from evaluation.routing.outcomes import judge
    from evaluation.routing.spoken_orders import spoken_figures

    total = len(orders.texts)
    outcomes = judge(classifier, orders.texts, orders.labels, lambda done: step("judging", done, total))
    found = evaluate_orders(orders, outcomes, wishes, step)
    if misheard <= 0:
        return found, outcomes
    spoken = spoken_figures(
        classifier, orders, outcomes, misheard, rounds=wishes.rounds,
        progress=lambda done: step("misheard", done, total),
    )  # fmt: skip
    return replace(found, spoken=spoken), outcomes


def _with_categories(
    classifier: DepartmentClassifier,
    orders: JudgedOrders,
    levels: Sequence[str],
    outcomes: Outcomes,
    rounds: int,
    step: Progress,
) -> CategoryFigures | None:
    from evaluation.routing.told_categories import category_figures

    if not levels:
        return None
    total = len(orders.texts)
    return category_figures(
        classifier, orders, levels, outcomes, rounds=rounds, progress=lambda done: step("category", done, total)
    )


def _aliases(path: Path) -> dict[str, tuple[str, ...]]:
    from knowledge_base.catalogue.file import load_catalogue

    return {department.name: department.aliases for department in load_catalogue(path).departments}


def read_curve(path: Path) -> dict[str, Any]:
    """The points of a learning curve. Raises BadTable where the file holds none."""
    from knowledge_base.errors import BadTable
    from knowledge_base.tables import read_text

    try:
        found = json.loads(read_text(path))
    except ValueError as error:
        raise BadTable(f"{path} is not JSON. Give what hotline evaluate learning-curve --json has written.") from error
    if not isinstance(found, dict) or not found.get("points"):
        raise BadTable(f"{path} holds no learning curve. Give what hotline evaluate learning-curve --json has written.")
    return found


def say_findings(found: RoutingEvaluation) -> None:
    """What an evaluator must not overlook, a line each."""
    for note in found.notes:
        console.print(f"Note: {note}", markup=False)
    if found.figures.unseen:
        console.print(f"Unknown to the router, counted as errors: {'、'.join(found.figures.unseen)}", markup=False)
    if found.leaks:
        console.print(
            f"{found.leaks.leaked} of {found.figures.n} orders have a near-duplicate in the training table; "
            f"without them accuracy is {_share(found.leaks.without.accuracy)}."
        )
    if found.giveaways and found.giveaways.routed:
        console.print(
            f"{found.giveaways.routed} of the orders hold an operator's routing phrase, which gives the answer away; "
            f"without those and texts that name the department accuracy is {_share(found.giveaways.without.accuracy)}."
        )
    if found.categories:
        told = found.categories
        values = told.told.values
        console.print(
            f"With the category told ({told.n} orders, not what is promised): accuracy {values['accuracy']:.3f}, "
            f"{told.change:+.3f} ({told.interval[0]:+.3f} to {told.interval[1]:+.3f}), top 3 {values['top3']:.3f}, "
            f"macro F1 {values['macro_f1']:.3f}; with one category in five wrong {told.wrong.values['accuracy']:.3f}; "
            f"{told.naming} categories name the right department, without those {_share(told.without_naming.accuracy)}."
        )
    below = [f"{one.name}: {part.value}" for one in found.slices for part in one.parts if part.below and not part.few]
    if below:
        console.print(f"Surely below the average: {'; '.join(below)}.", markup=False)


def _share(value: float | None) -> str:
    return "not known, as none are left" if value is None else f"{value:.3f}"


def write_page(path: Path, page: str) -> None:
    """Write a report. Raises BadInput where the disk refuses."""
    from copilot.errors import BadInput

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}). Give a path you may write to.") from error
    console.print(f"The report is in {path}")


def pass_gate(demands: Sequence[Demand], figures: dict[str, Any], gate: Gate | None = None) -> None:
    """End with exit code 1 and a sentence where a demand is missed; ``gate`` knows the figures, else routing's does."""
    from rich.console import Console

    from evaluation.gate import missed

    if failures := missed(demands, figures, gate):
        Console(stderr=True, soft_wrap=True, highlight=False).print(
            f"hotline: not good enough: {'; '.join(failures)}.", style="red", markup=False
        )
        raise typer.Exit(1)
    if demands:
        console.print(f"All demands are met: {len(demands)}.")
