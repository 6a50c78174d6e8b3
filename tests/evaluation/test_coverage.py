"""Coverage: groups of questions without a good answer, and articles that nobody uses."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from copilot.store.asked import ArticleUse, AskedInPeriod
from copilot.store.questions import AnswerOutcome, Asked
from evaluation.reports.coverage_report import coverage_report
from evaluation.retrieval.coverage import coverage
from evaluation.retrieval.question_clusters import clusters
from knowledge_base.library import make_library
from knowledge_base.policy import PolicyArticle

DAY = date(2026, 11, 22)
FIRST = date(2026, 9, 1)


def article(article_id: str, ends: date | None = None, begins: date = date(2020, 1, 1)) -> PolicyArticle:
    return PolicyArticle(article_id, f"{article_id}办法", "", "云川市", "市公安局", "云川市", begins, ends, "第一条")


def asked(text: str, outcome: AnswerOutcome = AnswerOutcome.SILENT, department: str = "") -> Asked:
    return Asked(text, DAY, outcome, department)


BIKES = ["共享单车乱停放归谁管", "共享单车乱停放找谁", "小区门口共享单车乱停放谁来管"]


def test_questions_with_the_same_words_are_one_group_and_the_largest_comes_first() -> None:
    found = clusters(["养老金怎么转移到外省", *BIKES])
    assert [len(cluster.members) for cluster in found] == [3, 1]
    assert set(found[0].members) == {1, 2, 3}


def test_questions_are_compared_by_meaning_where_there_is_an_embedder() -> None:
    places = {"甲": (1.0, 0.0), "乙": (0.98, 0.2), "丙": (0.0, 1.0), "丁": (0.1, 0.99)}

    def embed(texts: list[str]) -> npt.NDArray[np.float32]:
        return np.asarray([places[text] for text in texts], dtype=np.float32)

    assert {cluster.members for cluster in clusters(list(places), embed)} == {(0, 1), (2, 3)}


@given(st.lists(st.text(alphabet="居住证养老金暖气怎么办", min_size=1, max_size=8), max_size=12))
def test_every_question_is_in_one_group(texts: list[str]) -> None:
    members = [member for cluster in clusters(texts) for member in cluster.members]
    assert sorted(members) == list(range(len(texts)))


def test_gaps_and_uses_of_a_period_are_counted() -> None:
    questions = (
        *(asked(text, department="市城市管理局") for text in BIKES),
        asked("居住证要多少钱", AnswerOutcome.ANSWERED),
        asked("落户要什么材料", AnswerOutcome.REFUSED, "市公安局"),
    )
    uses = {"permit": ArticleUse(4, 2, 1, 1), "pension": ArticleUse(3, 0, 0, 3)}
    library = make_library(
        [
            article("permit"),
            article("pension"),
            article("lamps"),
            article("gone", ends=date(2026, 8, 31)),
            article("later", begins=date(2027, 1, 1)),
        ]
    )
    found = coverage(AskedInPeriod(9, questions, uses), library, FIRST, DAY, nearest=lambda _: library.find("lamps"))
    assert (found.calls, found.questions, found.answered) == (9, 5, 1)
    bikes = found.gaps[0]
    assert (bikes.size, bikes.outcomes, bikes.department) == (3, {"silent": 3}, "市城市管理局")
    assert bikes.nearest == ("lamps", "lamps办法")
    assert [u.article_id for u in found.used] == ["permit"]
    assert [u.article_id for u in found.never_adopted] == ["pension"]
    assert [u.article_id for u in found.never_shown] == ["lamps"]  # what did not hold is not blamed


def test_what_agents_found_by_hand_is_counted_apart_from_what_cards_answered() -> None:
    questions = (
        asked("居住证要多少钱", AnswerOutcome.ANSWERED),
        replace(asked("路灯坏了找谁", AnswerOutcome.FOUND_BY_HAND), found="lamps"),
        replace(asked("路灯不亮怎么报修", AnswerOutcome.FOUND_BY_HAND), found="lamps"),
        replace(asked("养老金怎么转", AnswerOutcome.FOUND_BY_HAND), found="pension"),
        asked("单车归谁管"),
    )
    uses = {
        "permit": ArticleUse(1, 1),
        "pension": ArticleUse(2, 0, 0, 1, by_hand=1),
        "lamps": ArticleUse(by_hand=2, missed=2),
    }
    library = make_library([article("permit"), article("pension"), article("lamps")])
    found = coverage(AskedInPeriod(5, questions, uses), library, FIRST, DAY)
    assert (found.questions, found.answered, found.answered_by_hand, len(found.gaps)) == (5, 4, 3, 1)
    assert [(one.use.article_id, one.questions) for one in found.found_by_hand] == [
        ("lamps", ("路灯不亮怎么报修", "路灯坏了找谁")),
        ("pension", ("养老金怎么转",)),
    ]
    assert {u.article_id for u in found.used} == {"permit", "pension", "lamps"}
    assert (found.never_shown, found.never_adopted) == ((), ())
    plain = json.loads(json.dumps(found.as_json(), ensure_ascii=False))
    assert (plain["found_by_hand"][0]["by_hand"], plain["found_by_hand"][0]["missed"]) == (2, 2)
    page = coverage_report(found, {})
    assert "路灯不亮怎么报修；路灯坏了找谁" in page
    assert "卡片未给出" in page


def test_the_report_is_one_page_with_a_picture_and_plain_json() -> None:
    found = coverage(AskedInPeriod(3, tuple(map(asked, BIKES)), {}), make_library([article("permit")]), FIRST, DAY)
    page = coverage_report(found, {"问题归类 grouped by": "词语 words"})
    assert "<svg" in page
    assert "共享单车乱停放" in page
    assert "从未展示" in page
    plain = json.loads(json.dumps(found.as_json(), ensure_ascii=False))
    assert plain["clusters"][0]["size"] == 3
    assert plain["never_shown"][0]["article_id"] == "permit"


def test_of_a_period_without_calls_nothing_is_said_to_be_known() -> None:
    found = coverage(AskedInPeriod(0, (), {}), make_library([]), FIRST, DAY)
    assert found.gaps == ()
    page = coverage_report(found, {})
    assert "无从判断有没有缺口" in page
    assert "这一期间没有缺口" not in page
