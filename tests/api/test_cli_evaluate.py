"""``hotline evaluate routing``, ``splits``, ``learning-curve`` as an evaluator uses them, on the baseline embedder."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from command_parts import hotline
from sample_orders import orders

from copilot.errors import BadInput
from knowledge_base import sample as city
from knowledge_base.errors import BadTable

pytestmark = pytest.mark.usefixtures("baseline_embedder")


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Orders of six departments of the sample: to train on, and held out with one order of the training table."""
    kept = orders(6)
    held = set(sorted({row["dup_group"] for row in kept})[::4])
    train = [row for row in kept if row["dup_group"] not in held]
    out = [row for row in kept if row["dup_group"] in held]
    folder = tmp_path_factory.mktemp("tables")
    for name, part in (("train.csv", train), ("held_out.csv", [*out, train[0]])):
        with (folder / name).open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, list(kept[0]))
            writer.writeheader()
            writer.writerows(part)
    return folder / "train.csv", folder / "held_out.csv"


@pytest.fixture(scope="module")
def router(tables: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "router"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTLINE_EMBEDDER", "hashing")
        assert hotline("train", "routing", "--data", tables[0], "--group", "dup_group", "--out", folder).exit_code == 0
    return folder


@pytest.fixture(scope="module")
def whole(tables: tuple[Path, Path], router: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, str, str]:
    """Figures, page and words of an evaluation with everything, kept with the router."""
    folder = tmp_path_factory.mktemp("found")
    costs, curve = folder / "costs.csv", folder / "curve.json"
    costs.write_text("right,given,cost\n*,*,2\n*,?,0.2\n", encoding="utf-8")
    point = {"accuracy": 0.5, "top3": 0.7, "macro_f1": 0.5, "ece": 0.1}
    spans = {name: [value - 0.1, value + 0.1] for name, value in point.items()}
    points = [{"per_department": 0, "orders": 0, **point, "intervals": spans}]
    curve.write_text(json.dumps({"held_out": 40, "folds": 5, "points": points}), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTLINE_EMBEDDER", "hashing")
        said = hotline(
            "evaluate", "routing", "--model", router, "--data", tables[1], "--group", "dup_group", "--id", "rid",
            "--month", "month", "--train-data", tables[0], "--costs", costs, "--misheard", "0.15", "--keep",
            "--learning-curve", curve, "--catalogue", city.departments(),
            "--json", folder / "figures.json", "--report", folder / "report.html",
            "--rounds", "100",
        )  # fmt: skip
    assert said.exit_code == 0, said.output
    page = (folder / "report.html").read_text(encoding="utf-8")
    return json.loads((folder / "figures.json").read_text(encoding="utf-8")), page, said.output


def test_the_promised_figures_are_there_with_every_section_beside_them(whole: tuple[Any, str, str]) -> None:
    found, page, said = whole
    promised = {"n", "accuracy", "macro_f1", "top3", "ece", "coverage_at_95", "precision_at_that_coverage"}
    assert promised | {"per_class", "confusion", "intervals"} <= found.keys()
    names = [one["name"] for one in found["slices"]]
    assert names == ["月份 month", "district", "kind", "字数 characters"]
    assert found["leaks"]["leaked"] >= 1
    assert found["leaks"]["exact"] == 1
    assert found["costs"]["per_order_without_questions"] == pytest.approx(2 * (1 - found["accuracy"]))
    assert found["costs"]["cheapest_threshold"] is not None
    assert len(found["drift"]) == 2
    assert found["spoken"]["characters_misheard"] == 0.15
    assert "near-duplicate in the training table" in said
    for heading in ("分项", "训练数据泄漏", "误派的代价", "变化", "书面与口语", "学习曲线"):
        assert heading in page


def test_mistakes_carry_order_numbers_and_no_file_carries_a_text(
    whole: tuple[Any, str, str], tables: tuple[Path, Path]
) -> None:
    found, page, _ = whole
    with tables[1].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    ids = {row["rid"] for row in rows}
    assert found["confusion_pairs"]
    assert all(set(pair["ids"]) <= ids for pair in found["confusion_pairs"])
    for row in rows:
        assert row["text"] not in page
        assert row["text"] not in json.dumps(found, ensure_ascii=False)


def test_kept_figures_are_in_the_routers_folder_and_on_its_card_and_the_router_still_loads(
    whole: tuple[Any, str, str], router: Path, tables: tuple[Path, Path]
) -> None:
    stored = json.loads((router / "evaluation.json").read_text(encoding="utf-8"))
    assert stored["held_out"]["n"] == whole[0]["n"]
    assert stored["n"] != whole[0]["n"]
    card = (router / "card.md").read_text(encoding="utf-8")
    for heading in ("## Intended use", "## Training data", "## Metrics", "## Calibration and thresholds", "## Limits"):
        assert heading in card
    assert "Held out (held_out.csv)" in card
    assert "By district" in card
    again = hotline("evaluate", "routing", "--model", router, "--data", tables[1], "--rounds", "100")
    assert again.exit_code == 0


def test_a_gate_ends_with_exit_code_one_and_names_what_was_missed(router: Path, tables: tuple[Path, Path]) -> None:
    ask = ("evaluate", "routing", "--model", router, "--data", tables[1], "--rounds", "100")
    passed = hotline(*ask, "--require", "accuracy=0.2", "--require", "ece=0.9")
    assert passed.exit_code == 0
    assert "All demands are met: 2" in passed.output
    failed = hotline(*ask, "--require", "accuracy=1.1", "--require", "ece=0.9")
    assert failed.exit_code == 1
    assert "not good enough: accuracy is" in failed.stderr
    assert "ece" not in failed.stderr
    with pytest.raises(BadInput, match="beauty"):
        hotline(*ask, "--require", "beauty=1")


def test_figures_on_the_training_table_itself_come_with_a_warning(
    router: Path, tables: tuple[Path, Path], tmp_path: Path
) -> None:
    asked = ["evaluate", "routing", "--model", router, "--rounds", "100", "--json", tmp_path / "out.json"]
    own, other = hotline(*asked, "--data", tables[0]), hotline(*asked, "--data", tables[1])
    assert "very orders" in " ".join(own.output.split())
    assert "very orders" not in " ".join(other.output.split())
    assert "1 of 33 orders are, word for word, among those" in " ".join(other.output.split())


def test_columns_and_files_that_are_not_there_are_refused_before_anything_is_ranked(
    router: Path, tables: tuple[Path, Path], tmp_path: Path
) -> None:
    ask = ("evaluate", "routing", "--model", router, "--data", tables[1])
    with pytest.raises(BadTable, match="street2"):
        hotline(*ask, "--slice", "street2")
    with pytest.raises(BadTable, match="does not exist"):
        hotline(*ask, "--costs", tmp_path / "costs.csv")
    (tmp_path / "curve.json").write_text("{}", encoding="utf-8")
    with pytest.raises(BadTable, match="no learning curve"):
        hotline(*ask, "--learning-curve", tmp_path / "curve.json")


def test_a_column_of_ones_own_can_be_sliced_by(router: Path, tables: tuple[Path, Path], tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    said = hotline(
        "evaluate", "routing", "--model", router, "--data", tables[1], "--slice", "street", "--json", figures,
        "--rounds", "100",
    )  # fmt: skip
    assert said.exit_code == 0
    names = [one["name"] for one in json.loads(figures.read_text(encoding="utf-8"))["slices"]]
    assert names[0] == "street"
    assert "district" not in names


def test_a_time_split_says_whether_the_promise_was_kept(tables: tuple[Path, Path], tmp_path: Path) -> None:
    figures, page = tmp_path / "splits.json", tmp_path / "splits.html"
    said = hotline(
        "evaluate", "splits", "--data", tables[0], "--month", "month", "--group", "dup_group", "--json", figures,
        "--report", page, "--rounds", "100",
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    found = json.loads(figures.read_text(encoding="utf-8"))
    assert [split["how"] for split in found["splits"]] == ["time", "random 1"]
    assert found["splits"][0]["promise"]["kept"] in ("yes", "no", "unclear")
    assert "承诺的准确率守住了吗" in page.read_text(encoding="utf-8")


def test_a_learning_curve_begins_with_the_duties(tables: tuple[Path, Path], tmp_path: Path) -> None:
    figures, page = tmp_path / "curve.json", tmp_path / "curve.html"
    said = hotline(
        "evaluate", "learning-curve", "--data", tables[0], "--group", "dup_group", "--duties", city.departments(),
        "--size", "0", "--size", "8", "--folds", "1", "--json", figures, "--report", page, "--rounds", "100",
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    assert [point["per_department"] for point in json.loads(figures.read_text(encoding="utf-8"))["points"]] == [0, 8]
    assert "<svg" in page.read_text(encoding="utf-8")
