from __future__ import annotations

import numpy as np

from models.routing.seen_orders import MOST, Seen, SeenOrders

MANY = [f"{chr(0x4E00 + n // 100)}路{chr(0x5E00 + n % 100)}号停水" for n in range(3 * MOST)]


def test_orders_are_known_again_whatever_their_case_width_and_numbers() -> None:
    seen = SeenOrders.of(["小区停水3天了", "路灯不亮", "ETC 无法办理"])
    full_width = "".join(chr(ord(letter) + 0xFEE0) for letter in "etc")
    again = ["小区停水15天了", "路灯不亮", "路灯不亮", f"{full_width} 无法办理"]
    assert seen.among([*again, "公积金怎么提取"]) == Seen(5, 4)


def test_spaces_inside_a_text_are_not_nothing() -> None:
    assert SeenOrders.of(["停水 三天"]).among(["停水三天"]).known == 0


def test_of_a_long_table_a_sample_is_kept_that_knows_all_of_it_and_nothing_else() -> None:
    seen = SeenOrders.of(MANY[: 2 * MOST])
    assert len(seen.fingerprints) == MOST
    own, others = seen.among(MANY[: 2 * MOST]), seen.among(MANY[2 * MOST :])
    assert (own.asked, own.share) == (MOST, 1.0)
    assert others.known == 0
    assert 0.4 * MOST < others.asked < 0.6 * MOST
    half = seen.among([*MANY[:500], *MANY[-500:]])
    assert 0.4 < half.share < 0.6


def test_the_sample_is_the_same_in_whatever_order_the_rows_are() -> None:
    assert np.array_equal(SeenOrders.of(MANY).fingerprints, SeenOrders.of(MANY[::-1]).fingerprints)


def test_where_no_order_can_be_looked_up_nothing_is_said_to_be_known() -> None:
    assert SeenOrders.of(["停水"]).among([]).share == 0.0
