from __future__ import annotations

from evaluation.homophones import Homophones
from knowledge_base.sounds import parts

CORPUS = ["办理居住证需要身份证原件", "停水抢修供水公司", "挺睡听税", "真正整争证"]


def test_what_is_misheard_sounds_the_same_and_keeps_its_length() -> None:
    heard = Homophones(CORPUS).misheard("停水办证 12345", rate=1.0, seed=3)
    assert len(heard) == len("停水办证 12345")
    assert [parts(c) for c in heard] == [parts(c) for c in "停水办证 12345"]
    assert heard != "停水办证 12345"
    assert heard.endswith("12345")


def test_the_same_seed_mishears_the_same_way_and_a_rate_of_zero_hears_all() -> None:
    homophones = Homophones(CORPUS)
    assert homophones.misheard("停水办证", 0.5, seed=1) == homophones.misheard("停水办证", 0.5, seed=1)
    assert homophones.misheard("停水办证", 0.0, seed=1) == "停水办证"
