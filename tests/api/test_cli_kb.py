from __future__ import annotations

import json
from pathlib import Path

import pytest
from articles import ROW
from typer.testing import CliRunner

from api.cli import app


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
    assert "policy.docx is a document. 'hotline kb import' makes an article of it" in told("check", tmp_path)[
        1
    ].replace("\n", "")


@pytest.mark.parametrize(("option", "value"), [("--day", "明天"), ("--area", "云川市/月球区")])
def test_a_search_for_no_day_or_no_place_is_refused(option: str, value: str) -> None:
    result = CliRunner().invoke(app, ["kb", "search", "居住证", option, value])
    assert f"'{value}'" in str(result.exception)


def test_a_search_for_nothing_says_so_instead_of_finding_nothing() -> None:
    result = CliRunner().invoke(app, ["kb", "search", "  "])
    assert "nothing to search for" in str(result.exception)


NOTICE = (
    "# 云川市公安局关于犬只登记的通告\n云公告〔2025〕5号\n第一条 养犬要登记。\n"
    "第二条 本通告自2025年3月1日起施行。\n云川市公安局\n2025年2月10日\n"
)


def test_an_import_of_a_document_says_what_it_understood_and_that_it_is_a_draft(tmp_path: Path) -> None:
    (tmp_path / "notice.md").write_text(NOTICE, encoding="utf-8")
    status, output = told("import", tmp_path / "notice.md", "--into", tmp_path / "library")
    assert status == 0
    assert "文号: 云公告〔2025〕5号" in output
    assert "施行日期: 2025-03-01" in output
    assert "none lost" in output
    assert "drafts (草稿)" in output


def test_a_dry_run_reports_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "notice.md").write_text(NOTICE, encoding="utf-8")
    status, output = told("import", tmp_path / "notice.md", "--into", tmp_path / "library", "--dry-run")
    assert status == 0
    assert "would hold 1 articles" in output
    assert "nothing was written" in output
    assert not (tmp_path / "library").exists()


def test_what_a_document_lacks_is_given_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "notice.txt").write_text("停车须知\n请停在线内。\n", encoding="gb18030")
    status, output = told("import", tmp_path / "notice.txt", "--into", tmp_path / "library")
    assert status == 2
    assert "--owner" in output
    options = ("--issuer", "云川市公安局", "--owner", "市公安局", "--area", "云川市/临湖区", "--from", "2025-03-01")
    more = ("--to", "2026-02-28", "--secrecy", "内部", "--status", "已发布")
    assert told("import", tmp_path / "notice.txt", "--into", tmp_path / "library", *options, *more)[0] == 0
    written = next((tmp_path / "library").iterdir()).read_text(encoding="utf-8")
    assert "密级: 内部" in written
    assert "失效日期: 2026-02-28" in written


@pytest.mark.parametrize(("option", "value"), [("--from", "明年"), ("--status", "神秘"), ("--secrecy", "机密")])
def test_an_option_that_cannot_be_right_is_refused_before_anything_is_read(option: str, value: str) -> None:
    result = CliRunner().invoke(app, ["kb", "import", "missing.docx", option, value])
    assert f"'{value}'" in str(result.exception)


def test_a_document_is_checked_before_it_is_imported(tmp_path: Path) -> None:
    (tmp_path / "notice.txt").write_text(NOTICE.removeprefix("# "), encoding="utf-8")
    status, output = told("check", tmp_path / "notice.txt")
    assert status == 0
    assert "1 article, 2 passages" in output


def test_a_search_puts_a_mistyped_name_right_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("HOTLINE_EMBEDDER", "hashing")
    status, mistyped = told("search", "结昏证丢失", "--limit", "2")
    assert status == 0
    assert "Also searched for “结婚证丢失”." in mistyped
    assert "结婚证丢失的，带身份证到原登记处" in mistyped
    assert "Also searched" not in told("search", "结婚证丢失", "--limit", "2")[1]
