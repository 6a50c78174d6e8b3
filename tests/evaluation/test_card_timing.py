from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from copilot.appeal import AppealKind, Place
from copilot.call import Call, Channel, Hypothesis, Speaker
from copilot.card_events import CardsArranged, ShownCard
from copilot.errors import BadInput
from copilot.events import SuggestionMade
from copilot.ports import Copilot
from copilot.state import CallState
from copilot.suggestion import Choice, Citation, Slot, Suggestion
from copilot.urgency_detector import UrgencyDetector
from evaluation.calls.card_timing import Enquiry, answered, enquiries_of, judge_cards, steadiness, summarise_cards
from evaluation.calls.gold_calls import GoldAppeal, GoldCall, GoldTurn
from evaluation.calls.kept_hearing import Hearing, Piece, heard_through, load_hearing
from evaluation.calls.replay import Replay

C, A = Speaker.CITIZEN, Speaker.AGENT
FREE, DAYS = "首次办理居住证不收取费用", "自受理之日起十五个工作日内制发居住证"
GOLD = GoldCall(
    call_id="t",
    title="test",
    audio={},
    seconds=60.0,
    turns=(
        GoldTurn(A, 0.0, 2.0, "您好请讲"),
        GoldTurn(C, 3.0, 6.0, "办居住证要钱吗"),
        GoldTurn(A, 7.0, 9.0, "首次办理居住证是不收取费用的"),
        GoldTurn(C, 10.0, 12.0, "要等多久呢"),
        GoldTurn(A, 13.0, 15.0, "自受理之日起15个工作日内制发居住证"),
        GoldTurn(C, 16.0, 17.0, "好的谢谢"),
    ),
    appeals=(GoldAppeal(AppealKind.ENQUIRY, "居住证", "市公安局", (), Place(), "居住证"),),
    facts=(FREE, DAYS),
    urgent=False,
)


def made(key: str, quote: str, heard_until: float) -> SuggestionMade:
    cite = Citation(key, "a", "办法", "办法", "1号", "局", "局", date(2025, 1, 1), None, quote)
    return SuggestionMade(key, "1", Suggestion(Slot.ANSWER, (Choice(cite, 0.9),)), (), heard_until)


def board(*keys: str, withdrawn: tuple[str, ...] = ()) -> CardsArranged:
    return CardsArranged("1", tuple(ShownCard(key, 0.9) for key in keys), withdrawn, 0.0)


def replayed() -> Replay:
    """The fee's card in the middle of the first turn; the days' card first below it, then on top."""
    result = Replay(CallState(call=Call("t", Channel.RECORDING, "x", date(2026, 1, 1), "市")))
    result.shown = [(5.0, made("s1", FREE, 5.0)), (11.0, made("s2", DAYS, 11.0)), (17.5, made("s3", "无关", 17.0))]
    result.boards = [
        (5.0, board("s1")),
        (11.0, board("s1", "s2")),
        (12.5, board("s2", "s1")),
        (17.5, board("s2", "s3", withdrawn=("s1",))),
        (18.0, board("s2", withdrawn=("s3",))),
    ]
    return result


def test_what_was_asked_is_read_off_the_agents_answers() -> None:
    first, second = enquiries_of(GOLD)
    assert first == Enquiry(3.0, 6.0, 10.0, (FREE,))
    assert second == Enquiry(10.0, 12.0, 16.0, (DAYS,))


def test_a_card_counts_from_when_it_is_first_until_the_citizen_speaks_again() -> None:
    first, second = (answered(enquiry, replayed()) for enquiry in enquiries_of(GOLD))
    assert (first.first_right, first.before_the_end) == (5.0, True)
    assert (second.first_right, second.any_right, second.before_the_end) == (12.5, 11.0, False)


@pytest.mark.parametrize(("sentence", "right"), [((0, 12), True), ((12, 18), False), (None, None)])
def test_what_is_marked_on_the_right_card_states_the_fact_or_not(
    sentence: tuple[int, int] | None, right: bool | None
) -> None:
    result = replayed()
    result.shown[0] = (5.0, made("s1", f"{FREE}遗失补领收费", 5.0))
    result.boards[0] = (5.0, CardsArranged("1", (ShownCard("s1", 0.9, sentence),), (), 0.0))
    assert answered(enquiries_of(GOLD)[0], result).mark_right is right


def test_a_card_that_was_right_before_the_question_counts_from_its_first_word() -> None:
    late = replace(GOLD, turns=(*GOLD.turns[:3], GoldTurn(C, 10.0, 12.0, "确实不要钱吗"), *GOLD.turns[2:3]))
    enquiry = Enquiry(10.0, 12.0, 60.0, (FREE,))
    assert late.facts
    assert answered(enquiry, replayed()).first_right == 10.0


def test_changes_are_counted_and_cards_on_small_talk_too() -> None:
    steady = steadiness(GOLD, replayed())
    assert (steady.came, steady.left, steady.moved) == (3, 2, 1)
    assert (steady.brief, steady.on_small_talk) == (1, 1)


def test_a_summary_counts_calls_and_questions() -> None:
    summary = summarise_cards([judge_cards(GOLD, replayed())])
    assert summary["calls_of_enquiry"]["before_the_end"] == 1
    questions = summary["all_questions"]
    assert (questions["n"], questions["first_card_right"], questions["before_the_end"]) == (2, 2, 1)
    assert questions["after_the_turn_s"]["p50"] == pytest.approx(-0.25)
    assert summary["per_minute"] == {"came": 3.0, "left": 2.0, "moved": 1.0}


class Ear:
    version = "ear 1"

    def recognizer(self, sample_rate: int, offset: float = 0.0) -> Ear:
        return self

    def accept(self, samples: object) -> list[Hypothesis]:
        return [Hypothesis("你好", 0.0, 1.0, final=True)]

    def finish(self) -> list[Hypothesis]:
        return []


def test_what_was_heard_is_kept_with_the_time_it_took_and_heard_again(tmp_path: Path) -> None:
    ticks = iter(range(100))
    path = tmp_path / "t.json"
    copilot = Copilot(Ear(), (), UrgencyDetector())
    with heard_through(copilot, path, lambda: float(next(ticks))) as (listening, _):
        listening.speech.recognizer(8000).accept(None)  # type: ignore[arg-type]
    assert load_hearing(path) == Hearing("ear 1", [[Piece(1.0, (Hypothesis("你好", 0.0, 1.0, True),))]])
    with heard_through(copilot, path, lambda: 0.0) as (again, stopwatch):
        assert again.speech is not copilot.speech
        ear = again.speech.recognizer(8000)
        assert [said.text for said in ear.accept(None)] == ["你好"]  # type: ignore[arg-type]
        assert ear.finish() == []
        assert stopwatch() == 1.0


def test_another_recogniser_hears_for_itself(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    Hearing("ear 2").save(path)
    with heard_through(Copilot(Ear(), (), UrgencyDetector()), path, lambda: 0.0) as (copilot, _):
        assert len(copilot.speech.recognizer(8000).accept(None)) == 1  # type: ignore[arg-type]
    path.write_text("[]")
    with pytest.raises(BadInput, match="no hearing"):
        load_hearing(path)
