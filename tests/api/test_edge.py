from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from copilot.errors import StorageProblem

PASSWORD = "Lake-and-Cloud-7"


def test_logging_in_sets_a_cookie_that_scripts_of_the_page_cannot_read(service):
    client = service("").client
    answer = client.post("/api/login", json={"name": "zuoxi01", "password": PASSWORD})
    assert answer.json()["roles"] == ["agent"]
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get("/api/me").json()["name"] == "zuoxi01"
    client.post("/api/logout", json={})
    assert client.get("/api/me").status_code == 401


def test_logging_out_ends_the_login_for_its_token_too(service):
    client = service("").client
    token = client.post("/api/login", json={"name": "zuoxi01", "password": PASSWORD}).json()["token"]
    client.cookies.clear()
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/me", headers=bearer).status_code == 200
    client.post("/api/logout", json={}, headers=bearer)
    assert client.get("/api/me", headers=bearer).status_code == 401


def test_a_wrong_password_says_nothing_of_what_was_wrong_and_locks_in_the_end(service):
    client = service("").client
    tries = [client.post("/api/login", json={"name": "zuoxi01", "password": "wrong"}) for _ in range(5)]
    nobody = client.post("/api/login", json={"name": "nobody", "password": "wrong"})
    assert {answer.status_code for answer in [*tries, nobody]} == {401}
    assert tries[0].json() == nobody.json()
    locked = client.post("/api/login", json={"name": "zuoxi01", "password": PASSWORD})
    assert "locked" in locked.json()["error"]["message"]


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"Content-Type": "text/plain"}, b"{}", 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"channel=telephone", 415),
        ({"Content-Type": "application/json"}, b"{", 422),
        ({"Content-Type": "application/json"}, b"\xff\xfe", 422),
        ({"Content-Type": "application/json"}, b"[]", 422),
        ({"Content-Type": "application/json"}, b" " * 1_100_000, 413),
        ({"Content-Type": "application/json", "Content-Length": "many"}, b"{}", 413),
        ({"Content-Type": "application/json", "Origin": "http://elsewhere"}, b"{}", 403),
        ({"Content-Type": "application/json", "Origin": "null"}, b"{}", 403),
        ({"Content-Type": "application/json", "Origin": "http://[::1"}, b"{}", 403),
        ({"Content-Type": "application/json"}, b'{"district": "\xff"}', 400),
        ({"Content-Type": "application/json"}, b"[" * 100_000, 400),
    ],
)
def test_bodies_that_no_page_of_ours_sends_are_refused(agent, headers, content, status):
    answer = agent.client.post("/api/calls", content=content, headers={**agent.headers, **headers})
    assert answer.status_code == status
    said = answer.json()["error"]
    assert said["message"]
    assert "a field" not in said["message"] + said["chinese"]


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"{", b"\xff\xfe"])
def test_a_body_that_is_no_object_is_named_as_such(agent, content):
    headers = {**agent.headers, "Content-Type": "application/json"}
    said = agent.client.post("/api/login", content=content, headers=headers).json()["error"]
    assert said["message"].startswith("The request cannot be understood: the body: ")
    assert "the body" not in said["chinese"]


@pytest.mark.parametrize("number", [2**63, 10**30])
def test_a_number_that_no_database_holds_is_refused(agent, number):
    call = agent.begin()
    for path in (f"/api/calls/{call}/events?after={number}", f"/api/catalogue/editions/{number}"):
        assert "larger than any" in agent.get(path, 422)["error"]["message"]


def test_a_body_without_a_length_cannot_fill_the_memory(agent):
    def endless():
        for _ in range(200):
            yield b" " * 10_000

    headers = {**agent.headers, "Content-Type": "application/json"}
    assert agent.client.post("/api/calls", content=endless(), headers=headers).status_code == 413


@pytest.mark.parametrize("path", ["/health", "/", "/api/me", "/docs", "/nowhere"])
def test_every_answer_has_the_security_headers(service, path):
    headers = service("").client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] in ("no-store", "no-cache")


def test_what_nobody_foresaw_is_answered_with_a_number_that_is_in_the_log(services, agent, monkeypatch, caplog):
    def broken(limit: int = 50) -> None:
        raise RuntimeError("王小明 13812345678")

    monkeypatch.setattr(services.store.queries, "calls", broken)
    caplog.set_level(logging.DEBUG)
    error = agent.get("/api/calls", 500)["error"]
    assert error["id"] in error["message"]
    assert error["id"] in caplog.text
    assert "RuntimeError" in caplog.text
    assert "13812345678" not in caplog.text + str(error)


