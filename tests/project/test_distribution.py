from __future__ import annotations

import re
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("api", "copilot", "evaluation", "knowledge_base", "models")


@pytest.mark.parametrize("name", OURS)
def test_no_other_installed_distribution_ships_a_package_of_our_name(name: str) -> None:
    assert set(packages_distributions().get(name, [])) <= {"hotline-copilot"}


def test_every_dependency_is_pinned_in_the_constraints() -> None:
    pinned = {
        _normal(line.split("==")[0]) for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line
    }
    wanted = re.findall(
        r'^  "([A-Za-z0-9_.-]+)(?:\[[a-z]+\])?[><=]', (ROOT / "pyproject.toml").read_text(), re.MULTILINE
    )
    assert len(wanted) > 20
    assert not {_normal(name) for name in wanted} - pinned


def test_the_readmes_give_the_same_commands_and_settings() -> None:
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))
    for pattern in (r"^hotline [a-z]+(?: [a-z]+)?", r"`(HOTLINE_[A-Z_]+)`", r"^make [a-z]+"):
        assert re.findall(pattern, english, re.MULTILINE) == re.findall(pattern, chinese, re.MULTILINE)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower().strip()
