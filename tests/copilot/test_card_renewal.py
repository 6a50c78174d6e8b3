"""Cards that the library stops backing while they lie on the desk: told through a whole session."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from articles import article
from session_parts import CALL, NOON, Desk, events, make_desk

from copilot.answering import citation_of
from copilot.call import Utterance
from copilot.card_events import CardAct, CardsArranged, CardTouched
from copilot.errors import AnswerOutdated
from copilot.events import SuggestionDecided, SuggestionMade, UtteranceHeard
from copilot.journal import MemoryJournal
from copilot.quoting import QuotesInForce
from copilot.session import CallSession
from copilot.suggestion import Case, Choice, Citation, Decision, FollowUp, Slot, Suggestion, Verdict
from knowledge_base.library import Library, make_library, overlaid

PERMIT = article("permit", "第一条 办证不收费。\n\n第二条 十五日内办结。", title="居住证办法", owner="市公安局")
NOISE = replace(PERMIT, article_id="noise", title="噪声办法", document_number="", text="夜间不得施工。")
FILES = make_library([PERMIT, NOISE])
BEFORE_MIDNIGHT = datetime(2026, 11, 2, 15, 59, tzinfo=UTC)
AFTER_MIDNIGHT = datetime(2026, 11, 2, 16, 1, tzinfo=UTC)


class Shelf:
    """A library that a test replaces under a call."""

    def __init__(self) -> None:
        self.library = FILES
        self.sources = QuotesInForce(lambda: self.library)

    def change(self, **fields: object) -> None:
        self.library = overlaid(FILES, [replace(PERMIT, **fields)])  # type: ignore[arg-type]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def at_desk(shelf: Shelf) -> Desk:
    """A call with the cards of both passages of the permit and of the noise on the screen: s1, s2, s3."""
    desk = make_desk(sources=shelf.sources)
    desk.advisor.suggestions = [*cards("permit", 0.9), *cards("noise", 0.8)]
    desk.advise()
    return desk


def cards(article_id: str, probability: float, library: Library = FILES) -> list[Suggestion[Citation]]:
    return [
        Suggestion(Slot.ANSWER, (Choice(cited(article_id, n, library), probability - n / 100),), {"index": "old"})
        for n in range(len(library.passages_of(article_id)))
    ]


def cited(article_id: str, number: int, library: Library = FILES) -> Citation:
    passage = library.passages_of(article_id)[number]
    return replace(citation_of(passage), article_version=passage.version)


def quotes(desk: Desk) -> dict[str, str]:
    """What is on the screen, from the top."""
    return {key: card.best.value.quote for key, card in desk.open.items()}


def test_an_article_whose_file_is_gone_cannot_be_adopted_and_its_cards_go(shelf: Shelf, at_desk: Desk) -> None:
    shelf.library = make_library([NOISE])
    with pytest.raises(AnswerOutdated, match=r"withdrawn or ended.*Nothing was adopted"):
        at_desk.decide(Slot.ANSWER, Verdict.ACCEPT, "s1")
    assert quotes(at_desk) == {"s3": "夜间不得施工。"}
    assert at_desk.session.state.withdrawn == {"s1", "s2"}
    assert at_desk.session.state.appeals["1"].answers == {}
    at_desk.decide(Slot.ANSWER, Verdict.ACCEPT, "s3")


def test_a_wording_that_changed_is_refused_and_the_present_one_takes_the_cards_place(
    shelf: Shelf, at_desk: Desk
) -> None:
    shelf.change(text="第一条 办证收费二十元。\n\n第二条 十五日内办结。")
    with pytest.raises(AnswerOutdated, match=r"text was changed.*present text is on the card"):
        at_desk.decide(Slot.ANSWER, Verdict.ACCEPT, "s1")
    assert quotes(at_desk) == {"s4": "第一条 办证收费二十元。", "s2": "第二条 十五日内办结。", "s3": "夜间不得施工。"}
    new = at_desk.session.state.suggestions["s4"]
    assert new.supersedes == ("s1",)
    assert new.suggestion.versions == {"index": shelf.library.version}
    assert new.suggestion.best.probability == pytest.approx(0.9)
    at_desk.decide(Slot.ANSWER, Verdict.ACCEPT, "s4")
    (answer,) = at_desk.session.state.appeals["1"].answers.values()
    assert answer.value.quote == "第一条 办证收费二十元。"
    assert answer.value.article_version == shelf.library.passages_of("permit")[0].version


def test_what_was_edited_from_the_old_wording_is_refused_too(shelf: Shelf, at_desk: Desk) -> None:
    shelf.change(text="第一条 办证收费二十元。")
    edited = replace(cited("permit", 0), quote="您好，办证不收费。")
    with pytest.raises(AnswerOutdated):
        at_desk.decide(Slot.ANSWER, Verdict.AMEND, "s1", value=edited)
    assert at_desk.session.state.appeals["1"].answers == {}
    with pytest.raises(
        AnswerOutdated, match="text was changed"
    ):  # again: the old card is not there, nothing is doubled
        at_desk.decide(Slot.ANSWER, Verdict.AMEND, "s1", value=edited)
    assert list(quotes(at_desk).values()) == ["第一条 办证收费二十元。", "夜间不得施工。"]


def test_a_refused_card_can_still_be_rejected_and_a_journal_read_again_gives_the_same(
    shelf: Shelf, at_desk: Desk
) -> None:
    shelf.library = make_library([NOISE])
    with pytest.raises(AnswerOutdated):
        at_desk.decide(Slot.ANSWER, Verdict.ACCEPT, "s1")
    at_desk.decide(Slot.ANSWER, Verdict.REJECT, "s1", reason="已过期")
    again = CallSession.resume(at_desk.copilot, at_desk.journal, "c1")
    assert again.state.appeals["1"] == at_desk.session.state.appeals["1"]
    assert again.state.withdrawn == at_desk.session.state.withdrawn


def test_the_next_sentence_renews_cards_without_anybody_touching_them(shelf: Shelf, at_desk: Desk) -> None:
    shelf.change(text="第一条 办证收费二十元。\n\n第二条 十五日内办结。")
    at_desk.advisor.suggestions = []
    at_desk.advise("好的")
    assert list(quotes(at_desk).values()) == ["第一条 办证收费二十元。", "第二条 十五日内办结。", "夜间不得施工。"]


def test_a_card_in_a_persons_hand_is_renewed_as_well(shelf: Shelf, at_desk: Desk) -> None:
    at_desk.session.touch(CardTouched("t1", "1", "s1", CardAct.EDIT, "agent.li"), NOON)
    shelf.change(text="第一条 办证收费二十元。\n\n第二条 十五日内办结。")
    made = at_desk.session.renew_cards(NOON)
    assert [type(record.event) for record in made] == [SuggestionMade, CardsArranged]
    assert isinstance(made[1].event, CardsArranged)
    assert made[1].event.lapsed == ("s1",)
    assert made[1].event.withdrawn == ()
    assert "第一条 办证收费二十元。" in quotes(at_desk).values()
    assert at_desk.session.renew_cards(NOON) == []


def test_a_file_that_was_renamed_gives_its_words_under_the_new_name(shelf: Shelf, at_desk: Desk) -> None:
    shelf.library = make_library([replace(PERMIT, article_id="permit-2025"), NOISE])
    with pytest.raises(AnswerOutdated, match="present text is on the card"):
        at_desk.decide(Slot.ANSWER, Verdict.ACCEPT, "s2")
    assert list(quotes(at_desk).values()) == ["第一条 办证不收费。", "第二条 十五日内办结。", "夜间不得施工。"]
    assert {c.best.value.article_id for c in at_desk.open.values()} == {"permit-2025", "noise"}


def test_two_cards_whose_words_are_one_passage_now_become_one_card(shelf: Shelf, at_desk: Desk) -> None:
    shelf.change(text="第一条 现在办证不收费、十五日内办结。")
    at_desk.session.renew_cards(NOON)
    assert list(quotes(at_desk).values()) == ["第一条 现在办证不收费、十五日内办结。", "夜间不得施工。"]
    assert at_desk.session.state.withdrawn == {"s2"}


def test_a_card_goes_when_one_of_the_cases_that_it_offers_is_gone(shelf: Shelf) -> None:
    desk = make_desk(sources=shelf.sources)
    narrowed = FollowUp("什么事？", (Case("办证", cited("permit", 0)), Case("施工", cited("noise", 0))))
    offered = replace(cited("permit", 0), follow_up=narrowed)
    desk.advisor.suggestions = [Suggestion(Slot.ANSWER, (Choice(offered, 0.9),))]
    desk.advise()
    shelf.library = make_library([PERMIT])
    desk.session.renew_cards(NOON)
    (card,) = desk.open.values()
    assert card.best.value.follow_up is None


def test_an_article_that_ends_at_midnight_is_not_adopted_after_it_in_a_call_that_goes_on(shelf: Shelf) -> None:
    shelf.library = make_library([replace(PERMIT, effective_to=CALL.day), NOISE])
    desk = make_desk(sources=shelf.sources)
    desk.advisor.suggestions = cards("permit", 0.9, shelf.library)
    desk.advise()
    assert desk.session.renew_cards(BEFORE_MIDNIGHT) == []
    decision = decided(desk, "s1", BEFORE_MIDNIGHT)
    assert decision == ["s1"]
    with pytest.raises(AnswerOutdated, match="withdrawn or ended"):
        decided(desk, "s2", AFTER_MIDNIGHT)
    assert quotes(desk) == {}


def test_a_call_that_goes_on_past_midnight_is_advised_by_the_new_day(shelf: Shelf) -> None:
    desk = make_desk(sources=shelf.sources)
    (utterance,) = said(desk, "办居住证要多少钱")
    desk.session.advise(utterance, BEFORE_MIDNIGHT)
    desk.session.advise(utterance, AFTER_MIDNIGHT)
    assert [situation.day for situation in desk.advisor.seen] == [date(2026, 11, 2), date(2026, 11, 3)]


def test_what_was_told_before_midnight_is_adopted_after_it_once_the_call_is_over(shelf: Shelf) -> None:
    shelf.library = make_library([replace(PERMIT, effective_to=CALL.day), NOISE])
    desk = make_desk(sources=shelf.sources)
    desk.advisor.suggestions = cards("permit", 0.9, shelf.library)
    desk.advise()
    desk.session.hang_up(60.0, BEFORE_MIDNIGHT)
    assert desk.session.renew_cards(AFTER_MIDNIGHT) == []
    assert decided(desk, "s1", AFTER_MIDNIGHT) == ["s1"]


def test_a_recorded_call_of_a_past_day_is_advised_by_that_day() -> None:
    past = replace(CALL, day=date(2099, 1, 1))
    session = CallSession.begin(make_desk().copilot, MemoryJournal(), past, NOON)
    assert session.state.day_at(NOON) == date(2099, 1, 1)


def test_the_script_of_a_rule_is_no_article_and_stays(shelf: Shelf) -> None:
    script = replace(cited("permit", 0), article_id="rule:借钱", passage_id="rule:借钱", quote="请向法院起诉。")
    desk = make_desk(sources=shelf.sources)
    desk.advisor.suggestions = [Suggestion(Slot.ANSWER, (Choice(script, 0.9),))]
    desk.advise()
    shelf.library = make_library([NOISE])
    assert desk.session.renew_cards(NOON) == []
    assert decided(desk, "s1", NOON) == ["s1"]


def said(desk: Desk, text: str) -> list[Utterance]:
    return [r.event.utterance for r in events(desk.hear(text)) if isinstance(r.event, UtteranceHeard)]


def decided(desk: Desk, suggestion_id: str, at: datetime) -> list[str | None]:
    decision = Decision(f"d-{suggestion_id}", "1", Slot.ANSWER, Verdict.ACCEPT, suggestion_id, None, "agent.li")
    made = desk.session.decide(decision, at)
    return [r.event.decision.suggestion_id for r in made if isinstance(r.event, SuggestionDecided)]


FAQ = replace(
    PERMIT,
    article_id="faq",
    document_number="",
    title="问答",
    text="第一条 要照片。\n\n第二条 要合同。\n\n第三条 要押金条。",
)
FEWER = replace(FAQ, text="第二条 要合同。\n\n第三条 押金条不要了。")


def test_passages_that_were_numbered_anew_are_not_taken_for_one_another() -> None:
    """Without the first of three, the third of a new version has the number that the second one had."""
    library = make_library([FAQ])
    desk = make_desk(sources=QuotesInForce(lambda: library))
    desk.advisor.suggestions = cards("faq", 0.9, library)
    desk.advise()
    library = make_library([FEWER])
    assert [passage.passage_id for passage in library.passages_of("faq")] == ["faq#1", "faq#2"]
    desk.session.renew_cards(NOON)
    assert sorted(quotes(desk).values()) == ["第三条 押金条不要了。", "第二条 要合同。"]


SHORT = replace(FAQ, text="## 材料\n要照片。")
LONGER = replace(FAQ, text="## 预约\n先要预约。\n## 材料\n要照片。")


@pytest.fixture
def renumbered() -> Desk:
    """A call with the card of an article's only passage, which has been given another one before it since."""
    library = make_library([SHORT])
    desk = make_desk(sources=QuotesInForce(lambda: library))
    desk.advisor.suggestions = cards("faq", 0.8, library)
    desk.advise()
    library = make_library([LONGER])
    assert [passage.text for passage in library.passages_of("faq")] == ["先要预约。", "要照片。"]
    desk.advisor.suggestions = cards("faq", 0.9, library)
    return desk


