from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.answering_sentence import answering_sentence
from knowledge_base.words import pairs

TEXT = "居住证由公安机关签发。首次申领居住证免收工本费；换领居住证收取二十元。办理时限为十五个工作日。"


def sentence(text: str, asked: str) -> str | None:
    found = answering_sentence(text, dict.fromkeys(pairs(asked), 1.0), asked)
    return None if found is None else text[slice(*found)]


def test_the_sentence_that_has_most_of_the_question_answers() -> None:
    assert sentence(TEXT, "首次申领要工本费吗") == "首次申领居住证免收工本费；"
    assert sentence(TEXT, "办理时限是多久") == "办理时限为十五个工作日。"


def test_homophones_find_the_sentence_too() -> None:
    assert sentence(TEXT, "办里时线") == "办理时限为十五个工作日。"


def test_a_question_that_the_passage_repeats_points_to_what_follows_it() -> None:
    asked = "问：居住证多久能拿到？\n受理后十五个工作日内制发。另有规定的除外。"
    assert sentence(asked, "居住证多久能拿到") == "受理后十五个工作日内制发。"


def test_nothing_in_common_is_no_sentence() -> None:
    assert sentence(TEXT, "xyz") is None
    assert sentence("", "居住证") is None


@given(st.text(max_size=80), st.text(max_size=20))
def test_a_sentence_lies_within_the_text_and_begins_and_ends_with_a_character(text: str, asked: str) -> None:
    found = answering_sentence(text, dict.fromkeys(pairs(asked), 1.0), asked)
    if found is not None:
        start, end = found
        assert 0 <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
