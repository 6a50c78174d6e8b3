"""A request of a page that waits until a test lets it go on."""

from __future__ import annotations

from playwright.sync_api import Page, Route

STEP_MS, STEPS = 20, 1000


class HeldBack:
    """The first request to a matching address waits; those after it go on as they would.

    The route stays to the end of the page. With ``times=1`` Chromium would stop intercepting as soon as the request is
    let go, and of another that is just then on its way the test would never be told the response.
    """

    def __init__(self, page: Page, pattern: str) -> None:
        self._page = page
        self._held: list[Route] = []
        page.route(pattern, self._hold)

    def _hold(self, route: Route) -> None:
        if self._held:
            route.continue_()
        else:
            self._held.append(route)

    def request(self) -> Route:
        """It, once the page has sent it; an ``AssertionError`` where it never does."""
        for _ in range(STEPS):
            if self._held:
                return self._held[0]
            self._page.wait_for_timeout(STEP_MS)
        raise AssertionError("the page sent no such request")
