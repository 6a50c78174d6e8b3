from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from models.baselines import HashingEmbedder
from models.department_classifier import DepartmentClassifier
from models.errors import ModelProblem
from models.routers.files import load_router, save_router
from models.training.routing import train_from_duties

DUTIES = {
    "供水公司": ["停水抢修", "自来水水质", "水表安装和水费"],
    "交警支队": ["违章停车", "红绿灯故障", "交通事故处理"],
    "公积金中心": ["公积金提取", "公积金贷款", "公积金缴存"],
}


def quiet(step: str, done: int, total: int) -> None:
    pass


def router() -> DepartmentClassifier:
    return train_from_duties(DUTIES, HashingEmbedder(256), quiet, created="2026-01-01").classifier


def test_duties_alone_rank_the_department_whose_matter_it_is() -> None:
    classifier = router()
    assert classifier.rank("家里停水一天了，什么时候来抢修").choices[0].label == "供水公司"
    assert classifier.rank("路口的红绿灯坏了").choices[0].label == "交警支队"
    assert classifier.rank("我想问公积金怎么提取").choices[0].label == "公积金中心"


def test_the_reason_is_the_duty_that_fits_and_the_words_that_were_said() -> None:
    first = router().rank("路口的红绿灯坏了").choices[0]
    reasons = {reason.kind: reason.text for reason in first.reasons}
    assert reasons["duty"] == "红绿灯故障"
    assert "红绿灯" in reasons["words"]


def test_what_no_duty_speaks_of_is_not_recommended() -> None:
    assert router().rank("今天天气不错").abstained


def test_a_blank_appeal_gets_no_choice() -> None:
    ranking = router().rank("  \n ")
    assert ranking.choices == ()
    assert ranking.abstained


def test_a_cold_start_router_survives_the_disk(tmp_path: Path) -> None:
    saved = save_router(router(), tmp_path / "router")
    loaded = load_router(tmp_path / "router", HashingEmbedder(256))
    assert loaded.version == saved.version
    text = "小区门口有人违章停车"
    assert loaded.rank(text) == router().rank(text)
    assert json.loads((tmp_path / "router" / "router.json").read_text(encoding="utf-8"))["learned"] == []


def test_a_department_without_duties_is_named() -> None:
    with pytest.raises(ModelProblem, match="环保局"):
        train_from_duties({**DUTIES, "环保局": [" "]}, HashingEmbedder(256), quiet, created="")


def test_one_department_is_no_choice() -> None:
    with pytest.raises(ModelProblem, match="at least two departments"):
        train_from_duties({"供水公司": ["停水"]}, HashingEmbedder(256), quiet, created="")


def test_probabilities_of_duties_alone_add_up_and_never_claim_certainty() -> None:
    classifier = router()
    for text in ("停水抢修停水抢修", "公积金贷款", "你好"):
        chosen = [choice.probability for choice in classifier.rank(text, limit=10).choices]
        assert np.sum(chosen) == pytest.approx(1.0)
        assert chosen == sorted(chosen, reverse=True)
        assert chosen[0] < 0.95
