"""``hotline demo``: models, the sample city and the service, from nothing."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.output import console

if TYPE_CHECKING:
    import uvicorn

    from copilot.settings import Settings
    from copilot.store import Store
    from evaluation.calls.gold_calls import GoldCall

PERSON = "demo"
# Who may approve what PERSON has drafted: articles and the catalogue take two people.
CHECKER = "demo2"
GOLD = "gold"


def demo(
    headless: Annotated[
        bool, typer.Option("--headless", help="Play a call in this terminal; decisions come from the recording's gold.")
    ] = False,
    recording: Annotated[str, typer.Option(help="Which shipped recording to play headless.")] = "1",
) -> None:
    """Prepare the models, build the sample city 云川市, start the service, and say where it is."""
    from api.cli.building import build_apart
    from copilot.settings import load_settings

    settings = load_settings()
    gold = _recording(recording) if headless else None
    build_apart(settings)
    if gold is None:
        _serve(settings)
    else:
        _play(settings, gold)


def _recording(wanted: str) -> GoldCall:
    from api.services import shipped_recordings
    from copilot.errors import NotFound
    from evaluation.calls.gold_calls import load_calls

    calls = load_calls(shipped_recordings() / "calls.jsonl")
    found = next((call for call in calls if call.call_id == wanted), None)
    if found is None:
        raise NotFound(f"There is no recording {wanted}. Choose one of {', '.join(call.call_id for call in calls)}.")
    return found


def _serve(settings: Settings) -> None:
    from api.cli.serve import run_service

    def introduce(store: Store, address: str) -> None:
        password = new_password(store, PERSON, "演示座席", ("agent", "dispatcher", "evaluator", "editor"))
        console.print(f"\n[bold green]Open {address}[/]  name: [bold]{PERSON}[/]  password: [bold]{password}[/]")
        checking = new_password(store, CHECKER, "演示审核员", ("dispatcher", "editor"))
        console.print(f"To check what {PERSON} drafted  name: [bold]{CHECKER}[/]  password: [bold]{checking}[/]")
        console.print("The passwords are new at each start. Stop with Ctrl+C.\n")

    run_service(settings, introduce)


def new_password(store: Store, name: str, display_name: str, roles: tuple[str, ...]) -> str:
    """A fresh random password for a demonstration account, which is made where it is not there yet."""
    from datetime import UTC, datetime

    password = secrets.token_urlsafe(9)
    now = datetime.now(UTC)
    if any(account.name == name for account in store.accounts.all()):
        store.accounts.change_password(name, password, now)
    else:
        store.accounts.add(name, display_name, roles, password, now)
    return password


@dataclass(slots=True)
class _Running:
    base: str
    password: str


def _play(settings: Settings, gold: GoldCall) -> None:
    from api.cli.headless import HeadlessDemo
    from models.hearing.audio import read_recording

    recording = read_recording(gold.recording(telephone=False))
    with _in_background(settings) as running:
        console.print(f"\n[bold]{gold.title}[/] ({gold.seconds:.0f} s, in real time)\n")
        player = HeadlessDemo(running.base, GOLD, running.password, console)
        numbers = asyncio.run(player.run(gold, recording))
    if not numbers:
        console.print("[red]No work order was filed.[/]")
        raise typer.Exit(1)
    console.print(f"\n[bold green]Filed and dispatched: {', '.join(numbers)}[/]")


@contextmanager
def _in_background(settings: Settings) -> Iterator[_Running]:
    """The real service on a thread of this process, for as long as the block lasts."""
    from api.cli.serve import prepare_service

    with prepare_service(settings) as (server, store):
        password = new_password(store, GOLD, "标准答案（取自文件）", ("agent", "dispatcher"))
        thread = threading.Thread(target=server.run, name="service", daemon=True)
        thread.start()
        try:
            yield _Running(_wait_for(server, thread), password)
        finally:
            server.should_exit = True
            thread.join(timeout=30)


def _wait_for(server: uvicorn.Server, thread: threading.Thread) -> str:
    import time

    from api.cli.serve import address_of
    from copilot.errors import StorageProblem

    while not server.started:
        if not thread.is_alive():
            raise StorageProblem("The service did not start. Start hotline serve to see why.")
        time.sleep(0.05)
    return address_of(server)