def test_a_card_is_found_again_under_its_new_number_and_its_old_number_is_another_card(renumbered: Desk) -> None:
    renumbered.advise()
    assert quotes(renumbered) == {"s1": "要照片。", "s2": "先要预约。"}
    appeal = renumbered.session.state.appeals["1"]
    assert [appeal.standing[key].probability for key in ("s1", "s2")] == [0.89, 0.9]


@pytest.mark.parametrize("verdict", [Verdict.ACCEPT, Verdict.REJECT])
def test_what_was_decided_does_not_come_back_under_a_new_number_nor_keep_its_old_one_from_coming(
    renumbered: Desk, verdict: Verdict
) -> None:
    renumbered.decide(Slot.ANSWER, verdict, "s1", reason="不相关" if verdict is Verdict.REJECT else "")
    renumbered.advise()
    assert quotes(renumbered) == {"s2": "先要预约。"}
    found = renumbered.session.state.appeals["1"].found_at
    assert found["s1"] == found["s2"]  # the journal knows that it answered once more


def test_what_was_rejected_does_not_come_back_in_the_place_of_a_card_that_went() -> None:
    fees = replace(FAQ, text="第一条 补办收工本费二十元。\n\n第二条 再次补办收工本费二十元。")
    library = make_library([fees])
    desk = make_desk(sources=QuotesInForce(lambda: library))
    desk.advisor.suggestions = cards("faq", 0.9, library)
    desk.advise()
    desk.decide(Slot.ANSWER, Verdict.REJECT, "s1", reason="不相关")
    library = make_library([replace(fees, text="第一条 补办收工本费二十元。")])
    desk.session.renew_cards(NOON)
    assert quotes(desk) == {}
