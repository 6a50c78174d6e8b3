from __future__ import annotations

import json
import logging

import pytest


def test_accepted_suggestions_become_a_work_order_that_the_dispatcher_sends(agent, service, parts):
    call, order = agent.filed()
    assert order["department"]["value"] == "市公安局"
    assert order["telephone"]["value"] == "138****5678"
    assert order["filed_by"] == "zuoxi01"
    dispatcher = service("paidan01")
    (row,) = dispatcher.get("/api/work-orders?status=filed")["orders"]
    assert row["ranking"]["choices"][0] == {
        "value": "市公安局",
        "probability": 0.83,
        "reasons": [{"kind": "words", "text": "居住证", "source": ""}],
    }
    full = dispatcher.get(f"/api/work-orders/{order['number']}")
    assert [u["text"] for u in full["transcript"]] == [parts.SENTENCES[2], "我的电话是138****5678"]
    sent = dispatcher.post(
        f"/api/work-orders/{order['number']}/routing", {"decision_id": "x1", "verdict": "accept", "reason": ""}
    )
    assert sent["dispatched"]["department"] == "市公安局"
    assert dispatcher.get("/api/work-orders?status=filed")["orders"] == []
    assert agent.get(f"/api/calls/{call}")["appeals"][0]["dispatched"] == "市公安局"


def test_who_watches_a_call_sees_where_its_order_went(agent, service):
    call, order = agent.filed()
    with agent.live(call) as live:
        live.until_event("work_order_filed")
        service("paidan01").post(
            f"/api/work-orders/{order['number']}/routing",
            {"decision_id": "x1", "verdict": "amend", "department": "市城管局", "reason": "路灯归城管"},
        )
        assert live.until_event("routing_decided")["data"]["department"] == "市城管局"
        assert live.seqs == list(range(1, len(live.seqs) + 1))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"decision_id": "x", "verdict": "amend", "department": "市城管局"}, 422),
        ({"decision_id": "x", "verdict": "amend", "department": "旧城建局", "reason": "更名"}, 422),
        ({"decision_id": "x", "verdict": "amend", "department": "没有的局", "reason": "有"}, 404),
        ({"decision_id": "x", "verdict": "reject"}, 422),
    ],
)
def test_an_order_cannot_be_sent_nowhere_or_without_a_reason(agent, service, body, status):
    _, order = agent.filed()
    service("paidan01").post(f"/api/work-orders/{order['number']}/routing", body, status)


def test_a_decision_sent_twice_is_taken_once(agent):
    call = agent.call_with_suggestions()
    wanted = {"slot": "title", "verdict": "amend", "suggestion_id": agent.open(call)["title"], "value": "办居住证"}
    first = agent.decide(call, decision_id="d1", **wanted)
    again = agent.decide(call, decision_id="d1", **wanted)
    assert first == again
    assert first["decision"]["value"] == "办居住证"
    events = agent.get(f"/api/calls/{call}/events")["events"]
    assert len([event for event in events if event["name"] == "suggestion_decided"]) == 1


def test_a_second_decision_on_one_suggestion_is_refused(agent):
    call = agent.call_with_suggestions()
    suggestion = agent.open(call)["kind"]
    agent.decide(call, decision_id="d1", slot="kind", verdict="accept", suggestion_id=suggestion)
    answer = agent.decide(call, 409, decision_id="d2", slot="kind", verdict="reject", suggestion_id=suggestion)
    assert answer["error"]["type"] == "already_decided"


def test_an_order_without_a_department_is_refused_and_says_what_is_missing(agent):
    call = agent.call_with_suggestions()
    answer = agent.file(call, 409)
    assert answer["error"]["type"] == "not_confirmed"
    assert "department" in answer["error"]["message"]


def test_filing_twice_gives_the_same_order(agent):
    call, order = agent.filed()
    assert agent.file(call) == order


