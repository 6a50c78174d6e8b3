"""An address where nothing is: a page with a way back for a browser, JSON for a program."""

from __future__ import annotations

from typing import Any

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
