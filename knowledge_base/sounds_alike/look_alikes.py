"""Characters that are written for each other because they look alike: 户口薄 for 户口簿, 瞻养 for 赡养, 拔款 for 拨款.

Neither sound nor a list of a city's own names finds these: 薄 sounds like no reading of 簿. Each group below is of
characters that Chinese primers of slips of the pen (错别字) set against each other and that official words have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from knowledge_base.sounds_alike.sound_index import LONGEST, Resemblance

_GROUPS = (
    "簿薄 券卷劵 拆折 籍藉 账帐 赡瞻 拨拔 赔陪培 缴激邀 徙徒 撤撒 侯候 检捡 辩辨辫 己已巳 未末 租祖 篮蓝 冶治 遣遗 "
    "偿尝 噪燥躁 杆秆 洽恰 待侍持 炙灸 享亨 崇祟 茶荼 晴睛 扰拢 贷货 竣峻 募慕墓幕 妨防 概慨 竟竞 诊珍 抚扶 "
    "驾架 幢撞 贴帖 缉辑 殡宾 绿缘 购构 廉谦 暑署 即既 栏拦 裁栽载 渎读 刑形 抵低 肓盲 戍戌 兔免 师帅 历厉"
)
_DISTANCE = 0.15
"""No nearer than what is confused by many in sound; see :mod:`knowledge_base.sounds_alike.syllables`."""


def _alike() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for group in _GROUPS.split():
        for character in group:
            found[character] = found.get(character, "") + group.replace(character, "")
    return found


_ALIKE = _alike()


def looking_like(run: str, is_word: Callable[[str], bool]) -> Iterator[Resemblance]:
    """Every word that a stretch of ``run`` (Han characters only) is but for one character that looks like its own."""
    for place, character in enumerate(run):
        for other in _ALIKE.get(character, ""):
            meant = run[:place] + other + run[place + 1 :]
            for start, end in _around(place, len(run)):
                if is_word(meant[start:end]):
                    yield Resemblance(start, end, meant[start:end], _DISTANCE, by_look=True)


def _around(place: int, length: int) -> Iterator[tuple[int, int]]:
    """The stretches of two characters and more that have the one at ``place``."""
    for start in range(max(0, place - LONGEST + 1), place + 1):
        yield from ((start, end) for end in range(max(place + 1, start + 2), min(length, start + LONGEST) + 1))
