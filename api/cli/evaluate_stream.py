"""``hotline evaluate stream``: the served router and its challenger on the calls that people decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from api.cli.comparing import say_comparison
from api.cli.output import console, write_json
from api.cli.stores import opened_store

if TYPE_CHECKING:
    from copilot.store import Duel, Store
    from evaluation.routing.stream import StreamComparison

_BESIDE = ("n", "accuracy", "top3", "ece", "coverage_at_95")


def stream(
    *,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of the first call that counts.")
    ] = None,
    served: Annotated[str, typer.Option(help="Version that was in service; else that of the latest calls.")] = "",
    challenger: Annotated[str, typer.Option(help="Version of its challenger; else that of the latest calls.")] = "",
    json_path: Annotated[Path | None, typer.Option("--json", help="Where the figures go.")] = None,
    report: Annotated[Path | None, typer.Option(help="Where the HTML report goes.")] = None,
    rounds: Annotated[int, typer.Option(min=100, help="Bootstrap rounds.")] = 1000,
) -> None:
    """Compare both on the same appeals with the department that people settled on, by week, beside offline figures."""
    from copilot.errors import NotFound
    from copilot.settings import load_settings
    from evaluation.routing.stream import BIAS, compare_stream

    settings = load_settings()
    with opened_store(settings) as store:
        duel = chosen_duel(store, served, challenger)
        pairs = store.challengers.pairs(duel.served, duel.challenger, since.date() if since else None)
    if not pairs:
        raise NotFound(
            f"The challenger {duel.challenger} ranked {duel.appeals} appeals, and no order of them is filed in that "
            "time. Come back when agents have filed some, or name an earlier --since."
        )
    found = compare_stream(pairs, rounds)
    offline = offline_figures(settings.router_dir, settings.challenger)
    say_comparison(
        found.compared,
        f"{len(pairs)} orders that people settled",
        (f"served {duel.served}", f"challenger {duel.challenger}"),
    )
    console.print(_weeks_table(found))
    _say_disputes(found)
    console.print(f"Caution: {BIAS}", markup=False)
    _say_offline(found, offline)
    write_json(json_path, found.as_json() | {"offline": offline})
    if report:
        _write_report(report, found, duel)


def chosen_duel(store: Store, served: str = "", challenger: str = "") -> Duel:
    """The latest two versions that met, of those wanted. Raises NotFound where none did."""
    from copilot.errors import NotFound

    for duel in store.challengers.duels():
        if served in ("", duel.served) and challenger in ("", duel.challenger):
            return duel
    raise NotFound(
        "No challenger has ranked an appeal beside the router in service yet. Set one with hotline models challenge "
        "FOLDER and take calls."
    )


def offline_figures(served: Path, challenger: Path | None) -> dict[str, dict[str, Any]]:
    """Version → the main figures that were measured offline, of every router in the registry."""
    from models.errors import ModelsError
    from models.routers.registry import RouterRegistry

    registry = RouterRegistry(served, challenger)
    found: dict[str, dict[str, Any]] = {}
    for look in (registry.served, registry.challenger):
        try:
            stored = look()
        except ModelsError:
            continue
        if stored is not None:
            found[stored.version] = {name: stored.figures[name] for name in _BESIDE if name in stored.figures}
    found |= {
        former.version: {name: former.figures[name] for name in _BESIDE if name in former.figures}
        for former in registry.formers()
        if former.version not in found
    }
    return found


def _weeks_table(found: StreamComparison) -> Table:
    table = Table(title="By week", title_justify="left")
    for name in ("week of", "orders", "served right", "challenger right"):
        table.add_column(name, justify="right")
    for week in found.weeks:
        rights = (f"{hits} ({hits / week.n:.1%})" for hits in (week.served, week.challenger))
        table.add_row(week.monday.isoformat(), str(week.n), *rights)
    return table


def _say_disputes(found: StreamComparison) -> None:
    apart, who = found.disputes, ", ".join(f"{name} {n}" for name, n in sorted(found.by.items()))
    console.print(
        f"They named different departments first on {apart.n} orders; people went with the served router on "
        f"{apart.with_served}, with the challenger on {apart.with_challenger}, with neither on {apart.with_neither}. "
        f"Named the department last: {who}.",
        markup=False,
    )


def _say_offline(found: StreamComparison, offline: Mapping[str, Mapping[str, Any]]) -> None:
    online = found.compared.differences["accuracy"]
    for name, version, value in (
        ("served", found.served, online.first),
        ("challenger", found.challenger, online.second),
    ):
        figures = offline.get(version, {})
        beside = f"{figures['accuracy']:.3f} of {figures['n']}" if {"accuracy", "n"} <= set(figures) else "not measured"
        console.print(f"Accuracy of the {name} router {version}: online {value:.3f}, offline {beside}.", markup=False)


def _write_report(path: Path, found: StreamComparison, duel: Duel) -> None:
    from api.cli.evaluate_routing import write_page
    from evaluation.reports.comparison_report import comparison_report
    from evaluation.routing.stream import BIAS, BIAS_CHINESE

    facts = {"甲（在用）A, served": found.served, "乙（挑战）B, challenger": found.challenger}
    facts |= {"日期 days": f"{duel.first_day} – {duel.last_day}"}
    names = (found.served, found.challenger)
    page = comparison_report(found.compared, names, facts, weeks=found.weeks, caution=(BIAS_CHINESE, BIAS))
    write_page(path, page)
