from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from models.baselines import HashingEmbedder
from models.routing.features import normalised, words
from models.training.examples import TrainingTable
from models.training.self_training import Lesson, Read, new_appeals, teach

ASKED = ("自来水停了", "水管漏水了", "电表坏了", "停电很久了", "违章停车挡路", "红绿灯坏了")
PLACES = ("东门", "西门", "河边", "学校旁", "市场里", "小区内", "车站前", "医院后")


def quiet(step: str, done: int, total: int) -> None:
    pass


def orders(chosen: Sequence[int]) -> TrainingTable:
    """Three departments, two matters each."""
    texts = [f"{place}{ASKED[matter]}" for place in PLACES for matter in range(6)]
    gold = [matter // 2 for _ in PLACES for matter in range(6)]
    kept = [texts[i] for i in chosen]
    tokens = [words(normalised(text)) for text in kept]
    numbers = np.arange(len(kept))
    return TrainingTable(kept, tokens, np.array([gold[i] for i in chosen]), numbers, np.ones(len(kept)), 3)


def read(texts: Sequence[str]) -> Read:
    return Read([words(normalised(text)) for text in texts], HashingEmbedder(64).embed_queries(texts))


def taught(table: TrainingTable, appeals: Sequence[str], folds: np.ndarray) -> Lesson:
    return teach(table, read(table.texts), appeals, read(appeals), folds, quiet)


def test_teachers_know_what_new_appeals_are() -> None:
    table = orders(range(48))
    appeals = ["桥下的水管漏水了", "楼上停电很久了", "巷口有人违章停车"]
    lesson = taught(table, appeals, np.arange(48) % 4)
    assert lesson.whole.argmax(axis=1).tolist() == [0, 1, 2]
    assert sorted(lesson.by_fold) == [0, 1, 2, 3]
    for said in lesson.by_fold.values():
        assert said.sum(axis=1) == pytest.approx(1.0)
        assert said.argmax(axis=1).tolist() == [0, 1, 2]


def test_what_only_one_fold_knows_its_own_teacher_does_not_say() -> None:
    """Street dogs are a matter of the third department, and every order about them lies in the first fold."""
    table = orders([i for i in range(48) if i % 6 < 5])
    dogs = [f"{place}流浪狗咬人" for place in PLACES]
    texts = [*table.texts, *dogs]
    gold = np.concatenate([table.gold, np.full(len(dogs), 2)])
    tokens = [words(normalised(text)) for text in texts]
    every = TrainingTable(texts, tokens, gold, np.arange(len(gold)), np.ones(len(gold)), 3)
    folds = np.concatenate([np.arange(40) // 5 % 4, np.zeros(len(dogs), np.int64)])
    lesson = taught(every, ["楼下流浪狗咬人"], folds)
    assert lesson.whole[0, 2] > 0.7
    assert lesson.by_fold[0][0, 2] < lesson.whole[0, 2] - 0.2
    assert all(lesson.by_fold[fold][0, 2] > lesson.by_fold[0][0, 2] for fold in (1, 2, 3))


def test_appeals_that_repeat_an_order_or_one_another_teach_nothing_new() -> None:
    known = ["东门的自来水停了三天", "学校旁边红绿灯坏了"]
    given = [
        "东门的自来水停了三天！",
        "东门的自来水停了三天",
        "",
        "河边有人卖假药",
        "河边有人卖假药",
        "学校旁边红绿灯坏了。",
    ]
    assert new_appeals(given, known) == ["河边有人卖假药"]
    assert new_appeals(["东门的自来水停了三天"], known) == []


def test_no_more_appeals_are_taught_than_four_an_order() -> None:
    appeals = [
        f"{place}{matter}" for place in ("甲乡", "丙镇", "戊村", "庚县") for matter in ("修路", "看病", "上学", "养老")
    ]
    assert len(new_appeals(appeals, ["停水", "停电"])) == 8
