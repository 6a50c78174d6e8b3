from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from copilot.answering import AnsweringAdvisor
from copilot.appeal import Situation
from copilot.call import Speaker, Utterance
from copilot.suggestion import Slot
from knowledge_base.library import make_library
from knowledge_base.policy import Passage
from knowledge_base.search.cases import ArticleCases

TEXT = "在本市居住满半年的，可以申领居住证。首次办理不收费。"
PASSAGE = Passage(
    "a1#1",
    "a1",
    "居住证办法 > 第三条",
    TEXT,
    "居住证办法",
    "云公规〔2025〕3号",
    "市公安局",
    "市公安局",
    "云川市",
    date(2025, 1, 1),
    None,
)


@dataclass(frozen=True)
class Hit:
    passage: Passage
    probability: float = 0.9
    highlight: tuple[tuple[int, int], ...] = ((1, 3), (5, 7))
    sentence: tuple[int, int] | None = (0, 18)
    score: float = 1.0
    cosine: float = 0.5


@dataclass
class Shelf:
    """A retriever that knows the answers to some queries and remembers what it was asked."""

    answers: dict[str, list[Hit]]
    asked: list[tuple[str, date, str | None]] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=lambda: {"index": "v1"})
    order: list[Hit] = field(default_factory=list)

    def search(
        self, query: str, *, day: date, area: str | None, limit: int = 3, typed: bool = False, marking: str = ""
    ) -> Sequence[Hit]:
        self.asked.append((query, day, area))
        return self.answers.get(query, [])[:limit]

    def rank(self, query: str, *, day: date | None, area: str | None, limit: int = 10) -> Sequence[Hit]:
        return self.order[:limit]


def situation(*said: tuple[Speaker, str]) -> Situation:
    heard = tuple(Utterance(f"u{n}", who, text, n, n + 1, "1") for n, (who, text) in enumerate(said))
    return Situation("1", heard, date(2026, 11, 22), "云川市/临湖区")


def test_a_passage_is_quoted_verbatim_with_its_source() -> None:
    shelf = Shelf({"居住证怎么办": [Hit(PASSAGE)]})
    (suggestion,) = AnsweringAdvisor(shelf).advise(situation((Speaker.CITIZEN, "居住证怎么办")))
    citation = suggestion.best.value
    assert suggestion.slot is Slot.ANSWER
    assert citation.quote == TEXT
    assert (citation.document_number, citation.owner) == ("云公规〔2025〕3号", "市公安局")
    assert suggestion.versions == {"index": "v1"}
    assert suggestion.best.reasons[0].text == "本市、满半"


def test_the_day_of_the_call_and_the_area_of_the_caller_are_asked_for() -> None:
    shelf = Shelf({})
    AnsweringAdvisor(shelf).advise(situation((Speaker.CITIZEN, "居住证怎么办")))
    assert shelf.asked[0] == ("居住证怎么办", date(2026, 11, 22), "云川市/临湖区")


def test_a_sentence_that_means_nothing_alone_is_asked_with_how_the_citizen_began() -> None:
    shelf = Shelf({"我想办居住证 要带什么": [Hit(PASSAGE)]})
    said = [(Speaker.CITIZEN, "我想办居住证"), (Speaker.AGENT, "好的。"), (Speaker.CITIZEN, "要带什么")]
    assert len(AnsweringAdvisor(shelf).advise(situation(*said))) == 1


def test_of_two_ways_to_ask_the_surer_one_counts_and_a_passage_is_shown_once() -> None:
    shelf = Shelf({"要带什么": [Hit(PASSAGE, 0.6)], "我想办居住证 要带什么": [Hit(PASSAGE, 0.9)]})
    (card,) = AnsweringAdvisor(shelf).advise(
        situation((Speaker.CITIZEN, "我想办居住证"), (Speaker.CITIZEN, "要带什么"))
    )
    assert card.best.probability == 0.9


def test_which_passage_of_the_article_answers_is_judged_by_the_last_words() -> None:
    fees = replace(PASSAGE, passage_id="a1#2", text="首次办理不收费。")
    shelf = Shelf({"我想办居住证 要钱吗": [Hit(PASSAGE, 0.9)]}, order=[Hit(fees, score=1.2), Hit(PASSAGE)])
    cards = AnsweringAdvisor(shelf).advise(situation((Speaker.CITIZEN, "我想办居住证"), (Speaker.CITIZEN, "要钱吗")))
    assert [(c.best.value.passage_id, c.best.probability) for c in cards] == [
        ("a1#2", 0.9),
        ("a1#1", pytest.approx(0.78)),
    ]