@pytest.mark.parametrize(
    ("decision", "status"),
    [
        ({"slot": "telephone", "verdict": "amend", "value": "138****5678"}, 422),
        ({"slot": "department", "verdict": "amend", "value": "没有的局"}, 422),
        ({"slot": "department", "verdict": "amend", "value": "旧城建局"}, 422),
        ({"slot": "co_departments", "verdict": "amend", "value": ["市城管局", "没有的局"]}, 422),
        ({"slot": "co_departments", "verdict": "amend", "value": "市城管局"}, 422),
        ({"slot": "title", "verdict": "amend", "value": "  "}, 422),
        ({"slot": "title", "verdict": "accept"}, 422),
        ({"slot": "title", "verdict": "accept", "suggestion_id": "s99"}, 404),
        ({"slot": "title", "verdict": "maybe"}, 422),
        ({"slot": "colour", "verdict": "amend", "value": "red"}, 422),
        ({"slot": "title", "verdict": "amend", "value": "x", "appeal_id": "7"}, 404),
        ({"slot": "title", "verdict": "amend", "value": "x", "extra": 1}, 422),
    ],
)
def test_decisions_that_cannot_be_are_refused_and_nothing_changes(agent, decision, status):
    call = agent.begin()
    answer = agent.decide(call, status, **{"decision_id": "d1", **decision})
    assert answer["error"]["message"].endswith(".")
    assert len(agent.get(f"/api/calls/{call}/events")["events"]) == 2


def test_an_agent_opens_a_further_appeal(agent):
    call = agent.begin()
    assert agent.post(f"/api/calls/{call}/appeals") == {"appeal_id": "2", "seq": 3}
    assert agent.get(f"/api/calls/{call}")["current_appeal"] == "2"


def test_ending_a_call_twice_changes_nothing(agent):
    call = agent.begin()
    first, second = agent.post(f"/api/calls/{call}/end"), agent.post(f"/api/calls/{call}/end")
    assert first == second == {"ended": True, "seq": 3}


def test_calls_are_listed_latest_first(agent):
    earlier, later = agent.begin(), agent.begin()
    assert [call["call_id"] for call in agent.get("/api/calls")["calls"]] == [later, earlier]


def test_a_call_is_of_the_city_s_day_and_district(agent, services):
    begun = agent.post("/api/calls", {"channel": "telephone", "district": "临湖区"})
    assert begun["area"] == "云川市/临湖区"
    assert begun["day"] == services.today.isoformat()
    agent.post("/api/calls", {"channel": "telephone", "district": "无此区"}, 422)
    agent.post("/api/calls", {"channel": "recording", "recording": "nothing"}, 404)


@pytest.mark.parametrize(
    ("who", "method", "path", "status"),
    [
        ("", "GET", "/api/calls", 401),
        ("", "POST", "/api/calls", 401),
        ("", "GET", "/api/departments", 401),
        ("", "GET", "/api/recordings", 401),
        ("guanli01", "POST", "/api/calls", 403),
        ("guanli01", "GET", "/api/calls", 403),
        ("paidan01", "POST", "/api/calls", 403),
        ("pinggu01", "GET", "/api/calls", 403),
        ("zuoxi01", "GET", "/api/evaluation", 403),
        ("zuoxi01", "POST", "/api/work-orders/YC-1/routing", 403),
        ("zuoxi01", "GET", "/api/calls/nowhere", 404),
        ("zuoxi01", "GET", "/api/calls/nowhere/events", 404),
        ("zuoxi01", "POST", "/api/calls/nowhere/end", 404),
        ("paidan01", "GET", "/api/work-orders/YC-1", 404),
        ("zuoxi01", "GET", "/api/nowhere", 404),
        ("zuoxi01", "DELETE", "/api/calls", 415),
    ],
)
def test_every_refusal_has_one_form(service, who, method, path, status):
    desk = service(who)
    body = {"decision_id": "x", "verdict": "accept"} if "routing" in path else {}
    answer = desk.client.request(method, path, headers=desk.headers, json=body if method == "POST" else None)
    assert answer.status_code == status
    assert set(answer.json()["error"]) >= {"type", "message"}


