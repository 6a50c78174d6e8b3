from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from evaluation import sample as evaluation_sample
from knowledge_base import sample
from knowledge_base.catalogue.catalogue import ResponsibilityCatalogue
from knowledge_base.catalogue.file import load_catalogue, load_gazetteer
from knowledge_base.gazetteer import Gazetteer
from knowledge_base.library import Library, load_library
from knowledge_base.policy import ArticleStatus

DAY = date(2026, 11, 22)


@cache
def gazetteer() -> Gazetteer:
    return load_gazetteer(sample.areas())


@cache
def catalogue() -> ResponsibilityCatalogue:
    return load_catalogue(sample.departments(), gazetteer())


@cache
def library() -> Library:
    return load_library(sample.articles(), catalogue(), gazetteer())


def rows(name: str) -> Iterator[dict[str, Any]]:
    yield from lines(evaluation_sample.path(name))


def lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def test_the_city_has_departments_with_duties_grounds_and_the_words_of_citizens() -> None:
    assert sum(bool(d.duties) for d in catalogue().departments) >= 24
    for department in catalogue().departments:
        assert department.telephone.startswith("0999-")
        assert all(duty.legal_basis and len(duty.phrases) >= 4 for duty in department.duties)


def test_no_phrase_of_a_citizen_points_to_two_departments() -> None:
    phrases = Counter(p for d in catalogue().departments for p in {p for duty in d.duties for p in duty.phrases})
    assert [p for p, n in phrases.items() if n > 1] == []


def test_every_street_belongs_to_one_district() -> None:
    streets = [s for d in gazetteer().districts for s in d.streets]
    assert len(streets) == len(set(streets))
    assert gazetteer().district_of("青石镇") == "云溪县"
    assert all(len(d.streets) >= 6 for d in gazetteer().districts)


def test_the_library_is_sound_and_wide() -> None:
    assert len(library().articles) >= 80
    assert {a.owner for a in library().articles} == {d.name for d in catalogue().departments if d.duties}
    assert all(a.document_number for a in library().articles)


def test_the_library_has_what_a_filter_by_day_and_area_must_tell_apart() -> None:
    articles = library().articles
    ended = [a for a in articles if a.effective_to is not None and a.effective_to < DAY]
    future = [a for a in articles if a.effective_from > DAY]
    replaced = [a for a in articles if library().successor(a) is not None]
    assert len(ended) >= 4
    assert len(future) >= 4
    assert len(replaced) >= 6
    assert {a.area for a in articles if "/" in a.area} == {gazetteer().area(d.name) for d in gazetteer().districts}
    assert any(a.status is ArticleStatus.DRAFT for a in articles)


def test_no_two_passages_in_force_say_the_same() -> None:
    texts = Counter(p.text for p in library().passages() if p.holds(DAY, None))
    assert [text for text, n in texts.items() if n > 1] == []


@pytest.mark.parametrize(("day", "figure"), [(date(2025, 12, 31), "每月缴345元"), (date(2026, 1, 1), "每月缴380元")])
def test_a_figure_changes_on_the_day_its_successor_begins(day: date, figure: str) -> None:
    told = [
        p.text for p in library().passages() if p.holds(day, "云川市") and "灵活就业人员参加职工医保每月缴" in p.text
    ]
    assert len(told) == 1
    assert figure in told[0]


def test_the_questions_are_answered_by_articles_in_force_on_their_day_and_in_their_area() -> None:
    questions = list(rows("questions.jsonl"))
    assert len(questions) >= 160
    assert len({q["qid"] for q in questions}) == len({q["question"] for q in questions}) == len(questions)
    for q in questions:
        in_force = {a.article_id for a in library().in_force(date.fromisoformat(q["day"]), q["area"])}
        assert set(q["gold_doc_ids"]) <= in_force, q["qid"]
        assert q["gold_doc_ids"]


def test_every_article_in_force_is_asked_for() -> None:
    asked = {gold for q in rows("questions.jsonl") for gold in q["gold_doc_ids"]}
    assert {a.article_id for a in library().in_force(DAY)} - asked == set()


def test_some_answers_depend_on_the_day_or_the_area() -> None:
    usual = (DAY.isoformat(), gazetteer().city)
    assert sum((q["day"], q["area"]) != usual for q in rows("questions.jsonl")) >= 20


def test_what_no_policy_answers_is_there_too() -> None:
    silent = list(lines(evaluation_sample.no_answer()))
    assert len(silent) >= 50
    assert all(q["gold_doc_ids"] == [] for q in silent)
