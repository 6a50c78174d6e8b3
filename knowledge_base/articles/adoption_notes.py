"""题注: the lines under a title that say who adopted or changed a document, and when. They answer nobody's question.

"（2024年1月5日云川市第十六届人民代表大会常务委员会第三次会议通过 根据2025年3月1日…修正）" stands in brackets of its
own, on one line or on several (立法技术规范（试行）（一）, 题注).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_MOST_LINES = 12
_LONGEST = 300
_YEAR, _NUMBER = r"(?:\d{4}|[〇○零一二三四五六七八九]{4})", r"[\d〇一二三四五六七八九十]{1,3}"
_BEGINS = re.compile(rf"[（(][^，。；]{{0,30}}?{_YEAR}\s*年\s*{_NUMBER}\s*月\s*{_NUMBER}\s*日")
_ACTS = re.compile(r"通过|批准|公布|发布|颁布|印发|修正|修订|修改")
_ENDS = re.compile(r"(?:通过|批准|公布|发布|颁布|印发|修正|修订|修改|施行|实施)\s*[）)]\s*。?$")
_OPENED, _CLOSED = "（(", "）)"


def note_length(lines: Sequence[str], start: int = 0) -> int:
    """How many of ``lines`` from ``start`` on are one such note; 0 where none begins there."""
    if not _BEGINS.match(lines[start]):
        return 0
    depth = 0
    for number, line in enumerate(lines[start : start + _MOST_LINES], start=1):
        depth += sum(line.count(sign) for sign in _OPENED) - sum(line.count(sign) for sign in _CLOSED)
        if len(line) > _LONGEST or depth < 0:
            return 0
        if depth == 0:
            whole = "".join(lines[start : start + number])
            return number if _ENDS.search(line) and _ACTS.search(whole) and _is_closed_last(whole) else 0
    return 0


def plain_note(lines: Sequence[str]) -> str:
    """A note without its brackets, on one line."""
    return " ".join(" ".join(lines).split()).rstrip("。").strip()[1:-1].strip()


def _is_closed_last(whole: str) -> bool:
    """Whether the bracket that opens the note is the one that closes it: "（…通过）以及（…）" is a sentence."""
    depth = 0
    plain = whole.rstrip("。").rstrip()
    for place, sign in enumerate(plain):
        depth += (sign in _OPENED) - (sign in _CLOSED)
        if depth == 0:
            return place == len(plain) - 1
    return False
