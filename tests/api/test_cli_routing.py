"""``hotline train routing`` and ``hotline evaluate routing`` as an operator uses them, on the baseline embedder."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from command_parts import told as run
from sample_orders import orders

from copilot.errors import BadInput
from knowledge_base import sample as city
from knowledge_base.errors import BadTable
from models.baselines import HashingEmbedder
from models.errors import ModelProblem
from models.routers.files import load_router

pytestmark = pytest.mark.usefixtures("baseline_embedder")


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Sample appeals of eight departments: one table in UTF-8 with BOM, one as Excel writes it in GB18030."""
    kept = orders(8)
    folder = tmp_path_factory.mktemp("tables")
    groups = sorted({row["dup_group"] for row in kept})
    held = set(groups[::4])
    paths = folder / "train.csv", folder / "held_out.csv"
    for path, encoding, part in zip(paths, ("utf-8-sig", "gb18030"), (False, True), strict=True):
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["诉求", "承办单位", "组"])
            writer.writerows(
                [r["text"], r["dept_label"], r["dup_group"]] for r in kept if (r["dup_group"] in held) is part
            )
    return paths


COLUMNS = ("--text", "诉求", "--label", "承办单位")


def test_a_router_is_trained_and_measured_on_a_table_in_gb18030(tables: tuple[Path, Path], tmp_path: Path) -> None:
    train, held_out = tables
    said = run(
        "train", "routing", "--data", train, *COLUMNS, "--group", "组", "--out", tmp_path / "router",
        "--duties", city.departments(),
    )  # fmt: skip
    assert "hotline evaluate routing" in said
    kept = json.loads((tmp_path / "router" / "evaluation.json").read_text(encoding="utf-8"))
    assert kept["accuracy"] > 0.6
    figures, report = tmp_path / "figures.json", tmp_path / "report.html"
    said = run(
        "evaluate", "routing", "--model", tmp_path / "router", "--data", held_out, *COLUMNS,
        "--json", figures, "--report", report,
    )  # fmt: skip
    found = json.loads(figures.read_text(encoding="utf-8"))
    assert found["accuracy"] > 0.6
    assert found["n"] > 20
    assert "<svg" in report.read_text(encoding="utf-8")


def test_appeals_without_a_department_are_learned_from_too_and_the_card_says_so(
    tables: tuple[Path, Path], tmp_path: Path
) -> None:
    appeals = tmp_path / "appeals.csv"
    with tables[0].open(encoding="utf-8-sig", newline="") as file:
        texts = [row["诉求"] for row in csv.DictReader(file)]
    many = texts[:5] * 60
    appeals.write_text("\n".join(["诉求", *many]), encoding="utf-8")
    given = ("--data", tables[0], *COLUMNS, "--group", "组", "--light")
    said = run("train", "routing", *given, "--unlabelled", appeals, "--out", tmp_path / "router")
    assert "300 unlabelled appeals" in said
    assert "300 unlabelled appeals" in (tmp_path / "router" / "card.md").read_text(encoding="utf-8")
    with pytest.raises(BadTable, match="no column 'text'"):
        run("train", "routing", *given[:2], "--unlabelled", appeals, "--out", tmp_path / "other")
    with pytest.raises(BadInput, match="--unlabelled"):
        run("train", "routing", "--duties", city.departments(), "--unlabelled", appeals, "--out", tmp_path / "other")


def test_duties_alone_make_a_cold_start_router(tables: tuple[Path, Path], tmp_path: Path) -> None:
    said = run("train", "routing", "--duties", city.departments(), "--out", tmp_path / "router")
    assert "duties alone" in said
    figures = tmp_path / "figures.json"
    run("evaluate", "routing", "--model", tmp_path / "router", "--data", tables[1], *COLUMNS, "--json", figures)
    assert json.loads(figures.read_text(encoding="utf-8"))["top3"] > 0.5


def test_plain_duties_of_department_and_phrases_are_read_too(tmp_path: Path) -> None:
    duties = tmp_path / "duties.json"
    duties.write_text(json.dumps({"水务": ["停水", "漏水"], "交警": "违章停车"}, ensure_ascii=False), encoding="utf-8")
    run("train", "routing", "--duties", duties, "--out", tmp_path / "router")
    router = load_router(tmp_path / "router", HashingEmbedder())
    assert router.rank("家里停水了").choices[0].label == "水务"
    assert router.rank("门口违章停车").choices[0].label == "交警"


def test_a_missing_column_is_named_with_those_that_are_there(tables: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(BadTable, match=r"no column 'text'.*诉求"):
        run("train", "routing", "--data", tables[0], "--out", tmp_path / "router")
    assert not (tmp_path / "router").exists()


def test_duties_that_are_no_list_are_refused(tmp_path: Path) -> None:
    duties = tmp_path / "duties.json"
    duties.write_text('{"水务": {"a": 1}}', encoding="utf-8")
    with pytest.raises(BadTable, match="水务"):
        run("train", "routing", "--duties", duties, "--out", tmp_path / "router")
    duties.write_text("{", encoding="utf-8")
    with pytest.raises(BadTable, match="not JSON"):
        run("train", "routing", "--duties", duties, "--out", tmp_path / "router")


def test_a_folder_that_is_no_router_cannot_be_evaluated(tables: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="is not a router"):
        run("evaluate", "routing", "--model", tmp_path, "--data", tables[1], *COLUMNS)
