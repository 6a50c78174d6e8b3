"""What citizens asked and what became of the answers, read from the journal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from copilot.call import Call, Channel, Part, Speaker, Utterance
from copilot.card_events import AnswerTakenBack, CardsArranged, CaseChosen, LibrarySearched, LookedUp
from copilot.events import (
    Allotment,
    AppealOpened,
    AppealsRearranged,
    CallStarted,
    Event,
    Rearrangement,
    SuggestionDecided,
    SuggestionMade,
    UtteranceHeard,
)
from copilot.store import Store
from copilot.store.asked import ArticleUse
from copilot.store.questions import AnswerOutcome, question_in
from copilot.suggestion import Case, Choice, Citation, Decision, FollowUp, Slot, Suggestion, Verdict

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 2)
CITATION = Citation(
    "permit#1", "permit", "办法", "第一条", "云1号", "云川市", "市公安局", DAY, None, "首次申领居住证不收费。"
)


def heard(n: int, text: str, speaker: Speaker = Speaker.CITIZEN) -> UtteranceHeard:
    return UtteranceHeard(Utterance(f"u{n}", speaker, text, n, n + 1, "1"))


def card(n: int, article: str = "permit", supersedes: tuple[str, ...] = ()) -> SuggestionMade:
    citation = replace(CITATION, article_id=article, passage_id=f"{article}#1")
    return SuggestionMade(f"s{n}", "1", Suggestion(Slot.ANSWER, (Choice(citation, 0.9),)), supersedes, n + 0.5)


def found(at: float, *cards: int) -> CardsArranged:
    """What the copilot says when a sentence is over and finds cards."""
    return CardsArranged("1", (), (), at, found=tuple(f"s{n}" for n in cards))


def outcomes(store: Store) -> list[str]:
    return [question.outcome.value for question in store.asked.between(DAY, DAY).questions]


def decided(n: int, verdict: Verdict, slot: Slot = Slot.ANSWER, value: Any = CITATION) -> SuggestionDecided:
    given = None if verdict is Verdict.REJECT else value
    suggestion = f"s{n}" if slot is Slot.ANSWER else None
    return SuggestionDecided(Decision(f"d{n}{slot}", "1", slot, verdict, suggestion, given, "zuoxi01"))


def take(store: Store, *events: Event, call_id: str = "c1", day: date = DAY) -> None:
    call = Call(call_id, Channel.TELEPHONE, "zuoxi01", day, "云川市")
    store.journal.append(call_id, [CallStarted(call), AppealOpened("1", ""), *events], NOON)


def test_a_number_that_was_said_in_two_sentences_is_masked_in_a_question(store: Store) -> None:
    take(store, heard(1, "我的号码13812"), heard(2, "345678，什么时候能打给我"))
    assert [asked.text for asked in store.asked.between(DAY, DAY).questions] == ["**5678，什么时候能打给我"]


def test_a_question_is_answered_refused_left_unused_or_met_with_silence(store: Store) -> None:
    take(store, heard(1, "居住证要多少钱？"), card(1), decided(1, Verdict.ACCEPT))
    take(store, heard(1, "落户需要什么材料？"), card(1), decided(1, Verdict.REJECT), call_id="c2")
    take(store, heard(1, "养老金怎么转移？"), card(1, "pension"), call_id="c3")
    take(store, heard(1, "共享单车乱停找谁管？"), call_id="c4")
    found = store.asked.between(DAY, DAY)
    assert found.calls == 4
    assert {q.text: q.outcome for q in found.questions} == {
        "居住证要多少钱？": AnswerOutcome.ANSWERED,
        "落户需要什么材料？": AnswerOutcome.REFUSED,
        "养老金怎么转移？": AnswerOutcome.UNUSED,
        "共享单车乱停找谁管？": AnswerOutcome.SILENT,
    }
    permit = found.uses["permit"]
    assert (permit.shown, permit.adopted, permit.edited, permit.rejected) == (2, 1, 0, 1)
    assert found.uses["pension"].shown == 1


def test_one_adopted_card_answers_the_question_that_it_was_found_for_and_no_other(store: Store) -> None:
    take(
        store,
        heard(1, "居住证怎么办？"),
        card(1),
        heard(2, "那要带什么材料呢？"),
        decided(1, Verdict.AMEND),
        heard(3, "老人优待证去哪里办？"),
    )
    assert outcomes(store) == ["answered", "silent", "silent"]
    assert store.asked.between(DAY, DAY).uses["permit"].edited == 1


def test_a_card_that_is_found_again_for_the_next_question_answers_that_too(store: Store) -> None:
    take(
        store,
        heard(1, "居住证怎么办？"),
        card(1),
        heard(2, "那要带什么材料呢？"),
        found(3, 1),
        decided(1, Verdict.ACCEPT),
    )
    assert outcomes(store) == ["answered", "answered"]


def test_what_was_adopted_before_the_question_answers_it_where_it_is_found_for_it(store: Store) -> None:
    take(
        store,
        heard(1, "居住证怎么办？"),
        card(1),
        decided(1, Verdict.ACCEPT),
        heard(2, "居住证如何申领？"),
        found(3, 1),
    )
    assert outcomes(store) == ["answered", "answered"]


def test_a_card_that_is_adopted_while_the_question_is_still_being_asked_answers_it(store: Store) -> None:
    take(
        store,
        replace(card(1), heard_until=1.5),
        decided(1, Verdict.ACCEPT),
        heard(1, "老年卡怎么办，要带什么？"),
        found(2, 2, 1),  # at the end of the sentence another passage of it is the surest
        heard(3, "老人优待证去哪里办？"),
    )
    assert outcomes(store) == ["answered", "silent"]


def test_what_was_adopted_answers_a_later_question_though_another_card_is_surer_of_it(store: Store) -> None:
    adopted = (heard(1, "老年卡怎么办，要带什么？"), card(1), found(1.5, 1), decided(1, Verdict.ACCEPT))
    take(store, *adopted, heard(3, "我要钱吗？"), card(3), found(4, 3, 1))
    take(store, *adopted, heard(3, "我要钱吗？"), card(3), found(4, 3), call_id="c2")
    refused = (*adopted[:-1], decided(1, Verdict.REJECT))
    take(store, *refused, heard(3, "我要钱吗？"), card(3), found(4, 3, 1), call_id="c3")
    assert outcomes(store) == ["answered", "answered", "answered", "unused", "refused", "unused"]


def test_the_second_best_card_of_one_question_adopted_for_the_next_leaves_the_first_unanswered(store: Store) -> None:
    take(
        store,
        heard(1, "居住证怎么办？"),
        card(1),
        card(2, "fees"),
        found(1.5, 1, 2),
        heard(3, "那要多少钱呢？"),
        found(4, 2),
        decided(2, Verdict.ACCEPT),
    )
    assert outcomes(store) == ["unused", "answered"]


def test_a_card_of_an_interim_text_belongs_to_the_sentence_that_was_being_spoken(store: Store) -> None:
    take(store, heard(1, "居住证怎么办？"), card(5), heard(4, "老人优待证去哪里办？"), decided(5, Verdict.ACCEPT))
    assert outcomes(store) == ["silent", "answered"]


def test_typed_messages_that_all_come_in_one_second_keep_their_own_answers(store: Store) -> None:
    def typed(n: int, text: str) -> UtteranceHeard:
        return UtteranceHeard(Utterance(f"u{n}", Speaker.CITIZEN, text, 0.0, 0.0, "1"))

    take(
        store,
        typed(1, "居住证怎么办？"),
        replace(card(1), heard_until=0.0),
        typed(2, "老人优待证去哪里办？"),
        replace(card(2, "pension"), heard_until=0.0),
        decided(2, Verdict.ACCEPT),
    )
    assert outcomes(store) == ["unused", "answered"]


def test_a_question_that_was_moved_to_another_appeal_keeps_its_answer_and_takes_its_department(store: Store) -> None:
    moved = AppealsRearranged(
        "m1", Rearrangement.SPLIT, "zuoxi01", "1", "2", "u1", 0, (Allotment("u1", (Part(0, 7, "2"),)),), ()
    )
    department = Decision("d9", "2", Slot.DEPARTMENT, Verdict.AMEND, None, "市公安局", "zuoxi01")
    take(
        store,
        heard(1, "居住证怎么办？"),
        card(1),
        decided(1, Verdict.ACCEPT),
        AppealOpened("2", ""),
        moved,
        SuggestionDecided(department),
    )
    (question,) = store.asked.between(DAY, DAY).questions
    assert (question.outcome, question.department) == (AnswerOutcome.ANSWERED, "市公安局")


def test_of_a_card_with_cases_the_article_of_the_case_that_was_chosen_counts(store: Store) -> None:
    here = replace(CITATION, article_id="district", passage_id="district#2", case="临湖区")
    asking = replace(
        CITATION, follow_up=FollowUp("请问是在哪个区县？", (Case("临湖区", here), Case("其他区县", CITATION)))
    )
    shown = SuggestionMade("s1", "1", Suggestion(Slot.ANSWER, (Choice(asking, 0.9),)), (), 1.0)
    chosen = CaseChosen("k1", "1", "s1", "临湖区", "zuoxi01")
    take(store, heard(1, "居住证怎么办？"), shown, chosen, decided(1, Verdict.ACCEPT, value=here))
    take(store, heard(1, "居住证怎么办？"), shown, chosen, decided(1, Verdict.REJECT), call_id="c2")
    uses = store.asked.between(DAY, DAY).uses
    assert (uses["district"].shown, uses["district"].adopted, uses["district"].rejected) == (2, 1, 1)
    assert (uses["permit"].shown, uses["permit"].adopted, uses["permit"].rejected) == (2, 0, 0)


def test_a_card_that_was_there_while_the_citizen_still_spoke_counts(store: Store) -> None:
    take(store, card(1), heard(1, "居住证要多少钱？"), decided(1, Verdict.ACCEPT))
    assert [q.outcome.value for q in store.asked.between(DAY, DAY).questions] == ["answered"]


def test_a_superseded_card_was_shown_once_in_its_appeal(store: Store) -> None:
    take(store, heard(1, "居住证要多少钱？"), card(1), card(2, supersedes=("s1",)))
    assert store.asked.between(DAY, DAY).uses["permit"].shown == 1


def test_questions_are_masked_and_say_where_their_appeal_went(store: Store) -> None:
    said = "我叫张建国，住和平路12号楼，我的电话13812345678，想问暖气费怎么退？"
    take(store, heard(1, said), decided(7, Verdict.AMEND, Slot.DEPARTMENT, "市住建局"))
    (question,) = store.asked.between(DAY, DAY).questions
    assert "13812345678" not in question.text
    assert "建国" not in question.text
    assert "12号楼" not in question.text
    assert question.department == "市住建局"


def test_only_the_days_that_are_asked_for_count(store: Store) -> None:
    take(store, heard(1, "居住证要多少钱？"), day=date(2026, 10, 1))
    assert store.asked.between(DAY, DAY).calls == 0
    assert len(store.asked.between(date(2026, 10, 1), DAY).questions) == 1


def test_the_latest_questions_come_last_whatever_their_calls_are_called(store: Store) -> None:
    take(store, heard(1, "居住证要多少钱？"), call_id="z", day=date(2026, 10, 1))
    take(store, heard(1, "落户需要什么材料？"), heard(2, "养老金怎么转移？"), call_id="a")
    found = store.asked.between(date(2026, 10, 1), DAY)
    assert [question.text for question in found.questions] == [
        "居住证要多少钱？",
        "落户需要什么材料？",
        "养老金怎么转移？",
    ]


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ("你好，我想问一下居住证怎么办理？", "居住证怎么办理？"),
        ("喂，听得到吗？", ""),
        ("你好是12345吗？", ""),
        ("路灯坏了三天了，一直没人来修。", ""),
        ("对吗？", ""),
    ],
)
def test_what_is_a_question_for_the_knowledge_base(said: str, question: str) -> None:
    assert question_in(said) == question


def test_a_question_that_leans_on_the_one_before_it_says_what_it_is_about(store: Store) -> None:
    take(store, heard(1, "居住证怎么办？"), heard(2, "那要多少钱呢？"), heard(3, "养老金怎么转移？"))
    take(store, heard(1, "那我去哪里办呀？"), call_id="c2")
    texts = [question.text for question in store.asked.between(DAY, DAY).questions]
    assert texts == ["居住证怎么办？", "居住证怎么办？ 那要多少钱呢？", "养老金怎么转移？", "那我去哪里办？"]


def searched(n: int, query: str, *articles: str) -> LibrarySearched:
    shown = tuple(LookedUp(replace(CITATION, article_id=a, passage_id=f"{a}#1"), 0.9) for a in articles)
    return LibrarySearched(f"q{n}", "1", query, shown, "zuoxi01", {})


def by_hand(n: int, article: str = "permit") -> SuggestionDecided:
    value = replace(CITATION, article_id=article, passage_id=f"{article}#1", search_id=f"q{n}")
    return SuggestionDecided(Decision(f"h{n}", "1", Slot.ANSWER, Verdict.AMEND, None, value, "zuoxi01"))


def asked(store: Store) -> list[tuple[str, str]]:
    return [(q.text, q.outcome.value) for q in store.asked.between(DAY, DAY).questions]


def test_what_an_agent_looked_for_and_did_not_find_was_asked_without_an_answer(store: Store) -> None:
    take(store, heard(1, "我楼下全是共享单车。"), searched(1, "单车"), searched(2, "共享单车停放"))
    assert asked(store) == [("共享单车停放", "silent")]


def test_a_search_in_the_words_of_the_citizens_question_is_not_counted_twice(store: Store) -> None:
    take(store, heard(1, "居住证补办要多少钱？"), searched(1, "居住证 工本费", "permit"))
    assert asked(store) == [("居住证补办要多少钱？", "unused")]


def test_a_search_for_something_else_is_a_question_beside_the_citizens(store: Store) -> None:
    take(store, heard(1, "居住证补办要多少钱？"), searched(1, "停车"), by_hand(1))
    assert asked(store) == [("居住证补办要多少钱？", "silent"), ("停车", "found_by_hand")]


def test_after_an_answer_a_search_is_a_new_question(store: Store) -> None:
    take(store, heard(1, "居住证怎么办？"), card(1), decided(1, Verdict.ACCEPT), searched(1, "居住证 换领"))
    assert asked(store) == [("居住证怎么办？", "answered"), ("居住证 换领", "silent")]


def test_what_was_adopted_from_a_search_answers_the_question_and_counts_for_its_article(store: Store) -> None:
    take(store, heard(1, "居住证要多少钱？"), searched(1, "居住证", "fees", "permit"), by_hand(1, "fees"))
    period = store.asked.between(DAY, DAY)
    assert [(q.text, q.outcome, q.found) for q in period.questions] == [
        ("居住证要多少钱？", AnswerOutcome.FOUND_BY_HAND, "fees")
    ]
    assert period.uses == {"fees": ArticleUse(by_hand=1, missed=1)}


def test_what_was_found_by_hand_though_a_card_had_shown_it_was_not_missed_by_the_cards(store: Store) -> None:
    take(
        store,
        heard(1, "居住证要多少钱？"),
        card(1, "fees"),
        decided(1, Verdict.REJECT),
        searched(1, "居住证 工本费", "fees"),
        by_hand(1, "fees"),
    )
    period = store.asked.between(DAY, DAY)
    assert [q.outcome for q in period.questions] == [AnswerOutcome.FOUND_BY_HAND]
    assert period.uses["fees"] == ArticleUse(shown=1, rejected=1, by_hand=1, missed=0)


def test_a_question_that_a_card_answered_too_is_the_cards(store: Store) -> None:
    take(
        store,
        heard(1, "居住证要多少钱？"),
        card(1),
        searched(1, "居住证 工本费", "fees"),
        by_hand(1, "fees"),
        decided(1, Verdict.ACCEPT),
    )
    period = store.asked.between(DAY, DAY)
    assert [(q.outcome, q.found) for q in period.questions] == [(AnswerOutcome.ANSWERED, "")]
    assert (period.uses["permit"].adopted, period.uses["fees"].by_hand) == (1, 1)


def test_what_was_found_by_hand_and_taken_back_counts_nowhere(store: Store) -> None:
    back = AnswerTakenBack("b1", "1", "h1", "zuoxi01")
    take(store, heard(1, "居住证要多少钱？"), searched(1, "居住证", "fees"), by_hand(1, "fees"), back)
    assert asked(store) == [("居住证要多少钱？", "unused")]
    assert store.asked.between(DAY, DAY).uses == {}


def test_what_was_taken_back_answered_nothing(store: Store) -> None:
    back = AnswerTakenBack("b1", "1", "d1answer", "zuoxi01")
    take(store, heard(1, "居住证要多少钱？"), card(1), decided(1, Verdict.ACCEPT), back)
    assert asked(store) == [("居住证要多少钱？", "unused")]
    assert store.asked.between(DAY, DAY).uses["permit"].adopted == 0


def test_what_was_looked_for_is_masked(store: Store) -> None:
    take(store, searched(1, "13812345678的补贴"))
    ((text, _),) = asked(store)
    assert "13812345678" not in text
