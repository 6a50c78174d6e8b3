"""Which roles get past the door of each endpoint. One that is new has to say here who may."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from api.app import create_app

ALL = {"agent", "dispatcher", "evaluator", "editor", "administrator"}
EVERYBODY = {"*"}  # without a login too
# The first that fits counts.
WHO_MAY = [
    (r"POST /api/login|GET /(alive|health|metrics)", EVERYBODY),
    (r"GET /api/(me|people|departments|taxonomy|areas|knowledge/search|work-orders/return-reasons)", ALL),
    (r"POST /api/knowledge/lookups", ALL),
    (r"GET /api/calls(/.*)?", {"agent", "dispatcher"}),
    (r"POST /api/calls(/.*)?", {"agent"}),
    (r"GET /api/recordings(/.*)?", {"agent"}),
    (r"POST /api/work-orders/.*/label-review", {"evaluator"}),
    (r"GET /api/work-orders(/.*)?", {"agent", "dispatcher"}),
    (r"POST /api/work-orders/.*", {"dispatcher"}),
    (r"GET /api/(label-issues|evaluation|challenger)", {"evaluator"}),
    (r"GET /api/catalogue(/.*)?", ALL),
    (r"(POST|PUT) /api/catalogue/.*", {"dispatcher", "editor"}),
    (r"(GET|POST) /api/article(s|-\w+)(/.*)?", {"editor", "administrator"}),
]
PASSWORD = "Lake-and-Cloud-7"


@pytest.fixture
def doors(services: Any) -> list[tuple[str, str]]:
    """Method and address of each endpoint, with something for each part that is left open."""
    paths: dict[str, dict[str, Any]] = create_app(services).openapi()["paths"]
    there = [(method.upper(), re.sub(r"{\w+}", "1", path)) for path, methods in paths.items() for method in methods]
    return [door for door in there if door != ("POST", "/api/logout")]  # it would end the login of the others


def allowed(method: str, path: str) -> set[str]:
    return next((who for pattern, who in WHO_MAY if re.fullmatch(pattern, f"{method} {path}")), set())


def test_every_endpoint_says_who_may(doors: list[tuple[str, str]]) -> None:
    assert [door for door in doors if not allowed(*door)] == []
    assert len(doors) > 60


@pytest.mark.parametrize("role", ["", *sorted(ALL)])
def test_a_role_gets_past_the_doors_that_are_its_own_and_no_others(
    services: Any, service: Callable[..., Any], doors: list[tuple[str, str]], role: str
) -> None:
    if role:
        services.store.accounts.add(f"one-{role}", "", [role], PASSWORD, services.now())
    desk = service(f"one-{role}" if role else "")
    refused = 403 if role else 401
    for method, path in doors:
        kind = "application/octet-stream" if "upload" in path else "application/json"
        headers = {**desk.headers, "Content-Type": kind}
        answer = desk.client.request(method, path, headers=headers, content=b"" if method == "GET" else b"[]")
        may = allowed(method, path)
        assert (answer.status_code != refused) == (role in may or may == EVERYBODY), f"{method} {path}"
