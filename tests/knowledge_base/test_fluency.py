from __future__ import annotations

from knowledge_base.search.word_odds import fluency


def test_what_was_misheard_makes_fewer_words_than_what_was_said() -> None:
    assert fluency("那好，办证要不要钱") > fluency("拿后半征油不要钱") + 0.5


def test_punctuation_figures_and_letters_say_nothing() -> None:
    assert fluency("居住证，A4 怎么办？") == fluency("居住证 怎么办")
    assert fluency("") == fluency("A4 2026")


def test_each_character_counts_alike_however_long_the_text_is() -> None:
    assert abs(fluency("居住证。居住证。居住证。") - fluency("居住证")) < 1e-9
