"""What has to be waited for before a test goes on, however slow the machine is."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

STEP_MS, STEPS = 50, 600
WATCH = """(selector) => {
  const look = () => document.querySelector(selector) && (window.wasSeen ??= new Set()).add(selector);
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
  look();
}"""


def ready(page: Page) -> Page:
    """``page`` once it answers to hands and keys: what is done to it before is lost. ``goto`` and ``reload`` come back
    earlier.
    """
    expect(page.locator("body")).to_have_attribute("aria-busy", "false")
    return page


class Watched:
    """Whether anything that ``selector`` names was ever on the page, though it may be gone when somebody looks."""

    def __init__(self, page: Page, selector: str) -> None:
        self._page, self._selector = page, selector
        page.evaluate(WATCH, selector)

    def was_seen(self) -> None:
        """Wait until it was."""
        self._page.wait_for_function("(selector) => window.wasSeen?.has(selector)", arg=self._selector)


def eventually(page: Page, check: Callable[[], None]) -> None:
    """Do ``check`` until nothing fails in it: for what ``expect`` has no words for, such as where things stand."""
    for _ in range(STEPS):
        try:
            return check()
        except AssertionError:
            page.wait_for_timeout(STEP_MS)
    return check()
