"""标题: where, and the clause of the citizen that names the matter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from copilot.appeal import AppealKind, Place
from copilot.drafting.spoken import is_announcement, small_numbers, without_lead
from copilot.drafting.summary import matters
from copilot.suggestion import Choice, Reason

_LONGEST = 24
_ENOUGH = 7
_FIRST_SENTENCES = 3
_OUTER = " ，,。！!？?、"
_SUBJECT = re.compile(
    r"^(?:我们?的|我们(?!家)|我(?![们家爸妈爷奶公婆哥姐弟妹叔舅姨姑儿女孩老媳丈岳外孙男朋同邻])是?|就是|就|那个|那|因为|然后|现在)+(?=.{6})"
)
"""我家 and 我妈 stay: 家煤气味很重 and 妈昏迷了 are no Chinese."""
_NARRATOR = re.compile(r"^我(?:是|在|们)?[^，,]{0,14}(?:的|干活|上班|打工)$")


def titles(citizen: Sequence[str], kind: AppealKind | None, place: Place | None) -> tuple[Choice[str], ...]:
    """A title such as 石桥区老城街道：路灯不亮（投诉）; empty before there is a matter."""
    clause = _clause(matters(citizen)[:_FIRST_SENTENCES])
    if not clause:
        return ()
    where = place.district + place.street if place is not None else ""
    shown = clause.replace(where, "").strip(_OUTER) if where and clause.replace(where, "").strip(_OUTER) else clause
    title = (f"{where}：" if where else "") + shown + (f"（{kind.value}）" if kind is not None else "")
    return (Choice(title, 0.5, (Reason("quote", f"摘自“{clause}”", "原话摘录"),)),)


def _clause(said: Sequence[str]) -> str:
    """The first clauses that name a matter, as many as fit."""
    for sentence in said:
        parts = [p for p in (without_lead(c.strip(_OUTER)) for c in re.split(r"[，,；;]", sentence)) if _names(p)]
        if not parts:
            continue
        clause = parts[0]
        for part in parts[1:]:
            if len(clause) >= _ENOUGH and len(clause) + len(part) > _LONGEST:
                break
            clause = f"{clause}，{part}"
        return small_numbers(_SUBJECT.sub("", clause).strip(_OUTER))[: _LONGEST + 6]
    return ""


def _names(part: str) -> bool:
    return len(part) > 1 and not is_announcement(part) and _NARRATOR.match(part) is None
