from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from scripted_lines import ScriptedSpeech

from copilot.appeal import AppealKind, Place, Situation
from copilot.call import Speaker
from copilot.ports import Copilot
from copilot.suggestion import Choice, Citation, Slot, Suggestion
from copilot.urgency_detector import UrgencyDetector
from evaluation.calls.call_judgement import judge, summarise
from evaluation.calls.gold_calls import GoldAppeal, GoldCall, GoldTurn
from evaluation.calls.replay import Replay, replay
from models.hearing.audio import Recording

RATE = 8000
TURNS = (
    GoldTurn(Speaker.AGENT, 0.0, 1.0, "您好请讲"),
    GoldTurn(Speaker.CITIZEN, 1.2, 3.0, "楼道里有煤气味"),
    GoldTurn(Speaker.CITIZEN, 4.0, 5.0, "怎么办"),
)


@dataclass
class OneAnswer:
    """Proposes one department and one passage as soon as anything was said."""

    def advise(self, situation: Situation) -> list[Suggestion[Any]]:
        department = Suggestion(Slot.DEPARTMENT, (Choice("市住房和城乡建设局", 0.8), Choice("市水务局", 0.1)))
        cite = Citation(
            "p1",
            "a1",
            "燃气安全",
            "燃气安全",
            "云建规〔2025〕1号",
            "市住建局",
            "市住建局",
            date(2025, 1, 1),
            None,
            "马上撤离到室外空旷处",
        )
        return [department, Suggestion(Slot.ANSWER, (Choice(cite, 0.9),))]


GOLD = GoldCall(
    call_id="t",
    title="test",
    audio={},
    seconds=6.0,
    turns=TURNS,
    appeals=(GoldAppeal(AppealKind.HELP, "燃气", "市住房和城乡建设局", (), Place(), "燃气"),),
    facts=("马上撤离到室外空旷处", "三十分钟以内赶到现场"),
    urgent=True,
)


def played(gold: GoldCall = GOLD) -> Replay:
    noise = np.random.default_rng(0).integers(-9, 9, size=(6 * RATE, 2)).astype(np.int16)
    copilot = Copilot(ScriptedSpeech(gold.turns), (OneAnswer(),), UrgencyDetector())
    ticks = iter(range(10_000))
    return replay(
        copilot, gold, Recording(noise, RATE), date(2026, 1, 1), "云川市", stopwatch=lambda: next(ticks) * 0.01
    )


def test_suggestions_are_timed_from_the_end_of_the_sentence_in_the_time_of_the_call() -> None:
    figures = judge(GOLD, played())
    assert len(figures["suggestion_delay_s"]) == 2
    # Heard with the chunk that ends the sentence, then one tick to hear it and one to advise.
    assert all(0.0 < delay < 0.5 for delay in figures["suggestion_delay_s"])


def test_slow_work_shows_as_delay() -> None:
    noise = np.zeros((6 * RATE, 2), np.int16)
    noise[:, 0] = 1
    ticks = iter(range(10_000))
    copilot = Copilot(ScriptedSpeech(TURNS), (OneAnswer(),), UrgencyDetector())
    slow = replay(
        copilot, GOLD, Recording(noise, RATE), date(2026, 1, 1), "云川市", stopwatch=lambda: next(ticks) * 1.0
    )
    assert max(judge(GOLD, slow)["suggestion_delay_s"]) > 5


def test_a_call_is_judged_by_department_facts_errors_and_alarm() -> None:
    figures = judge(GOLD, played())
    assert figures["departments"][0]["rank"] == 1
    assert figures["facts"] == {"gold": 2, "suggested": 1, "any": True, "each": [True, False]}
    assert figures["character_error_rate"] == {"citizen": 0.0, "agent": 0.0}
    assert figures["urgent"]["flagged"]
    assert figures["urgent"]["after_first_words_s"] == pytest.approx(1.8, abs=0.4)


def test_an_alarm_in_a_quiet_call_counts_as_false() -> None:
    quiet = replace(GOLD, urgent=False)
    summary = summarise([judge(quiet, played(quiet))])
    assert (summary["urgent_calls"], summary["urgent_flagged"], summary["false_alarms"]) == (0, 0, 1)


def test_the_second_appeal_is_held_against_the_second_that_was_heard() -> None:
    turns = (
        GoldTurn(Speaker.CITIZEN, 0.0, 1.0, "我家门口路灯不亮", "1"),
        GoldTurn(Speaker.CITIZEN, 2.0, 3.0, "第二个事情呢，我想问问敬老卡怎么办", "2"),
    )
    other = GoldAppeal(AppealKind.ENQUIRY, "敬老卡", "市民政局", (), Place(), "敬老卡")
    two = replace(GOLD, turns=turns, appeals=(GOLD.appeals[0], other), urgent=False)
    figures = judge(two, played(two))
    assert (figures["appeals"]["gold"], figures["appeals"]["heard"]) == (2, 2)
    assert figures["appeals"]["splitting"]["hits"] == 1
    assert summarise([figures])["splitting"]["boundary_f1"] == 1.0
    assert [d["rank"] for d in figures["departments"]] == [1, None]
