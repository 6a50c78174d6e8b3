"""Whether the figures of a page have room for what they show."""

from __future__ import annotations

from playwright.sync_api import Page

_TOO_WIDE = """() => [...document.querySelectorAll("figure")].filter((figure) => {
  const right = figure.getBoundingClientRect().right + 1;
  return [...figure.querySelectorAll("table, svg")].some((part) => part.getBoundingClientRect().right > right);
}).map((figure) => figure.querySelector("h3").textContent)"""


def too_wide(page: Page) -> list[str]:
    """The figures with a table or a picture that would stand over its neighbour, or has to be scrolled; by title."""
    found: list[str] = page.evaluate(_TOO_WIDE)
    return found
