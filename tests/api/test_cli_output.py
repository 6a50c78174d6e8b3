"""What is piped into a file or another program is whole: no table cuts a name or a number there."""

from __future__ import annotations

import io
import subprocess
import sys

from rich.table import Table

from api.cli.output import PipedWhole

LONG = "kb-3f2a9c0d11e2-云川市城镇居民大病保险与医疗救助衔接实施细则（试行）-" * 3


def table() -> Table:
    found = Table("id", "title", "owner")
    found.add_row(LONG, LONG, LONG)
    return found


def test_a_table_in_a_pipe_has_every_identifier_whole_and_in_one_line() -> None:
    pipe = io.StringIO()
    PipedWhole(file=pipe, soft_wrap=True).print(table())
    assert any(line.count(LONG) == 3 for line in pipe.getvalue().splitlines())


def test_a_table_on_a_screen_keeps_to_the_screen() -> None:
    screen = io.StringIO()
    PipedWhole(file=screen, force_terminal=True, width=100, height=25).print(table())
    assert LONG not in screen.getvalue()


def test_a_command_that_is_piped_prints_whole_lines() -> None:
    program = (
        "from rich.table import Table\n"
        "from api.cli.output import console\n"
        "t = Table('id', 'title', 'owner')\n"
        f"t.add_row({LONG!r}, {LONG!r}, {LONG!r})\n"
        "console.print(t)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, encoding="utf-8", env={"PYTHONUTF8": "1"}
    )
    assert done.stdout.count(LONG) == 3
