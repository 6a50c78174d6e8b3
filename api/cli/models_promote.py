"""``hotline models challenge | routers | promote | rollback``: which router serves, and who decided that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from api.cli.output import console

if TYPE_CHECKING:
    from copilot.settings import Settings
    from copilot.store import Store
    from evaluation.routing.comparison import Comparison
    from models.routers.registry import RouterRegistry
    from models.routers.stored import StoredRouter

_UNMEASURED = "Promoted without any comparison of the two."
By = Annotated[
    str, typer.Option(help="Who decides: an account with the role evaluator or administrator; its password is asked.")
]
Reason = Annotated[str, typer.Option(help="Why; it is kept in the audit.")]
_FIGURES = ("accuracy", "macro_f1", "top3", "ece", "coverage_at_95")
_TAKEN_UP = "A service that runs takes it up within seconds; calls go on meanwhile."


def challenge(
    folder: Annotated[Path | None, typer.Argument(help="Router that hotline train routing has written.")] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take the challenger away instead.")] = False,
) -> None:
    """Let a router run in the shadow of the one in service: it ranks every call, and nobody sees what it says."""
    from copilot.errors import BadInput
    from copilot.settings import load_settings

    settings = load_settings()
    registry = _registry(settings)
    if (folder is None) is not withdraw:
        raise BadInput("Name the folder of a router, or give --withdraw to take the challenger away.")
    if folder is None:
        registry.withdraw()
        console.print(f"No router runs in the shadow any more. {_TAKEN_UP}")
        return
    _check_loads(folder, settings)
    challenger = registry.challenge(folder)
    console.print(f"Router {challenger.version} is the challenger of {registry.served().version}. {_TAKEN_UP}")
    console.print("When people have decided some of its calls: hotline evaluate stream")


def routers() -> None:
    """The router in service, its challenger, and the former ones that can be gone back to, with their figures."""
    from copilot.settings import load_settings
    from models.errors import ModelsError

    registry = _registry(load_settings())
    table = Table(title=f"Routers of {registry.served_folder}", title_justify="left")
    for name in ("", "version", "created"):
        table.add_column(name, no_wrap=True)
    table.add_column("measured offline", overflow="fold")
    looks: tuple[tuple[str, Callable[[], StoredRouter | None]], ...] = (
        ("in service", registry.served),
        ("challenger", registry.challenger),
    )
    for place, look in looks:
        try:
            found = look()
        except ModelsError as error:
            console.print(str(error), markup=False)
            continue
        if found is not None:
            table.add_row(place, *_row(found))
    for former in registry.formers():
        table.add_row("former", *_row(former))
    if table.rows:
        console.print(table)


def promote(
    *,
    by: By,
    reason: Reason = "",
    data: Annotated[Path | None, typer.Option(help="CSV of orders that neither has seen, to compare on too.")] = None,
    text: Annotated[str, typer.Option(help="Column of what the citizen said.")] = "text",
    label: Annotated[str, typer.Option(help="Column of the department that handled it.")] = "dept_label",
    group: Annotated[str, typer.Option(help="Column of near-duplicate groups; without it they are found.")] = "",
    even_if_worse: Annotated[
        bool, typer.Option("--even-if-worse", help="Promote one that is worse all the same; needs --reason.")
    ] = False,
    without_comparison: Annotated[
        bool, typer.Option("--without-comparison", help="Promote one that nothing has compared; needs --reason.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask once more after the comparison was shown.")] = False,
) -> None:
    """Show how the challenger compares, ask, and put it in service; the router that was is kept.

    A comparison is 30 orders that people settled, or more, or a table of orders that neither has seen (--data).
    """
    from api.cli.stores import opened_store
    from copilot.settings import load_settings

    settings = load_settings()
    registry = _registry(settings)
    with opened_store(settings) as store:
        name = _person(store, by)
        served, challenger = registry.served(), _challenger(registry)
        evidence = _on_stream(store, served.version, challenger.version)
        if data is not None:
            evidence.append(_on_data(served.folder, challenger.folder, data, (text, label, group)))
        _refuse_worse(evidence, reason.strip(), even_if_worse)
        _refuse_unmeasured(evidence, reason.strip(), without_comparison)
        said = " ".join(f"{one.where}: {_sentence(one.compared)}" for one in evidence) or _UNMEASURED
        _ask(evidence, challenger.version, yes)
        _change(
            store,
            lambda sign: registry.promote(challenger.version, sign),
            name,
            "router_promoted",
            f"{said} {reason.strip()}".strip(),
        )
    console.print(f"Router {challenger.version} is in service; {served.version} is kept. {_TAKEN_UP}")
    console.print("To go back: hotline models rollback --by NAME --reason WHY")


def rollback(
    *,
    by: By,
    reason: Reason,
    to: Annotated[str, typer.Option(help="Version of a former router; else the one before.")] = "",
) -> None:
    """Put a former router in service again."""
    from api.cli.stores import opened_store
    from copilot.errors import BadInput
    from copilot.settings import load_settings

    if not reason.strip():
        raise BadInput("Going back needs a reason. Say it with --reason.")
    settings = load_settings()
    registry = _registry(settings)
    with opened_store(settings) as store:
        name = _person(store, by)
        before = registry.served().version
        now = _change(store, lambda sign: registry.roll_back(to, sign), name, "router_rolled_back", reason.strip())
    console.print(f"Router {now.version} is in service again; {before} is kept. {_TAKEN_UP}")


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Where the two were compared, and what came of it."""

    where: str
    compared: Comparison


