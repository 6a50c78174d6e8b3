"""The time that counts in the city: which article is in force, and which day a call belongs to, are asked in it."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

CITY_TIME = ZoneInfo("Asia/Shanghai")


def city_day(at: datetime) -> date:
    """The day in the city at ``at``, which knows its zone; not the server's day."""
    return at.astimezone(CITY_TIME).date()
