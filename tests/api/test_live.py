from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest


def _one_call(parts: Any) -> bytes:
    """The agent greets for a second, the citizen asks for two."""
    agent = parts.sound((1, 1.0))
    citizen = parts.sound((0, 1.5), (2, 2.0), (0, 0.5))
    return bytes(parts.stereo(citizen, agent))


def test_what_is_said_comes_back_as_text_and_suggestions(agent, parts):
    call = agent.begin()
    with agent.live(call) as live:
        live.listen()
        live.hear(_one_call(parts))
        live.until_event("suggestion_made")
        assert live.said == [("agent", parts.SENTENCES[1]), ("citizen", parts.SENTENCES[2])]
        assert live.frames[0]["type"] == "hello"
        live.hang_up()
    assert agent.get(f"/api/calls/{call}")["ended"] is True


def test_grey_text_comes_before_the_sentence_is_finished(agent, parts):
    with agent.live(agent.begin()) as live:
        live.listen()
        live.hear(parts.stereo(parts.sound((2, 0.5))))
        interim = live.until(lambda frame: frame["type"] == "interim")
        assert interim["speaker"] == "citizen"
        assert parts.SENTENCES[2].startswith(interim["text"])


def test_finished_sentences_are_shown_before_anything_is_advised(agent, parts):
    with agent.live(agent.begin()) as live:
        live.listen()
        live.hear(_one_call(parts))
        live.until_event("suggestion_made")
        names = [frame["name"] for frame in live.frames if frame["type"] == "event"]
        assert names.index("suggestion_made") > names.index("utterance_heard")


