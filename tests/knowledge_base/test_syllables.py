from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.sounds_alike.syllables import as_syllables, folded, readings_of, sound_distance

HAN = st.text(alphabet="临林湖区居住证整公积金工攻击站长绿路银行热医", min_size=1, max_size=8)


def far(heard: str, meant: str) -> float:
    return sound_distance(as_syllables(heard), as_syllables(meant))


def test_homophones_are_no_distance_apart_and_other_tones_a_small_one() -> None:
    assert far("工基金", "公积金") == 0.0
    assert 0.0 < far("王湖", "望湖") < 0.2


def test_what_many_confuse_is_nearer_than_what_few_do() -> None:
    assert far("林", "宁") < far("发", "花") < far("发", "搞")


def test_folding_makes_fuzzy_pinyin_and_tones_one() -> None:
    assert folded(as_syllables("林湖渠")) == folded(as_syllables("宁湖区"))
    assert folded(as_syllables("医生")) == folded(as_syllables("医森"))
    assert folded(as_syllables("医生")) != folded(as_syllables("学生"))


def test_a_word_is_also_pronounced_as_a_whole() -> None:
    spoken = {folded(each) for each in readings_of("银行")}
    assert folded(as_syllables("银航")) in spoken
    assert len(spoken) > 1


@given(HAN, HAN)
def test_distance_is_symmetric_and_nothing_for_the_same_text(one: str, other: str) -> None:
    assert far(one, one) == 0.0
    assert far(one, other) == far(other, one)


@given(HAN)
def test_every_character_is_one_syllable(text: str) -> None:
    assert len(as_syllables(text)) == len(folded(as_syllables(text))) == len(text)
