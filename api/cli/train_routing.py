"""``hotline train routing``: learn which department handles what, from labelled orders, the journal, and duties."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from api.cli.labels import Since, Until, read_labels, sources_table, store_and_catalogue
from api.cli.output import console
from api.cli.steps import steps
from api.cli.stores import opened_store
from copilot.errors import BadInput

if TYPE_CHECKING:
    from copilot.settings import Settings
    from evaluation.labels.examples import Doubt
    from evaluation.labels.sources import JournalLabels
    from evaluation.measures import Kept
    from evaluation.routing.figures import RoutingFigures
    from evaluation.routing.router_making import Duties, MadeRouter
    from models.training.routing import Examples

_MEASURES = {
    "accuracy": "first department right",
    "top3": "right one among the first three",
    "macro_f1": "macro F1, every department alike",
    "ece": "calibration error (ECE)",
    "coverage_at_95": "share that can be recommended at 95 % precision",
}


def routing(
    *,
    out: Annotated[Path, typer.Option(help="Folder for the router; an older router there is replaced.")],
    data: Annotated[
        Path | None, typer.Option(help="CSV of labelled orders; without it --duties alone are used.")
    ] = None,
    text: Annotated[str, typer.Option(help="Column of what the citizen said.")] = "text",
    label: Annotated[str, typer.Option(help="Column of the department that handled it.")] = "dept_label",
    group: Annotated[
        str | None, typer.Option(help="Column of near-duplicate groups; without it they are found by their words.")
    ] = None,
    category: Annotated[
        str, typer.Option(help="Columns of the matter category, broadest first, apart by commas: cat1,cat2,cat3.")
    ] = "",
    duties: Annotated[
        Path | None, typer.Option(help="JSON of department → phrases, or a responsibility catalogue.")
    ] = None,
    unlabelled: Annotated[
        Path | None,
        typer.Option(help="CSV of appeals as they come, without a department: how often is each one needed?"),
    ] = None,
    from_journal: Annotated[
        bool, typer.Option("--from-journal", help="Learn from what people decided in calls, alone or beside --data.")
    ] = False,
    since: Since = None,
    until: Until = None,
    issues: Annotated[
        Path | None, typer.Option(help="CSV of labels that are probably wrong, for an evaluator to look at.")
    ] = None,
    encoder: Annotated[
        Path | None, typer.Option(help="Sentence-transformers folder to tune; default the prepared e5-small.")
    ] = None,
    light: Annotated[
        bool, typer.Option("--light", help="Tune no encoder: a minute instead of many, and a little less often right.")
    ] = False,
) -> None:
    """Learn to rank departments and say how good the ranking is on orders it has not seen."""
    from api.cli.weights import encoder_to_tune, prepared_embedder
    from copilot.settings import load_settings
    from evaluation.routing.router_making import make_router

    _check_given(data, duties, from_journal, since or until, issues, category)
    appeals = read_appeals(unlabelled, text, data is not None or from_journal) if unlabelled else []
    settings = load_settings()
    examples = read_examples(data, text, label, group, column_names(category)) if data else None
    known = read_duties(duties) if duties else None
    labels = None
    if from_journal:
        examples, known, labels = _with_journal(settings, examples, known, since, until)
    embedder = prepared_embedder(settings)
    tuned = encoder_to_tune(settings, examples, encoder, light)
    console.print(_intention(examples, known))
    if tuned is not None:
        console.print(f"It gets an encoder of its own, tuned from {tuned}; --light leaves that out.", markup=False)
    with steps() as report:
        today = datetime.now(UTC).date().isoformat()
        made = make_router(out, examples, known, embedder, report, created=today, encoder=tuned, unlabelled=appeals)
    for note in made.notes:
        console.print(f"Note: {note}", markup=False)
    if examples is not None and (labels is not None or issues is not None):
        _tell_doubts(settings, made, examples, labels, issues)
    _conclude(made, out, text, label)


def _check_given(
    data: Path | None, duties: Path | None, from_journal: bool, window: object, issues: Path | None, category: str
) -> None:
    if data is None and duties is None and not from_journal:
        raise BadInput(
            "There is nothing to learn from. Give labelled orders with --data, those of the journal with "
            "--from-journal, duties with --duties, or several of these."
        )
    if category and data is None:
        raise BadInput("--category names columns of the table. Give the table with --data, or leave them out.")
    if window and not from_journal:
        raise BadInput("--since and --until choose calls of the journal. Add --from-journal, or leave them out.")
    if issues and data is None and not from_journal:
        raise BadInput("Duties have no labels that could be wrong. Leave out --issues, or give --data.")


def _with_journal(
    settings: Settings, table: Examples | None, duties: Duties | None, since: datetime | None, until: datetime | None
) -> tuple[Examples, Duties, JournalLabels]:
    """What to learn from; without duties of its own those in force, so that no department is forgotten."""
    from evaluation.labels.examples import table_and_journal
    from evaluation.routing.router_making import duties_of

    with store_and_catalogue(settings) as (store, catalogue):
        labels = read_labels(store, catalogue, since, until)
    console.print(sources_table(labels))
    if table is not None and not labels.labelled:
        console.print("The journal holds no label of that time: the table alone is learned from.")
    known = duties if duties is not None else duties_of(catalogue)
    return table_and_journal(table, labels), known, labels


def _tell_doubts(
    settings: Settings, made: MadeRouter, examples: Examples, labels: JournalLabels | None, issues: Path | None
) -> None:
    """Write the labels that are probably wrong, and put those of the journal before the evaluator."""
    from evaluation.labels.examples import doubts
    from evaluation.labels.tables import write_doubts

    found = [] if made.out_of_fold is None else doubts(examples, made.out_of_fold, labels.labelled if labels else ())
    if issues is not None:
        count = write_doubts(issues, found)
        console.print(f"{count} of {len(examples.texts)} labels are probably wrong: {issues}, the gravest first.")
    if labels is not None:
        _ask_evaluator(settings, made, found)


def _ask_evaluator(settings: Settings, made: MadeRouter, found: Sequence[Doubt]) -> None:
    own = [doubt.as_issue() for doubt in found if doubt.source]
    with opened_store(settings) as store:
        store.labels.keep_issues(own, made.classifier.version, datetime.now(UTC))
    if own:
        console.print(f"{len(own)} labels of the journal wait on the evaluator's page to be looked at.")


def read_examples(path: Path, text: str, label: str, group: str | None, category: Sequence[str] = ()) -> Examples:
    """Labelled orders from a CSV. Raises BadTable where a column is missing."""
    from knowledge_base.tables import read_csv
    from models.routing.category_history import category_path
    from models.training.routing import Examples

    rows = read_csv(path, [text, label, *([group] if group else []), *category])
    groups = [row[group] for row in rows] if group else ()
    paths = [category_path([row[name] for name in category]) for row in rows] if category else ()
    return Examples([row[text] for row in rows], [row[label] for row in rows], groups, categories=paths)


def column_names(given: str) -> tuple[str, ...]:
    """The columns of an option that names several, apart by commas."""
    return tuple(name.strip() for name in given.split(",") if name.strip())


def read_appeals(path: Path, text: str, beside_orders: bool) -> list[str]:
    """Appeals of which nobody said where they went. Raises BadTable where the column is missing, else BadInput."""
    from knowledge_base.tables import read_csv

    if not beside_orders:
        raise BadInput("--unlabelled adds to labelled orders. Give those with --data, or leave the others out.")
    return [row[text] for row in read_csv(path, [text])]


def read_duties(path: Path) -> Duties:
    """Department → phrases from either kind of file. Raises BadTable or BadLibrary."""
    from evaluation.routing.router_making import duties_of
    from knowledge_base.catalogue.file import load_catalogue
    from knowledge_base.errors import BadTable
    from knowledge_base.tables import read_text

    try:
        found = json.loads(read_text(path))
    except ValueError as error:
        raise BadTable(f"{path} is not JSON. Give an object of department → phrases, or a catalogue.") from error
    if not isinstance(found, dict) or isinstance(found.get("departments"), list):
        return duties_of(load_catalogue(path))
    plain = {name: [phrases] if isinstance(phrases, str) else phrases for name, phrases in found.items()}
    wrong = [
        name for name, own in plain.items() if not isinstance(own, list) or any(not isinstance(p, str) for p in own)
    ]
    if wrong:
        raise BadTable(f"{path}: the duties of {', '.join(wrong)} are not a list of phrases. Write each as text.")
    return {name: [p.strip() for p in own if p.strip()] for name, own in plain.items()}


def figures_table(figures: RoutingFigures, title: str) -> Table:
    """The main figures with their intervals."""
    values = figures.as_json()
    table = Table(title=title, title_justify="left")
    table.add_column("measure")
    table.add_column("value", justify="right")
    table.add_column("95 % interval", justify="right")
    for name, meaning in _MEASURES.items():
        interval = figures.intervals.get(name)
        table.add_row(meaning, f"{values[name]:.3f}", f"{interval[0]:.3f} – {interval[1]:.3f}" if interval else "")
    return table


def _intention(examples: Examples | None, duties: Duties | None) -> str:
    parts = []
    if examples:
        parts.append(f"{len(examples.texts)} labelled orders of {len(set(examples.labels))} departments")
    if duties:
        parts.append(f"the duties of {len(duties)} departments")
    return f"Learning from {' and '.join(parts)}."


def _recommends(kept: Kept) -> str:
    if kept.precision is None:
        return "It was not sure enough of any order to recommend a department: all are shown as questions."
    return (
        f"It recommends from a probability of {kept.threshold:.2f} on: {kept.coverage:.0%} of the orders, "
        f"{kept.precision:.1%} of them right. The rest is shown as a question."
    )


def _conclude(made: MadeRouter, out: Path, text: str, label: str) -> None:
    if made.figures is None:
        console.print("Learned from duties alone: it ranks departments, and seldom dares to recommend one.")
        console.print("Next: have some tens of orders labelled for each department, then train again with --data.")
    else:
        title = f"On {made.figures.n} orders held back while it learned"
        console.print(figures_table(made.figures, title))
        console.print(_recommends(made.figures.at_threshold))
        if made.told is not None:
            console.print(figures_table(made.told, f"On {made.told.n} of them with their category confirmed as well"))
        console.print("Next: measure on orders it has never seen:")
        console.print(f"  hotline evaluate routing --model {out} --data HELD_OUT.csv --text {text} --label {label}")
        console.print("or let it run unseen beside the router in service, until a person promotes it:")
        console.print(f"  hotline models challenge {out}")
    console.print(f"The router {made.classifier.version} is in {out}; card.md says what it is.")