@pytest.mark.parametrize("step", [1, 3, 7, 640, 641, 1_000_000])
def test_frames_may_be_cut_anywhere(agent, parts, step):
    data = _one_call(parts)
    small = min(len(data), 400 * step)
    with agent.live(agent.begin()) as live:
        live.listen()
        for first in range(0, small, step):
            live.hear(data[first : first + step])
        live.hear(data[min(len(data), -(-small // step) * step) :])
        live.hang_up()
        assert sorted(live.said) == [("agent", parts.SENTENCES[1]), ("citizen", parts.SENTENCES[2])]


def test_an_emergency_is_flagged_in_the_middle_of_the_sentence(agent, parts):
    with agent.live(agent.begin()) as live:
        live.listen()
        live.hear(parts.stereo(parts.sound((4, 0.4))))
        flag = live.until_event("urgency_flagged")["data"]
        assert (flag["transfer_to"], flag["category"]) == ("119", "燃气")
        assert live.said == []


def test_a_socket_that_comes_back_gets_what_it_missed_and_nothing_twice(agent, parts):
    call = agent.begin()
    with agent.live(call) as live:
        live.listen()
        live.hear(_one_call(parts))
        live.until_event("suggestion_made")
        seen = live.seqs
    with agent.live(call, after=seen[-1]) as again:
        hello = again.until(lambda frame: frame["type"] == "hello")
        assert hello["heard_until"]["citizen"] == pytest.approx(3.5)
        again.hang_up()
        assert seen + again.seqs == list(range(1, again.seqs[-1] + 1))


def test_several_watch_one_call_and_see_the_same(agent, service, parts):
    call = agent.begin()
    with agent.live(call) as first, service("paidan01").live(call) as second:
        first.listen()
        first.hear(_one_call(parts))
        first.hang_up()
        second.until_event("call_ended")
        assert first.said == second.said
        assert second.seqs[0] == 1


def test_events_between_the_replay_and_the_live_stream_are_neither_lost_nor_doubled(agent, parts):
    call = agent.begin()
    sockets = 6
    with agent.live(call) as sender:
        sender.listen()
        for n in range(sockets):
            sender.hear(_one_call(parts))
            with agent.live(call) as late:
                late.until_event("appeal_opened")
                sender.hear(parts.stereo(parts.sound((1, 0.2), (0, 0.4))))
                late.until(
                    lambda f, n=n: f.get("name") == "utterance_heard" and f["data"]["utterance"]["start"] > n * 4.6
                )
                assert late.seqs == list(range(1, len(late.seqs) + 1))
        sender.hang_up()
        assert sender.seqs == list(range(1, len(sender.seqs) + 1))


def test_sound_sent_again_from_heard_until_is_not_heard_twice(agent, parts):
    call, data = agent.begin(), _one_call(parts)
    with agent.live(call) as live:
        live.listen()
        live.hear(data)
        live.until_event("suggestion_made")
    with agent.live(call) as again:
        again.listen(citizen=0.0, agent=0.0)
        again.hear(data + bytes(parts.stereo(parts.sound((3, 1.0), (0, 0.5)))))
        again.hang_up()
        assert [text for _, text in again.said] == [parts.SENTENCES[1], parts.SENTENCES[2], "我的电话是138****5678"]
        starts = [f["data"]["utterance"]["start"] for f in again.frames if f.get("name") == "utterance_heard"]
        assert starts[-1] == pytest.approx(4.0)


def test_a_call_goes_on_after_a_restart_with_an_offset_for_each_speaker(agent, restarted, parts):
    call, data = agent.begin(), _one_call(parts)
    with agent.live(call) as live:
        live.listen()
        live.hear(data)
        live.until_event("suggestion_made")
    with restarted() as desk, desk.live(call) as live:
        heard = live.until(lambda frame: frame["type"] == "hello")["heard_until"]
        assert heard == {"citizen": 3.5, "agent": 1.0}
        live.listen(**heard)
        rest = data[8000 * 4 :] + bytes(parts.stereo(parts.sound((3, 1.0), (0, 0.5))))
        live.hear(rest)
        live.hang_up()
        assert len(live.said) == 3
        last = [f for f in live.frames if f.get("name") == "utterance_heard"][-1]["data"]["utterance"]
        assert (last["start"], last["end"]) == (4.0, 5.0)


def test_words_in_the_middle_are_kept_when_the_sample_rate_changes(agent, parts):
    with agent.live(agent.begin()) as live:
        live.listen()
        live.hear(parts.stereo(parts.sound((2, 1.0))))
        live.listen(rate=16000)
        live.hear(parts.stereo(parts.sound((3, 1.0), (0, 0.5), rate=16000)))
        live.hang_up()
        assert len(live.said) == 2


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ("{not json", "not understood"),
        ("[]", "not understood"),
        ('{"type":"sing"}', "not understood"),
        ('{"type":"listen"}', "sample_rate: is missing"),
        ('{"type":"listen","sample_rate":"fast"}', "sample_rate"),
        ('{"type":"listen","sample_rate":100}', "100 Hz"),
        ('{"type":"listen","sample_rate":8000,"channels":1}', "channels"),
        ('{"type":"listen","sample_rate":8000,"from":{"citizen":-1}}', "from"),
        ('{"type":"listen","sample_rate":8000,"from":{"citizen":12300}}', "in seconds"),
        ("x" * 20_000, "not understood"),
        ("[" * 9_000, "not understood"),
    ],
)
def test_text_that_makes_no_sense_is_answered_and_the_call_goes_on(agent, parts, frame, words):
    with agent.live(agent.begin()) as live:
        live.socket.send_text(frame)
        assert words in live.until_problem()["message"]
        live.listen()
        live.hear(_one_call(parts))
        live.hang_up()
        assert len(live.said) == 2


@pytest.mark.parametrize("beginning", [b"RIFF\x24\x00\x00\x00WAVEfmt ", b"fLaC\x00\x00\x00\x22", b"OggS\x00\x02"])
def test_a_sound_file_is_refused_before_it_is_heard_as_noise(agent, parts, beginning):
    with agent.live(agent.begin()) as live:
        live.listen()
        live.hear(beginning + b"\x00" * 1000)
        assert "Send the bare samples" in live.until_problem()["message"]
        live.listen()
        live.hear(_one_call(parts))
        live.hang_up()
        assert len(live.said) == 2


def test_sound_before_listen_is_a_problem_told_once(agent, parts):
    with agent.live(agent.begin()) as live:
        for _ in range(20):
            live.hear(b"\x01\x00" * 100)
        live.listen()
        live.hear(_one_call(parts))
        live.hang_up()
        assert len([f for f in live.frames if f["type"] == "problem"]) == 1


def test_who_is_no_longer_the_one_that_is_heard_is_told_so_once(agent, service, parts):
    call = agent.begin()
    with agent.live(call) as first, service("zuoxi01").live(call) as second:
        first.listen()
        first.hear(parts.stereo(parts.sound((0, 0.2))))
        second.listen()
        second.hear(_one_call(parts))
        second.until_event("utterance_heard")
        for _ in range(20):
            first.hear(b"\x01\x00" * 100)
        assert "another page" in first.until_problem()["message"]
        second.hang_up()
        first.until_event("call_ended")
        assert [f["message"][:20] for f in first.frames if f["type"] == "problem"] == ["The sound of this ca"]
        assert len(second.said) == 2


def test_mono_sent_as_stereo_is_noticed(agent):
    mono = np.repeat(np.random.default_rng(1).integers(-9000, 9000, 600), 100).astype("<i2")
    with agent.live(agent.begin()) as live:
        live.listen()
        live.hear(mono.tobytes())
        problem = live.until_problem()
        assert "same voice" in problem["message"]
        assert "声道" in problem["chinese"]


def test_half_a_sample_at_the_end_is_told(agent, parts):
    with agent.live(agent.begin()) as live:
        live.listen()
        live.hear(_one_call(parts) + b"\x00")
        live.hang_up()
        problem = live.until_problem()
        assert "1 bytes into a sample" in problem["message"]
        assert "多出 1 字节" in problem["chinese"]


def test_more_sound_than_can_wait_is_refused_with_the_second_to_go_on_from(agent, services, parts):
    door = services.copilot.speech.open_door
    with agent.live(agent.begin()) as live:
        live.listen()
        door.clear()
        minute = parts.stereo(parts.sound((0, 60.0)))
        for first in range(0, len(minute), 32_000):
            live.hear(minute[first : first + 32_000])
        refusal = live.until_problem()
        begins = refusal["from"]
        assert 29 <= begins["citizen"] <= 33
        door.set()
        live.until(lambda frame: frame == {"type": "lag", "seconds": 0.0})
        live.listen(**begins)
        live.hear(_one_call(parts))
        live.hang_up()
        starts = [f["data"]["utterance"]["start"] for f in live.frames if f.get("name") == "utterance_heard"]
        assert starts == [begins["agent"], begins["citizen"] + 1.5]


def test_lag_is_told_while_sound_waits(agent, services, parts):
    door = services.copilot.speech.open_door
    with agent.live(agent.begin()) as live:
        live.listen()
        door.clear()
        live.hear(parts.stereo(parts.sound((0, 5.0))))
        assert live.until(lambda frame: frame["type"] == "lag")["seconds"] > 0
        door.set()
        live.hang_up()


def test_a_recogniser_that_fails_costs_its_second_and_not_the_call(agent, parts):
    with agent.live(agent.begin()) as live:
        live.listen()
        live.hear(parts.stereo(parts.sound((60, 0.5))))
        problem = live.until_problem()["message"]
        assert "0.0 s to 0.5 s" in problem
        assert parts.SENTENCES[60] not in problem
        live.hear(_one_call(parts))
        live.hang_up()
        assert len(live.said) == 2


def test_a_recogniser_that_fails_takes_nothing_of_what_the_other_speaker_or_it_heard_before(agent, parts):
    with agent.live(agent.begin()) as live:
        live.listen()
        live.hear(parts.stereo(parts.sound((2, 0.5)), parts.sound((1, 0.5))))
        live.hear(parts.stereo(parts.sound((60, 0.5)), parts.sound((1, 0.5))))
        live.until_problem()
        live.hang_up()
        assert sorted(live.said) == [("agent", parts.SENTENCES[1]), ("citizen", parts.SENTENCES[2])]
        (greeting,) = [
            f["data"]["utterance"]
            for f in live.frames
            if f.get("name") == "utterance_heard" and f["data"]["utterance"]["speaker"] == "agent"
        ]
        assert (greeting["start"], greeting["end"]) == (0.0, 1.0)


def test_an_advisor_that_fails_does_not_stop_the_transcript(agent, parts):
    with agent.live(agent.begin()) as live:
        live.listen()
        live.hear(parts.stereo(parts.sound((61, 0.5), (0, 0.5))))
        assert parts.SENTENCES[61] not in live.until_problem()["message"]
        live.hear(_one_call(parts))
        live.hang_up()
        assert len(live.said) == 3


def test_nothing_is_heard_after_the_end_but_deciding_goes_on(agent, parts):
    call = agent.begin()
    with agent.live(call) as live:
        live.listen()
        live.hear(_one_call(parts))
        live.hang_up()
        live.hear(_one_call(parts))
        assert "has ended" in live.until_problem()["message"]
        agent.decide(call, decision_id="d1", slot="department", verdict="amend", value="公安局")
        assert live.until_event("suggestion_decided")["data"]["decision"]["value"] == "市公安局"


def test_after_beyond_the_end_loses_nothing(agent, parts):
    call = agent.begin()
    with agent.live(call, after=999) as live:
        live.listen()
        live.hear(_one_call(parts))
        live.hang_up()
        assert live.seqs[0] == 3


def test_telephone_numbers_are_masked_wherever_they_are_said(agent, parts):
    with agent.live(agent.begin()) as live:
        live.listen()
        live.hear(parts.stereo(parts.sound((3, 1.0), (0, 0.5), (2, 0.5), (0, 0.5))))
        live.until_suggested("telephone")
        live.hang_up()
        whole = json.dumps(live.frames, ensure_ascii=False)
        assert "13812345678" not in whole
        assert "138****5678" in whole
        assert "057112345678" in whole  # a public office's number in a quoted policy stays as published
