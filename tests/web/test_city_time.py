"""Times on the screen are the city's, as order numbers are, whatever clock the machine of an agent has."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "UTC", "America/Los_Angeles"])
def test_a_moment_is_written_by_the_citys_clock(browser: Any, stage: Any, zone: str) -> None:
    context = browser.new_context(locale="zh-CN", timezone_id=zone)
    page = context.new_page()
    page.goto(f"{stage.url}/")
    written = page.evaluate(
        "import('/static/format.js').then(({ dateAndTime, timeOfDay }) => ["
        "dateAndTime('2026-11-22T16:27:05Z'), timeOfDay('2026-11-22T16:27:05Z'), dateAndTime('?')])"
    )
    assert written == ["2026-11-23 00:27", "00:27:05", ""]
    context.close()
