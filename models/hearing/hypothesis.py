"""What a recogniser says: the one type that every recogniser shares."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """识别结果: what one speaker is believed to have said so far.

    ``start`` and ``end`` are seconds from the beginning of that speaker's channel. An interim hypothesis
    (``final=False``) replaces the interim one before it; a final one closes the utterance.
    """

    text: str
    start: float
    end: float
    final: bool
