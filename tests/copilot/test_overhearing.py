from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from session_parts import DAY

from copilot.overhearing import SURE_AT_ONCE, Overhearing, agreement
from copilot.suggestion import Choice, Citation, Slot, Suggestion


def found(number: int, probability: float = 0.7, text: str = "原文", version: str = "v1") -> Suggestion[Citation]:
    citation = Citation(
        f"a#{number}", "a", "办法", "", "", "云川市", "市水务局", DAY, None, text, article_version=version
    )
    return Suggestion(Slot.ANSWER, (Choice(citation, probability),))


def test_only_what_two_hypotheses_agree_on_is_stable() -> None:
    assert agreement("办居住者", "办居住证要带什么") == "办居住"
    assert agreement("", "办居住证") == ""


def test_punctuation_is_no_difference() -> None:
    assert agreement("你好，我想问一下，办居住证。", "你好我想问一下办居住证，要") == "你好我想问一下办居住证"


@given(st.text("办居住证，。要 带", max_size=12), st.text("办居住证，。要 带", max_size=12))
def test_what_is_stable_begins_what_was_heard(before: str, now: str) -> None:
    assert now.startswith(agreement(before, now))


def test_a_few_letters_are_not_looked_up() -> None:
    ear = Overhearing()
    assert not ear.hear("租房，子可。", 0.0, 1.0)
    assert ear.hear("租房子可以取公积金", 0.0, 1.8)


def test_it_is_looked_up_again_only_when_enough_is_new_and_some_time_has_passed() -> None:
    ear = Overhearing()
    assert ear.hear("租房子可以取公积", 0.0, 1.0)
    assert not ear.hear("租房子可以取公积金，", 0.0, 2.6)
    assert not ear.hear("租房子可以取公积金吗一个月", 0.0, 1.2)
    assert ear.hear("租房子可以取公积金吗一个月多少", 0.0, 3.4)
    assert ear.agreed == "租房子可以取公积金吗一个月"


def test_what_two_hypotheses_find_is_believed_and_what_one_finds_surely() -> None:
    ear = Overhearing()
    assert ear.believe([found(1), found(2, SURE_AT_ONCE)]) == [found(2, SURE_AT_ONCE)]
    assert ear.believe([found(1, 0.6), found(3)]) == [found(1, 0.6)]
    assert ear.believe([found(2)]) == []


def test_a_passage_that_is_numbered_anew_between_two_hypotheses_is_known_by_its_words() -> None:
    ear = Overhearing()
    ear.believe([found(1, text="要照片。")])
    other, same = found(1, text="要押金条。", version="v2"), found(2, text="要照片。", version="v2")
    assert ear.believe([other, same]) == [same]


def test_the_next_sentence_begins_anew() -> None:
    ear = Overhearing()
    ear.hear("租房子可以取公积金吗", 0.0, 2.0)
    ear.believe([found(1)])
    assert ear.hear("租房子可以取公积金吗", 5.0, 6.0)
    assert ear.agreed == ""
    assert ear.believe([found(1)]) == []
