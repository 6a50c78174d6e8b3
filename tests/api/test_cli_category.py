"""Training and measuring with the columns of a category, as an operator does it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from command_parts import told as run
from sample_orders import orders

from copilot.errors import BadInput
from knowledge_base.errors import BadTable

pytestmark = pytest.mark.usefixtures("baseline_embedder")


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sample appeals of six departments, each with a broad category that two departments share, and a narrow one."""
    rows = orders(6)
    departments = sorted({row["dept_label"] for row in rows})
    path = tmp_path_factory.mktemp("categories") / "orders.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "dept_label", "dup_group", "一级", "二级"])
        for row in rows:
            place = departments.index(row["dept_label"])
            writer.writerow([row["text"], row["dept_label"], row["dup_group"], f"类{place // 2}", f"项{place}"])
    return path


def test_a_category_is_learned_and_measured_beside_the_text(table: Path, tmp_path: Path) -> None:
    columns = ("--group", "dup_group", "--category", "一级, 二级")
    said = run("train", "routing", "--light", "--data", table, *columns, "--out", tmp_path / "router")
    assert "with their category confirmed as well" in said
    assert "it counts only where a person confirms one" in said
    stored = json.loads((tmp_path / "router" / "evaluation.json").read_text("utf-8"))
    assert stored["with_category"]["told"]["accuracy"] > stored["accuracy"]
    assert "With the category that a person chose" in (tmp_path / "router" / "card.md").read_text("utf-8")

    said = run(
        "evaluate", "routing", "--model", tmp_path / "router", "--data", table, *columns,
        "--json", tmp_path / "e.json", "--rounds", "100",
    )  # fmt: skip
    assert "With the category told" in said
    assert "not what is promised" in said
    figures = json.loads((tmp_path / "e.json").read_text("utf-8"))
    assert "These are the very orders" in said
    assert set(figures["with_category"]) >= {"told", "text_only", "wrong", "naming_the_department"}


def test_columns_that_are_not_there_are_named(table: Path, tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="no column '三级'"):
        run("train", "routing", "--light", "--data", table, "--category", "一级,三级", "--out", tmp_path / "router")


def test_columns_without_a_table_are_refused(tmp_path: Path) -> None:
    duties = tmp_path / "duties.json"
    duties.write_text('{"甲": ["停水"], "乙": ["路灯"]}', "utf-8")
    with pytest.raises(BadInput, match="--category names columns"):
        run("train", "routing", "--duties", duties, "--category", "一级", "--out", tmp_path / "router")
