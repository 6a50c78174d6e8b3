from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluation import sample
from evaluation.retrieval.marked_sentences import has, marks_of
from evaluation.retrieval.search import Card, Fields, Judgement, Question, read_questions
from knowledge_base.errors import BadTable
from knowledge_base.library import load_library
from knowledge_base.sample import articles
from knowledge_base.tables import read_jsonl

QUOTES = {"fees": ("收工本费十五元",)}
PASSAGE = "办卡不收费。\n丢失补办收工本费十五元。"


def asked(number: int, quotes: dict[str, tuple[str, ...]] | None = None) -> Question:
    return Question(f"q{number}", "补办多少钱", frozenset({"fees"}), answered_by=QUOTES if quotes is None else quotes)


def found(number: int, card: Card) -> Judgement:
    return Judgement(f"q{number}", (card.doc_id,), frozenset({"fees"}), (card,))


def test_a_mark_is_right_where_it_has_the_words_that_answer() -> None:
    cards = [
        Card("fees", 0.9, PASSAGE, "丢失补办收工本费十五元。"),
        Card("fees", 0.9, PASSAGE, "办卡不收费。"),
        Card("fees", 0.9, PASSAGE, ""),
        Card("fees", 0.9, "办卡十个工作日。", "办卡十个工作日。"),
    ]
    marks = marks_of([asked(n) for n in range(4)], [found(n, card) for n, card in enumerate(cards)], 0.7)
    assert marks is not None
    assert (marks.cards, marks.quoted, marks.marked, marks.right) == (4, 3, 3, 1)
    shares = marks.as_json()["shares"]
    assert shares == {"passage_answers": 0.75, "marked_share": 0.75, "mark_right": 1 / 3, "wrong_mark": 0.5}


def test_cards_that_are_not_shown_or_of_another_article_are_not_counted() -> None:
    cards = [Card("fees", 0.6, PASSAGE, "办卡不收费。"), Card("other", 0.9, "别的。", "别的。")]
    marks = marks_of([asked(n) for n in range(2)], [found(n, card) for n, card in enumerate(cards)], 0.7)
    assert marks is not None
    assert marks.cards == 0
    assert marks.as_json()["shares"]["mark_right"] is None


def test_where_nobody_has_copied_out_an_answer_there_is_nothing_to_count() -> None:
    assert marks_of([asked(0, {})], [found(0, Card("fees", 0.9, PASSAGE, PASSAGE))], 0.7) is None


def test_white_space_does_not_matter() -> None:
    assert has("断缴三个月以内\n补缴的， 待遇不受影响", ["以内补缴的，待遇"])
    assert not has("", ["以内"])


def test_an_answer_that_is_written_otherwise_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps({"question": "甲", "gold_doc_ids": ["a"], "answered_by": ["乙"]}), encoding="utf-8")
    with pytest.raises(BadTable, match="which words answer it"):
        read_questions(path, Fields())


@pytest.mark.parametrize("name", ["questions.jsonl", "what_happened.jsonl"])
def test_every_question_of_the_sample_says_which_words_of_its_articles_answer_it(name: str) -> None:
    texts = {article.article_id: article.text for article in load_library(articles()).articles}
    for row in read_jsonl(sample.path(name), ["qid", "gold_doc_ids", "answered_by"]):
        assert set(row["answered_by"]) == set(row["gold_doc_ids"]), row["qid"]
        for article, quotes in row["answered_by"].items():
            assert quotes, row["qid"]
            for quote in quotes:
                assert len(quote) >= 4, (row["qid"], quote)
                assert has(texts[article], [quote]), (row["qid"], quote)
