from __future__ import annotations

import math

import pytest

from knowledge_base.search.agreement import Agreement

ARTICLES = ("permit", "permit", "pension", "fund", "pension")


def article_of(position: int) -> str:
    return ARTICLES[position]


def test_an_article_that_every_channel_has_first_is_ahead_and_not_apart() -> None:
    channel = {0: 0.9, 2: 0.4, 3: 0.3}
    standing = Agreement({0: 2.0, 1: 1.5, 2: 1.25}, (channel, channel, channel), article_of).of("permit")
    assert standing.ahead == pytest.approx(0.75)
    assert standing.apart == 0.0


def test_channels_that_each_find_another_article_are_apart() -> None:
    channels = ({0: 0.9, 2: 0.4}, {2: 0.9, 3: 0.5, 0: 0.4}, {3: 0.9})
    standing = Agreement({0: 2.0, 2: 1.9, 3: 1.8}, channels, article_of).of("permit")
    assert standing.apart == pytest.approx(math.log1p(2) + math.log1p(10))


def test_an_article_behind_another_is_less_than_nothing_ahead() -> None:
    assert Agreement({0: 2.0, 2: 1.5}, (), article_of).of("pension").ahead == pytest.approx(-0.5)


def test_places_go_by_score_however_a_channel_is_ordered() -> None:
    assert Agreement({0: 2.0}, ({2: 0.1, 0: 0.8},), article_of).of("permit").apart == 0.0


def test_what_part_of_the_first_five_is_of_the_first_article() -> None:
    assert Agreement({0: 2.0, 2: 1.9, 1: 1.8, 3: 1.7, 4: 1.6}, (), article_of).alike == pytest.approx(0.4)


def test_where_nothing_is_found_nothing_is_alike() -> None:
    assert Agreement({}, ({}, {}, {}), article_of).alike == 0.0
