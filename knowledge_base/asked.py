"""What a caller may ask word for word: a title, the last heading, the question that a passage opens with."""

from __future__ import annotations

import re

from knowledge_base.policy import Passage
from knowledge_base.words import normalise, strip_fillers

_SHORTEST = 4
_NOT_TEXT = re.compile(r"[\W_]+")
_QUESTION = re.compile(r"^\s*(?:\d{1,3}[.、]\s*)?(?:问|[Qq])?\d{0,3}[:：]?\s*([^\n？?]{2,60})[？?\n]")


def keys_of(passage: Passage) -> set[str]:
    """The keys of the questions that ``passage`` answers word for word."""
    asked = {passage.title, passage.heading.rsplit("\u203a", 1)[-1]}
    opening = _QUESTION.match(passage.text)
    if opening:
        asked.add(opening[1])
    return {found for text in asked if len(found := key(strip_fillers(text))) >= _SHORTEST}


def key(text: str) -> str:
    """A text without punctuation, spaces, width and case, and without the mark of a question."""
    return re.sub(r"^(?:问|q)\d*", "", _NOT_TEXT.sub("", normalise(text)))
