from __future__ import annotations

import json
from pathlib import Path

import pytest

from copilot.appeal import AppealKind
from copilot.call import Speaker
from copilot.errors import BadInput
from copilot.suggestion import Choice, Slot, Suggestion, Verdict
from evaluation.calls.gold_calls import load_calls
from evaluation.calls.gold_person import NAME, GoldPerson

SHIPPED = Path(__file__).parents[2] / "evaluation/sample/calls/calls.jsonl"


def test_the_shipped_calls_name_sounds_that_are_there() -> None:
    calls = load_calls(SHIPPED)
    assert len(calls) == 7
    for call in calls:
        assert call.recording(telephone=False).is_file()
        assert call.recording(telephone=True).is_file()
        assert call.said_by(Speaker.CITIZEN)
        assert call.appeals


def test_a_call_without_gold_is_refused_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_text(json.dumps({"id": 1, "turns": [{"speaker": "citizen"}], "gold": {}}), encoding="utf-8")
    with pytest.raises(BadInput, match="call 1"):
        load_calls(path)


def test_a_missing_telephone_version_is_said_so() -> None:
    call = load_calls(SHIPPED)[0]
    del call.audio["8k"]
    with pytest.raises(BadInput, match="audio_8k"):
        call.recording(telephone=True)


def test_the_person_of_the_file_corrects_what_is_wrong_and_is_named_as_such() -> None:
    person = GoldPerson(load_calls(SHIPPED)[0])
    wrong = Suggestion(Slot.DEPARTMENT, (Choice("市教育局", 0.9),))
    decision = person.on("s1", "1", wrong)
    assert (decision.verdict, decision.value, decision.by) == (Verdict.AMEND, "市公安局", NAME)
    right = Suggestion(Slot.KIND, (Choice(AppealKind.ENQUIRY, 0.9),))
    assert person.on("s2", "1", right).verdict is Verdict.ACCEPT
