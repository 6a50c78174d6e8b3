from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from knowledge_base.precedents import PastOrder, PastOrders
from models.baselines import HashingEmbedder

DAY = date(2026, 11, 2)
ALIKE = 0.12  # a cosine of hashed character n-grams, which share little
LAMPS = "市民反映望湖街道柳荫路的路灯坏了一排，晚上看不见路，希望派人维修。"
LAMPS_AGAIN = "市民反映望湖街道柳荫路的路灯坏了一排，晚上看不见路，请求派人维修。"
LAMP_POST = "市民称滨江街道江堤路的路灯坏了，晚上看不见路，不敢出门，要求维修。"
WATER = "市民家中停水两天没有通知，要求尽快恢复供水。"


def order(number: str, text: str, department: str = "市城市管理局") -> PastOrder:
    return PastOrder(number, text, department, DAY)


@pytest.fixture
def orders() -> PastOrders:
    return PastOrders(HashingEmbedder(), ALIKE)


def numbers(found: Sequence[PastOrder]) -> list[str]:
    return [past.number for past in found]


def test_the_most_similar_order_of_the_department_comes_first(orders: PastOrders) -> None:
    orders.add([order("1", LAMP_POST), order("2", LAMPS), order("3", WATER, "市水务局")])
    assert numbers(orders.similar("柳荫路的路灯坏了一排，晚上看不见", "市城市管理局")) == ["2", "1"]


def test_orders_of_other_departments_are_not_shown(orders: PastOrders) -> None:
    orders.add([order("1", LAMPS)])
    assert orders.similar(LAMPS, "市水务局") == []


def test_an_order_that_merely_went_to_the_same_department_is_not_shown(orders: PastOrders) -> None:
    orders.add([order("1", LAMPS)])
    assert orders.similar("市民投诉夜间施工噪声扰民", "市城市管理局") == []


def test_orders_that_say_the_same_are_shown_once(orders: PastOrders) -> None:
    orders.add([order("1", LAMPS), order("2", LAMPS_AGAIN), order("3", LAMP_POST)])
    assert numbers(orders.similar(LAMPS, "市城市管理局")) == ["1", "3"]


def test_a_greeting_before_the_matter_changes_nothing(orders: PastOrders) -> None:
    orders.add([order("1", LAMPS), order("2", LAMP_POST)])
    asked = "柳荫路的路灯坏了一排"
    greeted = f"喂，你好\n我想问一下{asked}"
    for text in (asked, greeted):
        assert numbers(orders.similar(text, "市城市管理局")) == ["1", "2"]


def test_no_more_than_the_limit_are_shown(orders: PastOrders) -> None:
    orders.add([order(str(n), f"{LAMP_POST}{WATER[n : n + 9]}{n * 7919}" * (n + 1)) for n in range(9)])
    assert len(orders.similar(LAMP_POST, "市城市管理局", limit=2)) <= 2


@pytest.mark.parametrize("said", ["", "  \n ", "喂你好"])
def test_nothing_said_has_no_precedent(orders: PastOrders, said: str) -> None:
    orders.add([order("1", LAMPS)])
    assert orders.similar(said, "市城市管理局") == []


def test_an_order_is_found_as_soon_as_it_is_added_and_not_after_it_was_removed(orders: PastOrders) -> None:
    assert orders.similar(LAMPS, "市城市管理局") == []
    orders.add([order("1", LAMPS)])
    assert numbers(orders.similar(LAMPS, "市城市管理局")) == ["1"]
    orders.remove(["1", "unknown"])
    assert orders.similar(LAMPS, "市城市管理局") == []
    assert len(orders) == 0


def test_an_order_that_goes_to_another_department_moves_there(orders: PastOrders) -> None:
    orders.add([order("1", LAMPS)])
    orders.add([order("1", LAMPS, "市交通运输局")])
    assert orders.similar(LAMPS, "市城市管理局") == []
    assert numbers(orders.similar(LAMPS, "市交通运输局")) == ["1"]
    assert orders.departments == {"1": "市交通运输局"}


def test_orders_are_embedded_by_the_embedder_that_remembers_and_questions_are_not() -> None:
    class Counting(HashingEmbedder):
        seen = 0

        def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
            self.seen += len(texts)
            return super().embed_queries(texts)

    asked, remembered = Counting(), Counting()
    orders = PastOrders(asked, ALIKE, remembered)
    orders.add([order("1", LAMPS), order("2", WATER, "市水务局")])
    for department in ("市城市管理局", "市水务局", "市公安局"):  # the last has none: nothing is embedded for it
        orders.similar(LAMPS, department)
    assert (asked.seen, remembered.seen) == (2, 2)


def test_readers_and_writers_do_not_disturb_each_other(orders: PastOrders) -> None:
    orders.add([order("kept", LAMPS)])

    def write(worker: int) -> None:
        for n in range(20):
            orders.add([order(f"{worker}-{n}", WATER)])
            orders.remove([f"{worker}-{n}"])

    def read(_: int) -> list[str]:
        return [number for _ in range(40) for number in numbers(orders.similar(LAMPS, "市城市管理局"))]

    with ThreadPoolExecutor(8) as pool:
        writing = [pool.submit(write, worker) for worker in range(4)]
        reading = [pool.submit(read, worker) for worker in range(4)]
        for done in writing:
            done.result()
        assert all(set(done.result()) == {"kept"} for done in reading)
    assert orders.departments == {"kept": "市城市管理局"}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.sampled_from(["甲局", "乙局"])), max_size=30))
def test_after_any_additions_and_removals_each_order_is_found_where_it_is_and_nowhere_else(
    steps: list[tuple[bool, int, str]],
) -> None:
    orders = PastOrders(HashingEmbedder(128), ALIKE)
    texts = {number: "路灯停水噪声违停欠薪燃气"[2 * number : 2 * number + 2] * 9 for number in range(6)}
    expected: dict[str, str] = {}
    for adding, number, department in steps:
        if adding:
            orders.add([order(str(number), texts[number], department)])
            expected[str(number)] = department
        else:
            orders.remove([str(number)])
            expected.pop(str(number), None)
    assert orders.departments == expected
    assert len(orders) == len(expected)
    for there, department in expected.items():
        assert there in numbers(orders.similar(texts[int(there)], department))


def test_the_few_orders_with_a_category_are_found_among_many_without_one() -> None:
    past = PastOrders(HashingEmbedder(), 0.2)
    past.add([PastOrder(f"w{n}", f"路灯不亮了，第{n}盏", "市住建局", date(2026, 1, 1)) for n in range(50)])
    past.add([PastOrder(f"c{n}", f"小区里的灯坏了{n}", "市住建局", date(2026, 1, 1), "0302") for n in range(3)])

    assert {order.number for order, _ in past.like("路灯不亮了", 5)} == {"c0", "c1", "c2"}
    past.remove(["c1"])
    assert [order.category for order, _ in past.like("路灯不亮了", 5)] == ["0302", "0302"]
