"""Appeals arranged by hand, over the wire."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def call_id(agent: Any, parts: Any) -> str:
    """A call in which the citizen asked about a permit, then gave a telephone number; both were advised on."""
    begun: str = agent.begin()
    with agent.live(begun) as live:
        live.listen()
        live.hear(parts.stereo(parts.sound((0, 0.5), (2, 1.0), (0, 0.5), (3, 1.0), (0, 0.5))))
        live.until(lambda frame: frame.get("name") == "suggestion_made" and frame["data"]["heard_until"] > 2.5)
        live.hang_up()
    return begun


def test_an_appeal_is_split_and_both_are_advised_on_again(agent: Any, call_id: str) -> None:
    before = agent.get(f"/api/calls/{call_id}")
    wish = {"change_id": "c1", "act": "split", "utterance_id": "u2", "start": 2}
    answer = agent.post(f"/api/calls/{call_id}/rearrangements", wish, 201)
    assert (answer["appeal_id"], answer["into"]) == ("1", "2")
    assert agent.post(f"/api/calls/{call_id}/rearrangements", wish, 201) == answer
    with agent.live(call_id, after=answer["seq"]) as live:
        again = [live.until_event("suggestion_made")["data"] for _ in range(7)]
    assert {made["appeal_id"] for made in again} == {"1", "2"}
    after = agent.get(f"/api/calls/{call_id}")
    assert after["utterances"][1]["text"] == before["utterances"][1]["text"]
    assert [(p["start"], p["appeal_id"]) for p in after["utterances"][1]["parts"]] == [(0, "1"), (2, "2")]
    numbers = [
        [made["choices"][0]["reasons"] for made in appeal["open"].values() if made["slot"] == "telephone"]
        for appeal in after["appeals"]
    ]
    assert numbers[1] == [[]]  # it was left there
    assert [[reason["source"] for reason in reasons] for reasons in numbers[0]] == [["同一来电人"]]
    assert len(after["appeals"][1]["open"]) == 1


def test_a_number_that_a_person_typed_for_one_appeal_is_offered_for_the_others_at_once(agent: Any, parts: Any) -> None:
    call_id = agent.begin()
    with agent.live(call_id) as live:
        live.listen()
        live.hear(parts.stereo(parts.sound((2, 1.0), (0, 0.5), (5, 1.0), (0, 0.5))))
        live.until(lambda f: f.get("name") == "suggestion_made" and f["data"]["appeal_id"] == "2")
        typed = {"slot": "telephone", "verdict": "amend", "value": "13800005678"}
        agent.decide(call_id, decision_id="d1", appeal_id="2", **typed)
        offered = live.until(
            lambda f: f.get("name") == "suggestion_made" and f["data"]["suggestion"]["slot"] == "telephone"
        )
    assert offered["data"]["appeal_id"] == "1"
    assert offered["data"]["suggestion"]["choices"][0]["value"] == "138****5678"


def test_what_was_split_is_merged_and_moved(agent: Any, call_id: str) -> None:
    path = f"/api/calls/{call_id}/rearrangements"
    agent.post(path, {"change_id": "c1", "act": "split", "utterance_id": "u2"}, 201)
    agent.post(path, {"change_id": "c2", "act": "merge", "appeal_id": "2", "into": "1"}, 201)
    assert [a["merged_into"] for a in agent.get(f"/api/calls/{call_id}")["appeals"]] == ["", "1"]
    refused = agent.post(path, {"change_id": "c3", "act": "move", "utterance_id": "u1", "into": "2"}, 409)
    assert "merged into 1" in refused["error"]["message"]
    agent.post(path, {"change_id": "c4", "act": "split", "utterance_id": "u2"}, 201)
    agent.post(path, {"change_id": "c5", "act": "move", "utterance_id": "u2", "into": "1"}, 201)
    assert {u["appeal_id"] for u in agent.get(f"/api/calls/{call_id}")["utterances"]} == {"1"}


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"act": "split", "utterance_id": "u9"}, 404),
        ({"act": "split", "hint_id": "h1"}, 409),
        ({"act": "split", "utterance_id": "u1"}, 422),
        ({"act": "tear", "utterance_id": "u1"}, 422),
        ({"act": "move", "utterance_id": "u1", "into": "7"}, 404),
        ({"act": "split"}, 422),
        ({"act": "move", "utterance_id": "u1"}, 422),
        ({"act": "merge", "into": "1"}, 422),
    ],
)
def test_what_cannot_be_done_is_refused(agent: Any, call_id: str, wish: dict[str, Any], status: int) -> None:
    before = agent.get(f"/api/calls/{call_id}")
    agent.post(f"/api/calls/{call_id}/rearrangements", {"change_id": "c1", **wish}, status)
    assert agent.get(f"/api/calls/{call_id}") == before


def test_an_open_hint_is_shown_and_only_an_agent_may_decline_it(
    agent: Any, service: Any, services: Any, call_id: str
) -> None:
    from copilot.events import AnotherMatterSuspected  # noqa: PLC0415 - beside its only use

    hint = AnotherMatterSuspected("h1", "1", "u2", 0, "市公安局", "市水务局", "", 3.0, {"router": "r"})
    services.store.journal.append(call_id, [hint], services.now())
    (shown,) = agent.get(f"/api/calls/{call_id}")["hints"]
    assert (shown["was"], shown["now"]) == ("市公安局", "市水务局")
    path = f"/api/calls/{call_id}/hints/h1/decline"
    service("paidan01").post(path, {"decision_id": "d1"}, 403)
