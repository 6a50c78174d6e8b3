"""The one sentence of a passage that answers: where an agent should look first.

A sentence is as good as what it has of the question, its rare pairs of characters and its syllables, with a little for
brevity. The question that a passage repeats is not its answer: what it matches is counted for what follows it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from knowledge_base.sounds import sound_terms
from knowledge_base.words import pairs

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*[\u201d\u2019」』）)]*")
_ASKING = re.compile(r"[？?][\u201d\u2019」』）)]*$|^\s*(?:\d{1,3}[.、]\s*)?(?:问|[Qq])\d{0,3}[:：]")
_SOUND = 0.5
_LONG = 200


def answering_sentence(text: str, wanted: Mapping[str, float], asked: str) -> tuple[int, int] | None:
    """``[start, end)`` of the sentence of ``text`` that answers best; ``None`` where none has anything of the question.

    ``wanted`` says how much each pair of characters of the question counts, ``asked`` is the question itself.
    """
    sounding = frozenset(sound_terms(asked))
    best, found, handed_on = 0.0, None, 0.0
    for match in _SENTENCE.finditer(text):
        start, end = _trimmed(text, *match.span())
        worth = _worth(text[start:end], wanted, sounding) + handed_on
        handed_on = 0.0
        if _ASKING.search(text[start:end]):
            handed_on = worth
        elif worth > best:
            best, found = worth, (start, end)
    return found


def _worth(sentence: str, wanted: Mapping[str, float], sounding: frozenset[str]) -> float:
    of_words = sum(wanted.get(pair, 0.0) for pair in pairs(sentence)) / (sum(wanted.values()) or 1.0)
    of_sounds = len(sounding.intersection(sound_terms(sentence))) / max(1, len(sounding))
    return (of_words + _SOUND * of_sounds) / (1 + len(sentence) / _LONG)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
