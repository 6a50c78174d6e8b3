"""A page that answers to hands and keys: before, what a test does to it is lost."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def ready(page: Page) -> Page:
    """``page`` once it says that it is ready; after ``goto`` and ``reload`` it need not be."""
    expect(page.locator("body")).to_have_attribute("aria-busy", "false")
    return page
