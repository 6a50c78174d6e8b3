"""A card lies on the desk of a live call while its article ends, changes or goes: over the wire, on a real index."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from clock import Clock
from fastapi.testclient import TestClient
from library_parts import published, put, with_library

from api.app import create_app
from api.services import Services

ASKED = 2  # of the scripted sentences: what is needed for a residence permit
TEXT = "第一条 申领居住证应当带身份证和住所证明材料。"
LAST_SECOND = datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)  # in the city, eight hours east


@dataclass
class Hall:
    """A service in use: its clock and library folder in the test's hand, three people logged in."""

    client: Any
    clock: Clock
    folder: Path
    agent: Any
    editor: Any
    checker: Any
    sound: Callable[..., bytes]

    def ask(self, live: Any) -> None:
        live.hear(self.sound())

    def renew(self) -> None:
        """As happens twice a second."""
        self.client.portal.call(self.client.app.state.rooms.renew)

    def found(self) -> list[str]:
        hits = self.agent.get("/api/knowledge/search?q=办居住证要带什么材料")["passages"]
        return [hit["passage"]["text"] for hit in hits]

    def look_at_files(self) -> None:
        """Files that were just written are read when a second look finds them as they were."""
        watch = self.client.app.state.knowledge
        for _ in range(2):
            watch._files._next = 0.0
            watch.look()


@pytest.fixture
def hall(services: Services, tmp_path: Path, desk_at: Callable[..., Any], parts: Any) -> Iterator[Hall]:
    folder = tmp_path / "library"
    folder.mkdir()
    put(folder, TEXT, 失效日期="2026-11-22")
    put(folder, "夜间不得施工。", 编号="noise", 标题="噪声规定", 文号="")
    clock = Clock(LAST_SECOND)
    services.store.accounts.add("bianji01", "编辑", ("editor",), "Lake-and-Cloud-7", clock())
    known = with_library(services, folder, tmp_path / "index", clock)
    with TestClient(create_app(known)) as client:
        agent, editor, checker = (desk_at(client, known, name) for name in ("zuoxi01", "bianji01", "guanli01"))

        def sound() -> bytes:
            return bytes(parts.stereo(parts.sound((ASKED, 1.0), (0, 0.5))))

        yield Hall(client, clock, folder, agent, editor, checker, sound)


@contextmanager
def a_card(hall: Hall) -> Iterator[tuple[Any, str, dict[str, Any]]]:
    """A live call, its id, and the card that came when the citizen asked."""
    call = hall.agent.begin()
    with hall.agent.live(call) as live:
        live.listen()
        hall.ask(live)
        yield live, call, first_card(live)


def first_card(live: Any, instead_of: str = "") -> dict[str, Any]:
    """The next card that comes, or the next that takes the place of ``instead_of``."""
    wanted = {instead_of} - {""}
    frame = live.until(lambda f: f.get("name") == "suggestion_made" and wanted <= set(f["data"]["supersedes"]))
    card: dict[str, Any] = frame["data"]
    return card


def quote_of(card: dict[str, Any]) -> str:
    return str(card["suggestion"]["choices"][0]["value"]["quote"])


def cards_after(hall: Hall, call: str, seq: int) -> list[dict[str, Any]]:
    events = hall.agent.get(f"/api/calls/{call}/events?after={seq}")["events"]
    return [e["data"] for e in events if e["name"] == "suggestion_made"]


def adopt(hall: Hall, call: str, card: dict[str, Any], status: int = 200) -> dict[str, Any]:
    wanted = {"decision_id": f"d-{card['suggestion_id']}-{status}", "slot": "answer", "verdict": "accept"}
    answer: dict[str, Any] = hall.agent.decide(call, status, **wanted, suggestion_id=card["suggestion_id"])
    return answer


