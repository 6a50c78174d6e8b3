from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path / "var"))
    for name in ("HOTLINE_LIBRARY", "HOTLINE_EMBEDDER", "HOTLINE_MODELS_FOLDER"):
        monkeypatch.delenv(name, raising=False)


def refused(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, ["train", "embedder", *map(str, arguments)])
    assert result.exception is not None
    return str(result.exception) + result.output


def test_an_embedder_without_weights_is_not_adapted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_EMBEDDER", "hashing")
    assert "not an exported embedder" in refused()


def test_a_window_without_the_journal_is_refused() -> None:
    assert "--from-journal" in refused("--since", "2026-01-01")


def test_a_corpus_stands_in_for_a_library_and_is_not_given_beside_one(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps({"doc_id": "a", "text": "居住证。"}, ensure_ascii=False), encoding="utf-8")
    assert "one of --library and --corpus" in refused("--corpus", rows, "--library", tmp_path)


@pytest.mark.weights
def test_the_sample_city_learns_what_it_may_keep_and_keeps_it_only_where_search_is_better(
    tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_MODELS_FOLDER", str(models_dir))
    result = CliRunner().invoke(app, ["train", "embedder", "--out", str(tmp_path / "own"), "--regardless"])
    assert result.exit_code == 0, result.output
    record = json.loads((tmp_path / "own" / "adaptation.json").read_text())
    assert record["vectors_alone"]["adapted_mrr"] > record["vectors_alone"]["untouched_mrr"]
    kept = CliRunner().invoke(app, ["train", "embedder", "--out", str(tmp_path / "other")])
    assert (kept.exit_code == 0) == record["served"]["passed"] == (tmp_path / "other").is_dir()
