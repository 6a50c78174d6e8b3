from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from evaluation.retrieval.asking import ask, serving_times, surest, without_threshold
from evaluation.retrieval.lacking import ask_lacking
from evaluation.retrieval.rank_measures import means, rank_values
from evaluation.retrieval.search import (
    Fields,
    Judgement,
    Question,
    Row,
    parse_gold,
    passages_of,
    ranked_documents,
    read_corpus,
    read_questions,
    read_unanswerable,
)
from knowledge_base.calibration import SIGNALS, Calibration
from knowledge_base.errors import BadTable
from knowledge_base.index.making import make_index
from knowledge_base.retriever import Retriever
from models.baselines import HashingEmbedder

LONG = "".join(f"第{number}条办理事项应当提交材料，由窗口受理。" for number in range(60)) + "遗失补办收费十元。"


def nothing(_done: int, _total: int) -> None:
    """A report that nobody reads."""


def retriever_of(rows: Sequence[Row], folder: Path) -> Retriever:
    """What searches ``rows``."""
    embedder = HashingEmbedder()
    return Retriever(make_index(folder / "index", passages_of(rows), embedder, "evaluation"), embedder)


def asked(rows: Sequence[Row], questions: Sequence[Question], folder: Path) -> list[Judgement]:
    """The questions asked of ``rows``, every card shown."""
    retriever = retriever_of(rows, folder)
    without_threshold(retriever)
    return ask(retriever, questions, nothing)


def figures_of(judged: Sequence[Judgement]) -> dict[str, float]:
    return means(rank_values([each.ranked for each in judged], [each.gold for each in judged]))


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
    rows, questions = read_corpus(corpus, Fields()), read_questions(queries, Fields())
    judged = asked(rows, questions, tmp_path)
    assert [each.query_id for each in judged] == ["a", "b", "c", "d"]
    figures = figures_of(judged)
    assert figures["hit@1"] == figures["hit@10"] == 0.75
    assert figures["mrr@10"] == 0.75
    assert figures["recall@10"] == pytest.approx((1 + 1 + 0.5 + 0) / 4)
    assert len({row.doc_id for row in rows}) == 3
    assert all(0 <= card.probability <= 1 for each in judged for card in each.cards)
    assert judged[0].cards[0].doc_id == "1"


def test_a_gold_may_be_the_row_itself(tmp_path: Path) -> None:
    file = lines(
        tmp_path / "qa.jsonl",
        [
            {"qid": "x1", "title": "小区停水", "reply": "小区停水由自来水公司抢修"},
            {"qid": "x2", "title": "路灯不亮", "reply": "路灯不亮由路灯所维修"},
        ],
    )
    names = Fields(doc_id="qid", doc_text="reply", query_text="title", gold="qid")
    judged = asked(read_corpus(file, names), read_questions(file, names), tmp_path)
    assert figures_of(judged)["hit@1"] == 1


def test_a_search_is_timed_as_it_is_served(tmp_path: Path) -> None:
    retriever = retriever_of([Row("1", "", "居住证申领条件"), Row("2", "", "公积金提取")], tmp_path)
    told: list[tuple[int, int]] = []
    questions = [Question(str(n), "居住证怎么办", frozenset({"1"})) for n in range(250)]
    times = serving_times(retriever, questions, lambda *done: told.append(done))
    assert set(times) == {"p50", "p95", "cpu_p50", "cpu_p95"}
    assert times["p50"] <= times["p95"]
    assert told[-1] == (100, 100)


def test_without_a_threshold_every_card_is_seen_and_the_served_one_is_told(tmp_path: Path) -> None:
    retriever = retriever_of([Row("1", "", "居住证申领条件"), Row("2", "", "公积金提取")], tmp_path)
    served = retriever.calibration.threshold
    assert without_threshold(retriever) == served > 0
    assert retriever.calibration.threshold == 0
    (judged,) = ask(retriever, [Question("q", "今天天气", frozenset())], nothing)
    assert judged.cards


def test_a_question_is_asked_again_without_what_answers_it_and_a_neighbour_may_be_shown(tmp_path: Path) -> None:
    rows = [
        Row("1", "", "居住证丢失的，到派出所补领居住证。"),
        Row("2", "", "结婚证丢失的，到婚姻登记处补领结婚证。"),
        Row("3", "", "公积金提取"),
    ]
    embedder = HashingEmbedder()
    index = make_index(tmp_path / "index", passages_of(rows), embedder, "evaluation")
    by_nearness = Calibration((1.0, *(0.0,) * (len(SIGNALS) - 1)), bias=-0.5, threshold=0.0)
    retriever = Retriever(index, embedder, by_nearness)
    questions = [
        Question("a", "居住证丢失补领", frozenset({"1"})),
        Question("b", "公积金提取", frozenset({"3"})),
        Question("c", "机场几点开门", frozenset({"not here"})),
    ]
    both = {one.query_id: surest(retriever, one) for one in questions}
    alone = surest(retriever.over(index.without([1])), questions[0])
    assert alone == both["a"]  # what is left out does not change how sure the others are
    neighbour = surest(retriever.over(index.without([0])), questions[0])
    assert 0 < neighbour < both["a"]
    found = ask_lacking(retriever, index, questions, neighbour, nothing)
    assert found is not None
    assert (found.n, found.shown) == (2, 1)
    assert ask_lacking(retriever, index, questions[2:], neighbour, nothing) is None


def test_documents_are_as_many_as_there_are_though_passages_share_them(tmp_path: Path) -> None:
    rows = [Row("long", "", LONG), Row("1", "", "居住证申领条件"), Row("2", "", "公积金提取")]
    found = ranked_documents(retriever_of(rows, tmp_path), "办理事项应当提交材料")
    assert sorted(found) == ["1", "2", "long"]


def test_questions_without_an_answer_need_only_a_text(tmp_path: Path) -> None:
    file = lines(
        tmp_path / "n.jsonl", [{"question": "你好"}, {"question": " "}, {"question": "再见", "gold_doc_ids": ["1"]}]
    )
    found = read_unanswerable(file, Fields())
    assert [(each.text, each.gold) for each in found] == [("你好", frozenset()), ("再见", frozenset())]
    with pytest.raises(BadTable, match="Name the field"):
        read_unanswerable(lines(tmp_path / "e.jsonl", [{"question": ""}]), Fields())


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
