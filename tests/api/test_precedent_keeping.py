"""An order that a dispatcher sends now is a precedent for the next call."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from copilot.precedents import Precedents
from knowledge_base.precedents import PastOrders
from models.baselines import HashingEmbedder

PERMIT = "办居住证要带什么材料"


@pytest.fixture
def precedents() -> Precedents:
    return Precedents(PastOrders(HashingEmbedder(), 0.2), most=100)


@pytest.fixture
def services(services: Any, precedents: Precedents) -> Any:
    return replace(services, precedents=precedents)


def _becomes(wanted: int, precedents: Precedents) -> None:
    """Wait until as many are there; a keeper that never looks fails the test instead of holding it up."""
    deadline = time.monotonic() + 20
    while len(precedents) != wanted and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(precedents) == wanted


def test_what_is_dispatched_now_is_a_precedent_and_what_comes_back_is_not(
    agent: Any, service: Callable[[str], Any], precedents: Precedents
) -> None:
    _, order = agent.filed()
    assert precedents.similar(PERMIT, "市公安局") == []
    path = f"/api/work-orders/{order['number']}"
    service("paidan01").post(f"{path}/routing", {"decision_id": "x1", "verdict": "accept"})
    _becomes(1, precedents)
    (shown,) = precedents.similar(PERMIT, "市公安局")
    assert shown.number == order["number"]
    assert "138****5678" in shown.text
    back = {"return_id": "b1", "routing_id": "x1", "code": "not_our_duty"}
    service("paidan01").post(f"{path}/return", back)
    _becomes(0, precedents)


def test_a_service_that_starts_takes_in_what_was_dispatched_before(
    agent: Any,
    service: Callable[[str], Any],
    precedents: Precedents,
    restarted: Callable[[], Any],
    services: Any,
) -> None:
    _, order = agent.filed()
    service("paidan01").post(f"/api/work-orders/{order['number']}/routing", {"decision_id": "x1", "verdict": "accept"})
    _becomes(1, precedents)
    precedents.catch_up(_Nothing())
    assert len(precedents) == 0
    with restarted():
        _becomes(1, precedents)


def test_a_database_that_refuses_leaves_the_service_running(
    agent: Any, service: Callable[[str], Any], services: Any, precedents: Precedents
) -> None:
    services.store.settled.newest = _refused
    _, order = agent.filed()
    path = f"/api/work-orders/{order['number']}"
    service("paidan01").post(f"{path}/routing", {"decision_id": "x1", "verdict": "accept"})
    assert service("paidan01").get(path)["dispatched"]["department"] == "市公安局"
    assert len(precedents) == 0


def _refused(_: int) -> dict[str, str]:
    raise OSError("the disk is away")


class _Nothing:
    def newest(self, most: int) -> dict[str, str]:
        return {}

    def read(self, numbers: Any) -> list[Any]:
        return []
