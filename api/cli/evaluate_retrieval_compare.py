"""``hotline evaluate retrieval-compare``: configurations of search on the same questions, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from api.cli.output import console, write_json

if TYPE_CHECKING:
    from evaluation.retrieval.comparison import RetrievalComparison


def retrieval_compare(
    *,
    results: Annotated[
        list[Path],
        typer.Argument(help="What evaluate retrieval --per-question wrote: first what others are compared with."),
    ],
    name: Annotated[
        list[str] | None, typer.Option(help="Name of a column, in their order; else what --label said.")
    ] = None,
    json_path: Annotated[Path | None, typer.Option("--json", help="Where the figures go.")] = None,
    report: Annotated[Path | None, typer.Option(help="Where the HTML report goes.")] = None,
    rounds: Annotated[int, typer.Option(min=100, help="Bootstrap rounds.")] = 1000,
) -> None:
    """Say whether each of the others is better than the first, or whether chance could have done it."""
    from dataclasses import replace

    from copilot.errors import BadInput
    from evaluation.retrieval.comparison import compare_results
    from evaluation.retrieval.comparison_words import comparison_json, sentences
    from evaluation.retrieval.results import read_results

    names = name or []
    if len(names) > len(results):
        raise BadInput("There are more names than files. Give --name once for each file at most.")
    found = [read_results(path) for path in results]
    found = [replace(one, label=names[n] if n < len(names) else one.label) for n, one in enumerate(found)]
    with console.status("Drawing questions again and again"):
        compared = compare_results(found, rounds=rounds)
    console.print(_table(compared))
    for one in compared.against:
        console.print(sentences(one, compared.n)[1], markup=False)
    write_json(json_path, comparison_json(compared))
    if report:
        from api.cli.evaluate_routing import write_page
        from evaluation.reports.retrieval_comparison_report import retrieval_comparison_report

        data = "、".join(dict.fromkeys(str(one.about.get("data", "")) for one in found))
        write_page(report, retrieval_comparison_report(compared, {"数据 data": data}))


def _table(compared: RetrievalComparison) -> Table:
    table = Table(title=f"{compared.n} questions", title_justify="left")
    table.add_column("measure")
    for column in compared.columns:
        table.add_column(column.label, justify="right")
    for one in compared.against:
        table.add_column(f"{one.label} less the first", justify="right")
    for name in compared.columns[0].figures:
        figures = [f"{column.figures[name]:.3f}" for column in compared.columns]
        pairs = [one.differences[name] for one in compared.against]
        shown = [f"{p.difference:+.3f} ({p.interval[0]:+.3f} – {p.interval[1]:+.3f})" for p in pairs]
        table.add_row(name, *figures, *shown)
    return table
