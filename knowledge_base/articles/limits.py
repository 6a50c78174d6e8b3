"""How long what people type into a field of an article may be: more is a slip of the paste, or belongs in the text.

Real titles have up to a hundred and fifty characters and the longest law a hundred thousand; each limit leaves room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

MOST_TEXT = 300_000
MOST_ENTRIES = 200
_MOST: Mapping[str, tuple[str, int]] = {
    "title": ("标题", 300),
    "document_number": ("文号", 100),
    "issuer": ("发布机关", 300),
    "owner": ("责任单位", 100),
    "area": ("适用区域", 100),
    "effective_from": ("施行日期", 40),
    "effective_to": ("失效日期", 40),
    "text": ("正文", MOST_TEXT),
    "supersedes": ("代替", 100),
    "keywords": ("关键词", 100),
    "source_link": ("来源链接", 2000),
    "cases": ("分情形", 5000),
}


def too_long(content: Mapping[str, Any]) -> tuple[str, ...]:
    """What is longer than its field may be, a sentence each; of lists also each entry, and how many there are."""
    return tuple(_faults(content))


def _faults(content: Mapping[str, Any]) -> Iterator[str]:
    for name, (word, most) in _MOST.items():
        value = content.get(name) or ""
        longest = max(map(len, [value] if isinstance(value, str) else value), default=0)
        if longest > most and name == "text":
            yield f"{word} has {longest} characters, {most} at most. Make several articles of it."
        elif longest > most:
            yield f"{word} has {longest} characters, {most} at most. Shorten it; what explains it belongs in the 正文."
        if not isinstance(value, str) and len(value) > MOST_ENTRIES:
            yield f"{word} has {len(value)} entries, {MOST_ENTRIES} at most. Keep those that matter."
