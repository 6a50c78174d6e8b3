"""The responsibility catalogue over the wire: made by one, approved by another, obeyed by the next decision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from clock import Clock
from fastapi.testclient import TestClient

from api.app import create_app
from api.services import Services
from copilot.store import Accounts
from knowledge_base.catalogue.in_force import CatalogueInForce

DATA = "市大数据局"
ADD = [
    {"do": "add_department", "department": DATA, "area": "云川市"},
    {"do": "add_duty", "department": DATA, "text": "负责政务服务平台。", "legal_basis": "第五条", "phrases": ["网站"]},
]


@pytest.fixture
def maker(service: Callable[..., Any]) -> Any:
    return service("paidan01")


@pytest.fixture
def checker(service: Callable[..., Any], services: Services) -> Any:
    accounts: Accounts = services.store.accounts
    accounts.add("bianji01", "编辑", ("editor",), "Lake-and-Cloud-7", services.now())
    return service("bianji01")


def edits(maker: Any, number: int, revision: int, *steps: dict[str, Any], status: int = 200) -> Any:
    body = {"revision": revision, "edits": list(steps)}
    return maker.post(f"/api/catalogue/editions/{number}/edits", body, status)


def submitted(maker: Any, **more: Any) -> dict[str, Any]:
    """A draft with the new department, submitted."""
    number = maker.post("/api/catalogue/drafts", {"note": "新增"}, 201)["edition"]["number"]
    revision = edits(maker, number, 0, *ADD)["edition"]["revision"]
    found: dict[str, Any] = maker.post(f"/api/catalogue/editions/{number}/submit", {"revision": revision, **more})
    return found


def approve(checker: Any, edition: dict[str, Any], status: int = 200) -> Any:
    step = {"revision": edition["revision"]}
    return checker.post(f"/api/catalogue/editions/{edition['number']}/approve", step, status)


def test_the_configured_catalogue_is_the_first_edition(agent: Any) -> None:
    found = agent.get("/api/catalogue")
    assert (found["in_force"]["number"], found["in_force"]["standing"]) == (1, "in_force")
    assert (found["in_force"]["origin"], found["being_made"], found["coming"]) == ("imported", None, [])
    assert agent.get("/api/departments")["version"] == found["in_force"]["digest"]


def test_a_new_department_can_be_decided_on_as_soon_as_another_person_approved_it(
    agent: Any, maker: Any, checker: Any
) -> None:
    call = agent.begin()
    decision = {"decision_id": "d1", "slot": "department", "verdict": "amend", "value": DATA}
    assert "no such department" in agent.decide(call, 422, **decision)["error"]["message"]
    made = submitted(maker)
    kinds = [change["kind"] for change in made["changes"]]
    assert (kinds, made["faults"]) == (["department_added", "duty_added", "phrase_added"], [])
    agent.decide(call, 422, **decision)
    assert "paidan01 took part" in approve(maker, made["edition"], 403)["error"]["message"]
    done = approve(checker, made["edition"])["edition"]
    assert (done["standing"], done["checked_by"]) == ("in_force", "bianji01")
    assert agent.decide(call, **decision)["decision"]["value"] == DATA
    assert DATA in [d["name"] for d in agent.get("/api/departments")["departments"]]
    assert agent.client.get("/health").json()["parts"]["catalogue"]["version"] == done["digest"]


def test_only_dispatchers_and_editors_edit(agent: Any, service: Any) -> None:
    for desk in (agent, service("pinggu01"), service("guanli01")):
        refused = desk.post("/api/catalogue/drafts", {}, 403)
        assert "dispatcher or editor" in refused["error"]["message"]
        assert desk.get("/api/catalogue")["in_force"]["number"] == 1
    service("").get("/api/catalogue", 401)


def test_of_two_people_who_edit_the_same_draft_the_second_is_told_so_and_loses_nothing(
    maker: Any, checker: Any
) -> None:
    number = maker.post("/api/catalogue/drafts", {}, 201)["edition"]["number"]
    edits(maker, number, 0, ADD[0])
    refused = edits(
        checker, number, 0, {"do": "add_phrase", "department": "市公安局", "duty": 1, "phrase": "x"}, status=409
    )
    assert refused["error"]["message"].startswith("paidan01 changed edition 2 meanwhile")
    assert edits(checker, number, 1, ADD[1])["edition"]["revision"] == 2
    seen = maker.get(f"/api/catalogue/editions/{number}")
    assert [(line["by"], [step["do"] for step in line["edits"]]) for line in seen["edits"]] == [
        ("paidan01", ["add_department"]),
        ("bianji01", ["add_duty"]),
    ]
    assert "already by paidan01" in checker.post("/api/catalogue/drafts", {}, 409)["error"]["message"]


def test_every_fault_of_a_draft_is_listed_and_keeps_it_from_being_submitted(maker: Any) -> None:
    number = maker.post("/api/catalogue/drafts", {}, 201)["edition"]["number"]
    seen = edits(maker, number, 0, {**ADD[0], "area": "别的市"})
    assert len(seen["faults"]) == 2
    assert not seen["faults"][0]["message"].startswith("edition")
    assert [fault["chinese"] for fault in seen["faults"]] == [
        "市大数据局：没有职责。请填写其负责的事项。",
        "市大数据局：管辖区域“别的市”不在行政区划中。请从以下选择：云川市、云川市/临湖区，或其下的街道。",
    ]
    refused = maker.post(f"/api/catalogue/editions/{number}/submit", {"revision": 1}, 422)["error"]
    assert refused["type"] == "bad_library"
    assert "no duties" in refused["message"]
    assert "not in the gazetteer" in refused["message"]


def test_a_draft_that_changes_nothing_or_begins_in_the_past_is_not_submitted(maker: Any, services: Services) -> None:
    number = maker.post("/api/catalogue/drafts", {}, 201)["edition"]["number"]
    address = f"/api/catalogue/editions/{number}/submit"
    assert "the same as edition 1" in maker.post(address, {"revision": 0}, 422)["error"]["message"]
    yesterday = (services.today - timedelta(1)).isoformat()
    edits(maker, number, 0, *ADD)
    refused = maker.post(address, {"revision": 1, "effective_from": yesterday}, 422)
    assert "has passed" in refused["error"]["message"]


def test_a_refused_edition_says_why_and_can_be_begun_again_from(maker: Any, checker: Any) -> None:
    made = submitted(maker)["edition"]
    address = f"/api/catalogue/editions/{made['number']}/refuse"
    checker.post(address, {"revision": made["revision"]}, 422)
    checker.post(address, {"revision": made["revision"], "reason": "法律依据不对"})
    again = maker.post("/api/catalogue/drafts", {"copy_of": made["number"]}, 201)
    assert again["document"]["departments"][-1]["name"] == DATA
    kept = maker.get("/api/catalogue/editions")["editions"]
    assert [(e["number"], e["standing"], e["reason"]) for e in kept] == [
        (3, "draft", ""),
        (2, "refused", "法律依据不对"),
        (1, "in_force", ""),
    ]


def test_a_whole_catalogue_is_uploaded_and_compared(maker: Any) -> None:
    number = maker.post("/api/catalogue/drafts", {}, 201)["edition"]["number"]
    document = {"departments": [{"name": "市公安局", "area": "云川市", "duties": "居住证"}]}
    address = f"/api/catalogue/editions/{number}/document"
    answer = maker.client.put(address, json={"revision": 0, "document": document}, headers=maker.headers)
    assert answer.status_code == 200, answer.text
    assert {"department_removed"} <= {change["kind"] for change in answer.json()["changes"]}
    compared = maker.get(f"/api/catalogue/editions/{number}/difference?against=1")
    assert compared["changes"] == answer.json()["changes"]


def test_a_misspelt_field_of_an_edit_is_not_lost_silently(maker: Any) -> None:
    number = maker.post("/api/catalogue/drafts", {}, 201)["edition"]["number"]
    step = {"do": "change_duty", "department": "市公安局", "duty": 1, "legal_bsais": "第五条"}
    assert "legal_bsais: unexpected" in edits(maker, number, 0, step, status=422)["error"]["message"]
    edits(maker, number, 0, {"do": "abolish"}, status=422)
    assert (
        "no department 市税务局"
        in edits(maker, number, 0, {"do": "end_department", "department": "市税务局", "on": "2026-12-31"}, status=422)[
            "error"
        ]["message"]
    )


def test_an_edition_of_tomorrow_comes_into_force_at_the_citys_midnight(services: Services, service: Any) -> None:
    clock = Clock()
    timed = replace(services, now=clock, catalogue_in_force=CatalogueInForce(services.catalogue))
    editions = services.store.catalogue
    with TestClient(create_app(timed)) as client:
        watch = client.app.state.catalogue
        desk, draft = watch.desk, editions.begin("li", clock())
        document = {**editions.document(1)}
        document["departments"] = [
            *document["departments"],
            {"name": DATA, "area": "云川市", "duties": [{"text": "网"}]},
        ]
        draft = editions.change(draft.number, 0, document, [], "li", clock())
        tomorrow = timed.today + timedelta(1)
        desk.submit(draft.number, 1, tomorrow, "li", clock(), timed.today)
        desk.approve(draft.number, 1, "wang", clock(), timed.today)
        clock.at = datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)
        watch.look()
        assert timed.catalogue.find(DATA) is None
        clock.at = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)  # midnight in the city, eight hours east
        watch.look()
        assert timed.catalogue.find(DATA) is not None
        assert watch.edition.number == draft.number


def test_what_one_process_approves_another_serves_at_its_next_look(
    services: Services, maker: Any, checker: Any
) -> None:
    other = replace(services, catalogue_in_force=CatalogueInForce(services.catalogue))
    with TestClient(create_app(other)) as client:
        approve(checker, submitted(maker)["edition"])
        client.app.state.catalogue.look()
        assert other.catalogue.version == services.catalogue.version
        assert other.catalogue.find(DATA) is not None


def test_a_service_that_starts_serves_what_is_in_force_and_not_the_file(
    services: Services, maker: Any, checker: Any
) -> None:
    file = CatalogueInForce(services.catalogue)
    approve(checker, submitted(maker)["edition"])
    later = replace(services, catalogue_in_force=file)
    with TestClient(create_app(later)):
        assert later.catalogue.find(DATA) is not None
    assert len(services.store.catalogue.all()) == 2


def test_another_file_is_adopted_while_nobody_has_edited_and_only_named_afterwards(
    services: Services, maker: Any, checker: Any
) -> None:
    desk = maker.client.app.state.catalogue.desk
    other = replace(services.catalogue, version="other", departments=services.catalogue.departments[:1])
    at, day = services.now(), services.today
    assert desk.adopt(other, "new.json", at, day) == ""
    assert services.store.catalogue.in_force(day).digest == "other"
    approve(checker, submitted(maker)["edition"])
    third = replace(services.catalogue, version="third")
    assert "not third.json" in desk.adopt(third, "third.json", at, day)
    assert desk.adopt(other, "new.json", at, day) == ""  # it was an edition once: nothing new
    assert services.store.catalogue.in_force(day).number == 3


def test_a_file_that_is_put_back_is_adopted_again_while_nobody_has_edited(services: Services, maker: Any) -> None:
    desk, first = maker.client.app.state.catalogue.desk, services.catalogue
    other = replace(first, version="other", departments=first.departments[:1])
    for configured in (other, first):
        assert desk.adopt(configured, "departments.json", services.now(), services.today) == ""
        assert services.store.catalogue.in_force(services.today).digest == configured.version
