from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluation.retrieval import Fields, Row, evaluate, parse_gold, passages_of, read_corpus, read_questions
from knowledge_base.errors import BadTable
from models.baselines import HashingEmbedder

LONG = "".join(f"第{number}条办理事项应当提交材料，由窗口受理。" for number in range(60)) + "遗失补办收费十元。"


def nothing(_done: int, _total: int) -> None:
    """A report that nobody reads."""


def lines(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (["a", "b"], {"a", "b"}),
        ("['a','b']", {"a", "b"}),
        ('["a", "b"]', {"a", "b"}),
        ("a", {"a"}),
        (7, {"7"}),
        ([7, 8], {"7", "8"}),
        ("[7, 8]", {"7", "8"}),
        ([], set()),
        ("", set()),
        (None, set()),
    ],
)
def test_gold_is_read_however_it_is_written(value: object, ids: set[str]) -> None:
    assert parse_gold(value) == ids


def test_the_right_document_is_found_through_its_best_part(tmp_path: Path) -> None:
    corpus = lines(
        tmp_path / "c.jsonl",
        [
            {"doc_id": 1, "text": "居住证申领条件和材料"},
            {"doc_id": 1, "text": "夜间施工噪声投诉"},
            {"doc_id": 2, "text": "公积金提取"},
            {"doc_id": 3, "text": LONG},
            {"doc_id": 4, "text": None},
        ],
    )
    queries = lines(
        tmp_path / "q.jsonl",
        [
            {"qid": "a", "question": "夜间施工噪声", "gold_doc_ids": "['1']"},
            {"qid": "b", "question": "公积金怎么提取", "gold_doc_ids": 2},
            {"qid": "c", "question": "遗失补办收费多少", "gold_doc_ids": ["3", "9"]},
            {"qid": "d", "question": "哪里都没有的", "gold_doc_ids": ["9"]},
            {"qid": "e", "question": "", "gold_doc_ids": ["1"]},
        ],
    )
    embedder = HashingEmbedder()
    rows, questions = read_corpus(corpus, Fields()), read_questions(queries, Fields())
    figures = evaluate(rows, questions, embedder, embedder, tmp_path, nothing, nothing)
    assert figures["n"] == 4
    assert figures["hit@1"] == figures["hit@10"] == 0.75
    assert figures["mrr@10"] == 0.75
    assert figures["ndcg@10"] < 0.75
    assert figures["gold_not_in_corpus"] == 1
    assert set(figures["latency_ms"]) == {"p50", "p95"}
    assert figures["documents"] == 3


def test_a_gold_may_be_the_row_itself(tmp_path: Path) -> None:
    file = lines(
        tmp_path / "qa.jsonl",
        [
            {"qid": "x1", "title": "小区停水", "reply": "小区停水由自来水公司抢修"},
            {"qid": "x2", "title": "路灯不亮", "reply": "路灯不亮由路灯所维修"},
        ],
    )
    names = Fields(doc_id="qid", doc_text="reply", query_text="title", gold="qid")
    embedder = HashingEmbedder()
    figures = evaluate(
        read_corpus(file, names), read_questions(file, names), embedder, embedder, tmp_path, nothing, nothing
    )
    assert figures["hit@1"] == 1


def test_a_long_document_is_cut_into_passages_and_a_short_one_is_not() -> None:
    assert len(passages_of([Row("1", "", "短文")])) == 1
    cut = passages_of([Row("2", "题目", LONG)])
    assert len(cut) > 1
    assert {passage.article_id for passage in cut} == {"2"}


def test_a_field_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = lines(tmp_path / "c.jsonl", [{"id": 1, "text": "a"}])
    with pytest.raises(BadTable, match="doc_id"):
        read_corpus(file, Fields())


def test_files_without_anything_to_use_say_which_option_helps(tmp_path: Path) -> None:
    corpus = lines(tmp_path / "c.jsonl", [{"doc_id": 1, "text": " "}])
    with pytest.raises(BadTable, match="--doc-text"):
        read_corpus(corpus, Fields())
    queries = lines(tmp_path / "q.jsonl", [{"question": "a", "gold_doc_ids": []}])
    with pytest.raises(BadTable, match="--gold"):
        read_questions(queries, Fields())
