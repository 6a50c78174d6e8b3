"""A department that enters the catalogue is ranked in a call that is under way: no restart, no training."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.services import Services
from copilot.ports import Copilot
from copilot.routers_in_use import RoutersInUse
from copilot.routing import RoutingAdvisor
from evaluation import sample as judged
from evaluation.routing.router_making import duties_of
from knowledge_base import sample
from knowledge_base.catalogue.catalogue import ResponsibilityCatalogue
from knowledge_base.catalogue.file import load_catalogue, load_gazetteer
from knowledge_base.catalogue.in_force import CatalogueInForce
from models.baselines import HashingEmbedder
from models.department_classifier import DepartmentClassifier
from models.training.routing import Examples, train, train_from_duties

NEW = "市大数据局"
FIRST, THEN = "我想问政务服务网站一直打不开", "登录政务服务网站总是提示出错"
DUTY = {
    "text": "负责政务服务网站和公共数据平台的管理。",
    "legal_basis": "第五条",
    "phrases": ["政务服务网站打不开", "网站登录出错"],
}
STEPS = [
    {"do": "add_department", "department": NEW, "area": "云川市"},
    {"do": "add_duty", "department": NEW, **DUTY},
]
PASSWORD = "Lake-and-Cloud-7"
TAUGHT = 9


def quiet(step: str, done: int, total: int) -> None:
    pass


@pytest.fixture(scope="module")
def catalogue() -> ResponsibilityCatalogue:
    return load_catalogue(sample.departments(), load_gazetteer(sample.areas()))


@pytest.fixture(scope="module")
def routers(catalogue: ResponsibilityCatalogue) -> dict[str, DepartmentClassifier]:
    """One that knows duties only, and one that labelled orders of some departments taught."""
    with judged.appeals().open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    taught = sorted({row["dept_label"] for row in rows})[:TAUGHT]
    kept = [row for row in rows if row["dept_label"] in taught]
    examples = Examples(*([row[name] for row in kept] for name in ("text", "dept_label", "dup_group")))
    embedder, duties = HashingEmbedder(256), duties_of(catalogue)
    return {
        "cold": train_from_duties(duties, embedder, quiet, created="2026-01-01").classifier,
        "trained": train(examples, embedder, duties, quiet, created="2026-01-01").classifier,
    }


@pytest.fixture(params=["cold", "trained"])
def routed(
    request: pytest.FixtureRequest,
    services: Services,
    desk_at: Callable[..., Any],
    catalogue: ResponsibilityCatalogue,
    routers: dict[str, DepartmentClassifier],
    parts: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[Services, Callable[[str], Any]]]:
    """A service that routes with a real router, and its desks."""
    monkeypatch.setitem(parts.SENTENCES, 7, FIRST)
    monkeypatch.setitem(parts.SENTENCES, 8, THEN)
    in_force = CatalogueInForce(catalogue)
    router = RoutersInUse(lambda classifier: RoutingAdvisor(classifier, in_force), routers[request.param])
    made = replace(
        services,
        copilot=Copilot(parts.ScriptedEngine(), (router,), parts.ScriptedEmergencies()),
        catalogue_in_force=in_force,
        gazetteer=load_gazetteer(sample.areas()),
        classifier=router,
    )
    services.store.accounts.add("bianji01", "编辑", ("editor",), PASSWORD, services.now())
    with TestClient(create_app(made), raise_server_exceptions=False) as client:
        yield made, lambda name: desk_at(client, made, name)


def suggested(live: Any) -> dict[str, Any]:
    frame = live.until_suggested("department")
    found: dict[str, Any] = frame["data"]["suggestion"]
    return found


def test_the_next_suggestion_of_an_open_call_ranks_a_department_that_was_just_approved(
    routed: tuple[Services, Callable[[str], Any]], parts: ModuleType
) -> None:
    services, log_in = routed
    agent, maker, checker = log_in("zuoxi01"), log_in("paidan01"), log_in("bianji01")
    call = agent.begin()
    with agent.live(call) as live:
        live.listen()
        live.hear(parts.stereo(parts.sound((7, 1.0), (0, 0.5))))
        before = suggested(live)
        assert NEW not in [choice["value"] for choice in before["choices"]]

        number = maker.post("/api/catalogue/drafts", {}, 201)["edition"]["number"]
        made = maker.post(f"/api/catalogue/editions/{number}/edits", {"revision": 0, "edits": STEPS})
        maker.post(f"/api/catalogue/editions/{number}/submit", {"revision": made["edition"]["revision"]})
        checker.post(f"/api/catalogue/editions/{number}/approve", {"revision": made["edition"]["revision"]})
        agent.client.app.state.catalogue.follow()  # what its thread does within two seconds

        live.hear(parts.stereo(parts.sound((8, 1.0), (0, 0.5))))
        after = suggested(live)
        live.hang_up()
    ranked = {choice["value"]: choice for choice in after["choices"]}
    assert NEW in ranked
    assert {"kind": "duty", "source": "第五条"}.items() <= ranked[NEW]["reasons"][0].items()
    assert after["versions"]["catalogue"] != before["versions"]["catalogue"]
    assert after["versions"]["catalogue"] == services.store.catalogue.get(number).digest
    assert agent.get("/api/catalogue")["router_follows"] is True


def test_a_department_that_was_renamed_keeps_what_orders_taught_of_it(
    catalogue: ResponsibilityCatalogue, routers: dict[str, DepartmentClassifier]
) -> None:
    router, old = routers["trained"], routers["trained"].learned[0]
    row = catalogue.find(old)
    assert row is not None
    renamed = replace(row, name="更名后的局", aliases=(*row.aliases, old))
    edition = replace(catalogue, departments=tuple(renamed if d is row else d for d in catalogue.departments), rules=())
    in_use = RoutersInUse(lambda classifier: RoutingAdvisor(classifier, CatalogueInForce(edition)), router)
    assert in_use.follow(edition, duties_of(edition))
    served = in_use.current
    assert isinstance(served, DepartmentClassifier)
    assert "更名后的局" not in served.labels
    assert served.learned == router.learned
    assert served.duties is not None
    assert old in served.duties.labels


def test_a_router_that_has_the_duties_of_the_catalogue_reads_nothing_again(
    catalogue: ResponsibilityCatalogue, routers: dict[str, DepartmentClassifier]
) -> None:
    duties = duties_of(catalogue)
    for router in routers.values():
        assert router.with_duties(duties) is router
        assert router.with_duties({**duties, NEW: ["网站"]}) is not router
