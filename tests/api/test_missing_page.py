"""An address where nothing is: a page with a way back for a browser, JSON for a program."""

from __future__ import annotations

from typing import Any

import pytest

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_a_browser_gets_a_page_with_a_way_back_and_the_status_of_what_is_missing(service: Any) -> None:
    answer = service("").client.get("/agnet", headers=BROWSER)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "没有这个页面" in answer.text
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_a_program_and_whatever_is_asked_of_the_api_get_json(service: Any) -> None:
    client = service("").client
    for path, headers in (("/agnet", {}), ("/api/nothing", BROWSER), ("/agnet", {"Accept": "application/json"})):
        answer = client.get(path, headers=headers)
        assert answer.status_code == 404
        assert answer.json()["error"]["type"] == "not_found"


@pytest.mark.parametrize(
    ("name", "address"),
    [("agent", "/agent"), ("dispatcher", "/dispatcher"), ("evaluator", "/evaluator"), ("index", "/"), ("missing", "/")],
)
def test_the_file_of_a_page_leads_to_its_address(service: Any, name: str, address: str) -> None:
    answer = service("").client.get(f"/static/{name}.html", headers=BROWSER, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, address)


def test_no_page_is_served_as_a_file(service: Any) -> None:
    services = service("").client.app.state.services
    for page in services.web.glob("*.html"):
        assert service("").client.get(f"/static/{page.name}", follow_redirects=False).status_code == 307
