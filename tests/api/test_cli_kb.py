from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app

ROW = {
    "编号": "card",
    "标题": "居住证规定",
    "文号": "云公规〔2025〕3号",
    "发布机关": "云川市公安局",
    "责任单位": "市公安局",
    "适用区域": "云川市",
    "施行日期": "2025-03-01",
    "正文": "第一条 住满半年可以申请。",
}


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path / "var"))
    for name in ("HOTLINE_LIBRARY", "HOTLINE_CATALOGUE", "HOTLINE_GAZETTEER"):
        monkeypatch.delenv(name, raising=False)


def given(path: Path, *rows: dict[str, str]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def told(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["kb", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_the_sample_city_is_checked_where_nothing_is_configured() -> None:
    status, output = told("check")
    assert status == 0
    assert "is sound" in output


def test_an_import_says_what_came_in_and_how_to_use_it(tmp_path: Path) -> None:
    status, output = told("import", given(tmp_path / "in.jsonl", ROW), "--into", tmp_path / "library")
    assert status == 0
    assert "New: 1: card" in output
    assert f"HOTLINE_LIBRARY={tmp_path / 'library'}" in output
    assert told("check", tmp_path / "library")[0] == 0


def test_without_a_folder_an_import_leaves_the_shipped_city_alone(tmp_path: Path) -> None:
    assert told("import", given(tmp_path / "in.jsonl", ROW))[0] == 0
    assert (tmp_path / "var" / "library" / "card.md").is_file()


def test_an_import_with_faults_lists_them_and_changes_nothing(tmp_path: Path) -> None:
    bad = [{**ROW, "施行日期": ""}, {**ROW, "编号": "b", "责任单位": "市梦想局", "批注": "?"}]
    status, output = told("import", given(tmp_path / "in.jsonl", *bad), "--into", tmp_path / "library")
    assert status == 2
    assert "Nothing was imported" in output
    assert "3 faults" in output
    assert not (tmp_path / "library").exists()


def test_a_column_is_left_out_when_the_editor_says_so(tmp_path: Path) -> None:
    source = given(tmp_path / "in.jsonl", {**ROW, "批注": "?"})
    assert told("import", source, "--into", tmp_path / "library", "--ignore", "批注")[0] == 0


def test_a_library_with_faults_is_told_with_every_fault(tmp_path: Path) -> None:
    given(tmp_path / "in.jsonl", ROW, ROW)
    status, output = told("check", tmp_path)
    assert status == 2
    assert "2 articles have the id card" in output
    assert "have the number" in output


def test_files_of_other_kinds_are_named(tmp_path: Path) -> None:
    given(tmp_path / "in.jsonl", ROW)
    (tmp_path / "policy.docx").write_text("x", encoding="utf-8")
    assert "policy.docx is a document. 'hotline kb import' makes an article of it" in told("check", tmp_path)[1].replace("\n", "")


@pytest.mark.parametrize(("option", "value"), [("--day", "明天"), ("--area", "云川市/月球区")])
def test_a_search_for_no_day_or_no_place_is_refused(option: str, value: str) -> None:
    result = CliRunner().invoke(app, ["kb", "search", "居住证", option, value])
    assert f"'{value}'" in str(result.exception)
