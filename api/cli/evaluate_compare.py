"""``hotline evaluate compare``: two routers on the same orders that neither has seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.comparing import compared_on, said_notes, say_comparison
from api.cli.output import write_json

if TYPE_CHECKING:
    from evaluation.reports.comparison_report import Apart
    from evaluation.routing.comparison import Comparison
    from models.department_classifier import DepartmentClassifier


def compare(
    *,
    model: Annotated[list[Path], typer.Option(help="Folder of a router; twice: first A, in service, then B.")],
    data: Annotated[Path, typer.Option(help="CSV of orders that neither router has seen.")],
    text: Annotated[str, typer.Option(help="Column of what the citizen said.")] = "text",
    label: Annotated[str, typer.Option(help="Column of the department that handled it.")] = "dept_label",
    group: Annotated[str, typer.Option(help="Column of near-duplicate groups; without it they are found.")] = "",
    id_column: Annotated[str, typer.Option("--id", help="Column of order numbers, to name orders by.")] = "",
    embedder: Annotated[
        list[str] | None,
        typer.Option(help="Embedder of both, or twice: of A, then of B. Without it the configured one is used."),
    ] = None,
    json_path: Annotated[Path | None, typer.Option("--json", help="Where the figures go.")] = None,
    report: Annotated[Path | None, typer.Option(help="Where the HTML report goes.")] = None,
    rounds: Annotated[int, typer.Option(min=100, help="Bootstrap rounds.")] = 1000,
) -> None:
    """Rank every order with both routers and say whether B is better than A, or whether chance could have done it."""
    from api.cli.steps import steps
    from evaluation.reports.comparison_report import apart_of
    from evaluation.routing.judged_orders import Columns, read_orders

    first, second = _routers(model, embedder or [])
    orders = read_orders(data, Columns(text, label, group, id_column))
    with steps() as step:
        compared, pairs = compared_on(first, second, orders, rounds, step)
    notes = said_notes(orders, {"A": first, "B": second})
    say_comparison(compared, f"{compared.n} orders of {data.name}", (f"A {first.version}", f"B {second.version}"))
    apart = apart_of(pairs, orders.ids)
    write_json(json_path, _json(compared, apart, first, second, data.name) | {"notes": notes})
    if report:
        _write_report(report, compared, apart, first, second, data.name, notes)


def _routers(models: Sequence[Path], specs: Sequence[str]) -> tuple[DepartmentClassifier, DepartmentClassifier]:
    """Both, each with its embedder. Raises BadInput or ModelProblem where that cannot be."""
    from copilot.errors import BadInput

    if len(models) != 2:  # noqa: PLR2004 - two are compared
        raise BadInput("Two routers are compared. Name --model twice: first the one in service, then its challenger.")
    if len(specs) > len(models):
        raise BadInput("There are more embedders than routers. Name --embedder once for both, or once for each.")
    wanted = [*specs, *[specs[-1] if specs else ""] * (len(models) - len(specs))]
    first, second = (load_with(folder, spec) for folder, spec in zip(models, wanted, strict=True))
    return first, second


def load_with(folder: Path, spec: str = "") -> DepartmentClassifier:
    """A router with the embedder ``spec``, else the configured one. Raises ModelProblem where it needs another."""
    from api.cli.weights import prepared_embedder
    from copilot.settings import load_settings
    from models.routers.files import load_router

    settings = load_settings()
    chosen = settings.model_copy(update={"embedder": spec}) if spec else settings
    return load_router(folder, prepared_embedder(chosen))


def _json(
    compared: Comparison, apart: Sequence[Apart], first: DepartmentClassifier, second: DepartmentClassifier, data: str
) -> dict[str, Any]:
    from dataclasses import asdict

    from evaluation.routing.comparison_words import as_json

    routers = {name: {"model": r.version, "created": r.created} for name, r in (("first", first), ("second", second))}
    return as_json(compared) | {"routers": routers, "data": data, "disagreements": [asdict(row) for row in apart]}


def _write_report(
    path: Path,
    compared: Comparison,
    apart: Sequence[Apart],
    first: DepartmentClassifier,
    second: DepartmentClassifier,
    data: str,
    notes: Sequence[str],
) -> None:
    from api.cli.evaluate_routing import write_page
    from evaluation.reports.comparison_report import comparison_report

    facts = {
        "甲 A": f"{first.version} · {first.created}",
        "乙 B": f"{second.version} · {second.created}",
        "数据 data": data,
    }
    write_page(path, comparison_report(compared, (first.version, second.version), facts, apart, notes=notes))
