"""Which articles bear on which."""

from __future__ import annotations

from datetime import date

from knowledge_base.neighbours import Neighbours
from knowledge_base.policy import PolicyArticle


def article(article_id: str, number: str, *supersedes: str) -> PolicyArticle:
    day = date(2026, 1, 1)
    return PolicyArticle(article_id, "办法", number, "云川市", "市公安局", "云川市", day, None, "第一条", supersedes)


KNOWN = [
    article("a", "1号"),
    article("b", "2号", "1号"),
    article("c", "3号", "2号"),
    article("d", "4号"),
    article("e", ""),
]


def ids(one: PolicyArticle) -> list[str]:
    return [near.article_id for near in Neighbours(KNOWN).around(one)]


def test_a_whole_line_of_successors_bears_on_each_of_them() -> None:
    assert ids(article("a", "1号")) == ["a", "b", "c"]
    assert ids(article("new", "9号", "3号")) == ["a", "b", "c"]


def test_an_edition_with_another_number_still_bears_on_what_the_old_one_was_tied_to() -> None:
    assert ids(article("b", "4号")) == ["a", "b", "c", "d"]


def test_what_has_no_number_bears_on_nothing_but_itself() -> None:
    assert ids(article("e", "")) == ["e"]
    assert ids(article("new", "")) == []
