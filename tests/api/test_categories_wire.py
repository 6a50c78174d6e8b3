"""The category over the wire: looked up, confirmed by its code, shown with the order, exported with the label."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.services import Services
from copilot.appeal import Category
from copilot.ports import Copilot
from copilot.suggestion import Choice, Slot, Suggestion
from evaluation.labels.examples import journal_examples
from evaluation.labels.sources import journal_labels
from evaluation.labels.tables import write_labels
from knowledge_base.taxonomy import MatterCategory, Taxonomy

PERMIT = MatterCategory("010101", ("证件户籍", "身份与户口", "居住证"), ("办居住证",))
LAMP = MatterCategory("050401", ("城市环境", "公共设施", "路灯"), ("路灯不亮",))


class CategorisingAdvisor:
    """Asks which of two it is, until a person has said so; then proposes a department because of it."""

    def advise(self, situation):  # type: ignore[no-untyped-def]
        if situation.category is not None:
            return [Suggestion(Slot.DEPARTMENT, (Choice("市公安局", 0.9),), {"category": situation.category.code})]
        choices = tuple(Choice(Category(one.code, one.path), 0.4) for one in (PERMIT, LAMP))
        return [Suggestion(Slot.CATEGORY, choices, abstained=True)]


@pytest.fixture
def desk(services: Services, desk_at: Callable[..., Any]) -> Iterator[Callable[[str], Any]]:
    copilot = Copilot(services.copilot.speech, (CategorisingAdvisor(),), services.copilot.emergencies)
    equipped = replace(services, copilot=copilot, taxonomy=Taxonomy((PERMIT, LAMP)))
    with TestClient(create_app(equipped), raise_server_exceptions=False) as client:
        yield lambda name: desk_at(client, equipped, name)


def test_the_taxonomy_is_given_in_the_order_of_its_table(desk: Callable[[str], Any]) -> None:
    found = desk("zuoxi01").get("/api/taxonomy")

    assert [category["code"] for category in found["categories"]] == [PERMIT.code, LAMP.code]
    assert found["categories"][0]["path"] == list(PERMIT.path)


def test_a_category_is_confirmed_by_its_code_under_the_names_of_the_taxonomy(desk: Callable[[str], Any]) -> None:
    agent = desk("zuoxi01")
    call_id = agent.begin()

    sent = {"code": PERMIT.code, "path": ["别的名字"]}
    kept = agent.decide(call_id, decision_id="d1", slot="category", verdict="amend", value=sent)
    refused = agent.decide(call_id, 422, decision_id="d2", slot="category", verdict="amend", value={"code": "999"})

    assert kept["decision"]["value"] == {"code": PERMIT.code, "path": list(PERMIT.path)}
    assert "no such category" in str(refused)


def test_a_confirmed_category_is_advised_on_at_once_filed_shown_and_exported(
    desk: Callable[[str], Any], services: Services, parts: Any, tmp_path: Path
) -> None:
    agent = desk("zuoxi01")
    call_id = agent.begin()
    with agent.live(call_id) as live:
        live.listen()
        live.hear(parts.stereo(parts.sound((2, 1.0), (0, 0.5))))
        asked = live.until_event("suggestion_made")["data"]
        assert (asked["suggestion"]["slot"], asked["suggestion"]["abstained"]) == ("category", True)
        taken = {"suggestion_id": asked["suggestion_id"], "value": {"code": PERMIT.code}}
        agent.decide(call_id, decision_id="c1", slot="category", verdict="amend", **taken)
        told = live.until_event("suggestion_made")["data"]["suggestion"]
        assert (told["slot"], told["versions"]["category"]) == ("department", PERMIT.code)
        live.hang_up()
    for slot, value in {"department": "市公安局", "kind": "咨询", "title": "居住证", "summary": "问材料"}.items():
        agent.decide(call_id, decision_id=f"d-{slot}", slot=slot, verdict="amend", value=value)
    order = agent.post(f"/api/calls/{call_id}/work-orders", {"request_id": "r1", "appeal_id": "1"})

    sheet = desk("paidan01").get(f"/api/work-orders/{order['number']}")
    assert sheet["category"] == {"code": PERMIT.code, "path": list(PERMIT.path)}
    assert sheet["order"]["category"]["by"] == "zuoxi01"

    labels = journal_labels(services.store.labels.decided())
    assert journal_examples(labels).categories == [PERMIT.path]
    assert write_labels(tmp_path / "labels.csv", labels.labelled) == 1
    with (tmp_path / "labels.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert [row[name] for name in ("category_code", "cat1", "cat2", "cat3", "cat4")] == [PERMIT.code, *PERMIT.path, ""]
