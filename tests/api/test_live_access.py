"""Who may open the socket of a call, and for how long."""

from __future__ import annotations

import json

import pytest
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect


def test_a_dispatcher_may_watch_but_not_send_or_end(agent, service, parts):
    call = agent.begin()
    with service("paidan01").live(call) as live:
        live.listen()
        assert "Only an agent" in live.until_problem()["message"]
    assert agent.get(f"/api/calls/{call}")["ended"] is False


@pytest.mark.parametrize(("roles", "words"), [(["evaluator"], "needs the role"), (["dispatcher"], "Only an agent")])
def test_a_role_that_is_taken_away_is_gone_from_an_open_socket_too(agent, services, monkeypatch, roles, words):
    monkeypatch.setattr("api.live.LOGIN_CHECK_SECONDS", 0.02)
    call = agent.begin()
    with agent.live(call) as live:
        live.listen()
        services.store.accounts.set_roles("zuoxi01", roles, services.now())
        message = ""
        while words not in message:
            live.listen()
            live.say([])
            message = live.until_problem()["message"]


def test_logging_out_ends_what_an_open_socket_is_told(agent, monkeypatch):
    monkeypatch.setattr("api.live.LOGIN_CHECK_SECONDS", 0.02)
    call = agent.begin()
    with agent.live(call) as live:
        agent.post("/api/logout")
        assert "Log in again" in live.until_problem()["message"]
        with pytest.raises(WebSocketDisconnect) as ended:
            live.until_problem()
    assert ended.value.code == 1008


def test_a_handshake_that_makes_no_sense_is_answered_in_the_one_form(agent):
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        agent.client.websocket_connect(f"/api/calls/{agent.begin()}/live?after=soon", headers=agent.headers),
    ):
        pass
    assert refused.value.status_code == 422
    assert "after" in json.loads(refused.value.content)["error"]["message"]


@pytest.mark.parametrize(
    ("who", "headers", "status"),
    [
        ("", {}, 401),
        ("pinggu01", {}, 403),
        ("guanli01", {}, 403),
        ("zuoxi01", {"Origin": "http://elsewhere"}, 403),
        ("zuoxi01", {"Origin": "http://[::1"}, 403),
    ],
)
def test_sockets_of_strangers_and_of_other_sites_are_refused(agent, service, who, headers, status):
    desk = service(who)
    call = agent.begin()
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        desk.client.websocket_connect(f"/api/calls/{call}/live", headers={**desk.headers, **headers}),
    ):
        pass
    assert refused.value.status_code == status


def test_a_socket_to_a_call_that_never_was_is_refused(agent):
    with pytest.raises(WebSocketDenialResponse) as refused, agent.live("c-nowhere"):
        pass
    assert refused.value.status_code == 404
    assert json.loads(refused.value.content)["error"]["type"] == "not_found"
