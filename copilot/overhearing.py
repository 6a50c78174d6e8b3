"""What can be told from a sentence that is still going on.

A streaming recogniser takes back what it wrote last, and often how it began. So an answer is believed where two
successive hypotheses of a sentence *find* it, or one finds it surely; and what they agree on letter by letter from the
beginning (LocalAgreement-2: Liu, Spanakis and Niehues 2020, https://arxiv.org/abs/2005.11185; for Whisper: Macháček,
Dabre and Bojar 2023, https://arxiv.org/abs/2307.14743) may open a further matter, since that cannot be taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from copilot.allotment import heard_parts
from copilot.appeal import Situation
from copilot.call import Reading, Speaker, Utterance
from copilot.events import AppealOpened
from copilot.state import CallState
from copilot.suggestion import Citation, Suggestion

LEAST = 5
"""Characters, without punctuation: less means nothing by itself."""

LEAST_NEW = 3
"""Characters that must be new since the last look-up."""

EVERY_SECONDS = 0.5
"""Of speech, between two look-ups."""

SURE_AT_ONCE = 0.85
"""From here on one hypothesis is enough."""


@dataclass(frozen=True, slots=True)
class Interim:
    """What somebody is saying at this moment. Shown in grey, never recorded."""

    speaker: Speaker
    text: str
    start: float
    end: float


@dataclass(slots=True)
class Overhearing:
    """Follows one speaker's unfinished sentences. Knows nothing of clocks: seconds are those of the call.

    ``agreed`` is the beginning that the last two hypotheses have in common.
    """

    agreed: str = ""
    _last: str = ""
    _start: float = -1.0
    _looked_up: int = 0
    _looked_at: float = float("-inf")
    _found: tuple[Citation, ...] = ()

    def hear(self, text: str, start: float, end: float) -> bool:
        """Whether ``text`` is worth looking up now.

        ``start`` tells one sentence from the next, ``end`` is the second up to which it was heard.
        """
        if start != self._start:
            self._begin(start)
        self.agreed, self._last = agreement(self._last, text), text
        length = _letters(text)
        if length < max(LEAST, self._looked_up + LEAST_NEW) or end - self._looked_at < EVERY_SECONDS:
            return False
        self._looked_up, self._looked_at = length, end
        return True

    def believe(self, found: Sequence[Suggestion[Citation]]) -> list[Suggestion[Citation]]:
        """Of the answers that were just ``found`` those that are to be believed."""
        before, self._found = self._found, tuple(answer.best.value for answer in found)
        return [
            answer
            for answer in found
            if answer.best.probability >= SURE_AT_ONCE or any(answer.best.value.is_same_passage(old) for old in before)
        ]

    def _begin(self, start: float) -> None:
        self._start, self._last, self._looked_up, self._looked_at = start, "", 0, float("-inf")
        self._found = ()


def agreement(before: str, now: str) -> str:
    """The longest beginning of ``now`` that ``before`` has too; punctuation and spaces do not count as a difference."""
    rest = iter([letter for letter in before if letter.isalnum()])
    end = 0
    for at, letter in enumerate(now):
        if not letter.isalnum():
            continue
        if next(rest, None) != letter:
            break
        end = at + 1
    return now[:end]


def _letters(text: str) -> int:
    return sum(letter.isalnum() for letter in text)


def overheard_situation(
    state: CallState, interim: Interim, agreed: str, readings: Callable[[str], tuple[Reading, ...]], day: date
) -> tuple[Situation | None, list[AppealOpened]]:
    """The appeal that an unfinished sentence is about, as if it had been said so far; and what it opens.

    ``agreed`` is the part of it that alone may open a further matter, ``readings`` gives the names in a text that were
    most likely misheard, ``day`` is that in the city. No situation where nothing can be looked up for it: the order is
    filed, it is not sure yet that a further matter is meant, or too little is about that appeal.
    """
    opened, parts = heard_parts(state, Speaker.CITIZEN, interim.text, None)
    part = parts[-1]
    text = interim.text[part.start : part.end]
    if _letters(text) < LEAST or (opened and not heard_parts(state, Speaker.CITIZEN, agreed, None)[0]):
        return None, []
    before = state.appeals.get(part.appeal_id)
    if before is not None and before.order is not None:
        return None, []
    saying = Utterance("", Speaker.CITIZEN, text, interim.start, interim.end, part.appeal_id, readings=readings(text))
    if before is None:
        call = state.call
        assert call is not None  # noqa: S101 - a call that hears has begun
        return Situation(part.appeal_id, (saying,), day, call.area, unfinished=True), opened
    situation = state.situation(part.appeal_id, day)
    return replace(situation, utterances=(*situation.utterances, saying), unfinished=True), opened
