"""Questions about another place: 沈阳供暖是哪天开始, asked of a city that is not 沈阳, has no answer here.

Search would find the city's own heating. Only a place that the question begins with counts, or where the caller says to
be: 去上海看病怎么报销 and 北京户口能在这边上学吗 are questions to this city.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from knowledge_base.words import normalise

_BEGINS = re.compile(r"^(?:(?:我|我们|我人|人|我现在|现在)?(?:就)?在|我老家是?在?|我们?是)?(?=[\u4e00-\u9fff])")
_HERE = re.compile(r"这[边里儿]|咱|本[地市区县]|我们[市区县]|异地|外地|户口|户籍|身份证|驾照|车牌|[去到往从回来迁转]")
"""Words of somebody who comes from there, goes there, or asks what holds here all the same."""

_PLACE = "ns"
_LEAST = 2


def is_about_elsewhere(asked: str, having: Callable[[str], int]) -> bool:
    """Whether ``asked`` is about a place of which no passage tells.

    ``having`` says how many passages have a pair of characters; a place that one of them names is no other place.
    """
    import rjieba  # noqa: PLC0415 - its dictionary takes a moment to load

    text = normalise(asked)
    if _HERE.search(text):
        return False
    rest = _BEGINS.sub("", text)
    name, tag = next(iter(rjieba.tag(rest[:12])), ("", ""))
    known = all(having(name[at : at + _LEAST]) for at in range(len(name) - 1))
    return tag == _PLACE and len(name) >= _LEAST and not known
