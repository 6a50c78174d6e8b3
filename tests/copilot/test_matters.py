from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.appeal_cues import find_cue, find_return
from copilot.enumerations import find_listing
from copilot.matters import NEW, SoFar, allot, has_matter, is_question
from copilot.ports import Comparison, Likeness

WATER = "我家从昨天晚上开始停水了"
BIN = "小区门口的垃圾桶好几天没人清了"


class ByWord:
    """Topics that are told apart by one word each."""

    def __init__(self, **topics: str) -> None:
        self.topics = topics

    @property
    def versions(self) -> Mapping[str, str]:
        return {"router": "words"}

    def compare(self, before: str, after: str) -> Comparison:
        was, now = (next((k for k, w in self.topics.items() if w in text), "") for text in (before, after))
        if not was or not now:
            return Comparison(Likeness.UNSURE)
        return Comparison(Likeness.SAME if was == now else Likeness.OTHER, was, now)


TOPICS = ByWord(water="水", lamp="路灯", well="井盖")


def pieces(text: str, so_far: SoFar, topics: ByWord | None = TOPICS, written: bool = False) -> list[tuple[str, str]]:
    return [(text[p.start : p.end], p.appeal_id) for p in allot(text, so_far, topics, written=written)]


def about_water(asked: str = "") -> SoFar:
    return SoFar({"1": WATER}, "1", asked)


NOTHING = SoFar({"1": ""}, "1")


def test_two_matters_that_are_counted_out_are_two_pieces() -> None:
    said = "我有两件事要反映，一是门口的垃圾桶没人清，二是公交站台的顶棚掉下来了"
    assert pieces(said, NOTHING) == [
        ("我有两件事要反映，一是门口的垃圾桶没人清，", "1"),
        ("二是公交站台的顶棚掉下来了", NEW),
    ]


@pytest.mark.parametrize(
    "said",
    [
        "他们不退的理由有两个，一是说合同上写了不退，二是说我已经用了三个月",
        "公司不给交社保。诉求：1、补缴两年的社保；2、支付拖欠的水路灯加班费",
        "我的要求就两条，第一把工资给我结清，第二把身份证还给我",
        "第一个身份证，第二个租房合同，第三个照片，是吧",
        "反映物业问题。1. 时间：今年六月至今；2. 地点：锦绣花园3栋；3. 情况：灯坏了不换",
        "投诉美容院。（1）3月5日充值5000元；（2）4月初店面搬迁未通知；（3）5月联系退费被拒",
    ],
)
def test_points_of_one_matter_stay_together(said: str) -> None:
    assert pieces(said, NOTHING, written=True) == [(said, "1")]


def test_a_written_list_of_problems_is_split_where_they_are_not_of_one_department() -> None:
    said = "反映以下问题：1、解放路的井盖松动，一响就是一夜。2、我们楼的自来水发黄。3、自来水的水压也很低。"
    assert [key for _, key in pieces(said, NOTHING, written=True)] == ["1", NEW]


def test_a_list_that_nobody_announced_is_split_only_on_evidence() -> None:
    said = "1、解放路的井盖松动了很久。2、我们楼的自来水发黄了。"
    assert [key for _, key in pieces(said, NOTHING, written=True)] == ["1", NEW]
    assert pieces(said, NOTHING, None, written=True) == [(said, "1")]


def test_a_sure_cue_in_the_middle_of_an_utterance_opens_a_matter_from_its_clause_on() -> None:
    assert pieces("好，我知道了。还有一件事，我们门口的路灯不亮", about_water()) == [
        ("好，我知道了。", "1"),
        ("还有一件事，我们门口的路灯不亮", NEW),
    ]


def test_small_talk_before_a_cue_goes_with_it() -> None:
    assert pieces("好的。第二个事情，路灯不亮", about_water())[-1] == ("第二个事情，路灯不亮", NEW)


def test_words_that_may_announce_a_matter_do_so_where_the_departments_differ() -> None:
    assert pieces("另外我还想问一下，路灯坏了找谁", about_water()) == [("另外我还想问一下，路灯坏了找谁", NEW)]
    assert pieces("另外我还想问一下，停水有没有补偿", about_water()) == [("另外我还想问一下，停水有没有补偿", "1")]
    assert pieces("另外我还想问一下，什么时候能好", about_water()) == [("另外我还想问一下，什么时候能好", "1")]


