"""The desks in a real Chromium, on the real service with a scripted ear."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import stage as web_stage
from page_ready import ready
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM_ARGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
PATIENCE_MS = 60_000  # for things to appear, on a machine that has much else to do; nothing waits so long that is there


@pytest.fixture(scope="session")
def script() -> ModuleType:
    """The script of the stage: names, passwords, sentences."""
    return web_stage


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_ARGS)
        yield found
        found.close()


@pytest.fixture(autouse=True)
def patience() -> None:
    """Playwright keeps one patience for all: a test that is alone has the same as one behind others."""
    expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def stage(script: ModuleType, tmp_path: Path) -> Iterator[Any]:
    with script.staged(tmp_path) as running:
        yield running


@pytest.fixture
def open_desk(browser: Browser, stage: Any, script: ModuleType) -> Iterator[Callable[[str], Page]]:
    """``open_desk("/agent")`` is a page of the person who is logged in; it fails the test if a script of it fails."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    faults: list[str] = []
    answer = context.request.post(f"{stage.url}/api/login", data={"name": script.NAME, "password": script.PASSWORD})
    assert answer.ok, answer.text()

    def open_page(path: str) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(stage.url + path)
        ready(page)
        return page

    yield open_page
    context.close()
    assert faults == []


@pytest.fixture
def editor(browser: Browser, stage: Any, script: ModuleType) -> Iterator[Page]:
    """The page 知识维护 of somebody who edits articles."""
    stage.services.store.accounts.add("bianji01", "编辑一号", ("editor",), script.PASSWORD, datetime.now(UTC))
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.request.post(f"{stage.url}/api/login", data={"name": "bianji01", "password": script.PASSWORD})
    page = context.new_page()
    page.goto(f"{stage.url}/knowledge")
    expect(ready(page).locator("#articles > li").first).to_be_visible()
    yield page
    context.close()
