from __future__ import annotations

from datetime import UTC, date, datetime

from copilot.call import Call, Channel, Speaker, Utterance
from copilot.events import CallStarted, Event, Recorded, SuggestionDecided, SuggestionMade, UtteranceHeard
from copilot.suggestion import Choice, Citation, Decision, Slot, Suggestion, Verdict
from evaluation.retrieval.confirmed_answers import ConfirmedAnswer, confirmed_answers
from evaluation.retrieval.embedder_making import Asked, confirmed, of_journal, teachings
from knowledge_base import sample
from knowledge_base.library import load_library

DAY = date(2026, 11, 22)
CARD = Citation(
    "residence#2",
    "residence",
    "居住证办法",
    "居住证办法",
    "云政〔2024〕1号",
    "市政府",
    "市公安局",
    DAY,
    None,
    "十日内。",
)


def recorded(*events: Event) -> list[Recorded]:
    return [Recorded("c1", n, datetime(2026, 11, 22, tzinfo=UTC), event) for n, event in enumerate(events, start=1)]


def said(key: str, text: str, start: float, speaker: Speaker = Speaker.CITIZEN) -> UtteranceHeard:
    return UtteranceHeard(Utterance(key, speaker, text, start, start + 2.0, "1"))


def card(key: str, heard_until: float) -> SuggestionMade:
    return SuggestionMade(key, "1", Suggestion(Slot.ANSWER, (Choice(CARD, 0.9),)), (), heard_until)


def decided(verdict: Verdict, value: Citation | None, suggestion: str = "s1") -> SuggestionDecided:
    return SuggestionDecided(Decision("d1", "1", Slot.ANSWER, verdict, suggestion, value, "agent"))


CALL = CallStarted(Call("c1", Channel.TELEPHONE, "agent", DAY, "云川市"))
TALK = (
    CALL,
    said("u1", "喂，你好，我想问一下。", 0.0),
    said("u2", "您请讲，什么事情？", 3.0, Speaker.AGENT),
    said("u3", "我叫王小明，住和平路12号楼，居住证多久能拿到？", 6.0),
    card("s1", 8.5),
    said("u4", "还有公积金怎么提取？", 12.0),
)


def test_what_an_agent_adopted_is_an_answer_to_what_was_asked_before_the_card_came() -> None:
    found = list(confirmed_answers(recorded(*TALK, decided(Verdict.ACCEPT, CARD))))
    assert [(answer.passage_id, answer.day) for answer in found] == [("residence#2", DAY)]
    assert "居住证多久能拿到" in found[0].question
    assert "公积金" not in found[0].question
    assert "您请讲" not in found[0].question


def test_a_name_or_address_that_a_citizen_said_is_not_learned_from() -> None:
    found = list(confirmed_answers(recorded(*TALK, decided(Verdict.ACCEPT, CARD))))
    assert "小明" not in found[0].question
    assert "12号楼" not in found[0].question


def test_a_card_that_was_edited_counts_and_one_that_was_rejected_does_not() -> None:
    assert len(list(confirmed_answers(recorded(*TALK, decided(Verdict.AMEND, CARD))))) == 1
    assert not list(confirmed_answers(recorded(*TALK, decided(Verdict.REJECT, None))))


def test_a_decision_about_no_card_confirms_nothing() -> None:
    assert not list(confirmed_answers(recorded(*TALK, decided(Verdict.ACCEPT, CARD, "unknown"))))


def test_questions_name_passages_or_articles_and_those_that_are_gone_are_left_out() -> None:
    passages = load_library(sample.articles()).passages()
    first = passages[0]
    own = {n for n, passage in enumerate(passages) if passage.article_id == first.article_id}
    asked = [
        Asked("这一条", frozenset([first.passage_id])),
        Asked("这一篇", frozenset([first.article_id])),
        Asked("没有的", frozenset(["gone#1"])),
    ]
    found = confirmed(passages, asked)
    assert [one.question for one in found] == ["这一条", "这一篇"]
    assert found[0].passages == (0,)
    assert set(found[1].passages) == own


def test_a_passage_that_was_cut_anew_since_stands_for_its_article() -> None:
    passages = load_library(sample.articles()).passages()
    first = passages[0]
    answers = [
        ConfirmedAnswer("问甲", first.passage_id, first.article_id, DAY),
        ConfirmedAnswer("问甲", first.passage_id, first.article_id, DAY),
        ConfirmedAnswer("问乙", f"{first.article_id}#999", first.article_id, DAY),
    ]
    assert of_journal(answers, passages) == [
        Asked("问甲", frozenset([first.passage_id])),
        Asked("问乙", frozenset([first.article_id])),
    ]


def test_passages_are_learned_from_as_the_index_embeds_them() -> None:
    passages = load_library(sample.articles()).passages()
    found = teachings(passages)
    assert len(found) == len(passages)
    assert all(own.text in own.embedded for own in found)
    assert {own.article for own in found} == {passage.article_id for passage in passages}
