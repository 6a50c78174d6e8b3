"""How people are called: only those whom a screen names, and errors say whom they name."""

from __future__ import annotations

from typing import Any

from api.error_words import people_in
from api.errors import body


def test_names_are_told_of_those_asked_for_and_a_list_of_all_is_not(agent: Any) -> None:
    agent.get("/api/people", 422)
    found = agent.get("/api/people?name=paidan01&name=nobody")
    assert found == {"people": {"paidan01": "paidan01"}}
    agent.get("/api/people?" + "&".join(f"name=n{n}" for n in range(51)), 422)


def test_nobody_who_is_not_logged_in_is_told_a_name(service: Any) -> None:
    service("").get("/api/people?name=paidan01", 401)


def test_an_error_says_which_of_its_words_is_an_account() -> None:
    said = "draft changed version 2 of permit meanwhile: it is at revision 4, you saw 3. Load it again, "
    said += "look at what changed, and repeat your step."
    assert people_in(said) == ["draft"]
    assert body("conflict", said)["error"]["people"] == ["draft"]
    assert "people" not in body("conflict", "Order YC-1 is filed. Ask the dispatcher to change it.")["error"]
