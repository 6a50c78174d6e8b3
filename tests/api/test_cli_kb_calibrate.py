from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from copilot.assembly import assemble_city
from copilot.errors import BadInput
from copilot.settings import load_settings
from evaluation import sample
from knowledge_base.calibration import FILE, load
from knowledge_base.index.making import make_index
from models.baselines import HashingEmbedder


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("HOTLINE_EMBEDDER", "hashing")
    monkeypatch.delenv("HOTLINE_LIBRARY", raising=False)


def asked(path: Path, answered: int, without: int) -> Path:
    rows = [json.loads(line) for line in sample.path("questions.jsonl").read_text(encoding="utf-8").splitlines()]
    talk = [{**row, "question": f"第{n}个闲聊", "gold_doc_ids": []} for n, row in enumerate(rows[:without])]
    rows = rows[:answered] + talk
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_too_few_questions_are_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["kb", "calibrate", "--questions", str(asked(tmp_path / "q.jsonl", 40, 3))])
    assert isinstance(result.exception, BadInput)
    assert "3 have none" in str(result.exception)


def test_a_city_calibrates_its_cards_on_its_own_questions(tmp_path: Path) -> None:
    settings = load_settings()
    library = assemble_city(settings).library
    make_index(settings.index_dir, library.passages(), HashingEmbedder(), library.version)
    former = {"weights": [1.0, 2.0], "bias": 0.0, "threshold": 0.5}  # of a version with other signals
    (settings.index_dir / FILE).write_text(json.dumps(former), encoding="utf-8")
    result = CliRunner().invoke(app, ["kb", "calibrate", "--questions", str(asked(tmp_path / "q.jsonl", 60, 40))])
    assert result.exit_code == 0, result.output
    assert "100 questions, 40 of them without an answer" in result.output
    assert (settings.index_dir / FILE).is_file()
    assert load(settings.index_dir).off_topic >= 40
