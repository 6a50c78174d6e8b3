"""Is a fact in a passage? Measured in words and numbers, since the two are worded by different people.

A fact counts as stated where every number in it occurs in the passage and at least half of its character bigrams do
(numbers unified first: 十五个工作日 is 15个工作日). Recall of bigrams is ROUGE-2 recall (Lin 2004) over characters; the
numbers are demanded whole because a right sentence with a wrong figure is a wrong answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.numerals import digits

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NOISE = re.compile(r"[\W_]+")


def states(passage: str, fact: str, least: float = 0.5) -> bool:
    """Whether ``passage`` states ``fact``."""
    passage, fact = digits(passage), digits(fact)
    if not _numbers(fact) <= _numbers(passage):
        return False
    wanted = _bigrams(fact)
    return bool(wanted) and len(wanted & _bigrams(passage)) / len(wanted) >= least


def stated(facts: Sequence[str], passages: Sequence[str]) -> list[bool]:
    """For each fact whether any of ``passages`` states it."""
    return [any(states(passage, fact) for passage in passages) for fact in facts]


def _numbers(text: str) -> set[str]:
    # 9:00 and 9点 are the same hour
    return {number.removesuffix(".0") for number in _NUMBER.findall(text.replace(":00", "").replace("：00", ""))}


def _bigrams(text: str) -> set[str]:
    text = _NOISE.sub("", text)
    return {text[n : n + 2] for n in range(len(text) - 1)}
