"""事发时间: since when, when and how often, in the citizen's words; a named day also as a date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from copilot.suggestion import Choice, Reason

_N = r"(?:[一二两三四五六七八九十百半几\d]+|好几|大半|小半)"
_PART = r"(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜|深夜)"
_CLOCK = rf"{_N}点(?:多|左右|半|钟|[一二三四五六七八九十\d]{{1,3}}分|[一二三四五]十[一二三四五六七八九]?)*"
_HOURS = rf"(?:{_PART})?{_CLOCK}(?:出来|开始|来)?[，,]?(?:一直)?到(?:第二天|了)?(?:{_PART})?{_N}{{1,2}}点(?:多|半|钟)?"
_DAY = r"(?:今天(?!打电话|来|给|主要|是想)|昨天|前天|大前天|昨晚|今早|刚才|刚刚)"
_WEEK = r"(?:上上?个?|这个?|本)(?:周|星期|礼拜)(?:[一二三四五六日天末])?"
_MONTH = (
    r"(?:上上?个月(?:[一二三四五六七八九十\d]+[号日])?|这个月(?:[一二三四五六七八九十\d]+[号日])|"
    r"(?:今年|去年|前年)?[一二三四五六七八九十\d]{1,2}月(?:份)?(?:[一二三四五六七八九十\d]{1,3}[号日])?|去年|前年|月底)"
)
_SPAN = rf"(?:快|差不多|大概|将近|已经)?{_N}(?:个多月|个?多?(?:年|个月|个?星期|个?礼拜|周|天|个?小时))(?:多|半)?"
_OFTEN = r"(?:天天|每天|每晚|每周|每次下雨)"

_POINT = re.compile(
    rf"(?:从|自从)?(?:{_DAY}|{_WEEK}|{_MONTH}){_PART}?(?:{_CLOCK})?(?:开始|起)?|"
    rf"(?:从)?{_PART}{_CLOCK}(?:开始|起)?(?:就)?"
)
_DURATION = re.compile(rf"(?P<span>{_SPAN})(?:了|没|都|不|吧|以来|左右|前)")
_HABIT = re.compile(rf"{_OFTEN}(?:{_PART}(?:{_HOURS})?|{_HOURS})|{_HOURS}")
_NOT_NOW = re.compile(r"工作日|多久|几天能|以内|之内|以前办|什么时候|几点")
# "租了七个月" says how long somebody lives here, not when something happened.
_STATE = re.compile(r"(?:住|租|交|缴|结婚|工作|上班|退休|干)(?:了|满)?[，,]?(?:大概|差不多|快)?$")
_WEEKDAY = {c: n for n, c in enumerate("一二三四五六日")} | {"天": 6}
_DAYS_AGO = {"大前天": 3, "前天": 2, "昨天": 1, "昨晚": 1, "今天": 0, "今早": 0, "刚才": 0, "刚刚": 0}


def times(citizen: Sequence[str], day: date, *, enquiry: bool) -> tuple[Choice[str], ...]:
    """When the matter happened or since when it lasts; empty where nobody said so.

    ``day`` is the day of the call. In an ``enquiry`` a length of time is a circumstance of the question, so only points
    in time count.
    """
    found: list[str] = []
    for said in citizen:
        if not _NOT_NOW.search(said):
            found += [words for words in _phrases(said, enquiry=enquiry) if words not in found]
    if not found:
        return ()
    kept = [w for w in found if not any(w != other and w in other for other in found)][:3]
    value = "，".join(w + (f"（{dated.isoformat()}）" if (dated := _date(w, day)) is not None else "") for w in kept)
    return (Choice(value, 0.7, tuple(Reason("quote", f"说了“{w}”", "时间") for w in kept)),)


def _phrases(said: str, *, enquiry: bool) -> list[str]:
    points = [m[0].removesuffix("就") for m in _POINT.finditer(said)]
    if enquiry:
        return [p for p in points if re.search(_DAY, p) or re.search(_WEEK, p)]
    spans = [m["span"] for m in _DURATION.finditer(said) if not _STATE.search(said[: m.start()])]
    return [*(m[0] for m in _HABIT.finditer(said)), *points, *spans]


def _date(words: str, day: date) -> date | None:
    for name, ago in _DAYS_AGO.items():
        if name in words:
            return day - timedelta(days=ago)
    week = re.search(r"(上上|上|这|本)个?(?:周|星期|礼拜)([一二三四五六日天])", words)
    if week is None:
        return None
    monday = day - timedelta(days=day.weekday() + {"上上": 14, "上": 7}.get(week[1], 0))
    return monday + timedelta(days=_WEEKDAY[week[2]])
