from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from models.routing.features import WordGrams, ngrams, normalised, words
from models.training.near_duplicates import near_duplicate_groups


def test_width_case_spaces_and_numbers_make_no_difference() -> None:
    assert normalised("\uff11\uff12\uff13 路　\uff21\uff22\uff23\n站") == normalised("9 路 abc 站") == "0 路 abc 站"


def test_weights_are_those_of_scikit_learn() -> None:
    texts = ["abcd efg", "abc abc xyz", "efg xyz x"]
    grams = WordGrams.fit(texts, fewest=1)

    def analyse(text: str) -> list[str]:
        return [gram for word in words(text) for gram in ngrams(word, 3)]

    reference = TfidfVectorizer(analyzer=analyse, sublinear_tf=True).fit(texts)
    ours = grams.transform(texts).toarray()
    theirs = reference.transform(texts)[:, [reference.vocabulary_[gram] for gram in grams.places]].toarray()
    assert ours == pytest.approx(theirs, abs=1e-5)


def test_a_text_of_unknown_words_is_a_zero_row() -> None:
    grams = WordGrams.fit(["停水", "停水了"])
    assert grams.transform(["xyz", ""]).nnz == 0


@given(st.lists(st.text(max_size=40), min_size=1, max_size=5))
@settings(deadline=None)
def test_any_text_makes_finite_rows_of_length_one_or_zero(texts: list[str]) -> None:
    rows = WordGrams.fit([*texts, "停水了"]).transform(texts).toarray()
    lengths = np.linalg.norm(rows, axis=1)
    assert np.isfinite(rows).all()
    assert all(length == pytest.approx(1.0, abs=1e-5) or length == 0 for length in lengths)


def test_near_duplicates_share_a_group_and_others_do_not() -> None:
    groups = near_duplicate_groups(
        ["长江路12号小区停水三天没人修", "长江路15号小区停水三天没人修", "公积金提取需要哪些材料"]
    )
    assert groups[0] == groups[1] != groups[2]
