from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from articles import article

from knowledge_base.articles.closing_lines import asks_when_it_holds, is_closing
from knowledge_base.calibration import SIGNALS, Calibration
from knowledge_base.index.making import make_index
from knowledge_base.library import make_library
from knowledge_base.retriever import Retriever
from knowledge_base.search.answering_sentence import Part, point
from models.baselines import HashingEmbedder

TODAY = date(2026, 11, 22)
CITY = "云川市"
EASY = Calibration(weights=tuple(20.0 * (name == "coverage") for name in SIGNALS), bias=-1.0, threshold=0.5)
TEXT = """第一条 申领居住证到派出所办理。

第二条 居住证每年签注一次。

第三条 本办法自2026年3月1日起施行。"""
DOGS = article("dogs", "第一条 养犬应当登记，狗证每年年检一次。\n\n第二条 遛犬应当牵绳。", title="云川市养犬管理规定")


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    library = make_library([article("permit", TEXT, title="云川市居住证管理办法"), DOGS])
    passages = [p for a in library.articles for p in library.passages_of(a.article_id)]
    embedder = HashingEmbedder()
    index = make_index(tmp_path_factory.mktemp("closing") / "index", passages, embedder, "library-1")
    return Retriever(index, embedder, EASY)


def texts(retriever: Retriever, question: str, *, typed: bool = False) -> list[str]:
    return [hit.passage.text for hit in retriever.search(question, day=TODAY, area=CITY, limit=8, typed=typed)]


@pytest.mark.parametrize(
    "text",
    [
        "本办法自2026年3月1日起施行。",
        "第二十条 本规定自公布之日起30日后施行，有效期五年。",
        "第十九条　本细则由市公安局负责解释。\n第二十条　本细则自2026年3月1日起施行，《云川市养犬暂行办法》同时废止。",
        "本通知自印发之日起执行。此前有关规定与本通知不一致的，以本通知为准。",
        "（三）自2026年3月1日起施行。有效期至2031年2月28日。",
        "自印发之日起执行，有效期三年。",
        "原有规定与本办法不一致的，同时废止。",
        "本通知自2026年3月1日起实施，原《云川市公交优惠办法》（云交〔2019〕3号）停止执行。",
    ],
)
def test_what_closes_a_document_is_known(text: str) -> None:
    assert is_closing(text)


@pytest.mark.parametrize(
    "text",
    [
        "第三条 居住证有效期一年，自签发之日起计算。",
        "调整后的低保标准自2026年7月1日起执行。",
        "本市公交优惠自2026年1月1日起实施。",
        "工伤保险费的征缴依照本条例执行。",
        "本办法自2026年3月1日起施行。施行前已登记的犬只，应当在三个月内换证。",
        "有效期五年。",
        "（二）有效期为十年。",
        "四、自2026年3月1日起执行。",
        "自缴费次月起生效。",
        "居住证逾期不签注的，证件和文件失效。",
        "企业未按规定年报的，许可文件废止。",
        "凭原规定办理的优待证不再执行。",
        "",
    ],
)
def test_what_says_more_than_when_the_document_holds_is_no_close(text: str) -> None:
    assert not is_closing(text)


@pytest.mark.parametrize(
    "question",
    [
        "居住证管理办法什么时候施行",
        "新的养犬规定还有效吗",
        "这个政策什么时候开始的",
        "居住证办法由谁解释",
        "家电补贴什么时候截止",
        "这个政策到什么时候结束",
        "老政策还算数吗",
        "2026年3月1日",
    ],
)
def test_who_may_ask_when_a_rule_holds_is_heard(question: str) -> None:
    assert asks_when_it_holds(question)


@pytest.mark.parametrize(
    "question", ["居住证有效期多久", "小学报名什么时候开始", "补贴什么时候发", "怎么申请强制执行", "驾驶证过期了"]
)
def test_who_asks_about_something_else_in_time_is_not(question: str) -> None:
    assert not asks_when_it_holds(question)


@pytest.mark.parametrize("question", ["居住证管理办法", "云川市居住证怎么办", "居住证管理的办法是什么"])
def test_a_closing_line_answers_no_other_question_though_it_has_the_title_above_it(
    retriever: Retriever, question: str
) -> None:
    for found in (texts(retriever, question), texts(retriever, question, typed=True)):
        assert found
        assert not any("施行" in text for text in found)
    assert not any("施行" in hit.passage.text for hit in retriever.rank(question, day=TODAY, area=CITY))


def test_who_asks_since_when_a_rule_holds_is_shown_the_line_that_says_so(retriever: Retriever) -> None:
    assert "第三条 本办法自2026年3月1日起施行。" in texts(retriever, "居住证管理办法自什么时候起施行")


def test_a_notice_that_says_nothing_else_is_found(tmp_path: Path) -> None:
    library = make_library(
        [article("start", "本通告自2026年3月1日起施行。", title="云川市禁止燃放烟花爆竹区域通告"), DOGS]
    )
    passages = [p for a in library.articles for p in library.passages_of(a.article_id)]
    index = make_index(tmp_path / "index", passages, HashingEmbedder(), "library-1")
    [found] = texts(Retriever(index, HashingEmbedder(), EASY), "禁止燃放烟花爆竹区域通告")
    assert "施行" in found


@pytest.mark.parametrize("question", ["居住证有效期多久", "多久能办好", "几号能办"])
def test_a_closing_sentence_is_not_marked_as_the_answer_to_how_long_or_when_something_else_is(question: str) -> None:
    text = "第五条 材料齐全的，当场受理，按时限办结。\n本办法自2026年3月1日起施行，有效期五年。"
    (pointed,) = point([Part(text, 0.5, 0.5)], question)
    assert pointed.sentence is not None
    assert "施行" not in text[slice(*pointed.sentence)]
    (asked,) = point([Part(text, 0.5, 0.5)], "这个办法什么时候施行")
    assert asked.sentence is not None
    assert "施行" in text[slice(*asked.sentence)]


def test_how_long_a_permit_is_valid_is_marked_and_how_long_the_rule_holds_is_not() -> None:
    for close, marked in (("有效期五年。", True), ("本办法自2026年3月1日起施行。有效期五年。", False)):
        text = f"第五条 居住证由派出所签发。{close}"
        (pointed,) = point([Part(text, 0.5, 0.5)], "有效期多久")
        assert pointed.sentence is not None
        assert ("有效期" in text[slice(*pointed.sentence)]) is marked
