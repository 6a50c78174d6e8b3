"""Is a fact in a passage? Measured in words and numbers, since the two are worded by different people.

A fact counts as stated where every number in it occurs in the passage and two fifths of its character bigrams do
(numbers unified first: 十五个工作日 is 15个工作日). Recall of bigrams is ROUGE-2 recall (Lin 2004) over characters; the
numbers are demanded whole because a right sentence with a wrong figure is a wrong answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from evaluation.calls.speech import canonical

_NUMBER = re.compile(r"\d+")
# Words written with 一 that count nothing.
_NO_NUMBER = re.compile("一般|一起|一样|一定|一下|一律|一并|一致|一旦|一直|统一|同一|任一|万一|唯一")
_FULL_HOUR = re.compile(r"(?<=\d)[:：]00")


def states(passage: str, fact: str, least: float = 0.4) -> bool:
    """Whether ``passage`` states ``fact``."""
    return _numbers(_unified(fact)) <= _numbers(_unified(passage)) and overlap(passage, fact) >= least


def overlap(passage: str, fact: str) -> float:
    """The share of the character bigrams of ``fact`` that ``passage`` has; 0 where there are none."""
    wanted = _bigrams(_unified(fact))
    return len(wanted & _bigrams(_unified(passage))) / len(wanted) if wanted else 0.0


def stated(facts: Sequence[str], passages: Sequence[str]) -> list[bool]:
    """For each fact whether any of ``passages`` states it."""
    return [any(states(passage, fact) for passage in passages) for fact in facts]


def _unified(text: str) -> str:
    """One way to write a number, and one to write a full hour: 9:00 and 九点 are both 9点."""
    return canonical(_FULL_HOUR.sub("点", _NO_NUMBER.sub("", text)))


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(text))


def _bigrams(text: str) -> set[str]:
    return {text[n : n + 2] for n in range(len(text) - 1)}
