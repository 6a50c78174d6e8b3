"""Which of several cases a citizen has named. Literal words only: what is not clear is left to a click."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge_base.words import words

_YES = re.compile(r"^[嗯啊哎诶，,。\s]*(?:对|是的?|没错|就是|嗯|好的?)(?:[，,。！!啊呀的吧呢哦嘛]|对|是|没错)*$")
_BARE = frozenset(("没有", "不是", "不用", "不会", "不能", "可以", "已经", "还没", "未", "是的", "有的"))
"""Words that anybody answers anything with: alone they name no case (没有，我还没结婚 is not 没有超过)."""
_NO = re.compile(r"(?:不是|没有|不|没|非|别)[^，,。；;！？!?]{0,4}$")


def heard_case(labels: Sequence[str], said: str, asked: str = "") -> str:
    """The one of ``labels`` that the citizen named, or said yes to when it was asked; empty where that is not clear."""
    return _one_named(labels, said) or (_one_named(labels, asked) if _YES.match(said) else "")


def _one_named(labels: Sequence[str], text: str) -> str:
    own = {label: _own_words(label, labels) for label in labels}
    named = [label for label, marks in own.items() if any(_says(text, mark) for mark in marks)]
    return named[0] if len(named) == 1 else ""


def _own_words(label: str, labels: Sequence[str]) -> set[str]:
    """The words that tell a label from the others; the whole label where it has none of its own.

    A label of one character (是, 否) or of a bare answer (没有) is in any sentence: only a click chooses it.
    """
    others = {word for other in labels if other != label for word in words(other)}
    own = {word for word in words(label) if word not in others and not _in_others(word, label, labels)}
    told = {word for word in own if len(word) > 1 and word not in _BARE}
    return told or ({label} if len(label) > 1 and label not in _BARE else set())


def _in_others(word: str, label: str, labels: Sequence[str]) -> bool:
    return any(word in other for other in labels if other != label)


def _says(text: str, mark: str) -> bool:
    """Whether ``mark`` stands in ``text`` and is not denied right before."""
    at = text.find(mark)
    return at >= 0 and _NO.search(text[:at]) is None