def test_the_first_matter_needs_no_cue() -> None:
    assert pieces("你好，另外一件事，路灯不亮", NOTHING) == [("你好，另外一件事，路灯不亮", "1")]


@pytest.mark.parametrize(
    "said",
    [
        "谢谢啊",
        "没有别的事了，谢谢你",
        "还有楼上楼下也都停了",
        "另外我补充一下，是三号楼",
        "我再说一遍，是停水",
        "还有没有别的办法",
        "另外一栋楼没有停",
    ],
)
def test_thanks_repetition_and_additions_open_nothing(said: str) -> None:
    assert [key for _, key in pieces(said, about_water())] == ["1"]


TWO = SoFar({"1": WATER + "，水压一直很低", "2": BIN}, "2")


@pytest.mark.parametrize(
    "said", ["刚才说的那个水压的问题，什么时候来人", "还是第一个事情，到底几点修好", "水压那个，你们登记了吗"]
)
def test_a_citizen_who_goes_back_is_taken_back(said: str) -> None:
    assert [key for _, key in pieces(said, TWO)] == ["1"]


def test_going_back_in_the_middle_of_an_utterance_splits_it() -> None:
    assert [key for _, key in pieces("垃圾桶在东门。刚才说的水压的问题呢", TWO)] == ["2", "1"]


def test_who_goes_back_to_nothing_known_stays() -> None:
    assert [key for _, key in pieces("刚才说的那个什么来着", TWO)] == ["2"]


def test_a_reply_belongs_to_the_matter_that_the_agent_asked_about() -> None:
    asked = SoFar(TWO.said, "2", "水压是从什么时候开始低的？")
    assert [key for _, key in pieces("前天早上", asked)] == ["1"]
    told = SoFar(TWO.said, "2", "水压的事已经登记了。")
    assert [key for _, key in pieces("前天早上", told)] == ["2"]


@settings(deadline=None)
@given(st.text(alphabet="一二是12、。，另外还有件事水灯第个刚才说的那 \n", max_size=40), st.booleans())
def test_pieces_cover_the_text_without_gap(text: str, written: bool) -> None:
    found = allot(text, TWO, TOPICS, written=written)
    assert "".join(text[piece.start : piece.end] for piece in found) == text
    assert all(piece.appeal_id in {NEW, "1", "2"} for piece in found)


def test_what_counts_as_a_matter_as_a_question_and_as_a_list() -> None:
    assert not has_matter("你好，喂")
    assert has_matter("我家停水")
    assert is_question("请问是哪个小区？")
    assert not is_question("还有什么可以帮您？")
    assert find_listing("一是停水很久了没人管，三是路灯不亮很久了") is None
    assert find_cue("嗯好的", 1) is None
    back = find_return("回到前面说的")
    assert back is not None
    assert back.ordinal == 0


@pytest.mark.parametrize("asked", ["请问是哪个小区，在哪个区。", "持续多久了。", "是租房还是自己的房子。", "多少钱？"])
def test_a_question_is_one_also_where_the_recogniser_ended_it_with_a_full_stop(asked: str) -> None:
    assert is_question(asked)


@pytest.mark.parametrize("told", ["好的，给您登记。", "还是给您登记一下，一个工作日之内联系您。"])
def test_what_an_agent_tells_is_no_question(told: str) -> None:
    assert not is_question(told)


def test_a_kind_of_place_in_the_agents_question_does_not_lead_back_to_another_matter() -> None:
    said = {"1": "临湖区望湖街道翠园小区门口的路灯不亮。", "2": "我还想问老年卡怎么办。"}
    asked = "到街道便民服务中心就能办。请问您今年多大年纪？"
    assert [piece.appeal_id for piece in allot("我67了。", SoFar(said, "2", asked))] == ["2"]
    again = [piece.appeal_id for piece in allot("半个月了。", SoFar(said, "2", "路灯坏了几天了？"))]
    assert again == ["1"]
