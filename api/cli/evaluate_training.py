"""``hotline evaluate splits`` and ``hotline evaluate learning-curve``: routers trained anew, to see what to expect."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from api.cli.output import console, write_json

if TYPE_CHECKING:
    from evaluation.routing.learning_curve import LearningCurve
    from evaluation.routing.outcomes import Ranker
    from evaluation.routing.router_making import Duties
    from evaluation.routing.splits import Fit, SplitComparison, SplitFigures
    from models.sentence_embedder import SentenceEmbedder
    from models.training.routing import Examples, Progress
    from models.training.tuned_training import Tuning

_Data = Annotated[Path, typer.Option(help="CSV of labelled orders.")]
_Text = Annotated[str, typer.Option(help="Column of what the citizen said.")]
_Label = Annotated[str, typer.Option(help="Column of the department that handled it.")]
_Group = Annotated[str, typer.Option(help="Column of near-duplicate groups; without it they are found.")]
_Duties = Annotated[Path | None, typer.Option(help="JSON of department → phrases, or a responsibility catalogue.")]
_Tuned = Annotated[
    bool, typer.Option("--tuned", help="Tune an encoder each time, as hotline train routing does: minutes to an hour.")
]
_Json = Annotated[Path | None, typer.Option("--json", help="Where the figures go.")]
_Report = Annotated[Path | None, typer.Option(help="Where the HTML report goes.")]


def splits(
    *,
    data: _Data,
    month: Annotated[str, typer.Option("--month", "--date", help="Column of months or dates.")],
    text: _Text = "text",
    label: _Label = "dept_label",
    group: _Group = "",
    duties: _Duties = None,
    tuned: _Tuned = False,
    since: Annotated[str, typer.Option(help="Month (2026-03) that begins the later part; else the middle.")] = "",
    seeds: Annotated[int, typer.Option(min=1, help="Random splits beside the time split.")] = 1,
    json_path: _Json = None,
    report: _Report = None,
    rounds: Annotated[int, typer.Option(min=100, help="Bootstrap rounds.")] = 1000,
) -> None:
    """Train on the earlier months and score the later ones; beside it random splits of the same size."""
    from api.cli.evaluate_routing import write_page
    from api.cli.steps import steps
    from evaluation.routing.judged_orders import Columns, read_orders
    from evaluation.routing.splits import compare_splits

    orders = read_orders(data, Columns(text, label, group, month=month))
    with TemporaryDirectory(prefix="hotline-splits-") as scratch, steps() as step:
        fit, _ = _training(duties, tuned, scratch)
        found = compare_splits(orders, fit, step, since=since, seeds=seeds, rounds=rounds)
    console.print(_splits_table(found))
    for split in found.splits:
        console.print(_promise(split))
        if split.straddling:
            console.print(_without_twins(split))
    write_json(json_path, found.as_json())
    if report:
        from evaluation.reports.trend_reports import splits_report

        write_page(report, splits_report(found, {"数据 data": data.name}))


def learning_curve(
    *,
    data: _Data,
    text: _Text = "text",
    label: _Label = "dept_label",
    group: _Group = "",
    duties: _Duties = None,
    tuned: _Tuned = False,
    size: Annotated[
        list[int] | None, typer.Option(help="Orders per department, again for more; else 0, 8, 16, 64 and all.")
    ] = None,
    folds: Annotated[int, typer.Option(min=1, max=5, help="Of five folds, how many are held back in turn.")] = 5,
    json_path: _Json = None,
    report: _Report = None,
    rounds: Annotated[int, typer.Option(min=100, help="Bootstrap rounds.")] = 500,
) -> None:
    """Train on 0, 8, 16, 64 and all orders per department and count on orders held back; 0 is the duties alone."""
    from api.cli.evaluate_routing import write_page
    from api.cli.steps import steps
    from evaluation.routing import learning_curve as curves
    from evaluation.routing.judged_orders import Columns, read_orders

    orders = read_orders(data, Columns(text, label, group))
    with TemporaryDirectory(prefix="hotline-curve-") as scratch, steps() as step:
        fit, cold = _training(duties, tuned, scratch)
        found = curves.learning_curve(orders, fit, cold, step, sizes=size or curves.SIZES, folds=folds, rounds=rounds)
    console.print(_curve_table(found))
    if cold is None:
        console.print("Without --duties there is no point for no labelled orders at all.")
    write_json(json_path, found.as_json())
    if report:
        from evaluation.reports.trend_reports import learning_curve_report

        write_page(report, learning_curve_report(found.as_json(), {"数据 data": data.name}))


def _training(path: Path | None, tuned: bool, scratch: str) -> tuple[Fit, Callable[[], Ranker] | None]:
    """How to train as ``hotline train routing`` does, and from the duties alone where there are any.

    Tuned encoders are written below ``scratch``, which must outlive the routers.
    """
    from api.cli.train_routing import read_duties
    from api.cli.weights import encoder_to_tune, prepared_embedder
    from copilot.settings import load_settings
    from models.training.routing import train

    settings = load_settings()
    duties = read_duties(path) if path else None
    embedder = prepared_embedder(settings)

    def fit(examples: Examples, progress: Progress) -> Ranker:
        encoder = encoder_to_tune(settings, examples, None, not tuned)
        tuning = _tuning(encoder, Path(mkdtemp(dir=scratch))) if encoder else None
        return train(examples, embedder, duties, progress, created="", tuning=tuning).classifier

    return fit, _cold(duties, embedder) if duties else None


def _tuning(encoder: Path, scratch: Path) -> Tuning:
    from models.training.tuned_training import Tuning

    return Tuning(encoder, scratch)


def _cold(duties: Duties, embedder: SentenceEmbedder) -> Callable[[], Ranker]:
    from models.training.routing import train_from_duties

    return lambda: train_from_duties(duties, embedder, lambda *_: None, created="").classifier


def _splits_table(found: SplitComparison) -> Table:
    table = Table(title=f"Later months from {found.since}, beside random orders", title_justify="left")
    for name in ("split", "trained", "scored", "accuracy", "95 % interval", "macro F1"):
        table.add_column(name, justify="left" if name == "split" else "right", no_wrap=True)
    for split in found.splits:
        low, high = split.figures.intervals["accuracy"]
        table.add_row(
            split.how,
            str(split.trained),
            str(split.figures.n),
            f"{split.figures.accuracy:.3f}",
            f"{low:.3f} – {high:.3f}",
            f"{split.figures.macro_f1:.3f}",
        )
    return table


def _promise(split: SplitFigures) -> str:
    """Whether the router kept what it promised, in a sentence."""
    promise = split.promise
    if promise.precision is None or promise.interval is None:
        return f"{split.how}: nothing was sure enough to be recommended."
    low, high = promise.interval
    kept = {"yes": "kept", "no": "not kept", "unclear": "neither kept nor broken for certain"}[promise.kept]
    return (
        f"{split.how}: {promise.recommended} of {split.figures.n} recommended, {promise.precision:.1%} right "
        f"({low:.1%} – {high:.1%}): the stated {promise.stated:.0%} was {kept}."
    )


def _without_twins(split: SplitFigures) -> str:
    """What is left where the held-out orders that nearly repeat a learned one do not count."""
    left = "none are left" if split.without.accuracy is None else f"accuracy is {split.without.accuracy:.3f}"
    return (
        f"{split.how}: {split.straddling} of {split.figures.n} have a near-duplicate among those trained on; without "
        f"them {left}."
    )


def _curve_table(found: LearningCurve) -> Table:
    title = f"On {found.held_out} orders held back, by labelled orders per department"
    table = Table(title=title, title_justify="left")
    for name in ("per department", "orders", "accuracy", "95 % interval", "top three", "macro F1"):
        table.add_column(name, justify="right")
    for point in found.points:
        low, high = point.intervals["accuracy"]
        table.add_row(
            "all" if point.per_department is None else str(point.per_department),
            f"{point.orders:.0f}",
            f"{point.figures['accuracy']:.3f}",
            f"{low:.3f} – {high:.3f}",
            f"{point.figures['top3']:.3f}",
            f"{point.figures['macro_f1']:.3f}",
        )
    return table
