"""``hotline evaluate appeals``: conversations about several matters, split by the session that serves calls."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import track
from rich.table import Table

from api.cli.output import console, write_json

if TYPE_CHECKING:
    from copilot.ports import Topics

_FIGURES = {
    "exact_number": "number",
    "one_matter_left_whole": "one left whole",
    "boundary_precision": "P",
    "boundary_recall": "R",
    "boundary_f1": "F1",
    "allotted": "allotted",
}


def appeals(
    conversations: Annotated[Path | None, typer.Option(help="JSON lines; by default the shipped ones.")] = None,
    half: Annotated[str, typer.Option(help="Only those of this half: development, test or check.")] = "",
    cues_only: Annotated[bool, typer.Option("--cues-only", help="Without a router: words alone.")] = False,
    json: Annotated[Path | None, typer.Option("--json", help="Where to write the figures.")] = None,
) -> None:
    """Let a call session hear written-down conversations, and judge how it splits them into appeals.

    "with an agent" answers the question whether it is another matter rightly, whenever it is put.
    """
    from copilot.errors import BadInput
    from evaluation import sample
    from evaluation.calls.appeal_splitting import summarise
    from evaluation.calls.conversations import load_conversations, play

    path = conversations or sample.path("several_appeals.jsonl")
    chosen = [c for c in load_conversations(path) if half in ("", c.half)]
    if not chosen:
        raise BadInput(f"{path} has no conversation of the half {half!r}. Name development, test or check.")
    topics, versions = (None, {}) if cues_only else _topics()
    figures: dict[str, Any] = {"versions": versions, "halves": {}}
    for name in sorted({c.half for c in chosen}):
        of_half = [c for c in chosen if c.half == name]
        for follow, manner in ((False, "by itself"), (True, "with an agent")):
            played = [play(c, topics, follow=follow) for c in track(of_half, f"{name}, {manner}", console=console)]
            figures["halves"].setdefault(name, {})[manner] = {
                **summarise([splitting for splitting, _ in played]),
                "hints": sum(hints.raised for _, hints in played),
                "hints_right": sum(hints.right for _, hints in played),
            }
    write_json(json, figures)
    _show(figures)


def _topics() -> tuple[Topics, dict[str, str]]:
    """What tells topics apart in the configured service, and its versions."""
    from copilot.assembly import assemble_embedder
    from copilot.settings import load_settings
    from copilot.topics import DepartmentTopics
    from models.routers.files import load_router

    settings = load_settings()
    topics = DepartmentTopics(load_router(settings.router_dir, assemble_embedder(settings)))
    return topics, dict(topics.versions)


def _show(figures: dict[str, Any]) -> None:
    table = Table(title="Conversations split into appeals")
    for heading in ("half", "", *_FIGURES.values(), "hints right"):
        table.add_column(heading, justify="right" if heading else "left")
    for half, manners in figures["halves"].items():
        for manner, found in manners.items():
            of = {"exact_number": found["conversations"], "one_matter_left_whole": found["one_matter"]}
            cells = [f"{found[name]}/{of[name]}" if name in of else str(found[name]) for name in _FIGURES]
            table.add_row(half, manner, *cells, f"{found['hints_right']}/{found['hints']}")
    console.print(table)
