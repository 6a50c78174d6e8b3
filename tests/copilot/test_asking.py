from __future__ import annotations

from datetime import date

import pytest

from copilot.appeal import Situation
from copilot.asking import Wanted, wanted
from copilot.call import Speaker, Utterance

C, A = Speaker.CITIZEN, Speaker.AGENT


def situation(*said: tuple[Speaker, str], topic: str = "") -> Situation:
    heard = tuple(Utterance(f"u{n}", who, text, n, n + 1, "1") for n, (who, text) in enumerate(said))
    return Situation("1", heard, date(2026, 11, 22), "云川市", topic=topic)


def test_the_first_sentence_is_the_whole_question() -> None:
    assert wanted(situation((A, "您好"), (C, "租房子可以取公积金吗"))) == Wanted("租房子可以取公积金吗")


def test_a_later_question_is_asked_alone_and_with_the_matter_that_was_named_first() -> None:
    ask = wanted(
        situation((C, "我想办居住证"), (A, "您住了多久"), (C, "七个月了"), (A, "可以办"), (C, "那要带些什么呢"))
    )
    assert ask.alone == "那要带些什么呢"
    assert ask.whole == "我想办居住证 那要带些什么呢"
    assert ask.within == "那要带些什么呢"


@pytest.mark.parametrize("reply", ["对", "灵活就业的"])
def test_a_short_answer_is_read_with_the_question_that_the_agent_asked(reply: str) -> None:
    ask = wanted(situation((C, "我自己交医保怎么交"), (A, "您是灵活就业还是单位职工呢？"), (C, reply)))
    assert ask.whole == f"我自己交医保怎么交 您是灵活就业还是单位职工呢？ {reply}"
    assert ask.marking == f"我自己交医保怎么交 {reply}"  # no article answers what the agent asked


def test_the_sentence_to_be_marked_answers_the_last_question() -> None:
    ask = wanted(situation((C, "我想办居住证"), (A, "可以办"), (C, "那要带些什么呢")))
    assert ask.marking == "那要带些什么呢"


@pytest.mark.parametrize("words", ["怎么办", "那我该怎么办啊？", "咋办呢"])
def test_words_that_fit_any_passage_choose_none_of_them_and_none_of_their_sentences(words: str) -> None:
    ask = wanted(situation((C, "电梯里困住了人"), (A, "好的。"), (C, words)))
    assert ask.whole == f"电梯里困住了人 {words}"
    assert ask.within == ""
    assert ask.marking == ask.whole


@pytest.mark.parametrize("words", ["要钱吗", "多久能办好", "去哪里办", "那要带什么呢"])
def test_words_that_ask_for_something_choose_the_passage(words: str) -> None:
    assert wanted(situation((C, "我想办居住证"), (A, "好的。"), (C, words))).within == words


ADDRESSES = [
    "和花路32号",
    "我家住临湖区望湖街道和平路十八号。",
    "就在阳光小区3号楼2单元301室",
    "3栋2单元501。",
    "我家在红星小区三栋五零一",
    "解放路和建设路交叉口那里",
    "滨江街道",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_alone_asks_nothing(address: str) -> None:
    assert wanted(situation((A, "您好"), (C, address))) == Wanted()
    assert wanted(situation((C, "家里水管爆了"), (C, address))) == Wanted()
    assert wanted(situation((C, "家里水管爆了"), (A, "好的。"), (C, address), topic="抢修公告")) == Wanted()


def test_an_address_is_read_with_the_question_that_was_asked_for_it() -> None:
    ask = wanted(situation((C, "家里水管爆了"), (A, "请问在哪个位置？"), (C, "科苑路32号")))
    assert (ask.alone, ask.whole) == ("", "家里水管爆了 请问在哪个位置？ 科苑路32号")


@pytest.mark.parametrize(
    "words", ["修路修了半年了", "江北区政务服务大厅", "解放路32号停水了", "临湖区老年卡怎么办", "十八号可以办"]
)
def test_a_place_of_which_something_is_said_or_that_people_ask_about_is_looked_up(words: str) -> None:
    assert wanted(situation((A, "您好"), (C, words))).alone == words


def test_thanks_and_greetings_ask_nothing() -> None:
    assert wanted(situation((C, "我想办居住证"), (A, "好的。"), (C, "好的谢谢"))).whole == ""
    assert wanted(situation((C, "喂你好"))) == Wanted()
    assert wanted(situation((A, "您好"))) == Wanted()


def test_who_goes_on_telling_while_an_article_is_on_the_screen_is_looked_up_alone() -> None:
    said = ((C, "楼下烧烤摊吵得睡不着"), (A, "好的。"), (C, "都摆到马路上了油烟很大"))
    assert wanted(situation(*said, topic="夜市管理办法")) == Wanted("都摆到马路上了油烟很大")
    assert wanted(situation(*said)).whole.startswith("楼下烧烤摊")


@pytest.mark.parametrize("words", ["区" * 300 + "吗", "社区区镇乡" * 60 + "吗", "和平路" + "2单元501室" * 60 + "吗"])
def test_a_message_of_the_same_characters_again_and_again_keeps_no_call_waiting(words: str) -> None:
    assert wanted(situation((C, words))).alone == words  # each more 区 doubled the time: forty took a minute