def test_an_article_that_ends_at_midnight_leaves_search_the_screen_and_the_next_answer_at_midnight(hall: Hall) -> None:
    with a_card(hall) as (live, call, card):
        assert quote_of(card) == TEXT
        assert TEXT in hall.found()
        hall.clock.at = MIDNIGHT
        assert TEXT not in hall.found()
        hall.renew()
        gone = live.until(lambda f: f.get("name") == "cards_arranged" and f["data"]["lapsed"] != [])
        assert gone["data"]["lapsed"] == gone["data"]["withdrawn"] == [card["suggestion_id"]]
        hall.ask(live)
        live.until(lambda f: f.get("name") == "utterance_heard" and f["seq"] > gone["seq"])
        live.hang_up()
    assert TEXT not in [quote_of(c) for c in cards_after(hall, call, gone["seq"])]
    refused = adopt(hall, call, card, 409)["error"]
    assert refused["type"] == "answer_outdated"
    assert "没有采用" in refused["chinese"]


def test_a_card_of_an_article_that_ended_is_refused_before_any_sweep(hall: Hall) -> None:
    with a_card(hall) as (live, call, card):
        hall.clock.at = MIDNIGHT
        assert adopt(hall, call, card, 409)["error"]["type"] == "answer_outdated"
        live.until(lambda f: f.get("name") == "cards_arranged" and f["data"]["lapsed"] != [])
    assert hall.agent.get(f"/api/calls/{call}")["appeals"][0]["answers"] == {}


def test_who_adopts_after_another_wording_was_published_is_shown_that_one_and_can_adopt_it(hall: Hall) -> None:
    with a_card(hall) as (live, call, card):
        published(hall.editor, hall.checker, text="第一条 申领居住证只带身份证。", effective_to="")
        refused = adopt(hall, call, card, 409)["error"]
        assert "已修改" in refused["chinese"]
        renewed = first_card(live, card["suggestion_id"])
    assert quote_of(renewed) == "第一条 申领居住证只带身份证。"
    adopt(hall, call, renewed)
    answers = hall.agent.get(f"/api/calls/{call}")["appeals"][0]["answers"]
    assert [answer["value"]["quote"] for answer in answers.values()] == ["第一条 申领居住证只带身份证。"]


def test_an_article_whose_file_was_taken_out_of_the_folder_cannot_be_adopted(hall: Hall) -> None:
    with a_card(hall) as (live, call, card):
        (hall.folder / "permit.md").unlink()
        hall.look_at_files()
        hall.renew()
        live.until(lambda f: f.get("name") == "cards_arranged" and f["data"]["lapsed"] != [])
    assert adopt(hall, call, card, 409)["error"]["type"] == "answer_outdated"
    assert hall.agent.get(f"/api/calls/{call}")["appeals"][0]["answers"] == {}


def test_an_answer_whose_article_comes_back_is_not_doubted_any_longer(hall: Hall) -> None:
    with a_card(hall) as (live, call, card):
        adopt(hall, call, card)
        kept = (hall.folder / "permit.md").read_bytes()
        (hall.folder / "permit.md").unlink()
        hall.look_at_files()
        hall.renew()
        gone = live.until(lambda f: f.get("name") == "answers_outdated")
        (hall.folder / "permit.md").write_bytes(kept)
        hall.look_at_files()
        hall.renew()
        back = live.until(lambda f: f.get("name") == "answers_backed_again")
    assert back["data"]["decisions"] == gone["data"]["decisions"] != []


def test_a_file_that_was_renamed_puts_the_same_words_under_its_new_name_on_the_screen(hall: Hall) -> None:
    with a_card(hall) as (live, call, card):
        (hall.folder / "permit.md").unlink()
        path = put(hall.folder, TEXT, 编号="permit-2025", 失效日期="2026-11-22")
        earlier = path.stat().st_mtime_ns - 3600 * 10**9
        os.utime(path, ns=(earlier, earlier))
        hall.look_at_files()
        hall.renew()
        renewed = first_card(live, card["suggestion_id"])
    assert renewed["suggestion"]["choices"][0]["value"]["article_id"] == "permit-2025"
    adopt(hall, call, renewed)
