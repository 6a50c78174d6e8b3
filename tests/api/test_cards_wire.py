"""Answer cards over the wire: while the citizen speaks, in hand, narrowed, reported; and who may."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from api.services import Services
from copilot.suggestion import Case, Choice, FollowUp, Slot, Suggestion


class AskingAdvisor:
    """Knows residence permits, which distinguish two cases; takes leaking gas for one, and is less sure of gas."""

    def __init__(self, parts: Any) -> None:
        renting, owning = (replace(parts.CITATION, quote=f"{who}的，带住所证明。") for who in ("租房", "自有住房"))
        asks = FollowUp("请问是租房还是自有住房？", (Case("租房", renting), Case("自有住房", owning)))
        gas = replace(parts.CITATION, passage_id="gas#1", article_id="fire.gas")
        self._gas = Suggestion(Slot.ANSWER, (Choice(gas, 0.7),), {"index": "x"})
        self._card = Suggestion(Slot.ANSWER, (Choice(replace(parts.CITATION, follow_up=asks), 0.9),), {"index": "x"})

    def advise(self, situation: Any) -> list[Suggestion[Any]]:
        if "煤气" in situation.citizen_text:
            return [self._card, self._gas]
        return [self._card] if "居住证" in situation.citizen_text else []


@pytest.fixture
def services(services: Services, parts: Any) -> Services:
    advisor = AskingAdvisor(parts)
    copilot = replace(services.copilot, advisors=(advisor,), while_speaking=(advisor,))
    return replace(services, copilot=copilot)


@pytest.fixture
def call_id(agent: Any, parts: Any) -> str:
    begun: str = agent.begin()
    with agent.live(begun) as live:
        live.listen()
        for _ in range(5):
            live.hear(parts.stereo(parts.sound((2, 0.6))))
        live.until_event("cards_arranged")
        live.hear(parts.stereo(parts.sound((0, 0.5))))
        live.until_event("utterance_heard")
    return begun


def card(agent: Any, call_id: str, what: str, body: dict[str, Any], status: int = 200) -> Any:
    return agent.post(f"/api/calls/{call_id}/cards/s1/{what}", {"appeal_id": "1", **body}, status)


def test_a_card_is_on_the_screen_before_the_sentence_is_over(agent: Any, call_id: str) -> None:
    names = [event["name"] for event in agent.get(f"/api/calls/{call_id}/events")["events"]]
    assert names.index("cards_arranged") < names.index("utterance_heard")
    (arranged,) = agent.events(call_id, "cards_arranged")
    assert arranged["while_speaking"]
    assert [shown["suggestion_id"] for shown in arranged["shown"]] == ["s1"]
    (made,) = agent.events(call_id, "suggestion_made")
    assert made["suggestion"]["versions"] == {"index": "x"}


def test_a_case_is_chosen_and_its_passage_taken(agent: Any, call_id: str) -> None:
    assert card(agent, call_id, "case", {"choice_id": "k1", "case": "租房"})["seq"] > 0
    card(agent, call_id, "case", {"choice_id": "k1", "case": "租房"})
    card(agent, call_id, "case", {"choice_id": "k2", "case": "借住"}, 422)
    taken = agent.decide(call_id, decision_id="d1", slot="answer", verdict="accept", suggestion_id="s1")
    assert (taken["decision"]["value"]["quote"], taken["decision"]["value"]["case"]) == ("租房的，带住所证明。", "租房")
    card(agent, call_id, "case", {"choice_id": "k3", "case": "租房"}, 409)
    assert len(agent.events(call_id, "case_chosen")) == 1


def test_an_outdated_passage_is_reported_once(agent: Any, call_id: str) -> None:
    body = {"report_id": "r1", "kind": "outdated", "note": "窗口搬了"}
    card(agent, call_id, "report", body)
    card(agent, call_id, "report", body)
    (report,) = agent.events(call_id, "passage_reported")
    assert (report["passage_id"], report["owner"], report["note"]) == ("residence#2", "市公安局", "窗口搬了")
    assert agent.get(f"/api/calls/{call_id}")["appeals"][0]["open"] == {}
    card(agent, call_id, "report", {"report_id": "r2", "kind": "spoilt"}, 422)


def test_a_card_in_hand_is_told_once(agent: Any, call_id: str) -> None:
    for _ in range(2):
        card(agent, call_id, "touch", {"touch_id": "t1", "act": "edit"})
    assert [touch["act"] for touch in agent.events(call_id, "card_touched")] == ["edit"]
    agent.post(f"/api/calls/{call_id}/cards/s9/touch", {"appeal_id": "1", "touch_id": "t2", "act": "read"}, 404)


def test_only_agents_lay_hands_on_cards(service: Any, call_id: str) -> None:
    card(service("paidan01"), call_id, "touch", {"touch_id": "t1", "act": "read"}, 403)


def test_an_emergency_whose_only_card_is_refused_is_looked_up_again_at_once(agent: Any, parts: Any) -> None:
    call_id = agent.begin()
    with agent.live(call_id) as live:
        live.listen()
        live.hear(parts.stereo(parts.sound((4, 1.0), (0, 0.5))))
        live.until(lambda f: f.get("name") == "cards_arranged" and f["data"]["kept_back"] == ["fire.gas"])
        agent.decide(call_id, decision_id="d1", slot="answer", verdict="reject", suggestion_id="s1", reason="不相关")
        live.until(lambda f: f.get("name") == "suggestion_made" and f["data"]["suggestion_id"] == "s2")
    quoted = [
        made["suggestion"]["choices"][0]["value"]["article_id"] for made in agent.events(call_id, "suggestion_made")
    ]
    assert quoted == ["residence", "fire.gas"]
