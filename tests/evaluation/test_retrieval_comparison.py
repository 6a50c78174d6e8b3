from __future__ import annotations

import json
import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from copilot.errors import BadInput
from evaluation.reports.retrieval_comparison_report import retrieval_comparison_report
from evaluation.retrieval.comparison import compare_results, randomisation_p
from evaluation.retrieval.comparison_words import comparison_json, sentences
from evaluation.retrieval.results import Results, read_results, results_of
from evaluation.retrieval.search import Card, Judgement, Question

QUESTIONS = [Question(f"q{n}", f"第{n}个问题", frozenset({"x"})) for n in range(60)]


def results(label: str, right: int, *, start: int = 0) -> Results:
    """Sixty questions, ``right`` of them (from ``start`` on) answered first, the others second."""
    judged = [
        Judgement(q.query_id, ("x", "y") if start <= n < start + right else ("y", "x"), q.gold, (Card("x", 0.8),))
        for n, q in enumerate(QUESTIONS)
    ]
    return results_of(label, {"embedder": label}, 0.5, QUESTIONS, judged)


def test_every_measure_is_compared_in_pairs() -> None:
    compared = compare_results([results("zero-shot", 30), results("adapted", 45)], rounds=200, shuffles=2000)
    found = compared.against[0]
    assert [column.figures["hit@1"] for column in compared.columns] == [0.5, 0.75]
    assert found.differences["hit@1"].difference == 0.25
    assert found.differences["mrr@10"].difference == pytest.approx(0.125)
    assert found.differences["hit@5"].interval == (0, 0)
    assert (found.mcnemar.first_only, found.mcnemar.second_only) == (0, 15)
    assert found.mcnemar.p == pytest.approx(2 * 0.5**15)
    assert found.p["hit@1"] < 0.01
    assert found.p["hit@5"] == 1
    assert found.verdict == "better"
    assert found.second_only == tuple(f"q{n}" for n in range(30, 45))
    assert "adapted is better: hit@1 +25.0 points" in sentences(found, 60)[1]


def test_a_small_difference_is_left_undecided_and_says_how_many_questions_it_needs() -> None:
    compared = compare_results([results("a", 30), results("b", 30, start=2)], rounds=200, shuffles=500)
    found = compared.against[0]
    assert found.verdict == "undecided"
    assert found.needed is None
    one_more = compare_results([results("a", 30), results("b", 31)], rounds=200, shuffles=500).against[0]
    assert one_more.needed is not None
    assert "看不出差别" in sentences(one_more, 60)[0]


def test_several_are_each_compared_with_the_first_and_their_tests_adjusted() -> None:
    compared = compare_results([results("a", 20), results("b", 27), results("c", 40)], rounds=200, shuffles=500)
    b, c = compared.against
    assert c.adjusted == pytest.approx(2 * c.mcnemar.p)
    assert b.adjusted == pytest.approx(max(b.mcnemar.p, c.adjusted))
    assert [each["label"] for each in comparison_json(compared)["against_first"]] == ["b", "c"]


def test_the_randomisation_test_agrees_with_every_way_to_swap() -> None:
    gains = np.array([1.0, 0.5, 0.25, -0.25, 1.0, 0.0])
    sums = [abs(sum(s * g for s, g in zip(signs, gains, strict=True))) for signs in product((1, -1), repeat=6)]
    exact = np.mean([value >= abs(gains.sum()) - 1e-12 for value in sums])
    assert randomisation_p(gains[:, None], 20_000)[0] == pytest.approx(exact, abs=0.01)
    assert randomisation_p(np.zeros((5, 1)), 100)[0] == 1


def test_results_are_kept_and_read_again_without_what_was_asked(tmp_path: Path) -> None:
    kept = results("a", 30)
    path = tmp_path / "a.json"
    path.write_text(json.dumps(kept.as_json(), ensure_ascii=False), encoding="utf-8")
    assert read_results(path) == kept
    assert "问题" not in path.read_text(encoding="utf-8")


def test_the_order_of_the_questions_does_not_matter_but_other_questions_are_refused() -> None:
    first, turned = results("a", 30), results("b", 30)
    turned = Results(turned.label, turned.about, turned.threshold, turned.keys[::-1], turned.judged[::-1])
    assert compare_results([first, turned], rounds=100, shuffles=100).against[0].mcnemar.p == 1
    fewer = Results("c", {}, 0.5, turned.keys[1:], turned.judged[1:])
    with pytest.raises(BadInput, match="same questions"):
        compare_results([first, fewer])
    with pytest.raises(BadInput, match="two files"):
        compare_results([first])


def test_a_file_of_another_kind_says_what_to_give(tmp_path: Path) -> None:
    other = tmp_path / "figures.json"
    other.write_text('{"n": 3}', encoding="utf-8")
    with pytest.raises(BadInput, match="--per-question"):
        read_results(other)
    with pytest.raises(BadInput, match="cannot be read"):
        read_results(tmp_path / "nowhere.json")


def test_the_page_has_a_column_each_and_unique_ids() -> None:
    compared = compare_results([results("a<b", 20), results("b", 27), results("c", 40)], rounds=100, shuffles=100)
    page = retrieval_comparison_report(compared, {"数据 data": "made-up"})
    assert len(re.findall(r"<svg ", page)) == 3
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert "a<b" not in page
    assert "q30" in page
