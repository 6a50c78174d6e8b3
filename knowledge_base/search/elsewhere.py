"""Questions about another place: 沈阳供暖是哪天开始, asked of a city that is not 沈阳, has no answer here.

Search would find the city's own heating. Only a place that the question begins with counts, or where the caller says to
be: 去上海看病怎么报销 and 北京户口能在这边上学吗 are questions to this city. So is one that begins with a place of its
own, and many streets are called after other places: 上海路停水了, 西湖小区停车怎么收费.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Set

from knowledge_base.gazetteer import Gazetteer
from knowledge_base.words import normalise

_BEGINS = re.compile(r"^(?:(?:我|我们|我人|人|我现在|现在)?(?:就)?在|我老家是?在?|我们?是)?(?=[\u4e00-\u9fff])")
_HERE = re.compile(r"这[边里儿]|咱|本[地市区县]|我们[市区县]|异地|外地|户口|户籍|身份证|驾照|车牌|[去到往从回来迁转]")
"""Words of somebody who comes from there, goes there, or asks what holds here all the same."""

_IN_A_CITY = re.compile(
    r"[东西南北中前后新老上下一二三四五六七八九十\d]{0,3}(?:路|街|巷|弄|里|胡同|大道|大街|社区|小区|新区|新村|村|镇|乡|"
    r"花园|家园|公园|广场|大厦|苑|庄园|桥|地铁|站)"
)
_KINDS = re.compile(r"(?:街道办事处|街道|[区县市镇乡])$")

_PLACE = "ns"
_LEAST = 2


def own_places(gazetteer: Gazetteer) -> frozenset[str]:
    """The city's districts, streets and towns as people begin a question with them: 东湖街道 and 东湖."""
    names = [gazetteer.city, *(name for d in gazetteer.districts for name in (d.name, *d.streets))]
    bare = (_KINDS.sub("", name) for name in names)
    return frozenset(name for name in (*names, *bare) if len(name) >= _LEAST)


def is_about_elsewhere(asked: str, having: Callable[[str], int], own: Set[str] = frozenset()) -> bool:
    """Whether ``asked`` is about a place that is none of ``own`` (:func:`own_places`) and of which no passage tells.

    ``having`` says how many passages have a pair of characters; a place that one of them names is no other place.
    """
    import rjieba  # noqa: PLC0415 - its dictionary takes a moment to load

    text = normalise(asked)
    if _HERE.search(text):
        return False
    rest = _BEGINS.sub("", text)[:12]
    name, tag = next(iter(rjieba.tag(rest)), ("", ""))
    if tag != _PLACE or len(name) < _LEAST or _is_in_a_city(name, rest):
        return False
    if any(rest[:end] in own for end in range(_LEAST, len(rest) + 1)):
        return False
    return not all(having(name[at : at + _LEAST]) for at in range(len(name) - 1))


def _is_in_a_city(name: str, rest: str) -> bool:
    """Whether a name is that of a street or an estate, which any city has."""
    return _IN_A_CITY.match(rest, len(name)) is not None or _IN_A_CITY.fullmatch(name[_LEAST:]) is not None
