from __future__ import annotations

import pytest

from copilot.drafting.spoken import is_courtesy, sentences, without_lead


@pytest.mark.parametrize("said", ["好的", "你好你好", "谢谢你啊，再见", "那就好，那麻烦你们了", "行，知道了，没有了"])
def test_politeness_and_assent_say_nothing_of_the_matter(said: str) -> None:
    assert is_courtesy(said)


@pytest.mark.parametrize("said", ["好的，路灯坏了", "你好，我要投诉", "没有水了"])
def test_what_says_something_beside_is_no_courtesy(said: str) -> None:
    assert not is_courtesy(said)


def test_who_greets_or_cries_out_again_and_again_keeps_no_call_waiting() -> None:
    assert not is_courtesy("你好" * 300 + "着火了")  # each more 你好 doubled the time: thirty took minutes
    assert without_lead("啊" * 300 + "着火了").endswith("着火了")
    assert sentences("啊" * 300 + "着火了。")
