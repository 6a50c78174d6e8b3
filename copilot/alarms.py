"""Emergencies that were heard, as events of the appeals that they were heard in."""

from __future__ import annotations

from collections.abc import Sequence

from copilot.call import Hypothesis, Part, Speaker
from copilot.events import UrgencyFlagged
from copilot.urgency_detector import UrgentSign


def alarms(signs: Sequence[UrgentSign], heard: Hypothesis, parts: Sequence[Part]) -> list[UrgencyFlagged]:
    """Each sign in what a citizen said, for the appeal that its words are about; ``parts`` are those of ``heard``."""
    return [_alarm(sign, heard, parts) for sign in signs]


def _alarm(sign: UrgentSign, heard: Hypothesis, parts: Sequence[Part]) -> UrgencyFlagged:
    place = heard.text.find(sign.phrase)
    return UrgencyFlagged(
        appeal_id=next((part.appeal_id for part in parts if part.start <= place < part.end), parts[-1].appeal_id),
        category=sign.category,
        phrase=sign.phrase,
        transfer_to=sign.transfer_to,
        advice=sign.advice,
        speaker=Speaker.CITIZEN,
        heard_at=heard.end,
    )
