"""Lists in what a citizen says or writes: "一是…二是…", "1. … 2. …", and whether they list matters or points of one.

Most lists are of reasons, demands, papers or facts of one matter. A list is taken for one of several matters only where
the citizen announces it so ("两件事", "反映以下问题"), or the caller can tell the items apart by other means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARK = re.compile(
    r"(?:^|(?<=[\s。；;：:，,！!？?、\n]))"
    r"(?:[（(](?P<a>[1-9])[)）]|(?P<b>[1-9])[、.)）](?!\d)|(?P<c>[①-⑨])|(?P<d>[一二三四五六])(?:是|、)|"
    r"其(?P<e>[一二三四五])[，,是]?|"
    r"第(?P<f>[一二三四五六])(?P<unit>个|件|桩)?(?P<noun>事情|事儿?|问题)?(?:是|呢|就是)?[，,、：:]?|"
    r"(?P<g>头一)(?P<unit2>个|件|桩)(?P<noun2>事情|事儿?|问题)?(?:是|呢|就是)?[，,、：:]?)"
)
_NUMBERS = {mark: n for row in ("123456789", "①②③④⑤⑥⑦⑧⑨", "一二三四五六七八九") for n, mark in enumerate(row, start=1)}
_NUMBERS |= {"头一": 1}
_AFFAIRS = re.compile(r"[两二三四五几234](?:个|件|桩)(?:不同的?)?(?:事情|事儿?|诉求)")
_ISSUES = re.compile(
    r"(?:[两二三四五几234](?:个|点|方面的?)|以下(?:几个?|[两二三四五])?(?:个|点)?|下列|如下)(?:问题|情况|诉求)|(?:问题|情况|诉求)如下"
)
_POINTS = re.compile(r"理由|原因|要求|材料|条件|步骤|手续|经过|证据|证件|好处|办法|方案|地点|建议|诉求[：:]\s*$")
# An item that only names a circumstance of the matter: a time, a place, a demand.
_CIRCUMSTANCE = re.compile(
    r"^\s*(?:时间|日期|地点|地址|位置|情况|诉求|要求|经过|姓名|联系|电话|证据|事由|单位|对象|事件|问题描述)[：:]|"
    r"^\s*(?:\d{2,4}年)?\d{1,2}月(?:\d{1,2}[日号]|初|中旬|底|份)?"
)
_SHORTEST_ITEM = 6


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of two items or more. ``starts`` are where the items begin, their marks included.

    ``affairs`` says that the citizen counted matters ("两件事"), ``issues`` that they counted problems, which may be
    several of one matter; without either, nothing was announced.
    """

    starts: tuple[int, ...]
    affairs: bool
    issues: bool


def find_listing(text: str) -> Listing | None:
    """The list of what may be several matters in ``text``, or ``None``."""
    marks = _consecutive(list(_MARK.finditer(text)))
    if len(marks) < 2:  # noqa: PLR2004 - one item is no list
        return None
    intro = text[: marks[0].start()]
    starts = tuple(mark.start() for mark in marks)
    items = [text[mark.end() : end] for mark, end in zip(marks, (*starts[1:], len(text)), strict=True)]
    affairs = bool(_AFFAIRS.search(intro)) or all(_counts_affairs(mark) for mark in marks)
    if not affairs and _POINTS.search(intro):
        return None
    if any(_CIRCUMSTANCE.search(item) or len(item.strip("，。；; ")) < _SHORTEST_ITEM for item in items):
        return None
    return Listing(starts, affairs, bool(_ISSUES.search(intro)))


def _consecutive(marks: list[re.Match[str]]) -> list[re.Match[str]]:
    """The marks that count 1, 2, 3 in one manner; the first run of two or more."""
    for first in range(len(marks)):
        run = [marks[first]]
        if _number(run[0]) != 1:
            continue
        for mark in marks[first + 1 :]:
            if _manner(mark) == _manner(run[0]) and _number(mark) == len(run) + 1:
                run.append(mark)
        if len(run) > 1:
            return run
    return []


def _number(mark: re.Match[str]) -> int:
    return next(_NUMBERS[value] for key, value in mark.groupdict().items() if len(key) == 1 and value)


def _manner(mark: re.Match[str]) -> str:
    manner = next(key for key, value in mark.groupdict().items() if len(key) == 1 and value)
    return "f" if manner == "g" else manner


def _counts_affairs(mark: re.Match[str]) -> bool:
    """第一件 and 第二个事情 count matters; 第一个 alone counts anything."""
    noun, unit = mark["noun"] or mark["noun2"], mark["unit"] or mark["unit2"]
    return (noun is not None and noun != "问题") or unit in {"件", "桩"}
