"""断了半年 and 断缴超过三个月的: whether what somebody tells lies within the bounds that a rule names.

Rules differ by how long or how old (缴费满一年不足五年的, 满五年不足十年的) and hardly by their words, so what somebody
tells (交了七年) is compared with each. Bounds of one clause hold together, of a time and of an age alike; clauses are
alternatives, as in 过期一年以内…，超过一年….
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge_base.cardinals import NUMERALS, value

_COUNT = rf"(?P<count>\d+(?:\.\d+)?|[{NUMERALS}]+)"
_UNIT = r"个(?P<more>半|多)?(?P<months>月|星期|礼拜|小时|钟头)|(?P<unit>小时|周岁|岁|周|年|天|日)(?P<and_more>半|多)?"
_MONTHS = rf"(?:(?<=年)[零又]?(?P<and_months>\d+|[{NUMERALS}]+)个月)?"
_HALF = r"(?P<larger>大)?半个?(?P<half>年|月|天)(?P<half_more>多)?"
_QUANTITY = (
    rf"(?<![第月\d{NUMERALS}])(?<!\d[.,])(?<![{NUMERALS}]点)(?:{_HALF}|{_COUNT}(?:{_UNIT}){_MONTHS})(?![级代检])"
)
_TOLD = re.compile(_QUANTITY)
_BOUND = re.compile(
    rf"(?P<before>不超过|不满|未满|没满|不足|不到|超过|满)?{_QUANTITY}(?:及|\(含\)|（含）)?(?P<after>以内|之内|以下|以上)?"
)
_AGES = re.compile(
    rf"(?<![第\d{NUMERALS}])(?P<low>\d+|[{NUMERALS}]+)(?:周?岁)?[至到~～—－-]+(?P<high>\d+|[{NUMERALS}]+)周?岁"
)
_UPPER = ("不超过", "不满", "未满", "没满", "不足", "不到", "以内", "之内", "以下")
_EXCLUDED = ("不满", "未满", "没满", "不足", "不到", "超过")
_CLAUSE = re.compile(r"[^，,；;。]+")
_DAYS = {"小时": 1 / 24, "钟头": 1 / 24, "天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 365 / 12, "年": 365}
_OLD, _CALENDAR = ("岁", "周岁"), ("月", "年")
_LONGEST = 150
"""Years and ages: what is more is a year of the calendar."""

_SAME = 0.015
"""Three months are ninety days to whoever says so, and half a year 180: no more apart are months and days."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """How long, in days, or how ``old``, in years; ``calendar``: it was said in months or years."""

    amount: float
    old: bool
    calendar: bool = False


def told_quantities(question: str) -> frozenset[Quantity]:
    """How long and how old somebody says that something is."""
    return frozenset(told for match in _TOLD.finditer(question) if (told := _quantity(match)) is not None)


def within(told: frozenset[Quantity], rule: str) -> int:
    """1 where something ``told`` lies within the bounds of a clause of ``rule``, -1 where it lies in none, else 0."""
    clauses = [list(_bounds(clause)) for clause in _CLAUSE.findall(rule)] if told else []
    compared = [fits for bounds in clauses if (fits := _fits(told, bounds))]
    if not compared:
        return 0
    return 1 if any(all(fits) for fits in compared) else -1


def _fits(told: frozenset[Quantity], bounds: Sequence[_Bound]) -> list[bool]:
    """Of times and of ages, where both name one: whether something told lies within all that a clause says of it."""
    kinds = [([t for t in told if t.old == old], [b for b in bounds if b.limit.old == old]) for old in (False, True)]
    return [any(all(one.allows(t) for one in limits) for t in those) for those, limits in kinds if those and limits]


@dataclass(frozen=True, slots=True)
class _Bound:
    limit: Quantity
    upper: bool
    excluded: bool

    def allows(self, told: Quantity) -> bool:
        apart = _SAME * self.limit.amount if told.calendar != self.limit.calendar else 0.0
        if abs(told.amount - self.limit.amount) <= apart:
            return not self.excluded
        return (told.amount < self.limit.amount) == self.upper


def _bounds(clause: str) -> Iterator[_Bound]:
    for match in _BOUND.finditer(clause):
        words, limit = (match["before"] or "", match["after"] or ""), _quantity(match)
        if any(words) and limit is not None:
            yield _Bound(limit, any(word in _UPPER for word in words), any(word in _EXCLUDED for word in words))
    for match in _AGES.finditer(clause):  # only of ages: fifteen to twenty days is what an office promises
        low, high = _number(match["low"]), _number(match["high"])
        if low is not None and high is not None:
            yield _Bound(Quantity(low, old=True), upper=False, excluded=False)
            yield _Bound(Quantity(high, old=True), upper=True, excluded=False)


def _quantity(match: re.Match[str]) -> Quantity | None:
    if match["half"]:
        more = 0.25 if match["half_more"] or match["larger"] else 0.0
        return Quantity(round(_DAYS[match["half"]] * (0.5 + more), 1), old=False, calendar=match["half"] in _CALENDAR)
    count = _number(match["count"])
    unit = match["months"] or match["unit"]
    if count is None or (unit in ("年", *_OLD) and count > _LONGEST):
        return None
    amount = count + (0.5 if match["more"] or match["and_more"] else 0.0) + (_number(match["and_months"]) or 0.0) / 12
    return Quantity(amount if unit in _OLD else round(amount * _DAYS[unit], 1), unit in _OLD, unit in _CALENDAR)


def _number(said: str | None) -> float | None:
    if not said:
        return None
    return float(said) if said[0].isascii() else value(said)
