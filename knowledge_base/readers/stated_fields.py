"""Fields that a document says in a line of their own at its head or foot: 发布机关：云川市公安局, 施行日期：2026-01-01.

Offices put such lines above or below a text that has no official layout. A line is a field only where its value can be
understood as that field; any other line with a colon is text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from knowledge_base.articles.document_numbers import numbers_in, whole_number
from knowledge_base.articles.fields import SECRECY_WORD, secrecy_of
from knowledge_base.readers.effect import whole_date
from knowledge_base.readers.place import Surroundings, owner_of

_HEAD = 25
_LONGEST = 100
_LINE = re.compile(r"[【\[]?([\u4e00-\u9fff]{2,8})[】\]]?\s*[:：]\s*(\S.*)")
_BODY = re.compile(r"第[一二三四五六七八九十百零〇\d]+[条章]|[一二三四五六七八九十]+、")
_NAME = re.compile(r"[\u4e00-\u9fff（）()、\s]{2,60}")
_STATE_SECRET = re.compile(r"(绝密|机密|秘密)(?:\s*★.*)?")
_NAMES = {
    "title": "标题|文件名称|文件标题",
    "document_number": "文号|发文字号|文件编号",
    "issuer": "发布机关|发文机关|制定机关|发布机构|发布单位|发文单位|印发机关|印发单位",
    "owner": "责任单位|责任部门|承办单位|维护单位|主管部门|主管单位|牵头部门|牵头单位|归口单位|解释单位",
    "area": "适用区域|适用地区|适用范围",
    "effective_from": "施行日期|施行时间|生效日期|生效时间|实施日期|实施时间|执行日期",
    "effective_to": "失效日期|失效时间|有效期至|有效期截止",
    "supersedes": "代替|替代|代替文件|废止文号|废止文件",
    "secrecy": "密级|保密级别|公开属性|公开方式|公开范围",
    "issued": "发布日期|发布时间|成文日期|印发日期|发文日期",
}
_FIELD = {name: field for field, names in _NAMES.items() for name in names.split("|")}


@dataclass(frozen=True, slots=True)
class Stated:
    """One such line: its field by the name of an article's, its value as that, its words, its place in the paragraphs.

    ``issued`` is the day of issue, which is no field of an article.
    """

    field: str
    value: str
    words: str
    place: int


def stated_fields(texts: Sequence[str], surroundings: Surroundings) -> dict[str, Stated]:
    """The fields that lines of the head and of the foot say, the first line of each."""
    found: dict[str, Stated] = {}
    for place in _places(texts):
        text = texts[place].strip()
        match = _LINE.fullmatch(text) if len(text) <= _LONGEST else None
        field = _FIELD.get(match[1]) if match else None
        if match is None or field is None or field in found:
            continue
        value = _UNDERSTOOD[field](match[2].strip(), surroundings)
        if value:
            found[field] = Stated(field, value, text, place)
    return found


def state_secret(texts: Sequence[str]) -> str:
    """The line that marks a state secret as the value of 密级, or empty."""
    for place in _places(texts):
        match = _LINE.fullmatch(texts[place].strip())
        if match and _FIELD.get(match[1]) == "secrecy" and _STATE_SECRET.fullmatch(match[2].strip()):
            return texts[place].strip()
    return ""


def _places(texts: Sequence[str]) -> Iterator[int]:
    """The lines before the text begins, and those of the foot, from below, as long as they are such lines."""
    begins = next((n for n, text in enumerate(texts) if _is_text(text.strip())), len(texts))
    yield from range(min(begins, _HEAD))
    for place in range(len(texts) - 1, begins, -1):
        match = _LINE.fullmatch(texts[place].strip())
        if texts[place].strip() and (match is None or match[1] not in _FIELD):
            return
        yield place


def _is_text(text: str) -> bool:
    return bool(_BODY.match(text)) or (text[-1:] in ("。", "；") and not _LINE.fullmatch(text))


def _number(value: str, _: Surroundings) -> str:
    return whole_number(value)


def _named(value: str, _: Surroundings) -> str:
    return " ".join(value.split()) if _NAME.fullmatch(value) else ""


def _title(value: str, _: Surroundings) -> str:
    return " ".join(value.strip("《》").split())


def _department(value: str, surroundings: Surroundings) -> str:
    if surroundings.catalogue is None:
        return _named(value, surroundings)
    return owner_of(surroundings, value, "")[0] or owner_of(surroundings, f"市{value}", "")[0]


def _area(value: str, surroundings: Surroundings) -> str:
    """An area of the gazetteer, named and nothing else: "本市户籍居民" is none."""
    gazetteer = surroundings.gazetteer
    if gazetteer is None:
        return ""
    areas = (gazetteer.city, *(gazetteer.area(district.name) for district in gazetteer.districts))
    named = {name: area for area in areas for name in (area, area.replace("/", ""), area.rpartition("/")[2])}
    return named.get(value.removesuffix("全域"), gazetteer.city if value in ("全市", "本市") else "")


def _day(value: str, _: Surroundings) -> str:
    day = whole_date(value)
    return day.isoformat() if day else ""


def _numbers(value: str, _: Surroundings) -> str:
    return "、".join(numbers_in(value))


def plain_secrecy(value: str) -> str:
    """公开, 内部 or 限制 for what a line or a page says of it; empty where that is none."""
    level = secrecy_of(value) if value else None
    return SECRECY_WORD[level] if level is not None else ""


def _secrecy(value: str, _: Surroundings) -> str:
    return plain_secrecy(value)


_UNDERSTOOD: dict[str, Callable[[str, Surroundings], str]] = {
    "title": _title,
    "document_number": _number,
    "issuer": _named,
    "owner": _department,
    "area": _area,
    "effective_from": _day,
    "effective_to": _day,
    "supersedes": _numbers,
    "secrecy": _secrecy,
    "issued": _day,
}
