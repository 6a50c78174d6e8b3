from __future__ import annotations

from knowledge_base.sounds_alike.groups import regrouped


def test_members_come_and_go_and_an_empty_group_is_none() -> None:
    before = {"a": (1, 2), "b": (3,), "c": (4,)}
    after = regrouped(before, [("a", 1), ("b", 3), ("x", 9)], [("a", 5), ("d", 6)])
    assert after == {"a": (2, 5), "c": (4,), "d": (6,)}
    assert before == {"a": (1, 2), "b": (3,), "c": (4,)}


def test_a_member_that_goes_and_comes_stays() -> None:
    assert regrouped({"a": (1, 2)}, [("a", 1)], [("a", 1)]) == {"a": (2, 1)}
