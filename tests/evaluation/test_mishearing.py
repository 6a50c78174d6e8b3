from __future__ import annotations

from evaluation.calls.speech import canonical
from evaluation.homophones import Homophones
from evaluation.mishearing import RecogniserFaults
from evaluation.retrieval.noise import changed_share

CORPUS = [
    "办理居住证需要身份证原件和近期照片，窗口当场受理。",
    "停水抢修由供水公司负责，挺睡听税，真正整争证，半里拒注正许要深分。",
    "公积金提取可以网上申请，工机今题去克以往上神请，城市管理局负责查处。",
]


def test_about_the_share_asked_for_is_heard_wrong() -> None:
    texts = [sentence * 4 for sentence in CORPUS]
    faults = RecogniserFaults(texts)
    for rate in (0.1, 0.2, 0.35):
        heard = [faults.misheard(text, rate, seed) for seed in range(30) for text in texts]
        assert abs(changed_share([text for _ in range(30) for text in texts], heard) - rate) < 0.05


def test_a_rate_of_zero_hears_all_and_a_seed_always_mishears_the_same_way() -> None:
    faults = RecogniserFaults(CORPUS)
    assert faults.misheard("停了三十天", 0.0, 1) == "停了三十天"
    assert faults.misheard(CORPUS[0], 0.3, 1) == faults.misheard(CORPUS[0], 0.3, 1)
    assert faults.misheard(CORPUS[0], 0.3, 1) != faults.misheard(CORPUS[0], 0.3, 2)


def test_characters_get_lost_and_numbers_are_written_in_digits() -> None:
    faults = RecogniserFaults(CORPUS)
    lengths = {len(faults.misheard(CORPUS[0], 0.5, seed)) for seed in range(40)}
    assert min(lengths) < len(CORPUS[0])
    assert "30" in RecogniserFaults([]).misheard("停了三十天", 0.1, 1)


def test_nothing_to_choose_from_leaves_what_was_said_or_drops_it() -> None:
    assert set(RecogniserFaults([]).misheard("停水了", 0.9, 3)) <= set("停水了")


def test_the_share_of_changed_characters_counts_edits() -> None:
    assert changed_share(["停水", "办证"], ["听水", "办"]) == 0.5
    assert changed_share(["停了三十天"], ["停了30天"]) == 0
    assert canonical("停了三十天。") == "停了30天"
    assert changed_share(["。"], ["水"]) == 1


def test_homophones_alone_never_change_the_length() -> None:
    assert len(Homophones(CORPUS).misheard(CORPUS[1], 0.9, 1)) == len(CORPUS[1])
