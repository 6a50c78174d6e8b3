"""A thousand publications while a thousand questions are asked, of the served API on a real index."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from library_parts import published, put, with_library

from api.app import create_app
from api.services import Services, utc_now
from copilot.city_time import city_day
from copilot.store import Seen, Store
from knowledge_base.articles.content import changed_content, empty_content

CHANGES = 1000
AT_DESK = 60
QUESTION = "/api/knowledge/search?q=高龄津贴每月发放多少元&limit=3"
FIELDS = {
    "title": "高龄津贴规定",
    "issuer": "云川市人民政府",
    "owner": "市公安局",
    "area": "云川市",
    "effective_from": "2025-01-01",
}
PATIENCE_S = 120


def text_of(number: int) -> str:
    return f"第一条 高龄津贴每月发放{number}元，以第{number}次公布为准。"


@dataclass
class Asked:
    """What a reader was shown, and what is wrong with it."""

    wrong: list[str] = field(default_factory=list)
    answered: int = 0

    def take(self, answer: Any, least: int, most: Callable[[], int]) -> int:
        """Exactly one passage of the article, no older than ``least``, none that is not published yet."""
        self.answered += 1
        if answer.status_code != 200:
            self.wrong.append(f"status {answer.status_code}")
            return least
        texts = [h["passage"]["text"] for h in answer.json()["passages"] if h["passage"]["article_id"] == "pension"]
        numbers = [int(text.split("发放")[1].split("元")[0]) for text in texts]
        if len(numbers) != 1 or not least <= numbers[0] <= most():
            self.wrong.append(f"{numbers} where {least} to {most()} were published")
            return least
        return numbers[0]


class Publishing:
    """Publishes one wording after another, as a process beside the service does: through the database."""

    def __init__(self, store: Store) -> None:
        self._articles = store.articles
        self.published = 0

    def next(self) -> None:
        number, now = self.published + 1, utc_now()
        content = changed_content(empty_content(), {**FIELDS, "text": text_of(number)})
        made = self._articles.begin("pension", content, "li", now)
        made = self._articles.submit(Seen("pension", made.number, made.revision), f"{number}", city_day(now), "li", now)
        self._articles.approve(Seen("pension", made.number, made.revision), "wang", now, city_day(now))
        self.published = number


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "library"
    made.mkdir()
    for number in range(20):
        put(made, f"第一条 第{number}号事项由窗口办理。", 编号=f"other{number}", 标题=f"第{number}号事项规定", 文号="")
    return made


def test_what_was_replaced_at_the_desk_before_a_question_was_asked_is_no_answer_to_it(
    services: Services, folder: Path, tmp_path: Path, desk_at: Callable[..., Any]
) -> None:
    put(folder, text_of(0), 编号="pension", 标题="高龄津贴规定", 文号="")
    known = with_library(services, folder, tmp_path / "index", utc_now)
    services.store.accounts.add("bianji01", "编辑", ("editor",), "Lake-and-Cloud-7", utc_now())
    asked, published_until, done = Asked(), [0], threading.Event()
    with TestClient(create_app(known)) as client:
        agent, editor, checker = (desk_at(client, known, name) for name in ("zuoxi01", "bianji01", "guanli01"))

        def read() -> None:
            while not done.is_set():
                least = published_until[0]
                answer = client.get(QUESTION, headers=agent.headers)
                # The next may be searched before its publication is answered.
                asked.take(answer, least, lambda: published_until[0] + 1)

        readers = [threading.Thread(target=read) for _ in range(2)]
        for reader in readers:
            reader.start()
        try:
            for number in range(1, AT_DESK + 1):
                assert published(editor, checker, "pension", text=text_of(number))["searchable"]
                published_until[0] = number
        finally:
            done.set()
            for reader in readers:
                reader.join(PATIENCE_S)
    assert asked.wrong == []
    assert asked.answered >= AT_DESK


@pytest.fixture
def served(tmp_path: Path, folder: Path, prepared_database: Path) -> Iterator[httpx.Client]:
    """The same service as a process of its own, an agent logged in."""
    database = tmp_path / "hotline.db"
    database.write_bytes(prepared_database.read_bytes())
    store = Store(f"sqlite:///{database}")
    token = store.accounts.open_session(store.accounts.get("zuoxi01"), datetime.now(UTC), 1.0)
    store.close()
    root = Path(__file__).parents[2]
    log = tmp_path / "service.log"
    with log.open("w") as written:
        process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("library_service.py"), str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=written,
            text=True,
            cwd=root,
            env={"PYTHONPATH": f"{root}:{root / 'tests' / 'parts'}"},
        )
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address, log.read_text()
        with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=20) as client:
            yield client
        process.send_signal(signal.SIGTERM)
        process.stdout.close()
        status = process.wait(20)
    assert status in (0, -signal.SIGTERM)
    assert "Traceback" not in log.read_text()


def test_what_another_process_publishes_reaches_the_service_without_an_error_or_a_step_back(
    served: httpx.Client, tmp_path: Path
) -> None:
    store = Store(f"sqlite:///{tmp_path / 'hotline.db'}")
    publishing, asked = Publishing(store), Asked()
    try:
        publishing.next()
        seen = _wait_for(served, 1)
        for number in range(2, CHANGES + 1):
            publishing.next()
            seen = asked.take(served.get(QUESTION), seen, lambda: publishing.published)
            assert publishing.published == number
        assert _wait_for(served, CHANGES) == CHANGES
    finally:
        store.close()
    assert asked.wrong == []
    assert asked.answered == CHANGES - 1
    assert seen > CHANGES // 20  # it followed while both went on, not only at the end


def _wait_for(served: httpx.Client, number: int) -> int:
    """Until the service has taken over what was published."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        hits = [h["passage"] for h in served.get(QUESTION).json()["passages"]]
        if any(h["text"] == text_of(number) for h in hits):
            return number
        time.sleep(0.05)
    return 0
