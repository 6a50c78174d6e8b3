"""What is masked on the way to a screen, and what is public."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from api import wire
from copilot.call import Speaker, Utterance
from copilot.events import Recorded, UtteranceHeard
from copilot.overhearing import Interim
from copilot.suggestion import Reason


def test_the_number_that_a_rule_hands_calls_over_to_can_be_dialled():
    rule = Reason("rule", "可直接转接：燃气抢修 0999-6009003", "《城镇燃气管理条例》第五条")
    assert wire.masked(rule)["text"] == rule.text


def test_a_past_order_that_serves_as_a_reason_is_masked():
    shown = wire.masked(Reason("similar", "市民反映停气，电话13812345678。", "YC-20261103-0012"))
    assert shown["text"] == "市民反映停气，电话138****5678。"


def heard(*said: tuple[Speaker, str]) -> list[Recorded]:
    at = datetime(2026, 11, 22, 4, tzinfo=UTC)
    utterances = [Utterance(f"u{n}", who, text, n, n + 1, "1") for n, (who, text) in enumerate(said, start=1)]
    return [Recorded("c1", n, at, UtteranceHeard(one)) for n, one in enumerate(utterances, start=1)]


HALVES = heard(
    (Speaker.CITIZEN, "我的手机13812"),
    (Speaker.AGENT, "13812，您说"),
    (Speaker.CITIZEN, "345678。"),
    (Speaker.AGENT, "345678"),
)
SHOWN = ["我的手机138**", "138**，您说", "**5678。", "**5678"]


def test_a_number_that_was_said_in_two_sentences_is_masked_in_both_of_a_transcript():
    said = [one.event.utterance for one in HALVES]
    assert [one["text"] for one in wire.transcript(said)] == SHOWN


def test_the_sentence_that_ends_a_number_is_masked_when_it_is_heard_and_while_it_is_said():
    texts = [frame["data"]["utterance"]["text"] for frame in wire.event_frames(HALVES)]
    assert texts[2:] == SHOWN[2:]
    (again, _) = wire.event_frames(HALVES, after=2)  # as a socket that comes back gets it
    assert again["data"]["utterance"]["text"] == "**5678。"
    said = [one.event.utterance for one in HALVES[:2]]
    assert wire.interim_frame(Interim(Speaker.CITIZEN, "345678", 3.0, 4.0), said)["text"] == "**5678"
    assert wire.interim_frame(Interim(Speaker.CITIZEN, "345678", 3.0, 4.0), [])["text"] == "345678"


def test_a_call_is_read_back_without_a_number_that_was_said_in_two_sentences(agent, services):
    call = agent.begin()
    services.store.journal.append(call, [one.event for one in HALVES], services.now())
    told = json.dumps([agent.get(f"/api/calls/{call}"), agent.get(f"/api/calls/{call}/events?after=4")])
    assert "5678" in told
    assert "345678" not in told
    assert agent.get(f"/api/calls/{call}")["utterances"][0]["text"] == "我的手机138**"