def test_the_evaluator_sees_what_became_of_suggestions(agent, service, services):
    agent.filed()
    shown = service("pinggu01").get("/api/evaluation")
    assert shown["online"]["by_slot"]["department"]["accepted"] == 1
    assert shown["online"]["department_ranks"]["first"] == 1
    assert shown["offline"] is None
    services.settings.router_dir.mkdir()
    (services.settings.router_dir / "evaluation.json").write_text('{"accuracy": 0.8}')
    assert service("pinggu01").get("/api/evaluation")["offline"] == {"accuracy": 0.8}


def test_what_the_city_knows_can_be_looked_up(agent):
    names = [department["name"] for department in agent.get("/api/departments")["departments"]]
    assert names == ["市公安局", "市城管局"]  # not the one whose time is over
    assert agent.get("/api/areas")["districts"][0] == {"name": "临湖区", "streets": ["望湖街道"]}
    assert agent.get("/api/knowledge/search?q=你好") == {"passages": [], "read_as": ""}
    agent.get("/api/knowledge/search?q=", 422)


def test_recordings_can_be_listed_and_heard(agent):
    recordings = agent.get("/api/recordings")["recordings"]
    assert recordings
    audio = agent.client.get(
        f"/api/recordings/{recordings[0]['id']}/audio", headers={**agent.headers, "Range": "bytes=0-3"}
    )
    assert (audio.status_code, audio.content) == (206, b"fLaC")
    agent.get("/api/recordings/..%2Fsecret/audio", 404)
    agent.get("/api/recordings/99/audio", 404)


def test_nothing_that_a_citizen_said_is_in_the_log(agent, services, parts, caplog):
    caplog.set_level(logging.DEBUG)
    call = agent.begin()
    with agent.live(call) as live:
        live.listen()
        silence = (0, 0.5)
        live.hear(parts.stereo(parts.sound((2, 0.5), silence, (3, 0.5), silence, (61, 0.5), silence, (60, 0.5))))
        live.until_problem()
        live.hang_up()
    agent.decide(call, 422, decision_id="d1", slot="place", verdict="amend", value={"district": ["我家住这里"]})
    agent.decide(call, 422, decision_id="d1", slot="kind", verdict="amend", value="我要投诉")
    log = caplog.text
    assert "incident" in log
    for words in (*parts.SENTENCES.values(), "13812345678", "我家住这里", "我要投诉"):
        assert words not in log


def test_a_refused_value_is_not_repeated_in_the_answer(agent):
    call = agent.begin()
    answers = [
        agent.decide(call, 422, decision_id="d1", slot="kind", verdict="amend", value="我叫王小明"),
        agent.decide(call, 422, decision_id="我叫王小明", slot="kind", verdict="amend", value="投诉"),
        agent.post("/api/calls", {"channel": "我叫王小明"}, 422),
        agent.post("/api/calls", {"我叫王小明": 1}, 422),
    ]
    assert "王小明" not in json.dumps(answers, ensure_ascii=False)


def test_an_answer_is_quoted_from_the_library_and_cannot_be_made_up(agent):
    call = agent.call_with_suggestions()
    made_up = {
        **dict.fromkeys(("passage_id", "article_id", "title", "heading", "document_number", "issuer", "owner"), "x"),
        "effective_from": "2025-01-01",
        "effective_to": None,
        "quote": "自己写的",
        "highlight": [],
    }
    answer = {"slot": "answer", "verdict": "amend", "value": made_up}
    agent.decide(call, 422, decision_id="d1", **answer)
    agent.decide(call, decision_id="d2", suggestion_id=agent.open(call)["answer"], **answer)
    events = agent.get(f"/api/calls/{call}/events")["events"]
    (decided,) = [e["data"]["decision"]["value"] for e in events if e["name"] == "suggestion_decided"]
    assert decided["quote"] == "自己写的"
    assert decided["document_number"] != "x"


def test_stars_that_cover_nothing_known_are_not_taken_for_a_text(agent):
    call = agent.call_with_suggestions()
    agent.decide(call, 422, decision_id="d1", slot="title", verdict="amend", value="电话139****0000")
