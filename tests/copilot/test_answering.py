from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from copilot.answering import AnsweringAdvisor
from copilot.appeal import Situation
from copilot.call import Speaker, Utterance
from copilot.suggestion import Slot
from knowledge_base.policy import Passage

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


@dataclass
class Shelf:
    """A retriever that knows the answers to some queries and remembers what it was asked."""

    answers: dict[str, list[Hit]]
    asked: list[tuple[str, date, str | None]] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=lambda: {"index": "v1"})

    def search(self, query: str, *, day: date, area: str | None, limit: int = 3) -> Sequence[Hit]:
        self.asked.append((query, day, area))
        return self.answers.get(query, [])[:limit]


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
    shelf = Shelf({"我想办居住证 我住临湖区 要带什么": [Hit(PASSAGE)]})
    said = ["我想办居住证", "我住临湖区", "七个月了", "要带什么"]
    assert len(AnsweringAdvisor(shelf).advise(situation(*[(Speaker.CITIZEN, text) for text in said]))) == 1


def test_of_two_ways_to_ask_the_surer_one_counts_and_a_passage_is_shown_once() -> None:
    shelf = Shelf({"要带什么": [Hit(PASSAGE, 0.6)], "我想办居住证 要带什么": [Hit(PASSAGE, 0.9)]})
    (card,) = AnsweringAdvisor(shelf).advise(
        situation((Speaker.CITIZEN, "我想办居住证"), (Speaker.CITIZEN, "要带什么"))
    )
    assert card.best.probability == 0.9


def test_where_nothing_is_found_nothing_is_suggested() -> None:
    assert AnsweringAdvisor(Shelf({})).advise(situation((Speaker.CITIZEN, "你好"))) == []
    assert AnsweringAdvisor(Shelf({})).advise(situation((Speaker.AGENT, "您好"))) == []
