"""A recogniser that is given its lines, for replaying a call without a model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from copilot.call import Hypothesis, Speaker
from evaluation.calls.gold_calls import GoldTurn


class Scripted:
    """A recogniser that says its lines when the sound has come so far, whatever the sound is."""

    def __init__(self, rate: int, lines: Sequence[Hypothesis]) -> None:
        self._rate = rate
        self._lines = list(lines)
        self._heard = 0

    def accept(self, samples: NDArray[np.int16]) -> list[Hypothesis]:
        self._heard += len(samples)
        due = [line for line in self._lines if line.end <= self._heard / self._rate]
        self._lines = self._lines[len(due) :]
        return due

    def finish(self) -> list[Hypothesis]:
        due, self._lines = self._lines, []
        return due


class ScriptedSpeech:
    """Gives the citizen and the agent their lines, in the order in which they are asked for."""

    version = "scripted"

    def __init__(self, turns: Sequence[GoldTurn]) -> None:
        self._speakers = iter(Speaker)
        self._turns = turns

    def recognizer(self, sample_rate: int, offset: float = 0.0) -> Scripted:
        speaker = next(self._speakers)
        lines = [Hypothesis(t.text, t.start, t.end, final=True) for t in self._turns if t.speaker is speaker]
        return Scripted(sample_rate, lines)