def _registry(settings: Settings) -> RouterRegistry:
    from copilot.assembly import assemble_registry

    return assemble_registry(settings)


def _row(router: StoredRouter) -> list[str]:
    figures = router.figures
    known = [name for name in _FIGURES if isinstance(figures.get(name), float)]
    measured = ", ".join(f"{name.replace('_', ' ')} {figures[name]:.3f}" for name in known)
    orders = f" ({figures['n']} orders)" if known and "n" in figures else ""
    return [router.version, router.created or "—", f"{measured}{orders}" or "—"]


def _check_loads(folder: Path, settings: Settings) -> None:
    """Raise ModelProblem where a running service could not load it: another embedder, another city, damage."""
    from copilot.assembly import assemble_city, assemble_embedder, check_router
    from models.routers.files import load_router

    classifier = load_router(folder, assemble_embedder(settings))
    check_router(classifier, assemble_city(settings).catalogue, folder)


def _challenger(registry: RouterRegistry) -> StoredRouter:
    from copilot.errors import NotFound

    found = registry.challenger()
    if found is None:
        raise NotFound("There is no challenger to promote. Set one first: hotline models challenge FOLDER")
    return found


def _person(store: Store, by: str) -> str:
    """The account's own spelling of its name. Raises NotAllowed: a wrong password, or it may not decide this."""
    from api.cli.signing import signed
    from copilot.store import Role

    return signed(store, by, Role.EVALUATOR, Role.ADMINISTRATOR).name


def _on_stream(store: Store, served: str, challenger: str) -> list[_Evidence]:
    from api.cli.comparing import say_comparison
    from evaluation.routing.stream import BIAS, compare_stream

    pairs = store.challengers.pairs(served, challenger)
    if not pairs:
        console.print("No order of a call that both ranked is filed yet, so the stream says nothing about the two.")
        return []
    found = compare_stream(pairs).compared
    say_comparison(found, f"On {found.n} orders that people settled", (f"served {served}", f"challenger {challenger}"))
    console.print(f"Caution: {BIAS}", markup=False)
    return [_Evidence("stream", found)]


def _on_data(first: Path, second: Path, data: Path, columns: Sequence[str]) -> _Evidence:
    from api.cli.comparing import compared_on, said_notes, say_comparison
    from api.cli.evaluate_compare import load_with
    from api.cli.steps import steps
    from copilot.errors import BadInput
    from evaluation.routing.judged_orders import Columns, read_orders
    from evaluation.routing.own_orders import mostly_own

    orders = read_orders(data, Columns(*columns))
    routers = load_with(first), load_with(second)
    said_notes(orders, {"served": routers[0], "challenger": routers[1]})
    if any(mostly_own(router, orders.texts, orders.labels) for router in routers):
        raise BadInput(f"{data} is no evidence: a router learned from it. Give --data orders that neither has seen.")
    with steps() as step:
        compared, _ = compared_on(*routers, orders, 1000, step)
    names = (f"served {routers[0].version}", f"challenger {routers[1].version}")
    say_comparison(compared, f"On {compared.n} orders of {data.name}", names)
    return _Evidence(data.name, compared)


def _refuse_worse(evidence: Sequence[_Evidence], reason: str, even_if_worse: bool) -> None:
    from copilot.errors import Conflict

    worse = [one.where for one in evidence if one.compared.worse]
    if worse and not (even_if_worse and reason):
        raise Conflict(
            f"The challenger is worse ({', '.join(worse)}), and not by chance. It stays in the shadow. To promote it "
            "all the same, give --even-if-worse and --reason."
        )


def _refuse_unmeasured(evidence: Sequence[_Evidence], reason: str, without_comparison: bool) -> None:
    """A reason alone is no measurement: whoever goes without one says so, and that is kept."""
    from copilot.errors import Conflict
    from evaluation.routing.comparison import FEWEST_ORDERS

    orders = max((one.compared.n for one in evidence), default=0)
    if orders >= FEWEST_ORDERS or (without_comparison and reason):
        return
    found = f"Only {orders} orders compare" if orders else "Nothing compares"
    raise Conflict(
        f"{found} the challenger with the router in service, and {FEWEST_ORDERS} are needed. Compare them on orders "
        "that neither has seen (--data), or wait for calls. To promote it all the same, give --without-comparison "
        "and --reason."
    )


def _ask(evidence: Sequence[_Evidence], version: str, yes: bool) -> None:
    """The person has the comparison before them now; there is nothing to look at where there is none."""
    from copilot.errors import Conflict

    if yes or not evidence:
        return
    try:
        agreed = typer.confirm(f"Put router {version} in service?")
    except typer.Abort:
        agreed = False
    if not agreed:
        raise Conflict(
            "Nobody agreed, so the router in service stays. Answer y, or give --yes where nobody can answer."
        )


def _sentence(compared: Comparison) -> str:
    from evaluation.routing.comparison_words import verdict

    return verdict(compared).english


def _change(
    store: Store,
    change: Callable[[Callable[[str, str], None]], StoredRouter],
    by: str,
    action: str,
    why: str,
) -> StoredRouter:
    """Do it, signed before it happens; a refusal of the disk is signed too."""
    from api.services import utc_now
    from models.errors import ModelsError

    signed: list[str] = []

    def sign(old: str, new: str) -> None:
        store.challengers.sign(utc_now(), by, action, f"{old or 'none'} -> {new}. {why}")
        signed.append(new)

    try:
        return change(sign)
    except ModelsError:
        if signed:
            store.challengers.sign(utc_now(), by, f"{action}_failed", f"{signed[0]} is not in service.")
        raise
