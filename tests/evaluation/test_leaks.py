from __future__ import annotations

import numpy as np
import pytest

from evaluation.routing.giveaways import giveaways, has_routing_phrase, names_of, telling_phrases
from evaluation.routing.leaks import leak_figures, twins
from evaluation.routing.outcomes import Outcomes

TRAINING = ["小区门口的路灯坏了三天没人修", "自来水发黄有异味", "公交车一小时没来一班"]
EVALUATED = ["小区门口的路灯坏了三天没人修！", "小区门口的路灯坏了五天没人修", "楼上半夜装修很吵", "自来水发黄有异味"]


def all_right(n: int) -> Outcomes:
    ranked = np.full((n, 3), -1)
    ranked[:, 0] = 0
    return Outcomes(("市城市管理局", "市水务局"), np.zeros(n, dtype=np.int64), ranked, np.full(n, 0.9), 0.5)


def test_twins_in_the_training_table_are_found_word_for_word_or_nearly() -> None:
    found = twins(EVALUATED, TRAINING)
    assert found.row[[0, 1, 3]].tolist() == [0, 0, 1]
    assert found.leaked.tolist() == [True, True, False, True]
    assert found.exact.tolist() == [False, False, False, True]


def test_blocks_make_no_difference_to_the_twins() -> None:
    many = [f"第{i}号楼的{('电梯', '路灯', '水管')[i % 3]}坏了" for i in range(700)]
    marks: list[int] = []
    found = twins(many, many, marks.append)
    assert found.cosine.min() == pytest.approx(1.0, abs=1e-5)
    assert marks == [512, 700]


def test_figures_are_given_with_and_without_what_leaked() -> None:
    ranked = np.full((4, 3), -1)
    ranked[:, 0] = [0, 0, 1, 0]  # the one that did not leak is wrong
    outcomes = Outcomes(("市城市管理局", "市水务局"), np.array([0, 0, 0, 1]), ranked, np.full(4, 0.9), 0.5)
    labels = ["市城市管理局"] * 3 + ["市水务局"]
    found = leak_figures(
        outcomes,
        twins(EVALUATED, TRAINING),
        labels,
        ["市城市管理局", "市供水公司", "市交通局"],
        np.arange(4),
        list("abcd"),
    )
    assert (found.leaked, found.exact, found.agreed, found.training) == (3, 1, 2, 3)
    assert found.without.accuracy == 0.0
    assert found.only.accuracy == pytest.approx(2 / 3)
    assert found.ids == ("a", "b", "d")


def test_where_everything_leaked_nothing_is_left_to_count() -> None:
    found = leak_figures(all_right(3), twins(TRAINING, TRAINING), ["x"] * 3, ["x"] * 3, np.arange(3), list("abc"))
    assert found.without.n == 0
    assert found.without.accuracy is None
    assert found.as_json()["without"]["accuracy_interval"] is None


@pytest.mark.parametrize(
    "text",
    [
        "路灯不亮，请市城市管理局核实处理。",
        "水管爆裂。请交警核实处理",
        "现转市水务局办理。",
        "已派至江北区望湖街道处理",
        "承办单位：市公安局",
        "烦请住建局跟进",
    ],
)
def test_an_operators_voice_is_heard(text: str) -> None:
    assert has_routing_phrase(text)


@pytest.mark.parametrize(
    "text",
    [
        "请尽快处理解决一下",
        "请相关部门核实处理",
        "请有关职能部门尽快办理",
        "我去派出所办理户口，材料不齐",
        "公交车转弯的时候撞了人",
        "我打过水务局的电话没人接",
        "",
    ],
)
def test_a_citizens_voice_is_not_taken_for_an_operators(text: str) -> None:
    assert not has_routing_phrase(text)


def test_a_department_is_known_by_its_name_without_city_and_brackets() -> None:
    assert names_of("云川市水务局（供水科）", ["自来水公司"]) == ("云川市水务局", "水务局", "自来水公司")
    assert names_of("其他(长尾)") == ()


def test_naming_the_right_department_is_counted_apart_from_naming_any() -> None:
    texts = ["水务局不管，水管漏了", "城市管理局的人态度不好", "请市水务局核实处理", "路灯坏了"]
    labels = ["市水务局", "市水务局", "市水务局", "市城市管理局"]
    outcomes = all_right(4)
    found = giveaways(outcomes, texts, labels, np.arange(4))
    assert (found.routed, found.named, found.told, found.given_away) == (1, 3, 2, 2)
    assert found.without.n == 2


def test_expressions_that_tell_the_department_are_listed_and_rare_ones_never() -> None:
    texts = [f"第{i}件，请水务局处理" for i in range(20)] + [f"第{i}件，噪声" for i in range(20)] + ["王村派出所"]
    labels = ["市水务局"] * 20 + ["市生态环境局"] * 20 + ["市公安局"]
    found = telling_phrases(texts, labels, np.arange(41))
    assert found[0].text.endswith("水务局")
    assert (found[0].orders, found[0].department, found[0].share) == (20, "市水务局", 1.0)
    assert found[0].bits > 0.9
    assert not any("派出所" in phrase.text for phrase in found)


def test_an_expression_of_one_group_of_near_duplicates_is_not_shown() -> None:
    assert telling_phrases(["请水务局处理"] * 20, ["市水务局"] * 20, np.zeros(20, dtype=np.int64)) == ()
