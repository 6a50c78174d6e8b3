"""What ``evaluate compare``, ``evaluate stream`` and ``models promote`` share: comparing two routers, and saying so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from rich.table import Table

from api.cli.output import console

if TYPE_CHECKING:
    from evaluation.routing.comparison import Comparison, Paired
    from evaluation.routing.judged_orders import JudgedOrders
    from evaluation.routing.outcomes import Ranker
    from models.department_classifier import DepartmentClassifier

Step = Callable[[str, int, int], None]


def compared_on(
    first: Ranker, second: Ranker, orders: JudgedOrders, rounds: int, step: Step
) -> tuple[Comparison, Paired]:
    """Both routers on the same orders; ``step`` hears what is being done and how far it is."""
    from evaluation.routing.comparison import compare, paired
    from evaluation.routing.outcomes import judge

    total = len(orders.texts)
    outcomes = [
        judge(ranker, orders.texts, orders.labels, lambda done, name=name: step(name, done, total))  # type: ignore[misc]
        for ranker, name in ((first, "Ranking the orders with A"), (second, "Ranking the orders with B"))
    ]
    pairs = paired(outcomes[0], outcomes[1])
    step("Drawing orders again and again", 0, 1)
    compared = compare(pairs, groups=orders.groups, rounds=rounds)
    step("Drawing orders again and again", 1, 1)
    return compared, pairs


def said_notes(orders: JudgedOrders, routers: Mapping[str, DepartmentClassifier]) -> list[str]:
    """Print what there is to note about the table, and which of the ``routers``, by name, learned from it."""
    from evaluation.routing.own_orders import own_orders_note

    own = [own_orders_note(router, orders.texts, orders.labels, name) for name, router in routers.items()]
    notes = [*orders.notes, *(note for note in own if note)]
    for note in notes:
        console.print(f"Note: {note}", markup=False)
    return notes


def comparison_table(compared: Comparison, title: str, names: tuple[str, str]) -> Table:
    """Every measure of both with the difference and its interval."""
    table = Table(title=title, title_justify="left")
    table.add_column("measure")
    for name in (*names, "difference", "95 % interval"):
        table.add_column(name, justify="right")
    for name, found in compared.differences.items():
        low, high = found.interval
        table.add_row(
            name.replace("_", " "),
            f"{found.first:.3f}",
            f"{found.second:.3f}",
            f"{found.difference:+.3f}",
            f"{low:+.3f} – {high:+.3f}",
        )
    return table


def say_comparison(compared: Comparison, title: str, names: tuple[str, str]) -> None:
    """The table, the test and the verdict."""
    from evaluation.routing.comparison_words import left_out_words, p_words, verdict

    console.print(comparison_table(compared, title, names))
    if left_out := left_out_words(compared):
        console.print(left_out[1])
    test = compared.mcnemar
    console.print(
        f"Only {names[0]} was right on {test.first_only} orders, only {names[1]} on {test.second_only}; "
        f"McNemar's exact p {p_words(test.p)}.",
        markup=False,
    )
    console.print(verdict(compared).english, markup=False)
