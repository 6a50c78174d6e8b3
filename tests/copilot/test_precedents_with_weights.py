"""With the prepared embedder: what is similar enough to be shown, and what is not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from copilot.settings import Settings
from knowledge_base.precedents import LEAST_SIMILAR, PastOrder, PastOrders
from models.sentence_embedder import load_embedder

pytestmark = pytest.mark.weights

DAY = date(2026, 11, 2)
DEPARTMENT = "市城市管理局"
LAMPS = "市民反映柳荫路的路灯坏了一排，晚上看不见路，希望派人维修。"
STALLS = "市民投诉小区门口夜间烧烤摊占道经营，油烟和噪声扰民到半夜。"


@pytest.fixture(scope="module")
def orders(models_dir: Path) -> PastOrders:
    found = PastOrders(load_embedder("", models_dir))
    found.add([PastOrder("lamps", LAMPS, DEPARTMENT, DAY), PastOrder("stalls", STALLS, DEPARTMENT, DAY)])
    return found


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("喂你好\n我们这条路晚上黑灯瞎火的，路灯坏了一排都没人修，下班回来看不见路", "lamps"),
        ("我们家楼下烧烤摊摆到半夜，人行道都占满了，油烟呛人，吵得睡不着", "stalls"),
    ],
)
def test_what_another_citizen_said_in_other_words_is_found(orders: PastOrders, said: str, shown: str) -> None:
    assert orders.similar(said, DEPARTMENT)[0].number == shown


@pytest.mark.parametrize("said", ["我想问一下公积金离职以后怎么提取", "医保卡丢了去哪里补办", "喂你好"])
def test_another_matter_has_no_precedent(orders: PastOrders, said: str) -> None:
    assert orders.similar(said, DEPARTMENT) == []


def test_the_setting_is_what_was_measured() -> None:
    assert Settings(_env_file=None).precedent_similarity == LEAST_SIMILAR
