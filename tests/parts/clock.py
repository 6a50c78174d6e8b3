"""A clock that a test sets."""

from __future__ import annotations

from datetime import UTC, datetime


class Clock:
    """Says ``at`` until that is changed; at first it is noon of a day in the city."""

    def __init__(self, at: datetime = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at
