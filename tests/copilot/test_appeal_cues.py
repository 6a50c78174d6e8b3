from __future__ import annotations

import pytest

from copilot.appeal_cues import find_cue
from copilot.drafting.spoken import sentences


def cue_in(said: str, appeals_so_far: int) -> str | None:
    """The words by which a further matter may begin, sure or not."""
    found = (find_cue(sentence, appeals_so_far) for sentence in sentences(said))
    return next((cue.words for cue in found if cue is not None), None)


@pytest.mark.parametrize(
    ("said", "cue"),
    [
        ("好。第二个事情呢，我想问问那个老年卡", "第二个事情"),
        ("第二件事是我们楼上漏水", "第二件事"),
        ("第二个呢，就是公交车的事", "第二个呢"),
        ("第二个问题，医保怎么交", "第二个问题"),
        ("行。对了，顺便问一下，图书馆几点关门？", "对了，顺便问"),
        ("对了我还想问下社保卡丢了怎么办", "对了我还想问"),
        ("顺便再咨询一下公积金", "顺便再咨询"),
        ("顺便跟您反映一下路灯的事", "顺便跟您反映"),
        ("还有一件事，我们门口井盖没了", "还有一件事"),
        ("嗯还有个事情我要说", "还有个事情"),
        ("还有一个问题啊", "还有一个问题"),
        ("另外我还想问一下养老金", "另外我还想问"),
        ("另外，我要投诉一家饭店", "另外，我要投诉"),
        ("另外还有一个事儿", "另外还有一个事儿"),
        ("另外咨询一下落户", "另外咨询一下"),
        ("再一个就是我们那边公交太少", "再一个就是"),
        ("再有一个呢，是停车的问题", "再有一个呢"),
        ("再有就是垃圾没人收", "再有就是"),
        ("我还想反映一个问题", "还想反映一个问题"),
        ("我还想问个别的", "还想问个别的"),
        ("除了这个事以外，我还想说说噪音", "除了这个事以外，我还"),
        ("顺变问一下，周末开门吗", "顺变问一下"),
        ("顺便为一下，图书馆几点关门", "顺便为一下"),
        ("第二个世情呢", "第二个世情"),
    ],
)
def test_a_citizen_who_turns_to_another_matter_is_heard(said: str, cue: str) -> None:
    assert cue_in(said, 1) == cue


@pytest.mark.parametrize(
    "said",
    [
        "另外他还骂人",
        "另外一家店也是这样",
        "另外还要身份证吗",
        "你好，姑娘，我有两个事情。第一个呢，我们门口那条路，路灯不亮。",
        "第一个事情是漏水",
        "没有别的事了，谢谢",
        "没什么其他问题了",
        "就这一件事",
        "还有他的电话我给你",
        "还有好几个老人呢",
        "我还想问一下要带什么材料",
        "第二天就坏了",
        "第二次来也没修",
        "我第二个孩子今年上学",
        "要排队啊。那下午人少一点吗？",
        "对了，就是这个号码",
        "对，没错",
        "这个问题反映好几次了",
        "那件事情还有人管吗",
        "他还有一个房子在隔壁",
        "",
    ],
)
def test_more_of_the_same_matter_opens_nothing(said: str) -> None:
    assert cue_in(said, 1) is None


def test_a_matter_that_is_already_open_is_not_opened_again() -> None:
    assert cue_in("第二个事情呢，就是刚才说的老年卡", 2) is None
    assert cue_in("第三个事情呢，是停水", 2) == "第三个事情"