def test_what_the_database_refuses_people_is_counted_for_whoever_watches_the_machine(services, agent, monkeypatch):
    def full(limit: int = 50) -> None:
        raise StorageProblem("The disk is full. Free some space.")

    monkeypatch.setattr(services.store.queries, "calls", full)
    agent.get("/api/calls", 503)
    agent.get("/api/calls/nowhere", 404)
    counted = [
        line for line in agent.client.get("/metrics").text.splitlines() if line.startswith("hotline_errors_total")
    ]
    assert counted == ['hotline_errors_total{doing="answering",type="StorageProblem"} 1.0']


def test_health_says_how_each_part_is(services, service):
    shown = service("").client.get("/health")
    assert shown.status_code == 200
    assert set(shown.json()["parts"]) == {"database", "storage", "speech", "catalogue", "index", "router"}
    assert shown.json()["parts"]["speech"] == {"ready": True, "version": "scripted 1"}


def test_a_service_that_cannot_write_is_not_ready_and_lives(services, service, monkeypatch, caplog):
    client = service("").client
    moved = replace(services, settings=services.settings.model_copy(update={"data_dir": Path("/nowhere/data")}))
    client.app.state.services = moved
    shown = client.get("/health")
    assert shown.status_code == 503
    assert shown.json()["parts"]["database"]["ready"]
    assert "Nothing can be written" in shown.json()["parts"]["storage"]["message"]
    assert "/nowhere" not in shown.text
    assert "/nowhere" in caplog.text
    assert client.get("/alive").json()["alive"]

    client.app.state.services = services
    monkeypatch.setattr("copilot.store.disk.ROOM", 2**62)
    assert "nearly full" in client.get("/health").json()["parts"]["storage"]["message"]


def test_a_process_whose_database_is_away_lives(services, service, monkeypatch):
    def away(*_: object) -> None:
        raise StorageProblem("The database cannot be opened. Check that it is running.")

    monkeypatch.setattr(services.store, "check", away)
    client = service("").client
    assert client.get("/health").status_code == 503
    assert client.get("/alive").status_code == 200


def test_while_the_database_refuses_strangers_hear_why_and_only_the_log_where(services, service, monkeypatch, caplog):
    def broken(*_: object) -> None:
        raise StorageProblem("The disk is full. Free some space.", "database sqlite:////srv/hotline.db, SQLITE_FULL")

    monkeypatch.setattr(services.store, "check", broken)
    shown = service("").client.get("/health")
    assert shown.status_code == 503
    assert shown.json()["parts"]["database"]["message"] == "The disk is full. Free some space."
    monkeypatch.setattr(services.store.accounts, "open_session", broken)
    refused = service("").client.post("/api/login", json={"name": "zuoxi01", "password": "Lake-and-Cloud-7"})
    assert refused.status_code == 503
    assert refused.json()["error"]["message"] == "The disk is full. Free some space."
    assert caplog.text.count("sqlite:////srv/hotline.db") == 2


def test_figures_count_and_do_not_quote(agent, parts):
    with agent.live(agent.begin()) as live:
        live.listen()
        live.hear(parts.stereo(parts.sound((2, 1.0), (0, 0.5))))
        live.until_event("suggestion_made")
        live.hang_up()
    figures = agent.client.get("/metrics").text
    assert 'hotline_audio_seconds_total{speaker="citizen"} 1.5' in figures
    assert 'hotline_suggestions_total{slot="department"} 1.0' in figures
    assert "hotline_calls_in_memory 1.0" in figures
    assert "hotline_hear_seconds_count" in figures
    assert "居住证" not in figures


def test_two_services_in_one_process_do_not_share_figures(services, agent):
    agent.begin()
    with TestClient(create_app(services)) as other:
        assert "hotline_calls_in_memory 0.0" in other.get("/metrics").text


def test_the_reference_needs_nothing_from_elsewhere(service):
    client = service("").client
    page = client.get("/docs").text
    assert "/api/calls/{call_id}/decisions" in page
    assert "<script" not in page
    assert "http" not in page
    schema = client.get("/openapi.json").json()
    decision = schema["components"]["schemas"]["NewDecision"]
    assert decision["examples"][0]["verdict"] == "accept"
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            assert len([status for status in operation["responses"] if status.startswith("2")]) == 1, path
