"""``hotline evaluate retrieval`` and ``retrieval-compare`` as an evaluator uses them, on the baseline embedder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from api.cli import app
from copilot.errors import BadInput
from evaluation.retrieval.kept import kept_report
from knowledge_base.errors import BadTable

RUNNER = CliRunner()
DOCUMENTS = [
    "居住证申领需要身份证和租房合同",
    "夜间施工噪声由城市管理局查处",
    "公积金提取的条件和额度",
    "停水抢修请拨打供水热线",
    "养犬登记和狂犬疫苗",
]
ASKED = ["居住证申领要什么", "夜间施工噪声找谁", "公积金提取条件", "停水抢修电话", "养犬登记在哪里"]


@pytest.fixture(autouse=True)
def small_city(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("HOTLINE_EMBEDDER", "hashing")
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path_factory.mktemp("var")))


@pytest.fixture
def files(tmp_path: Path) -> list[object]:
    corpus, queries, outside = (tmp_path / name for name in ("c.jsonl", "q.jsonl", "o.jsonl"))
    documents = [{"doc_id": f"d{n}", "text": text} for n, text in enumerate(DOCUMENTS)]
    asked = [
        {"qid": f"q{n}", "question": text, "gold_doc_ids": [f"d{n}"], "kind": "咨询" if n else "投诉", "day": "周一"}
        for n, text in enumerate(ASKED)
    ]
    idle = [{"text": text} for text in ("你好", "天气怎么样", "再见")]
    for path, rows in ((corpus, documents), (queries, asked), (outside, idle)):
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return ["--corpus", corpus, "--queries", queries, "--out-of-scope", outside, "--out-of-scope-text", "text"]


def hotline(*words: object) -> Result:
    return RUNNER.invoke(app, ["evaluate", *map(str, words)])


def figures(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_an_evaluation_has_every_section_and_no_file_has_what_was_asked(files: list[object], tmp_path: Path) -> None:
    json_path, page, each = tmp_path / "f.json", tmp_path / "r.html", tmp_path / "each.json"
    said = hotline(
        "retrieval", *files, "--misheard", "0.3", "--json", json_path, "--report", page, "--per-question", each,
        "--label", "zero-shot", "--require", "hit@5=0.9", "--require", "fall:0.3=100", "--rounds", "100",
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    found = figures(json_path)
    assert found["n"] == 5
    assert found["hit@1"] == 1.0
    assert found["label"] == "zero-shot"
    assert found["cards"]["out_of_scope"] == 3
    assert found["noise"][0]["rate"] == 0.3
    assert [one["name"] for one in found["slices"]] == ["kind"]
    assert found["latency_ms"]["cpu_p95"] > 0
    assert "All demands are met: 2" in said.output
    for text in (page.read_text(encoding="utf-8"), each.read_text(encoding="utf-8"), json_path.read_text("utf-8")):
        assert not any(question in text for question in ASKED)


def test_the_figures_stand_beside_those_of_words_alone(files: list[object], tmp_path: Path) -> None:
    said = hotline("retrieval", *files, "--json", tmp_path / "f.json", "--no-latency", "--rounds", "100")
    found = figures(tmp_path / "f.json")
    assert "BM25" in said.output
    assert found["baseline"]["hit@1"] == 1.0
    assert found["baseline"]["gain"]["hit@1"] == pytest.approx(found["hit@1"] - 1.0)
    assert found["intervals"]["hit@10"][0] < 1.0  # five questions, all right, are no certainty


def test_a_field_to_slice_by_that_no_question_has_is_refused(files: list[object]) -> None:
    said = hotline("retrieval", *files, "--slice", "kimd", "--no-latency", "--rounds", "100")
    assert isinstance(said.exception, BadInput)
    assert "kimd" in str(said.exception)


def test_questions_that_are_left_out_are_told(files: list[object], tmp_path: Path) -> None:
    queries = Path(str(files[3]))
    unanswered = '{"question": "居住证", "gold_doc_ids": []}\n'
    queries.write_text(queries.read_text(encoding="utf-8") + unanswered, encoding="utf-8")
    said = hotline("retrieval", *files, "--json", tmp_path / "f.json", "--no-latency", "--rounds", "100")
    assert "lack of a question or an answer: 1 of the rows" in " ".join(said.output.split())
    assert figures(tmp_path / "f.json")["n"] == len(ASKED)


def test_the_flags_of_before_still_do(files: list[object], tmp_path: Path) -> None:
    said = hotline("retrieval", *files[:4], "--json", tmp_path / "f.json")
    assert said.exit_code == 0, said.output
    promised = {"n", "hit@1", "hit@5", "hit@10", "mrr@10", "ndcg@10", "latency_ms", "documents", "passages"}
    found = figures(tmp_path / "f.json")
    assert promised | {"gold_not_in_corpus", "embedder"} <= found.keys()
    assert (found["documents"], found["passages"], found["gold_not_in_corpus"]) == (5, 5, 0)


def test_a_demand_that_is_missed_ends_with_exit_code_one(files: list[object]) -> None:
    said = hotline("retrieval", *files, "--require", "mrr@10=1.1", "--no-latency")
    assert said.exit_code == 1
    assert "not good enough: mrr@10 is 1, at least 1.1" in said.output


def test_two_configurations_are_compared_question_by_question(files: list[object], tmp_path: Path) -> None:
    each = [tmp_path / name for name in ("a.json", "b.json")]
    for path in each:
        done = hotline("retrieval", *files[:4], "--per-question", path, "--no-latency", "--rounds", "100")
        assert done.exit_code == 0, done.output
    out, page = tmp_path / "compared.json", tmp_path / "compared.html"
    said = hotline(
        "retrieval-compare", *each, "--name", "zero-shot", "--name", "adapted", "--json", out, "--report", page,
        "--rounds", "100",
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    assert [column["label"] for column in figures(out)["columns"]] == ["zero-shot", "adapted"]
    assert figures(out)["against_first"][0]["verdict"] == "undecided"
    assert "adapted: no difference that 5 questions could show" in said.output
    assert "zero-shot" in page.read_text(encoding="utf-8")


def test_the_sample_city_is_asked_on_its_day_and_kept_for_the_desk(tmp_path: Path) -> None:
    said = hotline("retrieval", "--sample", "--keep", "--json", tmp_path / "f.json", "--no-latency", "--rounds", "100")
    assert said.exit_code == 0, said.output
    found = figures(tmp_path / "f.json")
    assert found["n"] > 200
    assert found["cards"]["out_of_scope"] > 50
    assert found["gold_not_in_corpus"] == 0
    assert "Kept beside the index" in said.output
    from copilot.settings import load_settings  # noqa: PLC0415 - after the environment is set

    kept = kept_report(load_settings().index_dir)
    assert kept is not None
    assert kept["library"] == found["library"]


def test_the_library_in_force_can_be_asked_ones_own_questions(tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    rows = [
        {"question": "办居住证都要带什么材料啊", "gold_doc_ids": ["residence-permit"]},
        {"question": "办居住证都要带什么材料啊", "gold_doc_ids": ["residence-permit"], "day": "1990-01-01"},
    ]
    own.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    said = hotline("retrieval", "--queries", own, "--json", tmp_path / "f.json", "--no-latency", "--rounds", "100")
    assert said.exit_code == 0, said.output
    assert figures(tmp_path / "f.json")["hit@10"] == 0.5  # in 1990 nothing of it was in force


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--sample", "--queries", "q.jsonl"], "Leave out --corpus"),
        (["--corpus", "c.jsonl"], "nothing to ask"),
        (["--corpus", "c.jsonl", "--queries", "q.jsonl", "--keep"], "--keep"),
        (["--sample", "--embedder", "hashing"], "its own embedder"),
        (["--sample", "--require", "accuracy=1"], "knows no figure"),
    ],
)
def test_options_that_contradict_one_another_are_refused_in_a_sentence(options: list[str], words: str) -> None:
    said = hotline("retrieval", *options)
    assert isinstance(said.exception, BadInput)
    assert words in str(said.exception)


def test_a_day_that_is_none_is_named(tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    own.write_text('{"question": "居住证", "gold_doc_ids": ["residence-permit"], "day": "周一"}\n', encoding="utf-8")
    said = hotline("retrieval", "--queries", own)
    assert isinstance(said.exception, BadTable)
    assert "2026-11-22" in str(said.exception)
