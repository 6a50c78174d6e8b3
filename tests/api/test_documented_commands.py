"""Every ``hotline`` command that a document names is there, with the options that are named beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from api.cli import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
IN_BACKTICKS = re.compile(r"`hotline ([^`]+)`")
# A line of a block, with the indented ones that go on with it.
IN_A_BLOCK = re.compile(r"^(?:\.venv/bin/)?hotline (.*(?:\n {8,}.*)*)", re.MULTILINE)
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
WORD = re.compile(r"[a-z][a-z-]*")


def named(text: str) -> Iterator[str]:
    for found in (*IN_BACKTICKS.findall(text), *IN_A_BLOCK.findall(text)):
        yield " ".join(found.split("  #")[0].split())


def commands(written: str) -> list[Any]:
    """What ``models list | prepare --help`` names: two commands. Fails where one of them is not there."""
    command: Any = typer.main.get_command(app)
    rest = written
    while WORD.match(rest) and hasattr(command, "commands"):
        names = [word[0] for one in rest.split(" | ") if (word := WORD.match(one)) is not None]
        here = names[:1] if hasattr(command.commands.get(names[0]), "commands") else names
        assert [name for name in here if name not in command.commands] == [], f"no such command: {written}"
        if len(here) > 1:
            return [command.commands[name] for name in here]
        command, rest = command.commands[here[0]], rest.partition(" ")[2]
    return [command]


def options(command: Any) -> set[str]:
    return {"--help", *(name for given in command.params for name in (*given.opts, *given.secondary_opts))}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_tells_people_to_type_is_there(document: Path) -> None:
    for written in named(document.read_text(encoding="utf-8")):
        known = [options(command) for command in commands(written)]
        unknown = set(OPTION.findall(written)) - set().union(*known)
        assert unknown == set(), written


def test_the_commands_are_found_in_the_documents() -> None:
    found = [written for path in DOCUMENTS for written in named(path.read_text(encoding="utf-8"))]
    assert len(found) > 60


@pytest.mark.parametrize("written", ["serv", "models lists", "kb import FILE | chek", "users ad NAME --role agent"])
def test_a_command_that_is_not_there_is_noticed(written: str) -> None:
    with pytest.raises(AssertionError, match="no such command"):
        commands(written)
