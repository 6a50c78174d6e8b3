"""The evaluator's desk on search: the report that was kept beside the index, and cards of the calls by week."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from figures_fit import too_wide
from playwright.sync_api import expect

from evaluation.homophones import Homophones
from evaluation.retrieval.evaluation import Wishes, evaluate_questions
from evaluation.retrieval.kept import keep_report
from evaluation.retrieval.search import Card, Judgement, Question, Report

pytestmark = pytest.mark.browser

TEXT = "居住证怎么办理需要什么材料"
QUESTIONS = [Question(f"Q{n:03d}", TEXT[: 5 + n % 9], frozenset({f"d{n}"})) for n in range(60)]
OUTSIDE = [Question(f"N{n:03d}", TEXT[:3], frozenset()) for n in range(20)]


def ask(questions: Sequence[Question], report: Report) -> list[Judgement]:
    """Every sixth question finds the wrong article first; sure of the later ones."""
    report(len(questions), len(questions))
    return [
        Judgement(q.query_id, ranked, q.gold, (Card(ranked[0], (0.2 if not q.gold else 0.35) + 0.01 * n),))
        for n, q in enumerate(questions)
        for ranked in [(f"d{n}", "d999")[:: -1 if n % 6 == 0 else 1]]
    ]


@pytest.fixture
def kept(stage: Any) -> Iterator[None]:
    found = evaluate_questions(
        ask, QUESTIONS, 0.5, Wishes(OUTSIDE, rates=(0.2,), channel=Homophones([TEXT]), rounds=100), lambda *_: None
    )
    about = {
        "documents": 71,
        "passages": 420,
        "library": "aaaa1111",
        "measured_on": "2026-11-22",
        "gold_not_in_corpus": 0,
    }
    path = keep_report(stage.services.settings.index_dir, replace(found, about=about).as_json())
    yield
    path.unlink()


@pytest.mark.usefixtures("kept")
def test_the_kept_report_shows_ranking_cards_mishearing_and_failures_by_id(open_desk: Callable[[str], Any]) -> None:
    page = open_desk("/evaluator")
    section = page.locator("#retrieval")
    expect(section.locator("h2")).to_have_text("检索评测（评估员保留的结果）")
    expect(section.locator(".tile").first).to_contain_text("83.3%")
    expect(section).to_contain_text("60 个有答案的问题、20 个没有答案的问题")
    expect(section).to_contain_text("误出不超过 5% 时")
    expect(section).to_contain_text("听错之后")
    expect(section).to_contain_text("分项：字数")
    expect(section).to_contain_text("Q054")
    expect(section).not_to_contain_text(TEXT[:5])
    page.click("#language")
    expect(section).to_contain_text("Knowing when to be silent")
    if folder := os.environ.get("HOTLINE_TEST_SCREENSHOTS"):
        section.screenshot(path=Path(folder) / "search-report-en.png")
    assert too_wide(page) == []


def test_without_a_kept_report_the_desk_says_how_to_make_one(open_desk: Callable[[str], Any]) -> None:
    page = open_desk("/evaluator")
    expect(page.locator("#retrieval")).to_contain_text("hotline evaluate retrieval --sample --keep")
