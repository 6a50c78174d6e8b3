from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.routing.empty_words import EMPTY_WORDS
from models.routing.reasons import weighty_words

WORDS = ["小区", "停水", "三天", "，", "至今", "通知", "居民", "着急", "的"]


class Weights:
    """Scores of two labels that are sums over words; remembers how many texts each batch had."""

    def __init__(self, first: Mapping[str, float], second: Mapping[str, float] | None = None) -> None:
        self._first, self._second = first, second or {}
        self.batches: list[int] = []

    def __call__(self, texts: Sequence[Sequence[str]]) -> npt.NDArray[np.float64]:
        self.batches.append(len(texts))
        return np.array([[sum(w.get(word, 0.0) for word in t) for w in (self._first, self._second)] for t in texts])


def as_probabilities(weights: Weights, texts: Sequence[Sequence[str]]) -> npt.NDArray[np.float64]:
    found: npt.NDArray[np.float64] = 1 / (1 + np.exp(-weights(texts)))
    return found


def test_the_weightiest_words_come_first_and_those_that_do_not_matter_are_not_named() -> None:
    words = Weights({"停水": 3.0, "居民": 1.0, "通知": 0.1})
    assert weighty_words(WORDS, words, words, [0]) == [("停水", "居民")]


def test_neighbours_are_named_as_one_phrase() -> None:
    words = Weights({"停水": 3.0, "三天": 1.0})
    assert weighty_words(WORDS, words, words, [0]) == [("停水三天",)]


def test_each_label_has_its_own_words() -> None:
    words = Weights({"停水": 3.0}, {"通知": 2.0})
    assert weighty_words(WORDS, words, words, [0, 1]) == [("停水",), ("通知",)]


def test_what_the_probability_rests_on_outweighs_what_the_words_alone_bring() -> None:
    cheap = Weights({"停水": 3.0, "通知": 2.0})
    whole = Weights({"通知": 3.0})
    assert weighty_words(WORDS, cheap, cheap, [0], served=lambda t: as_probabilities(whole, t)) == [("通知",)]


def test_the_probability_is_asked_once_for_a_few_deletions_and_the_text_itself() -> None:
    cheap = Weights({word: 9.0 - place for place, word in enumerate(WORDS)}, {"着急": 1.0})
    whole = Weights({"停水": 1.0})
    weighty_words(WORDS, cheap, cheap, [0, 1], served=lambda t: as_probabilities(whole, t), budget=4)
    assert whole.batches == [5]


def test_a_word_weighs_on_an_almost_certain_department_too() -> None:
    cheap = Weights({"停水": 2.0, "居民": 1.0})
    whole = Weights({"停水": 4.0, "居民": 2.0, "小区": 9.0})
    assert weighty_words(WORDS, cheap, cheap, [0], served=lambda t: as_probabilities(whole, t))[0] != ()


def test_words_that_say_nothing_are_no_reasons_whatever_they_weigh() -> None:
    said = ["请问", "一下", "那个", "停水", "的话", "就是", "通知", "没有", "市民", "反映"]
    weights = Weights({"停水": 1.0, "通知": 0.5} | dict.fromkeys(sorted(EMPTY_WORDS), 9.0))
    whole = Weights({"停水": 0.2} | dict.fromkeys(sorted(EMPTY_WORDS), 0.5))
    assert weighty_words(said, weights, weights, [0]) == [("停水", "通知")]
    assert weighty_words(said, weights, weights, [0], served=lambda t: as_probabilities(whole, t)) == [("停水",)]
    assert weighty_words(["请问", "那个", "一下"], weights, weights, [0]) == [()]


@pytest.mark.parametrize("words", [[], ["，", "。"], ["0", "12"]])
def test_a_text_without_words_has_no_reason(words: list[str]) -> None:
    anything = Weights({})
    assert weighty_words(words, anything, anything, [0, 1]) == [(), ()]


def test_without_labels_nothing_is_scored() -> None:
    words = Weights({"停水": 1.0})
    assert weighty_words(WORDS, words, words, []) == []
    assert words.batches == []


@given(
    st.lists(st.sampled_from(WORDS), max_size=30),
    st.dictionaries(st.sampled_from(WORDS), st.floats(-3, 3)),
    st.integers(1, 8),
    st.booleans(),
)
def test_every_named_phrase_stands_in_the_text_and_speaks_for_the_department(
    text: list[str], weights: dict[str, float], budget: int, trying: bool
) -> None:
    scores = Weights(weights)
    served = (lambda t: as_probabilities(Weights(weights), t)) if trying else None
    (named,) = weighty_words(text, scores, scores, [0], served=served, budget=budget)
    assert len(named) <= 3
    for phrase in named:
        assert phrase in "".join(text)
        assert any(weights.get(word, 0.0) > 0 for word in WORDS if word in phrase)