def test_last_words_that_find_no_passage_better_than_another_choose_none() -> None:
    fees = replace(PASSAGE, passage_id="a1#2", text="首次办理不收费。")
    shelf = Shelf({"我想办居住证 要前吗": [Hit(PASSAGE, 0.9)]}, order=[Hit(fees, score=1.02), Hit(PASSAGE)])
    cards = AnsweringAdvisor(shelf).advise(situation((Speaker.CITIZEN, "我想办居住证"), (Speaker.CITIZEN, "要前吗")))
    assert [c.best.value.passage_id for c in cards] == ["a1#1"]


def test_what_happened_is_known_from_before_when_the_last_words_only_ask_what_it_costs() -> None:
    fees = replace(PASSAGE, passage_id="a1#2", text="首次办理居住证不收费。遗失补领、损坏换领的，收工本费二十元。")
    shelf = Shelf({"我居住证丢了 要交多少钱": [Hit(PASSAGE)]}, order=[Hit(fees, score=1.2), Hit(PASSAGE)])
    said = [(Speaker.CITIZEN, "我居住证丢了"), (Speaker.CITIZEN, "要交多少钱")]
    citation = AnsweringAdvisor(shelf).advise(situation(*said))[0].best.value
    assert citation.sentence is not None
    assert citation.quote[slice(*citation.sentence)] == "遗失补领、损坏换领的，收工本费二十元。"


def test_what_holds_in_one_district_alone_is_asked_for_where_nobody_knows_the_district() -> None:
    there = replace(PASSAGE, passage_id="b#1", article_id="b", area="云川市/云溪县", text="可以燃放。")
    shelf = Shelf({"能放鞭炮吗": [Hit(PASSAGE), Hit(there)]})
    city = replace(situation((Speaker.CITIZEN, "能放鞭炮吗")), area="云川市")
    follow_up = AnsweringAdvisor(shelf, cards=1).advise(city)[0].best.value.follow_up
    assert follow_up is not None
    assert [(case.label, case.citation.passage_id) for case in follow_up.cases] == [
        ("云溪县", "b#1"),
        ("其他区县", "a1#1"),
    ]


def test_an_article_that_distinguishes_cases_brings_the_question_with_it() -> None:
    passage = replace(PASSAGE, text="断缴三个月以内的，不受影响。断缴超过三个月的，等三个月。")
    cases = ArticleCases(lambda: make_library([]))
    advisor = AnsweringAdvisor(Shelf({"断缴了怎么办": [Hit(passage)]}), cases=cases)
    (card,) = advisor.advise(situation((Speaker.CITIZEN, "断缴了怎么办")))
    follow_up = card.best.value.follow_up
    assert follow_up is not None
    assert [case.label for case in follow_up.cases] == ["断缴三个月以内", "断缴超过三个月"]
    assert follow_up.cases[1].citation.quote == "断缴超过三个月的，等三个月。"
    assert {case.citation.article_version for case in follow_up.cases} == {"v1"}, "whoever adopts one saw this wording"


def test_a_card_and_its_cases_name_the_version_of_their_article() -> None:
    passage = replace(PASSAGE, text="断缴三个月以内的，不受影响。断缴超过三个月的，等三个月。", version="0123456789ab")
    advisor = AnsweringAdvisor(Shelf({"断缴了怎么办": [Hit(passage)]}), cases=ArticleCases(lambda: make_library([])))
    (card,) = advisor.advise(situation((Speaker.CITIZEN, "断缴了怎么办")))
    citation = card.best.value
    assert citation.follow_up is not None
    assert citation.article_version == "0123456789ab"
    assert {case.citation.article_version for case in citation.follow_up.cases} == {"0123456789ab"}
    assert card.versions == {"index": "v1"}, "what was searched is named beside it"


def test_where_nothing_is_found_nothing_is_suggested() -> None:
    assert AnsweringAdvisor(Shelf({})).advise(situation((Speaker.CITIZEN, "你好"))) == []
    assert AnsweringAdvisor(Shelf({})).advise(situation((Speaker.AGENT, "您好"))) == []
