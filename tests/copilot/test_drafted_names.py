"""How a draft reads names that were misheard, and what it leaves out before the matter."""

from __future__ import annotations

import csv
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from drafting_parts import CITY, FRIDAY, best

from copilot.answering import citation_of
from copilot.appeal import Situation
from copilot.call import Reading, Speaker, Utterance
from copilot.drafting import DraftingAdvisor
from copilot.drafting.put_right import named_by_cards
from copilot.suggestion import Choice, Citation, Slot
from knowledge_base import sample
from knowledge_base.library import load_library


@pytest.fixture(scope="module")
def advisor() -> DraftingAdvisor:
    return DraftingAdvisor(CITY)


def test_a_name_that_was_put_right_is_drafted_and_what_was_heard_is_said(advisor: DraftingAdvisor) -> None:
    text = "我要投诉，王湖街道楼下那个烧烤摊天天半夜冒烟。"
    said = Utterance("1", Speaker.CITIZEN, text, 0.0, 1.0, "1", readings=(Reading(5, 9, "望湖街道"),))
    found = {s.slot: s.choices[0] for s in advisor.advise(Situation("1", (said,), FRIDAY, "云川市"))}
    place = found[Slot.PLACE]
    assert place.value.street == "望湖街道"
    assert place.probability < 0.95
    assert [r.text for r in place.reasons] == ["说了“王湖街道”，音近“望湖街道”"]
    assert "望湖街道" in found[Slot.TITLE].value
    assert any("王湖街道" in r.text and "望湖街道" in r.text for r in found[Slot.SUMMARY].reasons)


def card(title: str, heading: str = "") -> Choice[Citation]:
    return Choice(Citation("p#1", "p", title, heading, "", "云川市", "", FRIDAY, None, "原文"), 0.9)


def drafted(advisor: DraftingAdvisor, text: str, *cards: Choice[Citation], **more: Any) -> Choice[str]:
    """The title that is drafted for one sentence of the citizen, with ``cards`` on the screen."""
    said = Utterance("1", Speaker.CITIZEN, text, 0.0, 1.0, "1", **more)
    suggestions = advisor.advise(Situation("1", (said,), FRIDAY, "云川市", cards))
    title: Choice[str] = next(s.best for s in suggestions if s.slot is Slot.TITLE)
    return title


def test_a_name_on_a_card_that_was_found_is_read_in_a_draft_where_it_was_said_by_its_sound(
    advisor: DraftingAdvisor,
) -> None:
    title = drafted(advisor, "我想问一下攻击进怎么取", card("云川市住房公积金租房提取办法"))
    assert title.value == "公积金怎么取（咨询）"
    assert "听到“攻击进”，按读音理解为“公积金”" in [reason.text for reason in title.reasons]
    assert drafted(advisor, "我想问一下攻击进怎么取").value == "攻击进怎么取（咨询）"


def test_a_name_on_a_card_is_read_each_time_that_it_is_heard() -> None:
    said = Utterance("1", Speaker.CITIZEN, "攻击进怎么取，公积金我有，攻击进贷款呢", 0.0, 1.0, "1")
    (read,) = named_by_cards([said], [card("住房公积金租房提取办法").value])
    assert read.read_as == "公积金怎么取，公积金我有，公积金贷款呢"


def test_a_name_on_a_card_that_differs_by_one_character_may_be_what_was_said(advisor: DraftingAdvisor) -> None:
    assert "是政府" in drafted(advisor, "我想咨询，是政府让我们搬的吗", card("市政府搬迁通告")).value


def test_no_sentence_of_the_sample_is_read_otherwise_though_every_article_were_on_the_screen() -> None:
    library = load_library(sample.articles())
    cards = [
        citation_of(passage) for article in library.articles for passage in library.passages_of(article.article_id)[:1]
    ]
    folder = Path(str(files("evaluation") / "sample"))
    questions = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    with (folder / "appeals.csv").open(encoding="utf-8-sig", newline="") as rows:
        texts = [row["text"] for row in csv.DictReader(rows)] + [json.loads(line)["question"] for line in questions]
    said = [Utterance(str(n), Speaker.CITIZEN, text, 0.0, 1.0, "1") for n, text in enumerate(texts)]
    changed = [u.text[r.start : r.end] for u in named_by_cards(said, cards) for r in u.readings]
    assert len(texts) >= 800
    assert changed == []


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("我想问一下班居住政要带什么", "办居住证要带什么（咨询）"),
        ("我想问一下每天加班居住政没空办怎么办", "每天加班居住证没空办怎么办（咨询）"),
    ],
)
def test_the_verb_that_goes_with_a_name_is_read_unless_it_belongs_to_another_word(
    advisor: DraftingAdvisor, said: str, title: str
) -> None:
    at = said.index("居住政")
    draft = drafted(advisor, said, readings=(Reading(at, at + 3, "居住证"),))
    assert draft.value == title


def test_the_end_of_another_name_is_no_verb(advisor: DraftingAdvisor) -> None:
    readings = (Reading(4, 7, "培训班"), Reading(7, 10, "居住证"))
    title = drafted(advisor, "我想咨询陪训班居住政怎么办", readings=readings)
    assert title.value == "培训班居住证怎么办（咨询）"
    assert "听到“居住政”，按读音理解为“居住证”" in [reason.text for reason in title.reasons]


def test_the_verb_is_read_before_a_name_that_was_heard_as_it_is(advisor: DraftingAdvisor) -> None:
    title = drafted(advisor, "我想问一下班居住证要带什么", card("居住证管理办法"))
    assert title.value == "办居住证要带什么（咨询）"
    assert "听到“班居住证”，按读音理解为“办居住证”" in [reason.text for reason in title.reasons]


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("好，对了。顺便为一下，你们大厅礼拜六上班吗？", "你们大厅礼拜六上班吗"),
        ("第二个事情呢，我想温文那个老年卡怎么办啊", "老年卡怎么办"),
        ("你好我今天打电话不是投诉而已。办证的小姑娘态度特别好啊！", "办证的小姑娘态度特别好"),
        ("我们小去听水了啊", "我们小去听水了"),
    ],
)
def test_what_only_leads_to_the_matter_is_no_title(advisor: DraftingAdvisor, said: str, title: str) -> None:
    assert drafted(advisor, said).value.partition("（")[0] == title


def test_a_summary_begins_with_the_matter(advisor: DraftingAdvisor) -> None:
    said = ("姑娘你好啊，我有两个事情。", "第一个呢，我想咨询一下，居住证怎么办啊？", "那个要多少天啊？")
    assert best(advisor, Slot.SUMMARY, *said) == "市民咨询：居住证怎么办？要多少天？"


def test_who_has_only_said_that_something_is_to_come_has_said_nothing_yet(advisor: DraftingAdvisor) -> None:
    assert best(advisor, Slot.SUMMARY, "你好，我要投诉。") is None
